"""Typing against a server that is slow, away, not ready or no longer knows us."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from assistant.accounts import service
from tests.assistant.web.conftest import Desk

pytestmark = pytest.mark.browser

STAMP = """
    window.painted = [];
    new MutationObserver(() => {
      const first = document.querySelector('.answer .text');
      if (first) window.painted.push([first.textContent, document.querySelector('#text').value]);
    }).observe(document.querySelector('#answers'), {childList: true});
"""


def paint_log(desk: Desk) -> list[tuple[str, str]]:
    return [tuple(pair) for pair in desk.page.evaluate("window.painted")]


def test_only_the_newest_answer_ever_shows(desk: Desk) -> None:
    desk.house.assistant.delay = lambda text: 1.6 if len(text) < 6 else 0.02
    desk.page.evaluate(STAMP)
    desk.type("电表走", delay=30)
    desk.page.wait_for_timeout(300)
    desk.type("得太快了怎么办", delay=30)
    desk.sees("关于“电表走得太快了怎么办”")
    desk.page.wait_for_timeout(1_500)
    assert all(words[-12:] in painted for painted, words in paint_log(desk))
    assert "关于“电表走得太快了怎么办”" in paint_log(desk)[-1][0]


def test_three_seconds_of_typing_never_queue_up(desk: Desk) -> None:
    desk.house.assistant.delay = lambda _text: 0.4
    desk.page.evaluate(STAMP)
    started = time.monotonic()
    words = "客户说电表走得太快电费比上个月多了一倍要求上门检查"
    desk.type(words, delay=120)
    typed = time.monotonic() - started
    desk.sees(f"关于“{words[-12:]}”")
    assert desk.house.assistant.most <= 2
    assert len(desk.house.assistant.asked) <= typed / 0.4 + 2
    assert time.monotonic() - started - typed < 1.5
    assert all(said[-12:] in painted for painted, said in paint_log(desk))


def test_a_hanging_request_is_given_up_for_newer_words(desk: Desk) -> None:
    desk.house.assistant.delay = lambda text: 4.0 if text == "电表" else 0.0
    desk.type("电表", delay=1)
    desk.page.wait_for_timeout(200)
    started = time.monotonic()
    desk.type("走得太快", delay=1)
    desk.sees("关于“电表走得太快”")
    assert time.monotonic() - started < 2.5
    assert desk.house.assistant.most <= 2


def test_fast_typing_paints_quickly(desk: Desk) -> None:
    desk.type("电表走得太")
    desk.sees("关于“电表走得太”")
    started = time.monotonic()
    desk.type("快", delay=0)
    desk.sees("关于“电表走得太快”")
    assert time.monotonic() - started < 1.0


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
    expect(page.locator("#banner")).to_be_hidden(timeout=10_000)
    desk.sees("关于“电表走得太快，电费翻倍”")


def test_not_ready_says_so_and_retries(desk: Desk) -> None:
    page = desk.page
    desk.house.shelf["release"] = None
    desk.type("电表走得太快")
    expect(page.locator("#banner")).to_contain_text("知识库正在打开")
    desk.house.shelf["release"] = 7
    expect(page.locator(".answer")).to_have_count(3, timeout=10_000)
    expect(page.locator("#banner")).to_be_hidden()


def test_a_session_that_ends_keeps_the_words(desk: Desk) -> None:
    page = desk.page
    desk.house.database.write(lambda c: service.disable_account(c, "张三"))
    desk.type("电表走得太快")
    expect(page.locator("#banner")).to_contain_text("登录已过期。您写的字还在")
    expect(page.locator("#text")).to_have_value("电表走得太快")
    desk.house.database.write(lambda c: service.enable_account(c, "张三"))
    other = desk.context.new_page()
    other.goto(f"{desk.server.url}/sign-in?token={desk.house.link()}")
    other.get_by_role("button", name="登录").click()
    other.wait_for_url(f"{desk.server.url}/")
    page.bring_to_front()
    desk.type("了")
    expect(page.locator(".answer")).to_have_count(3)
    expect(page.locator("#banner")).to_be_hidden()


def test_unreadable_words_are_refused_calmly(desk: Desk) -> None:
    page = desk.page
    page.locator("#text").fill("\u200b\u2060")
    expect(page.locator("#status")).to_contain_text("没有可读的文字")
    expect(page.locator("#banner")).to_be_hidden()


def test_a_long_paste_is_cut_at_the_limit(desk: Desk) -> None:
    page = desk.page
    page.evaluate("navigator.clipboard.writeText('电表走得快'.repeat(4000))")
    page.locator("#text").focus()
    page.keyboard.press("Control+V")
    expect(page.locator(".answer")).to_have_count(3)
    assert len(page.locator("#text").input_value()) == 5_000
