"""The pages of learning from calls, each main journey by keyboard: queue, gaps with phrasings, the outage board."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from assistant.accounts.types import Account
from assistant.api.store import LogRow, insert_suggestions
from assistant.calls import store as calls
from assistant.calls.types import Feedback
from assistant.learning.requests import NewRequest
from assistant.suggest.request import SuggestRequest
from assistant.workorder.service import Filing
from kb.domain.knowledge import Branch, Entry
from kb.store import records
from kb.store.versions import Change
from tests.assistant.api.house import House, full
from tests.assistant.web.browser import Running, Watch, tab_to
from tests.assistant.web.conftest import Desk, Enter

pytestmark = pytest.mark.browser
SOLAR = "屋顶光伏怎么并网"


@pytest.fixture
def visit(enter: Enter, watch: Watch) -> Iterator[Enter]:
    """Sign in somebody of a role; what a page says to its console fails the test."""
    yield enter
    assert [line for line in watch.console if "409" not in line and "404" not in line] == []


def behind(page: Page, house: House) -> Account:
    """The account that is signed in on a page."""
    token = next(c["value"] for c in page.context.cookies() if c["name"] == "zhida_session")
    return house.services.accounts.recognise(token, "session")


def test_an_agent_tells_and_the_queue_moves_by_keyboard(desk: Desk, visit: Enter) -> None:
    desk.type("电表走得太快")
    desk.sees("关于“电表走得太快”")
    desk.page.keyboard.press("Alt+g")
    desk.page.keyboard.press("4")
    desk.sees("已记下：不全。编号 X2026112200001")
    lead = visit("孙", "lead")
    lead.goto(f"{desk.server.url}/requests")
    tab_to(lead, "X2026112200001")
    lead.keyboard.press("Enter")
    expect(lead.locator("#shown")).to_contain_text("1个工作日内审核")
    expect(lead.locator("#shown")).to_contain_text("e-1")
    lead.locator("[name='step']").select_option("直接答复")
    lead.locator("#step-form [type='submit']").press("Enter")
    expect(lead.locator("#status")).to_contain_text("请把这一项填上")
    lead.keyboard.type("第二步在网点办")
    lead.locator("#step-form [type='submit']").press("Enter")
    expect(lead.locator("#status")).to_contain_text("现在到“坐席确认”")
    page = desk.page
    page.goto(f"{desk.server.url}/requests")
    page.locator("#list .link").first.press("Enter")
    expect(page.locator("#shown")).to_contain_text("答复：第二步在网点办")
    page.locator("#step-form [type='submit']").press("Enter")
    expect(page.locator("#status")).to_contain_text("现在到“办结”")
    expect(page.locator("#list")).to_contain_text("没有符合条件的反馈")


def test_a_lost_race_keeps_the_words(house: House, server: Running, visit: Enter) -> None:
    lead = visit("孙", "lead")
    account = behind(lead, house)
    requests = house.services.learning.requests
    made = requests.submit(account, NewRequest(kind="没有答案", text=SOLAR))
    lead.goto(f"{server.url}/requests")
    lead.locator("#list .link").first.click()
    lead.locator("[name='step']").select_option("直接答复")
    lead.locator("#step-form [name='note']").fill("写了很久的话")
    requests.step(account, made.number, "转采编", version=1)
    lead.locator("#step-form [type='submit']").press("Enter")
    expect(lead.locator("#status")).to_contain_text("已被别人处理过")
    expect(lead.locator("#step-form [name='note']")).to_have_value("写了很久的话")


def test_what_is_overdue_is_marked_and_found(house: House, server: Running, visit: Enter) -> None:
    lead = visit("孙", "lead")
    account = behind(lead, house)
    house.clock.moment -= dt.timedelta(days=3)
    house.services.learning.requests.submit(account, NewRequest(kind="没有答案", text=SOLAR))
    house.clock.moment += dt.timedelta(days=3)
    house.services.learning.requests.submit(account, NewRequest(kind="没有答案", text="电费怎么交"))
    lead.goto(f"{server.url}/requests")
    expect(lead.locator("#list tbody tr")).to_have_count(2)
    expect(lead.locator("#list tbody tr").first).to_contain_text("超时 2026-11-20")
    lead.get_by_label("只看超时").check()
    expect(lead.locator("#list tbody tr")).to_have_count(1)


def stock(house: House) -> None:
    """An entry, a question nobody could answer, and words that two agents chose the entry for."""
    at = house.clock.now()
    pay = Entry(entry_id="A", kind="标问", question="电费怎么交", branches=(Branch(answer="网上国网可以交。"),))
    row = LogRow(at=at, text_masked=SOLAR, facts="{}", as_of="2026-11-22", release=9, band="low", answers="[]",
                 took_ms=1, account="x")  # fmt: skip

    def job(connection: object) -> None:
        change = Change(author="李", reason="新", at=at)
        records.put_entry(connection, pay, change, expected=0)  # type: ignore[arg-type]
        records.publish(connection, at=at, note="")  # type: ignore[arg-type]
        insert_suggestions(connection, [row])  # type: ignore[arg-type]
        for n in range(2):
            given = Feedback(token=f"token-{n}-abc", kind="chosen", text="交钱在哪儿交", facts={}, release=1, as_of="",
                             entry_id="A", note="")  # fmt: skip
            calls.insert_feedback(connection, given, account=f"x{n}", department="", at=at)  # type: ignore[arg-type]

    house.database.write(job)


def test_a_curator_sees_gaps_and_takes_a_phrasing(house: House, server: Running, visit: Enter) -> None:
    stock(house)
    page = visit("李", "curator")
    page.goto(f"{server.url}/gaps")
    tab_to(page, SOLAR)
    page.keyboard.press("Enter")
    expect(page.locator("#detail")).to_contain_text("1 通电话")
    tab_to(page, "转为反馈")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("已转为反馈 X20261122")
    expect(page.locator("#phrasings")).to_contain_text("交钱在哪儿交")
    tab_to(page, "试一试并采用")
    page.keyboard.press("Enter")
    expect(page.locator("#trial")).to_contain_text("已存成草稿并送审")
    expect(page.locator("#settled")).to_contain_text("已采用")
    expect(page.locator("#phrasings")).to_contain_text("没有建议")


def test_a_lead_keeps_the_board_by_keyboard(house: House, server: Running, visit: Enter) -> None:
    page = visit("孙", "lead")
    page.goto(f"{server.url}/outages")
    expect(page.locator("#list")).to_contain_text("现在没有有效的停电公告")
    page.keyboard.press("n")
    page.keyboard.type("幸福里小区")
    page.locator("[name='starts']").fill("2026-11-22T09:30")
    page.locator("[name='promised']").fill("2026-11-22T14:00")
    page.locator("#save").press("Enter")
    expect(page.locator("#status")).to_contain_text("已登记 TD20261122-01")
    row = LogRow(at=house.clock.now(), text_masked="幸福里停电", facts="{}", as_of="2026-11-22", release=1, band="low",
                 answers="[]", took_ms=1, account="赵", call_id="c-1",
                 outages='[{"notice_id": "TD20261122-01", "starts": "", "ends": "2026-11-22T14:00"}]')  # fmt: skip
    house.database.write(lambda connection: insert_suggestions(connection, [row]))
    page.locator("[name='promised']").fill("2026-11-22T17:00")
    page.locator("#save").press("Enter")
    expect(page.locator("#status")).to_contain_text("请把这一项填上")
    page.keyboard.type("施工延时")
    page.locator("#save").press("Enter")
    expect(page.locator("#told")).to_contain_text("听过旧送电时间的通话（1）")
    expect(page.locator("#told")).to_contain_text("2026-11-22 14:00")
    expect(page.locator("#shown tbody tr")).to_have_count(2)
    expect(page.locator("#list")).to_contain_text("2026-11-22 17:00")
    page.locator("#end").press("Enter")
    expect(page.locator("#list")).to_contain_text("已送电")


def test_an_agent_sees_the_board_and_keeps_nothing(house: House, server: Running, visit: Enter) -> None:
    page = visit("赵", "agent")
    page.goto(f"{server.url}/outages")
    expect(page.locator("#list")).to_contain_text("现在没有有效的停电公告")
    assert page.locator("#new, #notice-form").count() == 0
    page.goto(f"{server.url}/gaps")
    expect(page.locator("h1")).to_have_text("没有这个地址")


def test_a_gap_is_set_aside_with_a_reason_and_taken_back(house: House, server: Running, visit: Enter) -> None:
    stock(house)
    page = visit("李", "curator")
    page.goto(f"{server.url}/gaps")
    tab_to(page, SOLAR)
    page.keyboard.press("Enter")
    page.locator("#aside-form [name='reason']").press("Enter")
    expect(page.locator("#status")).to_contain_text("请把这一项填上")
    page.keyboard.type("不归供电公司管")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("放到一边")
    expect(page.locator("#list")).to_contain_text("1 组已放到一边")
    expect(page.locator("#list .link")).to_have_count(0)
    page.get_by_label("放到一边的也列出").check()
    tab_to(page, SOLAR)
    page.keyboard.press("Enter")
    expect(page.locator("#detail")).to_contain_text("李 2026-11-22 12:00 放到一边：不归供电公司管")
    tab_to(page, "重新列出")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("重新列出")
    page.get_by_label("放到一边的也列出").uncheck()
    expect(page.locator("#list .link")).to_have_count(1)


def closed_order(house: House) -> str:
    """An order whose caller was satisfied with a written reply."""
    orders = house.services.orders
    made = orders.file(
        Filing(account="赵", key="k", digest="d", suggestion=full(SuggestRequest(text="屋顶光伏怎么并网")),
               fields={"联系人": "张建国"})
    ).order  # fmt: skip
    assert made is not None
    for version, (stage, note) in enumerate((("处理", ""), ("答复", "张建国先生：请到营业厅办理。"), ("归档", "")), 1):
        orders.move(made.number, stage, version=version, account="孙", note=note, satisfied=stage == "归档")
    return made.number


def test_a_curator_drafts_an_entry_from_a_closed_order(house: House, server: Running, visit: Enter) -> None:
    number = closed_order(house)
    page = visit("李", "curator")
    page.goto(f"{server.url}/gaps")
    expect(page.locator("#promotable")).to_contain_text("〔联系人〕先生：请到营业厅办理。")
    expect(page.locator("main")).not_to_contain_text("张建国")
    tab_to(page, "转成草稿")
    page.keyboard.press("Enter")
    expect(page.locator("#promoted")).to_contain_text(f"GD{number}")
    expect(page.locator("#promotable")).to_contain_text("没有可以转的工单")
    tab_to(page, f"GD{number}")
    page.keyboard.press("Enter")
    expect(page.locator("[name='answer']")).to_have_value("〔联系人〕先生：请到营业厅办理。")


def test_an_order_becomes_a_draft_by_one_press_for_who_may(house: House, server: Running, visit: Enter) -> None:
    number = closed_order(house)
    handler = visit("孙处", "handler")
    handler.goto(f"{server.url}/orders#{number}")
    expect(handler.locator(".events")).to_contain_text("客户满意")
    expect(handler.locator("#promote")).to_have_count(0)
    page = visit("管", "admin")
    page.goto(f"{server.url}/orders#{number}")
    page.locator("#promote").dblclick()
    expect(page.locator(".order-promote a")).to_be_focused()
    expect(page.locator(".order-promote")).to_contain_text("〔联系人〕")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.url}/entry/GD{number}")
    [standing] = house.services.workshop.desk.standings([f"GD{number}"])
    assert (standing.stage, standing.head.version) == ("草稿", 1)
