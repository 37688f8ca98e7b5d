"""Typing against a server that is slow, away, not ready or no longer knows us."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from assistant.accounts import service
from tests.assistant.web.browser import sign_in
from tests.assistant.web.conftest import Desk

pytestmark = pytest.mark.browser

STAMP = """
    window.painted = [];
    new MutationObserver(() => {
      const first = document.querySelector('.answer .text');
      if (first) window.painted.push([first.textContent, document.querySelector('#text').value]);
    }).observe(document.querySelector('#answers'), {childList: true});
"""
# How many requests the page has under way at once.
COUNT = """
    window.most = window.under = 0;
    const plain = window.fetch;
    window.fetch = (...given) => {
      window.most = Math.max(window.most, ++window.under);
      return plain(...given).finally(() => (window.under -= 1));
    };
"""


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What a slow answer waits for; opened at the end, so that no thread is left behind."""
    made = threading.Event()
    yield made
    made.set()


def held(gate: threading.Event, slow: Callable[[str], bool]) -> Callable[[str], float]:
    """Answers to `slow` words come only when the gate opens."""

    def delay(text: str) -> float:
        if slow(text):
            gate.wait()
        return 0.0

    return delay


def until(desk: Desk, holds: Callable[[], bool]) -> None:
    """Wait for something outside the page."""
    while not holds():
        desk.page.wait_for_timeout(20)


def paint_log(desk: Desk) -> list[tuple[str, str]]:
    return [tuple(pair) for pair in desk.page.evaluate("window.painted")]


def test_only_the_newest_answer_ever_shows(desk: Desk, gate: threading.Event) -> None:
    """The answer to the first words comes after the one to the last, and is never painted."""
    house = desk.house.assistant
    house.delay = held(gate, lambda text: len(text) < 6)
    desk.page.evaluate(STAMP)
    desk.type("电表走")
    until(desk, lambda: house.busy > 0)
    desk.type("得太快了怎么办")
    desk.sees("关于“电表走得太快了怎么办”")
    gate.set()
    until(desk, lambda: house.busy == 0)
    desk.type("呢")
    desk.sees("关于“电表走得太快了怎么办呢”")
    assert all(words[-12:] in painted for painted, words in paint_log(desk))
    assert not any("关于“电表走”" in painted for painted, _words in paint_log(desk))


def test_typing_never_queues_up(desk: Desk) -> None:
    """However slow the server: one request of the page at a time, and the words between are never asked about."""
    desk.house.assistant.delay = lambda _text: 0.4
    desk.page.evaluate(COUNT)
    words = "客户说电表走得太快电费比上个月多了一倍要求上门检查"
    desk.type(words, delay=100)
    desk.sees(f"关于“{words[-12:]}”")
    assert desk.page.evaluate("window.most") == 1
    assert desk.page.evaluate("window.under") == 0
    assert desk.house.assistant.asked[-1].text == words


def test_a_hanging_request_is_given_up_for_newer_words(desk: Desk, gate: threading.Event) -> None:
    house = desk.house.assistant
    house.delay = held(gate, lambda text: text == "电表")
    desk.type("电表")
    until(desk, lambda: house.busy > 0)
    desk.type("走得太快")
    desk.sees("关于“电表走得太快”")
    assert house.busy == 1  # the first one hangs still


def test_pinyin_under_composition_is_not_asked(desk: Desk) -> None:
    page = desk.page
    session = desk.context.new_cdp_session(page)
    page.locator("#text").focus()
    for letters in ("d", "di", "dian", "dianb", "dianbiao"):
        session.send("Input.imeSetComposition", {"text": letters, "selectionStart": 0, "selectionEnd": len(letters)})
        page.wait_for_timeout(100)
    assert desk.house.assistant.asked == []
    session.send("Input.insertText", {"text": "电表走得快"})
    desk.sees("关于“电表走得快”")
    assert {asked.text for asked in desk.house.assistant.asked} == {"电表走得快"}


def test_away_keeps_the_words_and_comes_back_alone(desk: Desk) -> None:
    page = desk.page
    desk.type("电表走得太快")
    expect(page.locator(".answer")).to_have_count(3)
    desk.server.stop()
    desk.type("，电费翻倍")
    expect(page.locator("#banner")).to_contain_text("连不上服务。您写的字还在")
    expect(page.locator("#text")).to_have_value("电表走得太快，电费翻倍")
    expect(page.locator("#desk")).to_have_attribute("data-state", "stale")
    desk.sees("下面仍是先前那句话的建议")
    desk.server.start()
    expect(page.locator("#banner")).to_be_hidden()
    desk.sees("关于“电表走得太快，电费翻倍”")


def test_not_ready_says_so_and_retries(desk: Desk) -> None:
    page = desk.page
    desk.house.shelf["release"] = None
    desk.type("电表走得太快")
    expect(page.locator("#banner")).to_contain_text("知识库正在打开")
    desk.house.shelf["release"] = 7
    expect(page.locator(".answer")).to_have_count(3)
    expect(page.locator("#banner")).to_be_hidden()


def test_a_session_that_ends_keeps_the_words(desk: Desk) -> None:
    page = desk.page
    desk.house.database.write(lambda c: service.disable_account(c, "张三"))
    desk.type("电表走得太快")
    expect(page.locator("#banner")).to_contain_text("登录已过期。您写的字还在")
    expect(page.locator("#text")).to_have_value("电表走得太快")
    desk.house.database.write(lambda c: service.enable_account(c, "张三"))
    other = desk.context.new_page()
    sign_in(other, desk.server.url, desk.house.link())
    page.bring_to_front()
    desk.type("了")
    expect(page.locator(".answer")).to_have_count(3)
    expect(page.locator("#banner")).to_be_hidden()


def test_unreadable_words_are_refused_calmly(desk: Desk) -> None:
    page = desk.page
    page.locator("#text").fill("\u200b\u2060")
    expect(page.locator("#status")).to_contain_text("没有可读的文字")
    expect(page.locator("#banner")).to_be_hidden()


def test_a_megabyte_of_paste_is_cut_at_the_limit_and_says_so(desk: Desk) -> None:
    page = desk.page
    page.evaluate("navigator.clipboard.writeText('电表走得快'.repeat(70000))")
    page.locator("#text").focus()
    page.keyboard.press("Control+V")
    expect(page.locator(".answer")).to_have_count(3)
    assert len(page.locator("#text").input_value()) == 5_000
    expect(page.locator("#status")).to_contain_text("这里最多 5000 字，后面 345000 字没有进来")
    desk.type("了")
    page.keyboard.press("Backspace")
    desk.sees("关于“")
    expect(page.locator("#status")).to_have_text("")


def test_the_back_button_brings_the_words_back_to_whom_they_belong(desk: Desk) -> None:
    page = desk.page
    desk.asks("电表走得太快")
    page.keyboard.press("Alt+1")
    page.goto(f"{desk.server.url}/orders")
    page.go_back()
    expect(page.locator("#text")).to_have_value("电表走得太快")
    expect(page.locator(".chip")).to_contain_text("一户一表")
    desk.sees("关于“电表走得太快”")
    house = desk.house
    sign_in(page, desk.server.url, house.link(house.account("李四")))
    expect(page.locator(".bar-user")).to_contain_text("李四")
    expect(page.locator("#text")).to_have_value("")
    assert page.evaluate("sessionStorage.length") == 0


def test_leaving_a_shared_desk_keeps_no_words(desk: Desk) -> None:
    page = desk.page
    desk.asks("电表走得太快")
    page.goto(f"{desk.server.url}/orders")
    assert page.evaluate("sessionStorage.length") == 1
    page.locator("#sign-out").press("Enter")
    desk.sees("请先登录")
    assert page.evaluate("sessionStorage.length") == 0
