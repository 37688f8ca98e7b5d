"""Orders over HTTP: filed once, overridden with a reason, moved step by step, remembered for 48 hours, masked."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from assistant.accounts import service
from kb.store.schema import suggestion_log, work_order, work_order_decision, work_order_event
from tests.assistant.api.house import ORIGIN, House

ORDERS = "/api/v1/work-orders"
SAID = "我叫王小明，家里没电了，电话138 1234 5678，住幸福路12号院3栋"
PHONE, ACCOUNT = "13812345678", "1234567890"


@pytest.fixture
def desk(house: House, client: TestClient) -> TestClient:
    """A shift lead's desk that signs in by key, so that days may pass."""
    client.headers["Authorization"] = f"Bearer {house.key(role='lead')}"
    return client


def post(client: TestClient, path: str = ORDERS, headers: dict[str, str] | None = None, **body: Any) -> Response:
    return client.post(path, content=json.dumps(body), headers={**ORIGIN, **(headers or {})})


def file(client: TestClient, key: str = "k1", **body: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {"key": key, "text": SAID, **body}
    made: dict[str, Any] = post(client, **sent).json()
    return made


def rows(house: House, table: Any) -> list[Any]:
    with house.database.read() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def test_an_order_is_filed_from_the_suggestion(desk: TestClient, house: House) -> None:
    done = post(desk, key="k1", text=SAID, fields={"联系人": "王小明"})
    assert done.status_code == 201
    order = done.json()["order"]
    assert (order["form"], order["stage"], order["version"]) == ("业务咨询单", "受理", 1)
    assert order["number"].startswith("20261122")
    assert order["fields"] == {"联系人": "王小明", "用电地址": "幸福路12号院3栋"}
    assert order["overdue"] is False
    (event,) = rows(house, work_order_event)
    assert (event.kind, event.stage_to, event.account) == ("受理", "受理", "张三")


def test_a_draft_posted_twice_is_one_order(desk: TestClient, house: House) -> None:
    first, again = file(desk), file(desk)
    assert again["order"]["number"] == first["order"]["number"]
    assert (first["again"], again["again"]) == (False, True)
    assert len(rows(house, work_order)) == len(rows(house, work_order_decision)) == 1


def test_without_a_key_the_same_body_is_the_same_order(desk: TestClient, house: House) -> None:
    numbers = {post(desk, text=SAID).json()["order"]["number"] for _ in range(2)}
    assert len(numbers) == len(rows(house, work_order)) == 1
    house.clock.moment += dt.timedelta(days=1)
    assert post(desk, text=SAID).json()["order"]["number"] not in numbers


def test_the_header_names_the_key_too(desk: TestClient) -> None:
    first = post(desk, headers={"Idempotency-Key": "h1"}, text=SAID).json()["order"]["number"]
    assert post(desk, headers={"Idempotency-Key": "h1"}, text=SAID).json()["order"]["number"] == first
    assert post(desk, headers={"Idempotency-Key": "h2"}, text=SAID).json()["order"]["number"] != first


def test_a_key_used_for_something_else_is_refused(desk: TestClient) -> None:
    file(desk)
    refused = post(desk, key="k1", text="换一件事")
    assert (refused.status_code, refused.json()["code"]) == (409, "order.key_reused")


def test_a_decision_against_the_advice_needs_a_reason_and_is_logged(desk: TestClient, house: House) -> None:
    assert post(desk, key="k1", text=SAID, form="投诉单").status_code == 422
    assert post(desk, key="k1", text=SAID, needed=False).status_code == 422
    done = post(desk, key="k1", text=SAID, form="投诉单", reason="客户坚持投诉，回电13812345678")
    assert done.json()["order"]["form"] == "投诉单"
    assert done.json()["order"]["fields"]["联系电话"] == PHONE
    quiet = post(desk, key="k2", text=SAID, needed=False, reason="已当场答复")
    assert (quiet.status_code, quiet.json()["order"]) == (200, None)
    override, none = rows(house, work_order_decision)
    assert (override.advised_form, override.form, override.needed) == ("业务咨询单", "投诉单", 1)
    assert "13812345678" not in override.reason + override.text_masked
    assert (none.needed, none.order_id, none.reason) == (0, None, "已当场答复")
    assert "改判" in rows(house, work_order_event)[0].note


def test_personal_data_stands_in_its_own_columns_only(desk: TestClient, house: House) -> None:
    file(desk, form="投诉单", reason="客户要求", fields={"户号": "1234 5678 90", "客户诉求": f"打{PHONE}找我"})
    (order,) = rows(house, work_order)
    assert (order.phone, order.account_no, order.contact) == (PHONE, ACCOUNT, "王小明")
    texts = order.content + order.details + order.reason
    assert not any(secret in texts for secret in (PHONE, "138 1234 5678", ACCOUNT, "3栋"))


@pytest.mark.parametrize(
    "body",
    [
        {"text": ""},
        {"text": SAID, "fields": {"不存在": "x"}},
        {"text": SAID, "fields": {"户号": "123456789"}, "form": "投诉单", "reason": "客户要求"},
        {"text": SAID, "fields": {"联系电话": "1381234567"}, "form": "投诉单", "reason": "客户要求"},
        {"text": SAID, "fields": ["户号"]},
        {"text": SAID, "form": "请假单", "reason": "x"},
        {"text": SAID, "key": "有 空格"},
        {"text": SAID, "needed": "是"},
        {"text": SAID, "what": 1},
    ],
)
def test_what_cannot_be_filed_says_why(desk: TestClient, house: House, body: dict[str, Any]) -> None:
    refused = post(desk, **body)
    assert refused.status_code == 422
    assert refused.json()["hint"]
    assert rows(house, work_order) == []


def test_stages_go_one_step_at_a_time(desk: TestClient) -> None:
    number = file(desk)["order"]["number"]
    path = f"{ORDERS}/{number}/stage"
    assert post(desk, path, to="处理").status_code == 428
    assert post(desk, path, {"If-Match": "9" * 5_000}, to="处理").status_code == 428
    assert post(desk, path, {"If-Match": '"1"'}, to="归档").json()["code"] == "order.stage_invalid"
    assert post(desk, path, {"If-Match": '"1"'}, to="处理", note="已派").json()["stage"] == "处理"
    assert post(desk, path, {"If-Match": '"1"'}, to="答复").status_code == 409
    for version, stage in ((2, "答复"), (3, "处理"), (4, "答复"), (5, "归档")):
        assert post(desk, path, {"If-Match": f'"{version}"'}, to=stage).json()["stage"] == stage
    shown = desk.get(f"{ORDERS}/{number}")
    assert shown.headers["etag"] == '"6"'
    steps = [(event["stage_from"], event["stage_to"]) for event in shown.json()["events"]]
    assert steps == [
        (None, "受理"),
        ("受理", "处理"),
        ("处理", "答复"),
        ("答复", "处理"),
        ("处理", "答复"),
        ("答复", "归档"),
    ]
    assert shown.json()["closed_at"]
    assert post(desk, path, {"If-Match": '"6"'}, to="处理").status_code == 409


def listed(client: TestClient, query: str) -> list[str]:
    return [order["form"] for order in client.get(f"{ORDERS}?{query}").json()["orders"]]


def test_filters(desk: TestClient, house: House) -> None:
    file(desk, "a")
    file(desk, "b", form="报修单", reason="改判")
    assert listed(desk, "") == ["报修单", "业务咨询单"]
    assert listed(desk, "form=报修单") == listed(desk, "due_hours=4") == ["报修单"]
    assert listed(desk, "stage=处理") == listed(desk, "overdue=true") == []
    house.clock.moment += dt.timedelta(hours=5)
    assert listed(desk, "overdue=true") == ["报修单"]
    for wrong in ("stage=睡觉", "form=请假单", "due_hours=x", "who=1"):
        assert desk.get(f"{ORDERS}?{wrong}").status_code == 422
    assert desk.get(f"{ORDERS}/nothing").status_code == 404


def test_what_is_due_first_stands_first(desk: TestClient) -> None:
    file(desk, "a", form="投诉单", reason="改判")
    file(desk, "b", form="报修单", reason="改判")
    file(desk, "c")
    orders = desk.get(f"{ORDERS}?sort=due").json()["orders"]
    limits = [order["limit_at"] for order in orders]
    assert orders[0]["form"] == "报修单"
    assert limits == sorted(limits)
    assert orders[0]["minutes_left"] > 0
    assert orders[0]["next"] == ["处理"]
    assert desk.get(f"{ORDERS}?sort=age").status_code == 422


def suggest(client: TestClient, **body: Any) -> dict[str, Any]:
    data: dict[str, Any] = post(client, "/api/v1/suggest", **body).json()
    return data


def test_the_same_phone_within_48_hours_brings_the_earlier_order(desk: TestClient, house: House) -> None:
    number = file(desk, form="报修单", reason="改判")["order"]["number"]
    by_call = suggest(desk, text="怎么还没来", caller={"联系电话": "138-1234-5678"})
    by_words = suggest(desk, text="怎么还没来，我电话幺三八一二三四五六七八")
    for data in (by_call, by_words):
        assert [order["number"] for order in data["earlier"]["orders"]] == [number]
        marks = {item["field"]: item["mark"] for item in data["earlier"]["known"]}
        assert marks == {"联系人": "不要再问", "联系电话": "不要再问", "用电地址": "不要再问"}
        assert data["work_order"]["missing"] == []
        assert data["work_order"]["draft"]["用电地址"] == "幸福路12号院3栋"
    assert "earlier" not in suggest(desk, text="怎么还没来", caller={"联系电话": "13900000000"})
    house.clock.moment += dt.timedelta(hours=49)
    assert "earlier" not in suggest(desk, text="怎么还没来", caller={"联系电话": PHONE})


def confined(house: House, client: TestClient, name: str, **place: str) -> dict[str, str]:
    house.database.write(lambda c: service.create_account(c, name, "lead", at=house.clock.now(), **place))
    key = house.database.write(lambda c: service.issue_key(c, name, "x", at=house.clock.now()))
    return {"Authorization": f"Bearer {key}"}


def test_another_departments_order_is_neither_seen_nor_brought_up(house: House, client: TestClient) -> None:
    east, west = (confined(house, client, name, department=name) for name in ("城东", "城西"))
    body = {"key": "k1", "text": SAID, "form": "报修单", "reason": "改判"}
    order = client.post(ORDERS, json=body, headers=east).json()["order"]
    assert order["team"] == "城东"
    asked = {"text": "怎么还没来", "caller": {"联系电话": PHONE}}
    seen = [client.post("/api/v1/suggest", json=asked, headers=who).json().get("earlier") for who in (east, west)]
    assert [order["number"] for order in seen[0]["orders"]] == [order["number"]]
    assert seen[1] is None
    handlers = confined(house, client, "抢修", department="配网抢修指挥班")
    assert client.get(f"{ORDERS}/{order['number']}", headers=handlers).status_code == 200


def test_who_may_not_see_orders_is_told_of_none(house: House, client: TestClient) -> None:
    lead, curator = ({"Authorization": f"Bearer {house.key(role, role)}"} for role in ("lead", "curator"))
    client.post(ORDERS, json={"key": "k1", "text": SAID, "form": "报修单", "reason": "改判"}, headers=lead)
    asked = {"text": "怎么还没来", "caller": {"联系电话": PHONE}}
    assert "earlier" in client.post("/api/v1/suggest", json=asked, headers=lead).json()
    assert "earlier" not in client.post("/api/v1/suggest", json=asked, headers=curator).json()


def test_a_call_brings_the_callers_earlier_orders(desk: TestClient) -> None:
    number = file(desk, form="报修单", reason="改判")["order"]["number"]
    call = desk.post("/api/v1/calls", json={"phone": "138-1234-5678"}).json()["call_id"]
    found = desk.get(f"/api/v1/calls/{call}").json()["earlier"]
    assert [order["number"] for order in found["orders"]] == [number]
    assert {item["field"] for item in found["known"]} == {"联系人", "联系电话", "用电地址"}


def test_a_region_holds_for_what_its_accounts_file(house: House, client: TestClient) -> None:
    east = confined(house, client, "东", region="城东")
    body = {"key": "k1", "text": SAID, "region": "城西", "form": "报修单", "reason": "改判"}
    assert client.post(ORDERS, json=body, headers=east).json()["order"]["region"] == "城东"


def test_a_caller_who_wished_to_stay_anonymous_is_not_remembered(desk: TestClient) -> None:
    body: dict[str, Any] = {"form": "举报单", "reason": "改判", "fields": {"是否匿名": "是", "联系电话": PHONE}}
    order = file(desk, **body)["order"]
    assert order["anonymous"] is True
    assert "联系电话" not in order["fields"]
    assert "earlier" not in suggest(desk, text="再说一件", caller={"联系电话": PHONE})


def test_the_caller_leaves_no_trace_in_the_log(desk: TestClient, house: House) -> None:
    suggest(desk, text="怎么还没来", caller={"联系电话": PHONE})
    house.database.write(lambda _connection: None)
    assert PHONE not in str(rows(house, suggestion_log))


@pytest.mark.parametrize(("role", "status"), [("agent", 200), ("handler", 200), ("curator", 404), ("auditor", 404)])
def test_who_may_see_orders(house: House, client: TestClient, role: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {house.key(role=role)}"}
    assert client.get(ORDERS, headers=headers).status_code == status


def test_an_agent_files_and_a_handler_moves(house: House, client: TestClient) -> None:
    agent, handler = ({"Authorization": f"Bearer {house.key(role, role)}"} for role in ("agent", "handler"))
    number = client.post(ORDERS, json={"key": "k1", "text": SAID}, headers=agent).json()["order"]["number"]
    step, path = {"to": "处理"}, f"{ORDERS}/{number}/stage"
    assert client.post(path, json=step, headers={**agent, "If-Match": "1"}).status_code == 404
    assert client.post(path, json=step, headers={**handler, "If-Match": "1"}).json()["stage"] == "处理"
    long = {"to": "答复", "note": "长" * 501}
    assert client.post(path, json=long, headers={**handler, "If-Match": "2"}).status_code == 422


def test_a_drafted_reply_is_checked(desk: TestClient) -> None:
    path = "/api/v1/check-script"
    bad = post(desk, path, text="你户号多少？").json()
    assert (bad["ok"], bad["remarks"][0]["mark"]) == (False, "缺请")
    assert "请" in bad["remarks"][0]["instead"]
    assert post(desk, path, text="请问您的户号是多少？").json() == {"ok": True, "remarks": []}
    assert post(desk, path, text="请您稍等。", caller="我要投诉").json()["remarks"][0]["mark"] == "缺致歉"
    for wrong in ({}, {"text": 3}, {"text": ""}, {"text": "请", "x": 1}, {"text": "请" * 3000}):
        assert post(desk, path, **wrong).status_code == 422


def test_a_form_chosen_against_the_advice_comes_half_filled(desk: TestClient, house: House) -> None:
    """Nothing is filed by looking; numbers and facts of the call stand in the chosen form."""
    asked: dict[str, Any] = {"text": "我要投诉，电话13812345678", "form": "投诉单"}
    drafted = post(desk, "/api/v1/work-order-draft", **asked).json()
    assert (drafted["needed"], drafted["form"]) == (True, "投诉单")
    assert PHONE in drafted["draft"].values()
    assert drafted["missing"]
    assert drafted["due"]["target"] > "2026-11-22"
    assert rows(house, work_order) == rows(house, work_order_decision) == []
    unknown = post(desk, "/api/v1/work-order-draft", text=SAID, form="没有这种单")
    assert (unknown.status_code, "投诉单" in unknown.json()["hint"]) == (422, True)
    file(desk, text="以前报过修，电话13812345678", form="报修单", reason="已查实", fields={"联系人": "王小明"})
    again = post(desk, "/api/v1/work-order-draft", **asked).json()
    assert again["draft"]["联系人"] == "王小明", "what an earlier order says is not asked again"


def test_an_order_follows_from_the_call_as_the_suggestion_did(desk: TestClient, house: House) -> None:
    """A follow-up question is filed with what came before it, or the advice filed would not be the one shown."""
    for text in ("家里没电了", "什么时候来人"):
        desk.post("/api/v1/suggest", json={"text": text, "call_id": "c-1"}, headers=ORIGIN)
    shown = house.assistant.asked[-1]
    file(desk, text="什么时候来人", call_id="c-1")
    assert house.assistant.asked[-1].before == shown.before
    assert shown.before is not None
