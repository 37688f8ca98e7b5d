from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.assistant.api.house import House, app_of, open_house
from tests.assistant.web.browser import ARGS, Running, Watch, find_chromium, serving, sign_in
from tests.assistant.web.shop import STOCK, Shop, issue

# Nothing is timed: a wait ends when its condition holds, and this long only where it never does. Both limits of
# playwright have to be set; `expect` keeps one of its own.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)
Enter = Callable[[str, str], Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGS)
        yield browser
        browser.close()


@dataclass(slots=True)
class Desk:
    """An agent's signed-in page, the house behind it and what the page did."""

    page: Page
    house: House
    server: Running
    watch: Watch
    context: BrowserContext

    def type(self, text: str, *, delay: float = 15) -> None:
        self.page.keyboard.type(text, delay=delay)

    def sees(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for()

    def asks(self, text: str) -> None:
        """Type, and wait until what is shown answers just that."""
        self.type(text)
        self.sees(f"关于“{text[-12:]}”")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as opened:
        yield opened


@pytest.fixture
def server(house: House) -> Iterator[Running]:
    with serving(app_of(house)) as running:
        yield running


@pytest.fixture
def desk(house: House, server: Running, chromium: Browser) -> Iterator[Desk]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    context.set_default_timeout(PATIENCE)
    page, watch = context.new_page(), Watch()
    watch.on(page)
    sign_in(page, server.url, house.link(house.account()))
    page.locator("#text").focus()
    yield Desk(page=page, house=house, server=server, watch=watch, context=context)
    context.close()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def enter(house: House, server: Running, chromium: Browser, watch: Watch) -> Iterator[Enter]:
    """Sign in somebody of a role, each in a browser of their own."""
    contexts = []

    def signed_in(name: str, role: str) -> Page:
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        watch.on(page)
        sign_in(page, server.url, house.link(house.account(name, role)))
        return page

    yield signed_in
    for context in contexts:
        context.close()


@pytest.fixture
def shop(tmp_path: Path, chromium: Browser) -> Iterator[Shop]:
    """A house where curators work, with three entries published."""
    contexts: list[BrowserContext] = []

    def context() -> BrowserContext:
        made = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", accept_downloads=True)
        made.set_default_timeout(PATIENCE)
        contexts.append(made)
        return made

    with open_house(tmp_path, real=True) as house:
        issue(house, *STOCK)
        with serving(app_of(house)) as running:
            yield Shop(house=house, server=running, context=context, watch=Watch())
            for one in contexts:
                one.close()
