"""The watchers' page: both sides with what differs marked, by keyboard, at both widths."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.domain.knowledge import Branch, Entry
from kb.store import records
from kb.store.versions import Change
from tests.assistant.api.house import House
from tests.assistant.web.browser import Running, Watch, sign_in
from tests.assistant.web.conftest import PATIENCE

pytestmark = pytest.mark.browser
SAID = "岸电桩检定从登记起{days}个工作日内出具检定结果。"


@pytest.fixture(params=[390, 1440])
def page(request: pytest.FixtureRequest, house: House, server: Running, chromium: Browser) -> Iterator[Page]:
    change = Change(author="测试", reason="测试", at=house.clock.now())

    def job(connection: object) -> None:
        for entry_id, days in (("A1", 7), ("A2", 20)):
            entry = Entry(
                entry_id=entry_id, kind="标问", question=f"岸电桩检定要等几天{entry_id}",
                branches=(Branch(answer=SAID.format(days=days)),),
            )  # fmt: skip
            records.put_entry(connection, entry, change, expected=0)  # type: ignore[arg-type]
        records.publish(connection, at=house.clock.now(), note="")  # type: ignore[arg-type]

    house.database.write(job)
    context = chromium.new_context(viewport={"width": request.param, "height": 900}, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    sign_in(opened, server.url, house.link(house.account("采编", "curator")))
    yield opened
    context.close()


def test_a_curator_looks_and_sets_aside_by_keyboard(page: Page, server: Running) -> None:
    watch = Watch()
    watch.on(page)
    page.goto(f"{server.url}/watch")
    expect(page.locator(".finding mark")).to_have_text(["7个工作日", "20个工作日"])
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.keyboard.press("j")
    expect(page.locator(".finding").first).to_be_focused()
    page.get_by_role("button", name="不是问题").press("Enter")
    page.keyboard.type("两种桩")
    page.keyboard.press("Enter")
    expect(page.locator(".nothing")).to_contain_text("没有要看的：互相矛盾")
    expect(page.locator("#list")).to_contain_text("另有 1 项已放到一边")
    assert watch.console == []


def test_a_withdrawal_is_one_click_and_a_reason(page: Page, server: Running, house: House) -> None:
    page.goto(f"{server.url}/watch")
    page.get_by_role("button", name="下线 A2").click()
    page.keyboard.type("数字错了")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("已存为草稿")
    with house.database.read() as connection:
        assert records.current_release(connection) == 1
    page.get_by_role("button", name="即将到期").click()
    expect(page.locator(".nothing")).to_contain_text("没有要看的：即将到期")
