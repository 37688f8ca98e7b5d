"""Calls, feedback, limits, password sign-in and headers over HTTP."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from assistant.accounts import service
from assistant.accounts.managing import user_id_of
from assistant.api.app import create_app
from assistant.api.limits import Limiter
from assistant.settings import Settings
from kb.store.schema import feedback, phone_call
from tests.assistant.api.house import NASTY, ORIGIN, House, sign_in

GOOD = "一句好记的话2026年"
HEADERS = {
    "content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy", "permissions-policy",
    "cross-origin-opener-policy", "cross-origin-resource-policy", "cache-control",
}  # fmt: skip


def told(**more: Any) -> dict[str, Any]:
    return {"token": "0123456789abcdef", "kind": "wrong", "text": "电表走得快", "release": 7, "entry_id": "e-1", **more}


def rows(house: House, table: Any) -> int:
    with house.database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_call_is_opened_by_its_id_and_no_number_stands_in_an_address(house: House, signed_in: TestClient) -> None:
    given = {"phone": "13812345678", "customer": "4401234567", "region": "城东"}
    made = signed_in.post("/api/v1/calls", json=given, headers=ORIGIN)
    assert made.status_code == 201
    assert made.json()["desk"] == f"/?call={made.json()['call_id']}"
    found = signed_in.get(f"/api/v1/calls/{made.json()['call_id']}").json()
    assert {name: found[name] for name in given} == given


def test_calls_are_forgotten_after_a_day(house: House, signed_in: TestClient) -> None:
    signed_in.post("/api/v1/calls", json={"phone": "13812345678"}, headers=ORIGIN)
    house.clock.moment += dt.timedelta(days=1, minutes=1)
    sign_in(signed_in, house.link())
    signed_in.post("/api/v1/calls", json={}, headers=ORIGIN)
    assert rows(house, phone_call) == 1


@pytest.mark.parametrize("bad", [[], {"phone": "<script>"}, {"customer": "=1+1"}, {"phone": "1" * 41}, {"x": "y"}])
def test_a_call_with_nonsense_is_refused(signed_in: TestClient, bad: Any) -> None:
    assert signed_in.post("/api/v1/calls", json=bad, headers=ORIGIN).status_code == 422


def test_feedback_is_masked_and_noted_once(house: House, signed_in: TestClient) -> None:
    body = told(text="我电话１３８１２３４５６７８，电表快", note="打给13812345678", facts={"用户类别": "13812345678"})
    first, second = (signed_in.post("/api/v1/feedback", json=body, headers=ORIGIN) for _ in range(2))
    assert (first.status_code, second.status_code, rows(house, feedback)) == (201, 200, 1)
    with house.database.read() as connection:
        assert "13812345678" not in repr(connection.execute(select(feedback)).all())


def test_what_is_said_comes_back_as_text(house: House, signed_in: TestClient) -> None:
    signed_in.post("/api/v1/feedback", json=told(text=NASTY), headers=ORIGIN)
    reader = {"Authorization": f"Bearer {house.key('采编', 'curator')}"}
    found = signed_in.get("/api/v1/feedback", headers=reader)
    assert found.headers["content-type"].startswith("application/json")
    assert "<script>" in found.json()["feedback"][0]["text"]
    assert "\u202e" not in found.text


@pytest.mark.parametrize(
    "bad",
    [{"kind": "x"}, {"token": "x"}, {"token": "x y z!!!!!"}, {"text": " "}, {"text": "x" * 5001}, {"release": "7"},
     {"release": True}, {"facts": {"a": 1}}, {"facts": []}, {"more": 1}, {"note": "x" * 501}],
)  # fmt: skip
def test_feedback_of_the_wrong_shape_is_refused(signed_in: TestClient, bad: dict[str, Any]) -> None:
    assert signed_in.post("/api/v1/feedback", json=told(**bad), headers=ORIGIN).status_code == 422


def test_a_password_signs_in_and_a_wrong_one_keeps_the_name(house: House, signed_in: TestClient) -> None:
    assert signed_in.post("/api/v1/me/password", json={"new": GOOD}, headers=ORIGIN).status_code == 204
    signed_in.post("/api/v1/sign-out", headers=ORIGIN)
    page = {**ORIGIN, "Accept": "text/html"}
    wrong = signed_in.post("/sign-in", data={"name": "张三", "password": "x"}, headers=page)
    assert wrong.status_code == 401
    assert 'value="张三"' in wrong.text
    assert 'value="x"' not in wrong.text
    right = signed_in.post("/sign-in", data={"name": "张三", "password": GOOD}, headers=ORIGIN, follow_redirects=False)
    assert right.status_code == 303
    assert signed_in.get("/api/v1/me").json()["has_password"] is True


def test_a_key_is_shown_once(house: House, client: TestClient) -> None:
    admin = {"Authorization": f"Bearer {house.key('老板', 'admin')}"}
    made = client.post(
        f"/api/v1/users/{user_id_of('老板')}/keys", json={"label": "电话平台", "scope": ["suggest"]}, headers=admin
    ).json()
    listed = client.get(f"/api/v1/users/{user_id_of('老板')}/keys", headers=admin)
    assert made["key"] not in listed.text
    narrow = {"Authorization": f"Bearer {made['key']}"}
    assert client.get("/api/v1/labels", headers=narrow).status_code == 200
    assert client.get("/api/v1/users", headers=narrow).status_code == 404


def test_signing_out_everywhere_clears_the_desk(house: House, signed_in: TestClient) -> None:
    done = signed_in.post("/api/v1/me/sign-out-everywhere", headers=ORIGIN)
    assert done.headers["clear-site-data"] == '"cookies", "storage"'
    assert signed_in.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/me", "/nowhere", "/users", "/sign-in?token=x"])
def test_every_response_carries_the_headers(client: TestClient, path: str) -> None:
    found = client.get(path, headers={"Accept": "text/html"}).headers
    assert set(found) >= HEADERS
    assert "unsafe" not in found["content-security-policy"]


def test_a_page_without_a_session_shows_how_to_sign_in(client: TestClient) -> None:
    found = client.get("/users", headers={"Accept": "text/html"})
    assert found.status_code == 401
    assert "请先登录" in found.text


def test_who_asks_too_fast_is_told_to_wait(house: House) -> None:
    services = replace(house.services, settings=Settings(data=house.services.settings.data, user_rate=1, key_rate=2))
    with TestClient(create_app(services)) as client:
        sign_in(client, house.link(house.account()))
        answers = [client.get("/api/v1/me") for _ in range(4)]
        assert [answer.status_code for answer in answers[:2]] == [200, 200]
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert answers[-1].json()["code"] == "assistant.too_many"
        other = {"Authorization": f"Bearer {house.key('李四')}"}
        assert client.get("/api/v1/me", headers=other).status_code == 200


def test_a_bucket_fills_again_and_strangers_do_not_share() -> None:
    at = [0.0]
    limiter = Limiter(2, 3, lambda: at[0])
    assert [limiter.take("a") for _ in range(4)] == [0, 0, 0, 1]
    assert limiter.take("b") == 0
    at[0] = 0.5
    assert [limiter.take("a") for _ in range(2)] == [0, 1]


def test_buckets_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.api.limits.MOST_BUCKETS", 3)
    limiter = Limiter(1, 1, lambda: 0.0)
    assert [limiter.take(str(n)) for n in range(10)] == [0] * 10
    assert len(limiter._buckets) == 3


def test_a_region_holds_for_what_its_accounts_ask(house: House, client: TestClient) -> None:
    house.database.write(lambda c: service.create_account(c, "东", "agent", at=house.clock.now(), region="城东"))
    key = house.database.write(lambda c: service.issue_key(c, "东", "x", at=house.clock.now()))
    headers = {"Authorization": f"Bearer {key}"}
    client.post("/api/v1/suggest", json={"text": "电表走得快", "region": "城西"}, headers=headers)
    assert house.assistant.asked[-1].region == "城东"
