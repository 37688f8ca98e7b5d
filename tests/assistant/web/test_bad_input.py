"""One form after another against what goes wrong: a whole book pasted, a session's end, a lost line, two presses.

Nothing is lost, nothing happens twice, what is hostile stays text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from assistant.api.store import LogRow, insert_suggestions
from assistant.web.pages import TEMPLATES
from kb.store import schema
from kb.text.rulefiles import RuleFiles
from tests.assistant.api.house import House
from tests.assistant.web.browser import Running, Watch, sign_in
from tests.assistant.web.conftest import PATIENCE

pytestmark = pytest.mark.browser
HIDDEN = "\u202e\u200b"
MARKUP = "<img src=x onerror=window.hacked=1>"
NASTY = f"=1+1{HIDDEN}{MARKUP}"
SHOWN = f"=1+1{MARKUP}"
RULES = RuleFiles().text("deadlines.toml").replace("limit = { workdays = 5 }", "limit = { workdays = 4 }")


@dataclass(frozen=True, slots=True)
class Form:
    """A form of something new: how it is opened, what is written where, how it is sent, and what counts as done."""

    path: str
    role: str
    open: Callable[[Page], None]
    fields: dict[str, str]
    field: str
    send: str
    done: str
    table: str
    kept: bool = True


def press_n(page: Page) -> None:
    page.locator("#new").wait_for()
    page.locator("body").press("n")


def open_file(page: Page) -> None:
    page.get_by_role("button", name="时限", exact=True).click()
    page.locator("#edit").wait_for()


def open_gap(page: Page) -> None:
    page.locator("#list .link").first.click()
    page.locator("#aside-form").wait_for()


def opened(page: Page) -> None:
    page.locator("#list > *").first.wait_for()


FORMS = {
    "反馈": Form("/requests", "agent", press_n, {"#new-form [name='text']": NASTY, "#new-form [name='note']": NASTY},
               "#new-form [name='text']", "#new-form [type='submit']", "已提交 X2026", "knowledge_request"),
    "公告": Form("/outages", "lead", press_n,
               {"[name='place']": NASTY, "[name='cause']": NASTY, "[name='starts']": "2026-11-22T09:30"},
               "[name='place']", "#save", "已登记 TD2026", "document_version"),
    "规则": Form("/rules", "curator", open_file, {"#text": RULES, "#edit [name='reason']": NASTY}, "#text",
               "#edit [type='submit']", "已存为草稿", "rule_version"),
    "缺口": Form("/gaps", "curator", open_gap, {"#aside-form [name='reason']": NASTY}, "#aside-form [name='reason']",
               "#aside-form [type='submit']", "1 组已放到一边", "dismissal", kept=False),
    "账号": Form("/users", "admin", opened,
               {"#user-form [name='name']": "新人", "#user-form [name='department']": "城东"},
               "#user-form [name='department']", "#save", "一次性登录链接", "account"),
}  # fmt: skip


@pytest.fixture
def page(house: House, chromium: Browser) -> Iterator[Page]:
    row = LogRow(at=house.clock.now(), text_masked=f"屋顶光伏怎么并网{MARKUP}", facts="{}", as_of="2026-11-22",
                 release=9, band="low", answers="[]", took_ms=1, account="x")  # fmt: skip
    house.database.write(lambda connection: insert_suggestions(connection, [row]))
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


def stored(house: House, form: Form) -> int:
    with house.database.read() as connection:
        found = connection.execute(select(func.count()).select_from(schema.metadata.tables[form.table])).scalar()
    return int(found or 0)


def fill(page: Page, form: Form) -> None:
    for css, text in form.fields.items():
        page.locator(css).fill(text)


def still_there(page: Page, form: Form) -> None:
    for css, text in form.fields.items():
        expect(page.locator(css)).to_have_value(text)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_outlives_what_goes_wrong_and_is_sent_once(page: Page, house: House, server: Running, name: str) -> None:
    form, watch = FORMS[name], Watch()
    house.account("某人", form.role)
    sign_in(page, server.url, house.link("某人"))
    watch.on(page)
    page.goto(server.url + form.path)
    form.open(page)
    before = stored(house, form)
    fill(page, form)
    house.services.accounts.sign_out_everywhere("某人", actor="测试")
    page.locator(form.send).press("Enter")
    expect(page.locator("#banner")).to_contain_text("登录已过期。您填的还在")
    still_there(page, form)
    other = page.context.new_page()
    sign_in(other, server.url, house.link("某人"))
    other.close()
    server.stop()
    page.locator(form.send).press("Enter")
    expect(page.locator("#banner")).to_contain_text("连不上服务。您填的还在")
    still_there(page, form)
    server.start()
    if form.kept:
        page.goto(f"{server.url}/account")
        page.go_back()
        if name == "规则":
            form.open(page)
            expect(page.locator("#edit")).to_contain_text("您还没存的内容")
            page.locator("#edit [name='reason']").fill(NASTY)
        still_there(page, form)
    assert stored(house, form) == before
    page.locator(form.send).dblclick()
    expect(page.locator("main")).to_contain_text(form.done)
    page.wait_for_load_state("networkidle")
    assert stored(house, form) == before + 1
    assert page.evaluate("window.hacked") is None
    assert page.locator("main img").count() == 0
    page.reload()
    page.locator("#list > *").first.wait_for()
    assert not set(HIDDEN) & set(page.content())
    assert not [line for line in watch.console if "401" not in line and "ERR_CONNECTION" not in line]
    assert not [url for url in watch.urls if "1%2B1" in url or "%E6%96%B0%E4%BA%BA" in url], "words stood in an address"


@pytest.mark.parametrize("name", FORMS)
def test_a_megabyte_pasted_is_cut_or_refused_in_words(page: Page, house: House, server: Running, name: str) -> None:
    form = FORMS[name]
    house.account("某人", form.role)
    sign_in(page, server.url, house.link("某人"))
    page.goto(server.url + form.path)
    form.open(page)
    fill(page, form)
    before = stored(house, form)
    page.evaluate("navigator.clipboard.writeText('长'.repeat(1000000))")
    page.locator(form.field).focus()
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+V")
    if name == "规则":
        page.locator(form.send).press("Enter")
        expect(page.locator("#status")).to_contain_text("内容超过")
        assert len(page.locator(form.field).input_value()) == 1_000_000
    else:
        expect(page.locator("#status")).to_contain_text("粘贴的内容太长")
        assert len(page.locator(form.field).input_value()) <= 5_000
    assert stored(house, form) == before


def test_no_form_puts_what_is_written_into_an_address() -> None:
    """A form sent before its script has come would be a plain one: never by GET, which writes its fields behind `?`."""
    for template in TEMPLATES.glob("*.html"):
        for form in template.read_text(encoding="utf-8").split("<form")[1:]:
            assert 'method="post"' in form.split(">")[0] or 'method="dialog"' in form.split(">")[0], template.name
