"""A call on the desk by keyboard alone: order, labels, feedback, call context, live talk."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import select
from websockets.sync.client import connect

from assistant.accounts import service
from assistant.workorder.types import OrderFilter
from kb.store.schema import feedback
from tests.assistant.api.house import NASTY
from tests.assistant.web.browser import lose_first_answer
from tests.assistant.web.conftest import Desk

pytestmark = pytest.mark.browser


def noted(desk: Desk) -> list[tuple[str, str, str]]:
    with desk.house.database.read() as connection:
        rows = connection.execute(select(feedback).order_by(feedback.c.id)).all()
    return [(row.kind, row.entry_id, row.note) for row in rows]


def test_the_order_opens_half_filled_with_the_missing_first(desk: Desk) -> None:
    page = desk.page
    desk.type("电表走得太快")
    page.keyboard.press("Alt+w")
    form = page.locator("#order-form")
    expect(form).to_be_visible()
    expect(page.locator("#order-missing")).to_have_text("还缺 2 项：联系人、用电地址")
    expect(page.locator("#order-fields input").first).to_be_focused()
    expect(page.locator("#order-due")).to_contain_text("计量班")
    desk.type("王五")
    page.keyboard.press("Enter")
    desk.type("阳光小区3栋")
    expect(page.locator("#order-missing")).to_have_text("要素已齐")
    expect(page.locator("[name='咨询内容']")).to_have_value("电表走得太快")
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+w")
    expect(page.locator("[name='联系人']")).to_have_value("王五")


def test_what_was_typed_into_the_order_ends_with_the_call(desk: Desk) -> None:
    page = desk.page
    desk.type("电表走得太快")
    page.keyboard.press("Alt+w")
    expect(page.locator("[name='联系人']")).to_be_focused()
    desk.type("王五")
    expect(page.locator("[name='联系人']")).to_have_value("王五")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#text")).to_have_value("")
    desk.type("电表走得太快")
    page.keyboard.press("Alt+w")
    expect(page.locator("[name='联系人']")).to_have_value("")


def test_the_order_waits_for_the_newest_words(desk: Desk) -> None:
    page = desk.page
    desk.type("电表走得太快")
    desk.sees("关于“电表走得太快”")
    desk.house.assistant.delay = lambda _text: 0.6
    desk.type("，电费翻倍")
    page.keyboard.press("Alt+w")
    expect(page.locator("[name='咨询内容']")).to_have_value("电表走得太快，电费翻倍")


def test_an_answer_that_is_lost_files_one_order(desk: Desk) -> None:
    """The server takes the order, its answer never arrives; sending again files no second."""
    page = desk.page
    lost = lose_first_answer(page, "**/api/v1/work-orders")
    desk.asks("电表走得太快")
    page.keyboard.press("Alt+w")
    expect(page.locator("#order-form")).to_be_visible()
    desk.type("王五")
    page.keyboard.press("Enter")
    desk.type("阳光小区3栋")
    page.keyboard.press("Control+Enter")
    desk.sees("连不上服务。填的还在")
    expect(page.locator("[name='联系人']")).to_have_value("王五")
    page.keyboard.press("Control+Enter")
    desk.sees("已提交：20261122")
    assert lost == [201]
    (order,) = desk.house.services.orders.list(OrderFilter())
    assert (order.fields["联系人"], order.fields["用电地址"]) == ("王五", "阳光小区3栋")


def test_labels_are_corrected_by_key_and_told_once(desk: Desk) -> None:
    page = desk.page
    desk.type("电表走得太快")
    page.keyboard.press("Alt+t")
    expect(page.locator("#labels")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("1")
    page.keyboard.press("a")
    with page.expect_response("**/api/v1/feedback"):
        page.keyboard.press("Enter")
    expect(page.locator("#kind")).to_contain_text("客户档案查询")
    expect(page.locator("#kind")).to_contain_text("您改过")
    desk.sees("已改为：查询 · 客户档案查询")
    assert noted(desk) == [("label", "", "查询 / 客户档案查询")]


def test_two_keys_say_what_was_wrong(desk: Desk) -> None:
    page = desk.page
    desk.type("电表走得太快，我电话13812345678")
    expect(page.locator(".answer")).to_have_count(3)
    page.keyboard.press("Enter")
    page.keyboard.press("2")
    page.keyboard.press("g")
    page.keyboard.press("2")
    desk.sees("已记下：答案错")
    page.keyboard.press("g")
    page.keyboard.press("1")
    desk.sees("已记下：没有答案")
    assert [(kind, entry) for kind, entry, _note in noted(desk)] == [("wrong", "e-2"), ("no_answer", "")]


def test_numbers_behind_the_hash_fill_the_order_and_leave_the_address(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.server.url}/#phone=13812345678&customer=4401234567&region=城东")
    expect(page.locator("#call")).to_contain_text("13812345678")
    assert page.url == f"{desk.server.url}/"
    desk.type("电线掉到马路上了")
    page.keyboard.press("Alt+w")
    expect(page.locator("[name='联系电话']")).to_have_value("13812345678")
    assert desk.house.assistant.asked[-1].region == "城东"


def test_an_unknown_call_is_said_calmly(desk: Desk) -> None:
    desk.page.goto(f"{desk.server.url}/?call=nothing")
    desk.sees("没有这通电话，或不是您的")


def test_live_talk_suggests_until_the_agent_writes(desk: Desk) -> None:
    page, house = desk.page, desk.house
    key = house.database.write(lambda c: service.issue_key(c, "张三", "电话平台", at=house.clock.now()))
    headers = {"Authorization": f"Bearer {key}"}
    made = page.request.post(f"{desk.server.url}/api/v1/calls", data={"phone": "13812345678"}, headers=headers)
    call = made.json()["call_id"]
    page.goto(f"{desk.server.url}/?call={call}")
    desk.sees("13812345678")
    desk.sees("已接上通话")
    address = f"{desk.server.url.replace('http', 'ws')}/api/v1/calls/{call}/live"
    with connect(address, additional_headers=headers) as phone:
        phone.send(json.dumps({"speaker": "caller", "text": "喂，您好", "final": True}))
        phone.send(json.dumps({"speaker": "caller", "text": f"电表走得太快{NASTY}", "final": True}))
        expect(page.locator(".answer").first).to_contain_text("您可以申请校验电表")
        expect(page.locator("#live")).to_contain_text("<script>window.hacked=1</script>")
        page.keyboard.press("Alt+1")
        expect(page.locator(".band").first).to_have_text("高：可直接答复")
        desk.type("校验收费吗")
        desk.sees("关于“校验收费吗”")
        phone.send(json.dumps({"speaker": "caller", "text": "电线掉到马路上了", "final": True}))
        desk.sees("电线掉到马路上了")
        expect(page.locator(".answer").first).to_contain_text("关于“校验收费吗”")
    assert page.evaluate("window.hacked") is None
    assert desk.watch.console == []
    assert desk.watch.hosts == {f"127.0.0.1:{desk.server.port}"}
