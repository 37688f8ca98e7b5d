"""One call on the bundled knowledge, from the first key to the filed order, in a browser, on a real data folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from assistant.accounts import service
from assistant.api.app import create_app
from assistant.runtime import Runtime, open_runtime
from assistant.services import services_of
from assistant.settings import Settings
from assistant.workorder.types import Order, OrderFilter
from kb.domain.clock import FixedClock
from kb.store.schema import work_order_decision
from tests.assistant.web.browser import Running, Watch, serving, sign_in
from tests.conftest import NOON

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_KEYS = 12
SAID = "家里突然没电了，邻居家都有电"
NOTHING_TO_FILE = "请问电费可以在哪里交"
PHONE = "13812345678"
FIELDS = {"用电地址": "阳光小区3栋502", "停电范围": "只有一户", "联系人": "王五"}
# Counts every key that writes no character: the characters are the caller's words and the missing fields.
COUNT = """
    window.pressed = 0;
    addEventListener('keydown', (event) => {
      const field = event.target.matches('input, textarea');
      const writes = event.key.length === 1 && !event.ctrlKey && !event.altKey && field;
      if (!writes) window.pressed += 1;
    }, true);
"""


@dataclass
class Office:
    """A served data folder with the bundled knowledge in it."""

    runtime: Runtime
    server: Running

    def orders(self) -> list[Order]:
        return services_of(self.runtime).orders.list(OrderFilter())


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, bundled: Path) -> Iterator[Office]:
    settings = Settings(data=Path(shutil.copytree(bundled, tmp_path_factory.mktemp("office") / "data")))
    with open_runtime(settings, write=True, clock=FixedClock(NOON)) as runtime:
        assert runtime.library.shelf.release == 1
        runtime.database.write(lambda c: service.create_account(c, "张三", "agent", at=NOON, department="城东"))
        with serving(create_app(services_of(runtime))) as server:
            yield Office(runtime, server)


@pytest.fixture
def page(office: Office, chromium: Browser, watch: Watch) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    made = context.new_page()
    watch.on(made)
    link = services_of(office.runtime).accounts.issue_link("张三")
    sign_in(made, office.server.url, link)
    yield made
    context.close()


def fill_in(page: Page, phone: str) -> None:
    """Write what is missing, field by field as the form asks for it."""
    missing = page.locator("#order-fields [data-empty]")
    while missing.count():
        name = str(page.evaluate("document.activeElement.name"))
        page.keyboard.insert_text({**FIELDS, "联系电话": phone}[name])
        page.keyboard.press("Enter")


def test_a_call_is_filed_with_few_keys(office: Office, page: Page, watch: Watch) -> None:
    """Choose, adopt, open the order, step through what is missing, send."""
    page.evaluate(COUNT)
    page.locator("#text").focus()
    page.keyboard.insert_text(SAID)
    expect(page.locator("#desk")).to_have_attribute("data-state", "shown")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("w")
    expect(page.locator("#order-form")).to_be_visible()
    fill_in(page, PHONE)
    expect(page.locator("#order-missing")).to_have_text("要素已齐")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#status")).to_contain_text("已提交：20261122")
    assert page.evaluate("window.pressed") <= MOST_KEYS
    (order,) = office.orders()
    assert (order.form, order.team, order.created_by) == ("报修单", "城东", "张三")
    assert {order.fields["联系电话"], order.fields["用电地址"]} == {PHONE, FIELDS["用电地址"]}
    assert PHONE not in order.content
    assert watch.console == []
    assert watch.hosts == {f"127.0.0.1:{office.server.port}"}
    assert not [url for url in watch.urls if PHONE in url or "%E5%AE%B6" in url], "a caller's words stood in an address"


def choose_form(page: Page, form: str) -> None:
    """Press the digit that stands beside a form."""
    page.keyboard.press(page.locator(f"[data-form='{form}'] kbd").inner_text())
    expect(page.locator("#order-why")).to_be_visible()
    expect(page.locator("#order-reason")).to_be_focused()


def test_an_order_is_filed_against_the_advice_by_keyboard(office: Office, page: Page, watch: Watch) -> None:
    """The advice is no order: the agent chooses a form and must say why; the reason is kept without numbers."""
    before = len(office.orders())
    page.locator("#text").focus()
    page.keyboard.insert_text(NOTHING_TO_FILE)
    expect(page.locator("#order")).to_contain_text("不用派单")
    page.keyboard.press("Alt+w")
    expect(page.locator("#order-title")).to_have_text("不派单")
    expect(page.locator("#order-advice")).to_contain_text("建议不派单")
    choose_form(page, "意见建议单")
    expect(page.locator("#order-title")).to_have_text("意见建议单")
    expect(page.locator("#order-due")).to_contain_text("最迟")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#order-result")).to_contain_text("请写为什么")
    expect(page.locator("#order-reason")).to_be_focused()
    assert len(office.orders()) == before
    page.keyboard.insert_text(f"客户坚持要登记，打{PHONE}回访")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#status")).to_contain_text("已提交：20261122")
    order = office.orders()[0]
    assert (len(office.orders()), order.form) == (before + 1, "意见建议单")
    assert order.reason == "客户坚持要登记，打〔手机号〕回访"
    assert watch.console == []


def test_an_advised_order_is_refused_or_changed_with_a_reason(office: Office, page: Page, watch: Watch) -> None:
    before = len(office.orders())
    page.locator("#text").focus()
    page.keyboard.insert_text(SAID)
    page.keyboard.press("Alt+w")
    expect(page.locator("#order-advice")).to_contain_text("建议派报修单")
    page.locator("[name='用电地址']").fill("写了一半的地址")
    page.keyboard.press("Alt+t")
    choose_form(page, "催办单")
    page.keyboard.press("Alt+3")
    expect(page.locator("#order-why")).to_be_hidden()
    expect(page.locator("#order-title")).to_have_text("报修单")
    expect(page.locator("[name='用电地址']")).to_have_value("写了一半的地址")
    page.keyboard.press("Alt+0")
    expect(page.locator("#order-reason")).to_be_focused()
    page.keyboard.insert_text("同一小区已有人报过，客户同意等")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#status")).to_contain_text("已记下：这次不派单")
    assert len(office.orders()) == before
    with office.runtime.database.read() as connection:
        newest = select(work_order_decision).order_by(work_order_decision.c.id.desc())
        row = connection.execute(newest).first()
    assert row is not None
    assert (row.advised_needed, row.advised_form, row.needed) == (1, "报修单", 0)
    assert row.reason == "同一小区已有人报过，客户同意等"
    page.keyboard.press("Escape")
    page.locator("#text").focus()
    page.keyboard.insert_text(SAID)
    page.keyboard.press("Alt+w")
    expect(page.locator("#order-title")).to_have_text("报修单")
    expect(page.locator("#order-choice")).to_be_hidden()
    assert watch.console == []


def test_a_second_press_and_the_back_button_file_nothing_twice(office: Office, page: Page) -> None:
    before = len(office.orders())
    page.locator("#text").focus()
    page.keyboard.insert_text(SAID)
    page.keyboard.press("Alt+w")
    expect(page.locator("#order-form")).to_be_visible()
    fill_in(page, PHONE)
    page.evaluate("() => { const b = document.getElementById('order-file'); b.click(); b.click(); b.click(); }")
    expect(page.locator("#status")).to_contain_text("已提交")
    page.keyboard.press("Alt+w")
    expect(page.locator("#order-result")).to_contain_text("已提交")
    page.keyboard.press("Control+Enter")
    page.goto(f"{office.server.url}/orders")
    page.go_back()
    page.locator("#text").wait_for()
    expect(page.locator("#order-form")).to_be_hidden()
    assert len(office.orders()) == before + 1


def test_a_call_announced_by_the_telephony_system_brings_its_numbers_and_earlier_orders(
    office: Office, page: Page
) -> None:
    """An earlier order is remembered by the number of the call; no number stands in an address."""
    order = {"text": SAID, "fields": {"联系电话": PHONE, "用电地址": "幸福路8号"}, "key": "earlier"}
    page.request.post(f"{office.server.url}/api/v1/work-orders", data=order, headers={"Origin": office.server.url})
    made = page.request.post(
        f"{office.server.url}/api/v1/calls", data={"phone": PHONE}, headers={"Origin": office.server.url}
    )
    address = made.json()["desk"]
    assert PHONE not in address
    page.goto(office.server.url + address)
    expect(page.locator("#call")).to_contain_text("48 小时内来过电")
    page.locator("#text").focus()
    page.keyboard.insert_text("怎么还没人来修")
    expect(page.locator("#earlier")).to_contain_text("不要再问")
    expect(page.locator("#earlier")).to_contain_text("幸福路8号")


def test_a_drafted_reply_is_checked_while_it_is_written(page: Page, watch: Watch) -> None:
    page.locator("#text").focus()
    page.keyboard.insert_text("我要投诉你们")
    page.keyboard.press("Alt+s")
    page.keyboard.insert_text("你户号多少？")
    expect(page.locator("#script-remarks")).to_contain_text("缺请")
    expect(page.locator("#script-remarks")).to_contain_text("改说：请")
    expect(page.locator("#script-remarks")).to_contain_text("缺致歉")
    page.locator("#script-text").fill("非常抱歉给您带来不便，请问您的户号是多少？")
    expect(page.locator("#script-remarks")).to_contain_text("没有发现问题")
    page.keyboard.press("Escape")
    expect(page.locator("#script")).to_be_hidden()
    expect(page.locator("#text")).to_have_value("我要投诉你们")
    assert watch.console == []
