"""The live call: transcript segments in, suggestions out to everybody who follows the call.

The one place with coroutines: a WebSocket has no synchronous form here. Everything that touches records or models
still runs in the thread pool.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from starlette.concurrency import run_in_threadpool

from assistant.accounts.types import Account, Action
from assistant.api.body import parse_json
from assistant.api.call_routes import call_of
from assistant.api.errors import problem, problem_response
from assistant.api.guards import allow, identify, services_of, who_asks
from assistant.api.journal import Event, Journal
from assistant.api.services import Services
from assistant.api.wire import encodable, suggestion_to_dict
from assistant.calls.live import LiveRules, Segment, Transcript, meaning, read_segment
from assistant.calls.types import Call
from assistant.errors import NotReady, RequestInvalid
from assistant.suggest.request import SuggestRequest
from kb.domain.errors import ZhidaError
from kb.domain.suggestion import Suggestion

router = APIRouter()
MAX_MESSAGE = 16_000
LIVE_ACTION: Action = "suggest"
POLICY_VIOLATION = 1008
Message = dict[str, Any]


@dataclass(slots=True, eq=False)
class Listener:
    """Somebody who follows a call. `check` raises once they no longer may."""

    socket: WebSocket
    check: Callable[[], object]


@dataclass(slots=True)
class LiveCall:
    """One call under way: its talk, what was suggested last, and who follows."""

    transcript: Transcript
    listeners: list[Listener] = field(default_factory=list)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    shown: tuple[object, ...] | None = None
    last: Message | None = None


class LiveCalls:
    """The calls under way in this process; one is forgotten when nobody follows it any more."""

    def __init__(self, rules: LiveRules) -> None:
        self._rules = rules
        self._calls: dict[str, LiveCall] = {}

    def listen_by(self, rules: LiveRules) -> None:
        """Listen to calls that begin from now on by other rules."""
        self._rules = rules

    def join(self, call_id: str, listener: Listener) -> LiveCall:
        """Follow a call."""
        call = self._calls.setdefault(call_id, LiveCall(Transcript(self._rules)))
        call.listeners.append(listener)
        return call

    def leave(self, call_id: str, listener: Listener) -> None:
        """Stop following."""
        call = self._calls.get(call_id)
        if call is None:
            return
        if listener in call.listeners:
            call.listeners.remove(listener)
        if not call.listeners:
            self._calls.pop(call_id, None)


@router.websocket("/api/v1/calls/{call_id}/live")
async def live(socket: WebSocket, call_id: str) -> None:
    """Follow a call: send segments, receive segments and suggestions."""

    def admit() -> tuple[Account, Call]:
        account = allow(socket, LIVE_ACTION)
        return account, call_of(socket, account, call_id)

    try:
        account, call = await run_in_threadpool(admit)
    except ZhidaError as error:
        await socket.send_denial_response(problem_response(error))
        return
    await socket.accept()
    listener = Listener(socket, lambda: who_asks(socket))
    under_way = calls_of(socket).join(call_id, listener)
    try:
        if under_way.last is not None:
            await send(socket, under_way.last)
        while True:
            await take(socket, under_way, account, call)
    except (WebSocketDisconnect, RuntimeError):
        pass
    finally:
        calls_of(socket).leave(call_id, listener)


def calls_of(socket: WebSocket) -> LiveCalls:
    """Return the calls under way in this application."""
    calls: LiveCalls = socket.app.state.live_calls
    return calls


async def take(socket: WebSocket, under_way: LiveCall, account: Account, call: Call) -> None:
    """Take one message; a bad one is told to its sender and changes nothing."""
    message = await socket.receive_text()
    try:
        segment = read_message(message)
        await run_in_threadpool(identify, socket)
        await hear(socket, under_way, segment, account, call)
    except ZhidaError as error:
        await send(socket, {"type": "problem", **problem(error)})


def read_message(message: str) -> Segment:
    """Read a message.

    Raises:
        RequestInvalid: too long, not JSON, or not a segment.
    """
    if len(message) > MAX_MESSAGE:
        raise RequestInvalid("消息过长", hint="请分成几段发送")
    return read_segment(parse_json(message.encode("utf-8", "replace")))


async def hear(socket: WebSocket, under_way: LiveCall, segment: Segment, account: Account, call: Call) -> None:
    """Pass a segment on, and suggest when what the caller means has changed."""
    services, journal = services_of(socket), socket.app.state.journal
    async with under_way.lock:
        said = {"type": "segment", "speaker": segment.speaker, "text": segment.text, "final": segment.final}
        await tell(under_way, said)
        words = under_way.transcript.hear(segment)
        if not words:
            return
        region = call.region or account.region or None
        asked = SuggestRequest(text=words, region=region, call_id=call.call_id)
        suggestion = await run_in_threadpool(ask, services, journal, account, asked)
        if meaning(suggestion) == under_way.shown:
            return
        under_way.shown = meaning(suggestion)
        under_way.last = {"type": "suggestion", "suggestion": suggestion_to_dict(suggestion)}
        await tell(under_way, under_way.last)


def ask(services: Services, journal: Journal, account: Account, request: SuggestRequest) -> Suggestion:
    """Answer, and leave a masked trace.

    Raises:
        NotReady: the knowledge is still being opened.
    """
    if services.release() is None:
        raise NotReady("知识库正在打开")
    suggestion = services.assistant.answer(request)
    journal.record(Event(at=services.clock.now(), request=request, suggestion=suggestion, account=account.name))
    return suggestion


async def tell(under_way: LiveCall, message: Message) -> None:
    """Send to everybody who still may follow; who may not any more is hung up on."""
    for listener in list(under_way.listeners):
        try:
            await run_in_threadpool(listener.check)
        except ZhidaError:
            under_way.listeners.remove(listener)
            with contextlib.suppress(RuntimeError):
                await listener.socket.close(POLICY_VIOLATION)
            continue
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await send(listener.socket, message)


async def send(socket: WebSocket, message: Message) -> None:
    """Send one message as JSON."""
    await socket.send_text(encodable(json.dumps(message, ensure_ascii=False)))
