"""Requests, gaps, phrasings and the outage board over HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.api.app import create_app
from kb.store.schema import suggestion_log
from tests.assistant.api.house import ORIGIN, House

NOTICE = {"place": "幸福里小区", "starts": "2026-11-22 09:30", "promised": "2026-11-22 14:00", "cause": "<b>检修</b>"}


def as_role(house: House, client: TestClient, name: str, role: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {house.key(name, role)}"}


def feedback(**more: Any) -> dict[str, Any]:
    said = "我电话13812345678，电表走得快"
    return {"token": "0123456789abcdef", "kind": "incomplete", "text": said, "entry_id": "e-1", **more}


def test_feedback_of_the_trades_kinds_opens_a_request_once(house: House, client: TestClient) -> None:
    agent = as_role(house, client, "赵", "agent")
    first, again = (client.post("/api/v1/feedback", json=feedback(), headers=agent) for _ in range(2))
    number = first.json()["request"]
    assert (first.status_code, again.status_code, again.json()["request"]) == (201, 200, None)
    [row] = client.get("/api/v1/requests", headers=agent).json()["requests"]
    assert (row["number"], row["kind"], row["entry_id"], row["own"]) == (number, "不全", "e-1", True)
    assert "13812345678" not in str(row)
    for kind, token in (("label", "label-00000001"), ("chosen", "chosen-0000001")):
        noted = client.post("/api/v1/feedback", json=feedback(kind=kind, token=token), headers=agent)
        assert (noted.status_code, noted.json()["request"]) == (201, None)
    assert len(client.get("/api/v1/requests", headers=agent).json()["requests"]) == 1


def test_a_step_names_the_version_it_was_made_on(house: House, client: TestClient) -> None:
    agent, lead = as_role(house, client, "赵", "agent"), as_role(house, client, "孙", "lead")
    made = client.post("/api/v1/requests", json={"kind": "答案错", "text": "电表"}, headers=agent)
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    path = f"/api/v1/requests/{made.json()['number']}/steps"
    forward = {"step": "转采编"}
    assert client.post(path, json=forward, headers=lead).status_code == 428
    assert client.post(path, json=forward, headers={**agent, "If-Match": '"1"'}).status_code == 404
    moved = client.post(path, json=forward, headers={**lead, "If-Match": '"1"'})
    assert (moved.status_code, moved.headers["ETag"], moved.json()["stage"]) == (200, '"2"', "知识采编")
    stale = client.post(path, json=forward, headers={**lead, "If-Match": '"1"'})
    assert (stale.status_code, stale.json()["current"]) == (409, 2)


def test_the_board_is_changed_by_version_and_told(house: House, client: TestClient) -> None:
    lead = as_role(house, client, "孙", "lead")
    made = client.post("/api/v1/outages", json=NOTICE, headers=lead)
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    number = made.json()["notice"]["notice_id"]
    path = f"/api/v1/outages/{number}"
    later = {"promised": "2026-11-22 17:00", "reason": "延时"}
    assert client.put(path, json=later, headers=lead).status_code == 428
    assert client.put(path, json={**later, "notice_id": "X"}, headers={**lead, "If-Match": '"1"'}).status_code == 422
    done = client.put(path, json=later, headers={**lead, "If-Match": '"1"'})
    assert (done.status_code, done.headers["ETag"], done.json()["told"]) == (200, '"2"', [])
    assert done.json()["notice"]["cause"] == NOTICE["cause"], "a field that was not sent stays"
    assert client.put(path, json=later, headers={**lead, "If-Match": '"1"'}).status_code == 409
    shown = client.get(path, headers=lead)
    assert [row["promised"] for row in shown.json()["history"]] == ["2026-11-22T14:00", "2026-11-22T17:00"]
    assert client.post(f"{path}/end", json={}, headers={**lead, "If-Match": '"2"'}).status_code == 200
    [row] = client.get("/api/v1/outages", headers=lead).json()["outages"]
    assert row["state"] == "ended"


def test_the_journal_keeps_the_call_and_the_times_told(house: House, client: TestClient) -> None:
    agent = as_role(house, client, "赵", "agent")
    for call in ("call-1", "13812345678", "c" * 41):
        client.post("/api/v1/suggest", json={"text": "停电了", "call_id": call}, headers=agent)
    house.database.write(lambda _connection: None)  # the queue is empty now
    with house.database.read() as connection:
        rows = connection.execute(select(suggestion_log).order_by(suggestion_log.c.id)).all()
    assert [row.call_id for row in rows] == ["call-1", "", ""]
    assert all('"notice_id": "T1"' in row.outages and "2026-11-23 17:00" in row.outages for row in rows)


@pytest.mark.parametrize("query", ["days=x", "days=9999", "since=1"])
def test_gap_filters_that_cannot_be_are_refused(house: House, client: TestClient, query: str) -> None:
    curator = as_role(house, client, "李", "curator")
    assert client.get(f"/api/v1/gaps?{query}", headers=curator).status_code == 422
    assert client.get("/api/v1/requests?owner=1", headers=curator).status_code == 422


def test_nothing_is_learned_while_the_knowledge_is_being_opened(house: House) -> None:
    curator = {"Authorization": f"Bearer {house.key('李', 'curator')}", **ORIGIN}
    with TestClient(create_app(replace(house.services, catalogue=lambda: None))) as client:
        for path in ("/api/v1/gaps", "/api/v1/phrasings", "/api/v1/outages"):
            assert client.get(path, headers=curator).status_code == 503
