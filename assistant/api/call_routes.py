"""Routes about a call while it lasts: its context, and what its agent says about the suggestions."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import replace

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection
from starlette.requests import HTTPConnection

from assistant.accounts import service
from assistant.accounts.errors import AccountMissing
from assistant.accounts.types import Account
from assistant.api.body import parse_json
from assistant.api.filing import earlier_of, earlier_to_dict
from assistant.api.guards import services_of
from assistant.api.replies import Body, Suggester, TeamMember, reply
from assistant.api.services import Services
from assistant.calls import store
from assistant.calls.types import FEEDBACK_KINDS, Call, Feedback, read_call, read_feedback
from assistant.errors import RequestInvalid
from assistant.learning.requests import NewRequest
from kb.domain.errors import NotFound
from kb.text.normalise import printable

router = APIRouter()
FEEDBACK_PAGE = 200


@router.post("/api/v1/calls")
def announce_call(request: Request, account: Suggester, body: Body) -> Response:
    """Keep a call's context for a day; the desk opens it by its id, so that no number stands in an address."""
    services = services_of(request)
    agent, given = read_call(parse_json(body))
    holder = _agent(services, account, agent or account.name)
    call = Call(
        call_id=secrets.token_urlsafe(12),
        account=holder.name,
        department=holder.department,
        region=given["region"] or holder.region,
        phone=given["phone"],
        customer=given["customer"],
        created_at=services.clock.now(),
    )
    services.database.write(lambda connection: store.insert_call(connection, call))
    return reply({"call_id": call.call_id, "desk": f"/?call={call.call_id}"}, 201)


@router.get("/api/v1/calls/{call_id}")
def call_context(request: Request, account: Suggester, call_id: str) -> Response:
    """A call's context, for its agent and that agent's team, with the caller's earlier orders."""
    services, call = services_of(request), call_of(request, account, call_id)
    earlier = earlier_of(services, account, call.phone, call.customer)
    return reply(
        {
            "call_id": call.call_id,
            "account": call.account,
            "region": call.region,
            "phone": call.phone,
            "customer": call.customer,
            "earlier": earlier_to_dict(earlier, services.clock.now()),
        }
    )


@router.post("/api/v1/feedback")
def give_feedback(request: Request, account: Suggester, body: Body) -> Response:
    """Note what was missing, wrong, unclear, incomplete, relabelled or chosen; masked, and once for each token.

    The first four open a request for the team lead.
    """
    services = services_of(request)
    masked = mask_feedback(services, read_feedback(parse_json(body)))
    new, number = services.database.write(lambda connection: noted(connection, services, account, masked))
    return reply({"noted": True, "request": number}, 201 if new else 200)


@router.get("/api/v1/feedback")
def feedback_list(request: Request, account: TeamMember, kind: str = "") -> Response:
    """What agents said about suggestions, newest first."""
    if kind and kind not in FEEDBACK_KINDS:
        raise RequestInvalid("反馈种类不认识", hint=f"可用：{'、'.join(FEEDBACK_KINDS)}")
    with services_of(request).database.read() as connection:
        rows = store.newest_feedback(connection, department=account.department, kind=kind, limit=FEEDBACK_PAGE)
    return reply({"feedback": rows})


def noted(connection: Connection, services: Services, account: Account, given: Feedback) -> tuple[bool, str | None]:
    """Keep feedback, and open the request it stands for; return whether it is new, and the request's number."""
    at, requests = services.clock.now(), services.learning.requests
    new = store.insert_feedback(connection, given, account=account.name, department=account.department, at=at)
    kind = requests.rules.kind_of(given.kind)
    if not new or kind is None:
        return new, None
    asked = NewRequest(kind=kind, text=given.text, note=given.note, entry_id=given.entry_id, release=given.release)
    return True, requests.open(connection, account, asked).number


def call_of(request: HTTPConnection, account: Account, call_id: str) -> Call:
    """Return a call that is the account's own or its team's.

    Raises:
        NotFound: no such call, or not for this account.
    """
    with services_of(request).database.read() as connection:
        call = store.find_call(connection, call_id)
    if call is None or not (call.account == account.name or account.leads(call.department)):
        raise NotFound("没有这通电话")
    return call


def mask_feedback(services: Services, given: Feedback) -> Feedback:
    """Return feedback without personal data."""

    def mask(text: str) -> str:
        return services.masker(unicodedata.normalize("NFKC", printable(text)))

    facts = {mask(name): mask(value) for name, value in given.facts.items()}
    return replace(given, text=mask(given.text), note=mask(given.note), entry_id=mask(given.entry_id), facts=facts)


def _agent(services: Services, account: Account, name: str) -> Account:
    """Return who takes a call: the one that announces it, or somebody of its team.

    Raises:
        AccountMissing: no such account in the team.
    """
    if name == account.name:
        return account
    with services.database.read() as connection:
        agent = service.existing(connection, name)
    if agent.disabled or not account.leads(agent.department):
        raise AccountMissing("没有这个账号")
    return agent
