"""Pages beside the desk: each role's main journey by keyboard, and every page in both schemes and widths."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from assistant.accounts import service
from assistant.accounts.errors import PasswordWrong
from assistant.accounts.types import Account, Action
from assistant.calls import store as calls
from assistant.calls.types import Feedback
from assistant.errors import NotSignedIn
from assistant.learning.requests import NewRequest
from kb.domain.knowledge import Branch, Entry, Source
from kb.store import records
from kb.store.versions import Change
from kb.text.rulefiles import RuleFiles
from tests.assistant.api.house import NASTY, House
from tests.assistant.api.matrix import notice_document
from tests.assistant.web.browser import Running, Watch, sign_in, tab_to
from tests.assistant.web.conftest import PATIENCE

pytestmark = pytest.mark.browser
Visit = Callable[[str], Page]
ASKED = "电表走得快怎么办"
PAGES = (
    "/orders",
    "/entries",
    "/entry/M01",
    "/entry",
    "/reviews",
    "/releases",
    "/import",
    "/rules",
    "/watch",
    "/outages",
    "/requests",
    "/gaps",
    "/feedback",
    "/runs",
    "/comparison",
    "/scoring",
    "/users",
    "/audit",
    "/health",
    "/account",
)
DRAWN = "#list > :not(.waiting), #form > label, #drop"
BUNDLED = RuleFiles().text("deadlines.toml")
LATER = BUNDLED.replace("limit = { workdays = 5 }", "limit = { workdays = 4 }")


def stock(house: House) -> None:
    """Two versions of an entry, one with markup in every field, a notice and some feedback."""
    change = Change(author="李编", reason=f"新规 {NASTY}", at=house.clock.now())
    source = Source(document="供电营业规则", locator="第七十九条")
    plain = Entry(
        entry_id="M01",
        kind="标问",
        question=ASKED,
        branches=(Branch(answer="可以申请校验。"),),
        categories=("计量装置",),
        sources=(source,),
    )
    later = Entry(entry_id="M01", kind="标问", question=ASKED, branches=(Branch(answer="受理后 5 日内校验。"),))
    nasty = Entry(
        entry_id="N<b>1",
        kind="标问",
        question=NASTY,
        phrasings=(NASTY,),
        branches=(Branch(answer=NASTY, when={"用户类别": NASTY}),),
        owner=NASTY[:40],
    )

    def job(connection: object) -> None:
        put, publish = records.put_entry, records.publish
        put(connection, plain, change, expected=0)  # type: ignore[arg-type]
        put(connection, nasty, change, expected=0)  # type: ignore[arg-type]
        records.put_document(connection, notice_document("阳光小区停电"), change, expected=0)  # type: ignore[arg-type]
        publish(connection, at=house.clock.now(), note="")  # type: ignore[arg-type]
        put(connection, later, change, expected=1)  # type: ignore[arg-type]

    house.database.write(job)
    given = Feedback(token="0123456789", kind="wrong", text=NASTY, facts={}, release=1, as_of="", entry_id="M01",
                     note=NASTY)  # fmt: skip
    house.database.write(lambda c: calls.insert_feedback(c, given, account="x", department="", at=house.clock.now()))
    actions: frozenset[Action] = frozenset({"suggest"})
    sender = Account(name="x", role="agent", disabled=False, created_at=house.clock.now(), actions=actions)
    house.services.learning.requests.submit(sender, NewRequest(kind="答案错", text=NASTY, note=NASTY))


@pytest.fixture
def visit(house: House, server: Running, chromium: Browser, watch: Watch) -> Iterator[Visit]:
    """Sign in with a role and return its page."""
    stock(house)
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.set_default_timeout(PATIENCE)

    def signed_in(role: str) -> Page:
        page = context.new_page()
        watch.on(page)
        sign_in(page, server.url, house.link(house.account("某人", role)))
        return page

    yield signed_in
    context.close()


def test_a_curator_finds_an_entry_and_sees_what_changed(visit: Visit, server: Running, watch: Watch) -> None:
    page = visit("curator")
    page.goto(f"{server.url}/entries")
    expect(page.locator("#list tbody tr")).to_have_count(2)
    page.keyboard.press("/")
    page.keyboard.type("校验")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page.locator("#list")).to_contain_text("草稿")
    tab_to(page, "电表走得快怎么办")
    page.keyboard.press("Enter")
    expect(page.locator("[name='answer']")).to_have_value("受理后 5 日内校验。")
    tab_to(page, "比较")
    page.keyboard.press("Enter")
    expect(page.locator("#diff del").first).to_contain_text("可以申请校验。")
    expect(page.locator("#diff ins").first).to_contain_text("受理后 5 日内校验。")
    assert watch.console == []


def test_a_rule_goes_from_draft_to_force_in_two_pairs_of_hands(
    visit: Visit, house: House, server: Running, watch: Watch
) -> None:
    page = visit("curator")
    page.goto(f"{server.url}/rules")
    tab_to(page, "时限")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_have_value(BUNDLED)
    page.locator("#text").fill("坏的")
    tab_to(page, "预览")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("无法解析")
    page.locator("#text").fill(LATER)
    page.keyboard.press("Tab")
    page.keyboard.type("新规定四天")
    tab_to(page, "预览")
    page.keyboard.press("Enter")
    expect(page.locator("#outcome")).to_contain_text("没有适用的黄金题")
    tab_to(page, "存成草稿")
    page.keyboard.press("Enter")
    expect(page.locator("#detail")).to_contain_text("草稿第 1 版（某人：新规定四天）")
    assert page.get_by_role("button", name="应用第 1 版").count() == 0
    boss = page.context.browser.new_context(locale="zh-CN") if page.context.browser else page.context
    other = boss.new_page()
    watch.on(other)
    sign_in(other, server.url, house.link(house.account("王审", "reviewer")))
    other.goto(f"{server.url}/rules")
    tab_to(other, "时限")
    other.keyboard.press("Enter")
    tab_to(other, "应用第 1 版")
    other.keyboard.press("Enter")
    expect(other.locator("#status")).to_contain_text("已生效")
    expect(other.locator("#detail")).to_contain_text("生效中")
    boss.close()
    assert house.services.rules.files.text("deadlines.toml") == LATER
    assert [line for line in watch.console if "422" not in line] == []  # the one that was refused on purpose


def test_an_agent_sees_no_drafts_and_no_other_pages(visit: Visit, server: Running) -> None:
    page = visit("agent")
    assert page.locator(".nav a").all_inner_texts() == ["坐席", "工单", "知识", "停电", "反馈"]
    page.goto(f"{server.url}/entries")
    expect(page.locator("#list tbody tr")).to_have_count(2)
    page.goto(f"{server.url}/users")
    expect(page.locator("h1")).to_have_text("没有这个地址")


def test_an_auditor_verifies_the_chain(visit: Visit, server: Running) -> None:
    page = visit("auditor")
    expect(page.locator("h1")).to_have_text("这个账号没有坐席页面")
    page.goto(f"{server.url}/audit")
    tab_to(page, "核对整条链")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("条都接得上")


def test_an_administrator_opens_an_account_a_link_and_a_key(
    visit: Visit, server: Running, house: House, chromium: Browser
) -> None:
    page = visit("admin")
    page.goto(f"{server.url}/users")
    page.locator("[name='name']").focus()
    page.keyboard.type("新人")
    page.keyboard.press("Enter")
    expect(page.locator("#secret")).to_contain_text("一次性登录链接")
    link = page.locator("#secret code").inner_text()
    page.locator("[name='label']").focus()
    page.keyboard.type("电话平台")
    page.keyboard.press("Enter")
    expect(page.locator("#secret")).to_contain_text("密钥（只显示这一次")
    key = page.locator("#secret code").inner_text()
    assert house.services.accounts.recognise(key, "key").name == "新人"
    expect(page.locator("#keys")).to_contain_text("电话平台")
    other = chromium.new_context()
    fresh = other.new_page()
    fresh.goto(link)
    fresh.get_by_role("button", name="登录").press("Enter")
    expect(fresh.locator(".bar-user")).to_contain_text("新人")
    other.close()


def test_an_administrator_sees_a_lock_and_ends_sign_ins(visit: Visit, server: Running, house: House) -> None:
    page = visit("admin")
    house.account("新人")
    token = house.services.accounts.sign_in(house.link("新人")).token
    house.services.accounts.set_password(token, "", "一句好记的话2026年")
    for _ in range(5):
        with pytest.raises(PasswordWrong):
            house.services.accounts.sign_in_with_password("新人", "不对")
    page.goto(f"{server.url}/users")
    row = page.locator("#list tbody tr", has_text="新人")
    expect(row).to_contain_text("锁到 12:15，发链接即解")
    tab_to(page, "新人")
    page.keyboard.press("Enter")
    tab_to(page, "退出它所有的登录")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("已结束 1 处登录")
    with pytest.raises(NotSignedIn):
        house.services.accounts.recognise(token, "session")
    tab_to(page, "发登录链接")
    page.keyboard.press("Enter")
    shown = page.locator("#secret code").inner_text()
    house.services.accounts.sign_in(shown.rpartition("=")[2])
    page.reload()
    expect(page.locator("#list tbody tr", has_text="新人")).to_contain_text("可用")
    expect(page.locator("#secret")).to_be_hidden()
    page.goto(f"{server.url}/audit")
    expect(page.locator("#list")).to_contain_text("输错太多，锁定")
    page.keyboard.press("/")
    page.keyboard.type("新人")
    expect(page.locator("#list")).not_to_contain_text("全部退出")
    expect(page.locator("#list tbody tr").first).to_contain_text("新人")


def test_a_double_press_makes_one_account(visit: Visit, server: Running, house: House) -> None:
    page = visit("admin")
    page.goto(f"{server.url}/users")
    page.locator("[name='name']").fill("新人")
    page.locator("#save").dblclick()
    expect(page.locator("#secret")).to_contain_text("一次性登录链接")
    expect(page.locator("#list tbody tr")).to_have_count(2)
    expect(page.locator("#status")).not_to_have_attribute("data-tone", "error")


def test_a_session_that_ends_in_mid_edit_keeps_the_text(visit: Visit, server: Running, house: House) -> None:
    page = visit("admin")
    page.goto(f"{server.url}/users")
    page.locator("[name='name']").fill("写了一半")
    page.locator("[name='department']").fill("城东")
    house.services.accounts.sign_out_everywhere("某人", actor="测试")
    page.locator("#save").press("Enter")
    expect(page.locator("#banner")).to_contain_text("登录已过期。您填的还在")
    expect(page.locator("[name='name']")).to_have_value("写了一半")
    other = page.context.new_page()
    sign_in(other, server.url, house.link("某人"))
    page.locator("#save").press("Enter")
    expect(page.locator("#secret")).to_contain_text("一次性登录链接")
    expect(page.locator("#banner")).to_be_hidden()


def test_a_lost_connection_keeps_the_text(visit: Visit, server: Running) -> None:
    page = visit("admin")
    page.goto(f"{server.url}/users")
    page.locator("[name='name']").fill("写了一半")
    server.stop()
    page.locator("#save").press("Enter")
    expect(page.locator("#banner")).to_contain_text("连不上服务。您填的还在")
    server.start()
    page.locator("#save").press("Enter")
    expect(page.locator("#secret")).to_contain_text("一次性登录链接")


def test_a_password_is_set_and_used(visit: Visit, server: Running) -> None:
    page = visit("agent")
    page.goto(f"{server.url}/account")
    page.locator("[name='new']").fill("一句好记的话2026年")
    page.locator("[name='again']").fill("一句好记的话2025年")
    page.locator("[name='again']").press("Enter")
    expect(page.locator("#status")).to_contain_text("两遍写得不一样")
    page.locator("[name='again']").fill("一句好记的话2026年")
    page.locator("[name='again']").press("Enter")
    expect(page.locator("#status")).to_contain_text("密码已保存")
    page.locator("#sign-out").press("Enter")
    page.locator("[name='name']").fill("某人")
    page.locator("[name='password']").fill("不对不对不对不对")
    page.locator("[name='password']").press("Enter")
    expect(page.locator("[role='alert']")).to_contain_text("账号或密码不对")
    expect(page.locator("[name='name']")).to_have_value("某人")
    page.locator("[name='password']").fill("一句好记的话2026年")
    page.locator("[name='password']").press("Enter")
    page.wait_for_url(f"{server.url}/")
    expect(page.locator("#text")).to_be_visible()


def test_markup_is_text_on_every_page(visit: Visit, server: Running, house: House) -> None:
    page = visit("admin")
    at = house.clock.now()
    house.database.write(lambda c: service.issue_key(c, "某人", "<img src=x onerror=alert(1)>", at=at))
    for path in PAGES:
        page.goto(server.url + path)
        page.locator(DRAWN).first.wait_for()
        if path == "/entries":
            expect(page.locator("#list")).to_contain_text("<script>")
        if path in {"/requests", "/gaps"}:
            page.locator("#list .link").first.click()
            expect(page.locator("#detail")).to_contain_text("<script>")
        if path == "/users":
            page.locator("#list .link").first.click()
            expect(page.locator("#keys")).to_contain_text("<img src=x")
        assert page.evaluate("window.hacked") is None
        assert page.locator("main img, main script").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_serious_on_any_page(
    visit: Visit, server: Running, watch: Watch, scheme: str, width: int
) -> None:
    """Every rule in both widths and both schemes; the other two pairings ask only for what hangs on them: contrast."""
    rules: dict[str, object] = {"resultTypes": ["violations"]}
    if (scheme == "light") != (width == 390):
        rules["runOnly"] = ["color-contrast"]
    page = visit("admin")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 844})
    for path in PAGES:
        page.goto(server.url + path)
        page.locator(DRAWN).first.wait_for()
        if path in {"/users", "/outages", "/requests", "/gaps", "/rules"}:
            page.locator("#list .link").first.click()
            page.locator("#detail h2").first.wait_for()
        found = Axe().run(page, options=rules).response["violations"]
        serious = [(path, item["id"], item["nodes"][0]["html"]) for item in found if item["impact"] != "minor"]
        assert serious == []
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} scrolls sideways"
    assert watch.console == []
    assert watch.hosts == {f"127.0.0.1:{server.port}"}
