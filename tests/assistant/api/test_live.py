"""The live call over a WebSocket: who may follow, what comes out, and what never does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from assistant.accounts import service
from assistant.api.guards import COOKIE
from tests.assistant.api.house import ORIGIN, House, sign_in

Bearer = dict[str, str]


@pytest.fixture
def bearer(house: House) -> Bearer:
    return {"Authorization": f"Bearer {house.key()}"}


@pytest.fixture
def address(client: TestClient, bearer: Bearer) -> str:
    call = client.post("/api/v1/calls", json={"phone": "13800000000"}, headers=bearer).json()["call_id"]
    return f"/api/v1/calls/{call}/live"


@pytest.fixture
def live(client: TestClient, bearer: Bearer, address: str) -> Iterator[WebSocketTestSession]:
    with client.websocket_connect(address, headers=bearer) as socket:
        yield socket


def say(socket: WebSocketTestSession, text: str, *, speaker: str = "caller", final: bool = True) -> None:
    socket.send_text(json.dumps({"speaker": speaker, "text": text, "final": final}))


def types(socket: WebSocketTestSession, count: int) -> list[str]:
    return [json.loads(socket.receive_text())["type"] for _ in range(count)]


def received(socket: WebSocketTestSession) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(socket.receive_text())
    return found


def test_a_caller_is_suggested_for_and_greetings_are_not(live: WebSocketTestSession, house: House) -> None:
    say(live, "喂，您好")
    say(live, "请问您需要什么帮助", speaker="agent")
    say(live, "电表走得太快")
    assert types(live, 4) == ["segment", "segment", "segment", "suggestion"]
    assert [asked.text for asked in house.assistant.asked] == ["电表走得太快"]


def test_the_same_meaning_is_told_once(live: WebSocketTestSession) -> None:
    say(live, "电表走得太快")
    say(live, "真的很快")
    say(live, "电线掉到马路上了")
    assert types(live, 5) == ["segment", "suggestion", "segment", "segment", "suggestion"]


def test_somebody_who_joins_late_sees_where_it_stands(
    live: WebSocketTestSession, client: TestClient, bearer: Bearer, address: str
) -> None:
    say(live, "电表走得太快")
    types(live, 2)
    with client.websocket_connect(address, headers=bearer) as late:
        assert received(late)["suggestion"]["text"] == "电表走得太快"
        say(late, "电线掉到马路上了")
        assert types(live, 2) == types(late, 2) == ["segment", "suggestion"]


@pytest.mark.parametrize("message", ["", "x", "[]", '{"speaker":"caller"}', "x" * 20_000, '{"a":' * 3000])
def test_a_bad_message_is_told_and_changes_nothing(live: WebSocketTestSession, message: str) -> None:
    live.send_text(message)
    problem = received(live)
    assert (problem["type"].split(":")[0], problem["status"]) == ("urn", 422)
    say(live, "电表走得太快")
    assert types(live, 2) == ["segment", "suggestion"]


def test_who_is_disabled_hears_no_more(live: WebSocketTestSession, house: House) -> None:
    say(live, "电表走得太快")
    types(live, 2)
    house.database.write(lambda c: service.disable_account(c, "张三"))
    say(live, "电线掉到马路上了")
    assert received(live)["status"] == 401


def test_a_listener_whose_session_ended_is_hung_up_on(
    live: WebSocketTestSession, house: House, client: TestClient, address: str
) -> None:
    sign_in(client, house.link())
    token = client.cookies[COOKIE]
    with client.websocket_connect(address, headers=ORIGIN) as desk:
        house.services.accounts.sign_out(token)
        say(live, "电表走得太快")
        with pytest.raises(WebSocketDisconnect):
            desk.receive_text()


@pytest.mark.parametrize("origin", [{}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
def test_another_site_cannot_listen_with_the_cookie(
    house: House, client: TestClient, address: str, origin: dict[str, str]
) -> None:
    sign_in(client, house.link())
    with pytest.raises(WebSocketDenialResponse) as denied, client.websocket_connect(address, headers=origin):
        pass
    assert denied.value.status_code == 403
    assert denied.value.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_trace_is_masked(live: WebSocketTestSession, house: House) -> None:
    say(live, "电表走得太快，我电话13812345678")
    types(live, 2)
    house.database.write(lambda _connection: None)
    with house.database.read() as connection:
        logged = connection.exec_driver_sql("SELECT text_masked FROM suggestion_log").scalar_one()
    assert "电表走得太快" in logged
    assert "13812345678" not in logged
