"""One error shape: every way to fail is visited."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from assistant.api.body import MAX_BODY
from assistant.api.shield import HEADERS
from assistant.suggest.request import SuggestRequest
from kb.domain.errors import IndexDamaged, NoData, NotFound, StaleVersion, WriterBusy
from kb.domain.suggestion import Suggestion
from tests.assistant.api.house import ORIGIN, House, app_of

SUGGEST = "/api/v1/suggest"
SECRET = "13800138000火星暗号"


def ask(client: TestClient, content: str | bytes) -> Response:
    return client.post(SUGGEST, content=content, headers=ORIGIN)


FAILURES: dict[str, tuple[Callable[[TestClient], Response], int, str]] = {
    "no such address": (lambda c: c.get("/api/v1/" + SECRET), 404, "assistant.not_found"),
    "outside the API": (lambda c: c.get("/" + SECRET), 404, "assistant.not_found"),
    "no such static file": (lambda c: c.get("/static/x/" + SECRET), 404, "assistant.not_found"),
    "wrong method": (lambda c: c.get(SUGGEST), 405, "assistant.method_not_allowed"),
    "unknown method": (lambda c: c.request("BREW", "/healthz"), 405, "assistant.method_not_allowed"),
    "empty body": (lambda c: ask(c, b""), 422, "assistant.request_invalid"),
    "not UTF-8": (lambda c: ask(c, "电表".encode("gb18030")), 422, "assistant.request_invalid"),
    "not JSON": (lambda c: ask(c, "{" + SECRET), 422, "assistant.request_invalid"),
    "not finite": (lambda c: ask(c, '{"text":"电表","top_k":NaN}'), 422, "assistant.request_invalid"),
    "deep": (lambda c: ask(c, "[" * 30_000 + "]" * 30_000), 422, "assistant.request_invalid"),
    "a huge number": (lambda c: ask(c, '{"text":"电表","top_k":' + "9" * 5000 + "}"), 422, "assistant.request_invalid"),
    "a list": (lambda c: ask(c, json.dumps([SECRET])), 422, "assistant.request_invalid"),
    "no text": (lambda c: ask(c, "{}"), 422, "assistant.request_invalid"),
    "text of a wrong type": (lambda c: ask(c, '{"text": 1}'), 422, "assistant.request_invalid"),
    "unknown field": (lambda c: ask(c, json.dumps({"text": "电表", SECRET: 1})), 422, "assistant.request_invalid"),
    "bad date": (lambda c: ask(c, json.dumps({"text": "电表", "as_of": SECRET})), 422, "assistant.request_invalid"),
    "fact of a wrong type": (
        lambda c: ask(c, json.dumps({"text": "电表", "facts": {SECRET: [1]}})),
        422,
        "assistant.request_invalid",
    ),
    "too many facts": (
        lambda c: ask(c, json.dumps({"text": "电表", "facts": {f"{SECRET}{n}": "x" for n in range(50)}})),
        422,
        "assistant.request_invalid",
    ),
    "unknown value of a fact": (
        lambda c: ask(c, json.dumps({"text": "电表", "facts": {"用户类别": "火星"}})),
        422,
        "assistant.request_invalid",
    ),
    "top_k out of range": (lambda c: ask(c, '{"text":"电表","top_k":11}'), 422, "assistant.request_invalid"),
    "too large": (lambda c: ask(c, b" " * (MAX_BODY + 1)), 413, "assistant.body_too_large"),
    "cross-site": (lambda c: c.post(SUGGEST, content="{}"), 403, "assistant.cross_site"),
    "spent link": (
        lambda c: c.post("/sign-in", data={"token": SECRET}, headers=ORIGIN),
        401,
        "assistant.link_invalid",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_every_failure_has_the_one_shape(signed_in: TestClient, name: str) -> None:
    act, status, code = FAILURES[name]
    response = act(signed_in)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    data = response.json()
    assert set(data) == {"type", "title", "status", "code", "message", "hint"}
    assert (data["status"], data["code"], data["type"]) == (status, code, f"urn:zhida:{code}")
    assert data["title"]
    assert data["message"]
    assert "13800138000" not in response.text
    assert "火星" not in response.text
    assert "Traceback" not in response.text


@pytest.mark.parametrize("name", FAILURES)
def test_every_failure_carries_the_safety_headers(signed_in: TestClient, name: str) -> None:
    response = FAILURES[name][0](signed_in)
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert response.headers["cache-control"] == "no-store"


def test_405_says_what_is_allowed(client: TestClient) -> None:
    assert client.get(SUGGEST).headers["allow"] == "POST"


def test_401_names_the_scheme(client: TestClient) -> None:
    response = client.post(SUGGEST, json={"text": "电表"})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["code"] == "assistant.not_signed_in"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("没有第 3 版"), 404, "kb.not_found"),
        (StaleVersion("过时", current=4), 409, "kb.stale_version"),
        (WriterBusy("正被写入"), 503, "kb.writer_busy"),
        (NoData("还没有初始化"), 503, "kb.no_data"),
        (IndexDamaged("/secret/path 损坏"), 500, "assistant.internal"),
        (ZeroDivisionError(SECRET), 500, "assistant.internal"),
    ],
)
def test_errors_of_other_packages_keep_the_shape(
    house: House, error: Exception, status: int, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_request: SuggestRequest) -> Suggestion:
        raise error

    house.assistant.reply = fail
    headers = {"Authorization": f"Bearer {house.key()}"}
    with TestClient(app_of(house)) as client, caplog.at_level(logging.WARNING):
        response = client.post(SUGGEST, json={"text": "电表"}, headers=headers)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert "secret" not in response.text
    assert SECRET not in response.text + caplog.text
    assert response.headers["x-content-type-options"] == "nosniff"
    if isinstance(error, ZeroDivisionError):
        assert "ZeroDivisionError" in caplog.text


def test_a_browser_gets_a_page(client: TestClient) -> None:
    response = client.get("/nowhere", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert "没有这个地址" in response.text
    assert client.get("/api/nowhere", headers={"Accept": "text/html"}).json()["status"] == 404
