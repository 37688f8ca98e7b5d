"""Who gets in, and how. Who may do what is the matrix's business."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from httpx2 import Headers

from assistant.accounts import service
from assistant.api.app import ROUTERS, create_app
from assistant.api.guards import COOKIE
from tests.assistant.api.house import ORIGIN, House, sign_in

SUGGEST = "/api/v1/suggest"


def test_the_application_has_no_route_beyond_the_routers_and_the_static_files(house: House) -> None:
    known = [route for router in ROUTERS for route in router.routes]
    app = create_app(house.services)
    found = [route for route in app.routes if not hasattr(route, "original_router")]
    extra = [getattr(route, "path", "") for route in found if route not in known]
    paths = {getattr(route, "path", "") for route in known}
    assert [path for path in extra if path not in paths and not path.startswith("/static/")] == []


def test_without_cookie_or_key(client: TestClient) -> None:
    assert client.post(SUGGEST, json={"text": "电表"}).status_code == 401
    assert client.get("/api/v1/me").status_code == 401
    assert client.post("/api/v1/sign-out").status_code == 401


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer x", "Basic eA==", "x", "bearer \xff"])
def test_a_bad_key(client: TestClient, value: str) -> None:
    headers = Headers([(b"Authorization", value.encode("latin-1"))])
    assert client.post(SUGGEST, json={"text": "电表"}, headers=headers).status_code == 401


def test_the_link_page_does_not_burn_the_link(house: House, client: TestClient) -> None:
    token = house.link(house.account())
    for _ in range(3):
        page = client.get("/sign-in", params={"token": token})
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
    sign_in(client, token)
    assert client.get("/api/v1/me").json()["name"] == "张三"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House, client: TestClient) -> None:
    token = house.link(house.account())
    response = client.post("/sign-in", data={"token": token}, headers=ORIGIN, follow_redirects=False)
    cookie = response.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert response.headers["location"] == "/"


def test_over_https_the_cookie_is_secure(house: House) -> None:
    token = house.link(house.account())
    with TestClient(create_app(house.services), base_url="https://testserver") as client:
        headers = {"Origin": "https://testserver"}
        response = client.post("/sign-in", data={"token": token}, headers=headers, follow_redirects=False)
    assert "Secure" in response.headers["set-cookie"]


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_used_and_an_expired_link(house: House, client: TestClient, accept: str) -> None:
    house.account()
    used, expired = house.link(), house.link()
    sign_in(client, used)
    house.clock.moment += dt.timedelta(minutes=31)
    for token in (used, expired, ""):
        headers = {**ORIGIN, "Accept": accept}
        response = client.post("/sign-in", data={"token": token}, headers=headers, follow_redirects=False)
        assert response.status_code == 401
        assert "zhida user link" in response.text


def test_two_browsers_with_one_link_get_one_session(house: House) -> None:
    token = house.link(house.account())
    app = create_app(house.services)

    def click(_n: int) -> int:
        with TestClient(app) as client:
            return client.post("/sign-in", data={"token": token}, headers=ORIGIN, follow_redirects=False).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(click, range(4))) == [303, 401, 401, 401]


def test_a_disabled_account_is_out_at_once(house: House, signed_in: TestClient) -> None:
    assert signed_in.get("/api/v1/me").status_code == 200
    house.database.write(lambda c: service.disable_account(c, "张三"))
    assert signed_in.get("/api/v1/me").status_code == 401
    assert "请先登录" in signed_in.get("/").text


def test_signing_out(signed_in: TestClient) -> None:
    token = signed_in.cookies[COOKIE]
    response = signed_in.post("/api/v1/sign-out", headers=ORIGIN)
    assert response.status_code == 204
    assert response.headers["clear-site-data"] == '"cookies", "storage"'
    signed_in.cookies.set(COOKIE, token)
    assert signed_in.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://testserver:81"}, 403),
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site", **ORIGIN}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        (ORIGIN, 200),
    ],
)
def test_only_our_own_pages_may_use_the_cookie(signed_in: TestClient, headers: dict[str, str], status: int) -> None:
    assert signed_in.post(SUGGEST, json={"text": "电表走得快"}, headers=headers).status_code == status


def test_another_site_cannot_sign_anybody_in(house: House, client: TestClient) -> None:
    token = house.link(house.account())
    headers = {"Origin": "http://evil.example"}
    assert client.post("/sign-in", data={"token": token}, headers=headers).status_code == 403
    sign_in(client, token)


def test_cors_stays_closed(client: TestClient) -> None:
    headers = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    for response in (client.options(SUGGEST, headers=headers), client.get("/healthz", headers=headers)):
        assert "access-control-allow-origin" not in response.headers


def test_a_key_needs_no_origin_and_signs_nobody_out(house: House, client: TestClient) -> None:
    headers = {"Authorization": f"Bearer {house.key()}"}
    assert client.post("/api/v1/sign-out", headers=headers).status_code == 204
    assert client.post(SUGGEST, json={"text": "电表走得快"}, headers=headers).status_code == 200


def test_an_auditor_gets_no_desk(house: House, client: TestClient) -> None:
    sign_in(client, house.link(house.account("审计员", "auditor")))
    page = client.get("/")
    assert "没有坐席页面" in page.text
    assert "<textarea" not in page.text
