"""Safety of the web, line by line: headers everywhere, no foreign origin, limits, shared desks, hostile text."""

from __future__ import annotations

import inspect
import json
import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.accounts.managing import user_id_of
from assistant.api.app import ROUTERS, create_app
from assistant.api.body import MAX_BODY
from assistant.api.shield import HEADERS
from assistant.settings import Settings
from kb.text.rulefiles import RuleFiles
from tests.assistant.api.house import ORIGIN, House, sign_in
from tests.assistant.api.matrix import PLACEHOLDERS, POLICY, Matrix, real_routes

# Hidden direction and width, markup, a formula, and a phone number that hides from plain patterns.
HIDDEN = "\u202e\u200b\u2066"
PHONE = "13812345678"
HIDING = ("１３８１２３４５６７８", "138\u200b1234\u20605678", PHONE)
NASTY = f"=1+1{HIDDEN}<script>alert(1)</script>@SUM(A1)"
# What may stand behind `?`: never words of a caller, never a number of theirs.
# What may stand in a path: what the program itself numbers, and, where one of a fixed list is asked for, its name.
MADE_BY_US = {"entry_id", "notice_id", "run_id", "before_id", "sheet_id", "upload_id", "work_id", "call_id", "user_id",
              "key_id", "item_id", "number", "kind", "before", "after"}  # fmt: skip
FIXED = {"name"}
LISTS = {"/api/v1/runs/{run_id}/plots/{name}", "/api/v1/exchange/entries/{name}", "/api/v1/rules/{name}",
         *(f"/api/v1/rules/{{name}}/{step}" for step in ("drafts", "preview", "apply", "undo"))}  # fmt: skip
QUERIES = {"before", "kind", "category", "token"}


def every_route() -> list[tuple[str, str]]:
    names = dict.fromkeys(PLACEHOLDERS, "x")
    rows = {**POLICY["routes"], **{key: {} for key in POLICY["public"]}}
    return [
        (route.split(" ", 1)[0], Matrix.path(rows[route], route, names))
        for route in sorted(real_routes())
        if not route.startswith("WS")
    ]


def test_every_response_of_every_route_carries_the_headers(signed_in: TestClient, house: House) -> None:
    signed_in.headers["Accept"] = "application/json"
    stranger = TestClient(create_app(house.services))
    for client in (signed_in, stranger):
        for method, path in every_route():
            if path.endswith(("sign-out", "sign-out-everywhere")):
                continue
            found = client.request(method, path, headers=ORIGIN, follow_redirects=False)
            assert {name: found.headers.get(name) for name in HEADERS} == HEADERS, (method, path)
            assert found.headers["cache-control"] == "no-store", (method, path)


def test_no_other_origin_is_let_in(signed_in: TestClient) -> None:
    """No answer names an origin; a preflight is refused; a cookie from elsewhere changes nothing."""
    evil = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for method, path in every_route():
        for asked in ("OPTIONS", method):
            found = signed_in.request(asked, path, headers=evil, follow_redirects=False)
            assert not [name for name in found.headers if name.startswith("access-control")], (asked, path)
            assert asked != "OPTIONS" or found.status_code == 405, path
            if method in {"POST", "PUT", "DELETE"} and asked == method:
                assert found.status_code == 403, (path, found.text)
    assert signed_in.get("/api/v1/me").status_code == 200


def test_a_key_is_slowed_down_without_its_neighbour(house: House) -> None:
    services = replace(house.services, settings=Settings(data=house.services.settings.data, key_rate=1))
    with TestClient(create_app(services)) as client:
        one, other = ({"Authorization": f"Bearer {house.key(name)}"} for name in ("甲", "乙"))
        codes = [client.get("/api/v1/me", headers=one).status_code for _ in range(4)]
        assert (codes[0], codes[-1]) == (200, 429)
        assert client.get("/api/v1/me", headers=other).status_code == 200


def test_leaving_a_shared_desk_leaves_nothing(signed_in: TestClient) -> None:
    done = signed_in.post("/api/v1/sign-out", headers=ORIGIN)
    assert done.headers["clear-site-data"] == '"cookies", "storage"'
    assert "zhida_session" not in signed_in.cookies
    assert signed_in.get("/api/v1/me").status_code == 401


def test_a_megabyte_is_refused_wherever_a_body_is_taken(house: House) -> None:
    services = replace(house.services, settings=replace(house.services.settings, user_rate=1_000))
    signed_in = TestClient(create_app(services))
    sign_in(signed_in, house.link(house.account()))
    for method, path in every_route():
        if method not in {"POST", "PUT"} or path.endswith(("/sets", "/workbook")) or "sign-out" in path:
            continue
        body = json.dumps({"text": "长" * 1_000_000}).encode()
        assert len(body) > MAX_BODY
        found = signed_in.request(method, path, content=body, headers=ORIGIN)
        assert found.status_code in {404, 413} or path.endswith(("/link", "/disable", "/enable", "/result")), path


def test_no_address_takes_words_numbers_or_names_of_a_person() -> None:
    """Neither behind `?` nor in the path: a caller's words and numbers, an account's name, the name of a sent file."""
    every = [route for router in ROUTERS for route in router.routes]
    for route in every:
        path = getattr(route, "path", "")
        assert set(re.findall(r"{(\w+)}", path)) <= MADE_BY_US | (FIXED if path in LISTS else set()), path
        names = {
            name
            for name, parameter in inspect.signature(getattr(route, "endpoint", print)).parameters.items()
            if parameter.annotation in {"str", "int", "int | None"} and f"{{{name}}}" not in path
        }
        assert names <= QUERIES, path


@pytest.fixture
def admin(house: House, client: TestClient) -> TestClient:
    client.headers["Authorization"] = f"Bearer {house.key('老板', 'admin')}"
    return client


SAID = "家里没电了"
FIELDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "an account's name": ("POST", "/api/v1/users", {"name": NASTY, "role": "agent"}),
    "an account's department": ("POST", "/api/v1/users", {"name": "新", "role": "agent", "department": NASTY}),
    "an account's region": ("POST", "/api/v1/users", {"name": "新", "role": "agent", "region": NASTY}),
    "a key's label": ("POST", f"/api/v1/users/{user_id_of('老板')}/keys", {"label": NASTY}),
    "an order's field": ("POST", "/api/v1/work-orders", {"text": SAID, "key": "a", "fields": {"联系人": NASTY}}),
    "an order's words": ("POST", "/api/v1/work-orders", {"text": NASTY, "key": "b"}),
    "an order's reason": (
        "POST",
        "/api/v1/work-orders",
        {"text": SAID, "key": "c", "form": "报修单", "reason": NASTY},
    ),
    "feedback": ("POST", "/api/v1/feedback", {"token": "12345678", "kind": "wrong", "text": NASTY, "note": NASTY}),
    "an outage's place": ("POST", "/api/v1/outages", {"place": NASTY, "cause": NASTY, "starts": "2026-11-22 09:30"}),
    "a request's words": ("POST", "/api/v1/requests", {"kind": "没有答案", "text": NASTY, "note": NASTY}),
    "a rule's reason": (
        "POST",
        "/api/v1/rules/deadlines.toml/drafts",
        {"text": RuleFiles().text("deadlines.toml"), "expected": 0, "reason": NASTY},
    ),
    "a call's region": ("POST", "/api/v1/calls", {"phone": PHONE, "region": NASTY}),
}
SHOWN = ("/api/v1/users", f"/api/v1/users/{user_id_of('老板')}/keys", "/api/v1/work-orders", "/api/v1/feedback",
         "/api/v1/outages", "/api/v1/requests", "/api/v1/rules/deadlines.toml")  # fmt: skip


@pytest.mark.parametrize("name", FIELDS)
def test_hostile_text_is_refused_or_shown_without_what_cannot_be_seen(admin: TestClient, name: str) -> None:
    method, path, body = FIELDS[name]
    done = admin.request(method, path, json=body)
    assert done.status_code in {200, 201, 422}, done.text
    audit = admin.post("/api/v1/audit/search", json={})
    for shown in (done, audit, *(admin.get(path) for path in SHOWN)):
        assert shown.headers["content-type"].split(";")[0] in {"application/json", "application/problem+json"}
        text = json.dumps(shown.json(), ensure_ascii=False)
        assert not any(mark in text for mark in HIDDEN), (name, text)
        assert "\\u20" not in shown.text


@pytest.mark.parametrize("number", HIDING)
def test_a_number_that_hides_is_masked_in_what_people_write_about_an_order(
    admin: TestClient, house: House, number: str
) -> None:
    body = {"text": SAID, "key": "k", "form": "报修单", "reason": f"客户说打{number}"}
    order = admin.post("/api/v1/work-orders", json=body).json()["order"]
    path = f"/api/v1/work-orders/{order['number']}"
    admin.post(f"{path}/stage", json={"to": "处理", "note": f"已回电{number}"}, headers={"If-Match": "1"})
    shown = admin.get(path).json()
    for event, before in zip(shown["events"], ("改判：客户说打", "已回电"), strict=True):
        assert event["note"] in {f"{before}〔手机号〕", f"{before}〔户号〕"}
    assert PHONE not in unicodedata.normalize("NFKC", json.dumps(shown, ensure_ascii=False))


def test_a_sign_in_form_keeps_its_words_as_text(client: TestClient) -> None:
    page = client.post("/sign-in", data={"name": NASTY, "password": "x"}, headers={**ORIGIN, "Accept": "text/html"})
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


def test_an_ended_session_is_told_apart_from_a_missing_thing(house: House, client: TestClient) -> None:
    sign_in(client, house.link(house.account()))
    house.services.accounts.sign_out_everywhere("张三", actor="测试")
    for path in ("/api/v1/me", "/api/v1/work-orders", "/api/v1/users"):
        assert client.get(path).status_code == 401
