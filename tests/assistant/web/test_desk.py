"""The agent's page in a real browser, by keyboard alone."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kb.domain.suggestion import Scored, Suggestion
from tests.assistant.api.house import NASTY
from tests.assistant.web.conftest import Desk

pytestmark = pytest.mark.browser


def clipboard(desk: Desk) -> str:
    return str(desk.page.evaluate("navigator.clipboard.readText()"))


def test_a_call_by_keyboard_alone(desk: Desk) -> None:
    page = desk.page
    desk.asks("电表走得太快")
    expect(page.locator(".answer").first).to_contain_text("您可以申请校验电表")
    expect(page.locator(".band").first).to_have_text("中：请核对")
    expect(page.locator(".source").first).to_contain_text("供电营业规则 第七十九条　2024-06-01 起有效")
    page.keyboard.press("Alt+1")
    expect(page.locator(".chip")).to_contain_text("用户类别：一户一表")
    expect(page.locator(".band").first).to_have_text("高：可直接答复")
    expect(page.locator("#must-ask")).to_be_hidden()
    page.keyboard.press("Enter")
    page.keyboard.press("2")
    expect(page.locator(".answer").nth(1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("c")
    desk.sees("已复制第 2 条答案")
    assert clipboard(desk).startswith("电表校验期间")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator(".answer .kept").first).to_be_visible()
    page.keyboard.press("c")
    desk.sees("已复制第 1 条答案")
    assert "申请校验电表" in clipboard(desk)
    assert desk.watch.console == []
    assert desk.watch.hosts == {f"127.0.0.1:{desk.server.port}"}


def test_everything_around_the_answer_is_shown(desk: Desk) -> None:
    desk.type("电表走得太快")
    for part in (
        "给您带来不便", "一户一表，还是合表", "计量装置", "请您报一下户号", "要派单：业务咨询单", "联系人、用电地址",
        "计量班", "阳光小区", "电表不会有问题的", "改说：可以为您申请校验", "校验电表要收费吗", "电费突然变多怎么办",
    ):  # fmt: skip
        desk.sees(part)


def test_keys_slash_escape_and_help(desk: Desk) -> None:
    page, box = desk.page, desk.page.locator("#text")
    desk.asks("电表1?/c")
    expect(box).to_have_value("电表1?/c")
    page.keyboard.press("Enter")
    expect(box).not_to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    expect(box).to_have_value("电表1?/c")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    expect(page.locator(".answer")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(box).to_have_value("电表1?/c")
    expect(page.locator(".answer")).to_have_count(3)


def test_a_chip_can_be_taken_away(desk: Desk) -> None:
    page = desk.page
    desk.asks("电表走得太快")
    page.locator("[data-option='2']").click()
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator("#answers")).to_be_focused()
    page.locator(".chip").click()
    expect(page.locator(".chip")).to_have_count(0)
    expect(page.locator("#must-ask")).to_be_visible()
    assert [dict(asked.facts) for asked in desk.house.assistant.asked[-2:]] == [{"用户类别": "合表"}, {}]


def test_a_neighbour_is_searched(desk: Desk) -> None:
    desk.asks("电表走得太快")
    desk.page.get_by_role("button", name="校验电表要收费吗").click()
    desk.sees("关于“校验电表要收费吗”")
    expect(desk.page.locator("#text")).to_have_value("校验电表要收费吗")


def test_why_stays_open_and_a_selection_survives(desk: Desk) -> None:
    page = desk.page
    desk.asks("电表走得太快")
    page.locator(".answer summary").nth(1).click()
    expect(page.locator(".answer .why").nth(1)).to_contain_text("bigram_dice")
    expect(page.locator(".answer").nth(1)).to_have_attribute("aria-current", "true")
    expect(page.locator(".answer .why").nth(1)).to_be_visible()


def test_danger_stands_on_top(desk: Desk) -> None:
    page = desk.page
    desk.type("电线掉到马路上了")
    expect(page.locator("#say")).to_have_attribute("data-danger", "true")
    expect(page.locator("#say")).to_contain_text("危险：先说这句")
    desk.sees("要派单：报修单")
    expect(page.locator("#answers .band")).to_have_text("低：不要直接答")
    expect(page.locator(".answer")).to_have_count(0)
    say, answers = page.locator("#say").bounding_box(), page.locator("#answers").bounding_box()
    assert say is not None
    assert answers is not None
    assert say["y"] + say["height"] <= answers["y"]


def test_markup_is_text_everywhere(desk: Desk) -> None:
    page = desk.page
    desk.house.assistant.reply = lambda request: Suggestion(
        text=request.text,
        release=1,
        as_of="2026-11-22",
        took_ms=1.0,
        band="low",
        call_type=Scored(label=NASTY, confidence=0.5),
        say=(NASTY,),
    )
    desk.type(NASTY, delay=0)
    expect(page.locator("#kind")).to_contain_text("<script>window.hacked=1</script>")
    expect(page.locator("#say")).to_contain_text("<img src=x")
    assert page.evaluate("window.hacked") is None
    assert page.locator("main img, main script").count() == 0


def test_copying_without_the_clipboard_api(desk: Desk) -> None:
    page = desk.page
    desk.asks("电表走得太快")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')); }")
    page.keyboard.press("Enter")
    page.keyboard.press("c")
    desk.sees("已复制第 1 条答案")
    assert "申请校验电表" in clipboard(desk)
    page.keyboard.press("2")
    expect(page.locator(".answer").nth(1)).to_have_attribute("aria-current", "true")


def test_signing_out_on_a_shared_desk(desk: Desk) -> None:
    desk.page.locator("#sign-out").click()
    desk.sees("请先登录")
    desk.page.goto(desk.server.url)
    desk.sees("请先登录")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_serious(desk: Desk, scheme: str, width: int) -> None:
    page = desk.page
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 844})
    for words in ("", "电表走得太快", "电线掉到马路上了"):
        page.keyboard.press("Escape")
        desk.type(words)
        page.locator(f"#desk[data-state='{'shown' if words else 'idle'}']").wait_for()
        found = Axe().run(page).response["violations"]
        assert [(item["id"], item["nodes"][0]["html"]) for item in found if item["impact"] != "minor"] == []
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, "the page scrolls sideways"


def test_the_plain_pages_are_accessible(desk: Desk) -> None:
    page = desk.page
    for path in ("/sign-in?token=x", "/nowhere"):
        page.goto(desk.server.url + path)
        assert Axe().run(page).violations_count == 0
    desk.context.clear_cookies()
    page.goto(desk.server.url)
    assert Axe().run(page).violations_count == 0
    assert re.search("zhida user link", page.content())
