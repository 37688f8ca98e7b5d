"""From a request body to a suggestion on the wire."""

from __future__ import annotations

from fastapi import Response

from assistant.accounts.types import Account
from assistant.api.body import parse_json
from assistant.api.filing import continued, earlier_to_dict, in_region, with_earlier
from assistant.api.journal import Event, Journal
from assistant.api.services import Services
from assistant.api.wire import suggestion_to_dict, to_json
from assistant.calls.memory import Said
from assistant.errors import NotReady, RequestInvalid
from assistant.suggest.request import SuggestRequest, parse_request
from kb.domain.suggestion import Suggestion

MAX_FACTS = 40


def suggest_response(services: Services, journal: Journal, account: Account, body: bytes) -> Response:
    """Answer a body, and leave a masked trace.

    Raises:
        RequestInvalid: the body is not a request.
        NotReady: the knowledge is still being opened.
    """
    request = in_region(read_request(body), account)
    if services.release() is None:
        raise NotReady("知识库正在打开")
    request = continued(services, account, request)
    suggestion, earlier = with_earlier(services, account, request, services.assistant.answer(request))
    _remember(services, account, request, suggestion)
    event = Event(at=services.clock.now(), request=request, suggestion=suggestion, account=account.name)
    journal.record(event)
    data = suggestion_to_dict(suggestion)
    if earlier.orders:
        data["earlier"] = earlier_to_dict(earlier, services.clock.now())
    return Response(to_json(data), media_type="application/json")


def read_request(body: bytes) -> SuggestRequest:
    """Read a request whose facts are all texts, so that no later message has to name what was sent.

    Raises:
        RequestInvalid: not JSON, not a request, or facts that are not texts or too many.
    """
    request = parse_request(parse_json(body))
    if len(request.facts) > MAX_FACTS or not all(isinstance(value, str) for value in request.facts.values()):
        raise RequestInvalid("facts 的取值应是文字", hint=f'例如 {{"用户类别": "一户一表"}}，最多 {MAX_FACTS} 项')
    return request


def _remember(services: Services, account: Account, request: SuggestRequest, suggestion: Suggestion) -> None:
    if request.call_id is None:
        return
    turn = request.before
    before = None if turn is None else Said(words="", full=turn.text, facts=turn.facts)
    said = Said(words=request.text, full=suggestion.context.text, facts=suggestion.context.facts, before=before)
    services.memory.keep(account.name, request.call_id, said)
