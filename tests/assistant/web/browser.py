"""A real Chromium and a real server on a free loopback port."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Page, Route

FOCUSED = "document.activeElement.matches('button, a') && document.activeElement.textContent"
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str:
    """Return the browser's path, or fail with the cure."""
    found = os.environ.get("ZHIDA_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.fail(f"浏览器测试需要 Chromium：装上 {' / '.join(NAMES)} 之一，或用 ZHIDA_CHROMIUM 指明路径")
    return found


@dataclass(slots=True)
class Running:
    """A server that can be stopped and started again on the same port, as after a crash.

    A second socket, bound and never listening, keeps the port from everybody else meanwhile: it refuses all callers.
    """

    app: FastAPI
    held: socket.socket
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        return int(self.held.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        config = uvicorn.Config(
            self.app,
            host="127.0.0.1",
            port=self.port,
            log_level="critical",
            lifespan="off",
            ws_max_size=64 * 1024,
            access_log=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(timeout=10)
        self._server = self._thread = None


@contextmanager
def serving(app: FastAPI) -> Iterator[Running]:
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        running = Running(app, held)
        running.start()
        try:
            yield running
        finally:
            running.stop()


@dataclass(slots=True)
class Watch:
    """What a page did behind the user's back."""

    console: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    urls: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        page.on("console", lambda message: self.console.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("request", lambda request: self.urls.append(request.url))
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))


def sign_in(page: Page, address: str, token: str) -> None:
    """Follow a one-time link by keyboard, as far as the desk."""
    page.goto(f"{address}/sign-in?token={token}")
    page.get_by_role("button", name="登录").press("Enter")
    page.wait_for_url(f"{address}/")


def lose_first_answer(page: Page, pattern: str) -> list[int]:
    """Let the first request to an address be served and its answer get lost; return where its status will stand."""
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route(pattern, lose)
    return lost


def tab_to(page: Page, text: str) -> None:
    """Press Tab until what is focused reads `text`, once a list that is still coming shows it."""
    page.locator("button, a").filter(has_text=text).first.wait_for(state="attached")
    for _ in range(200):
        page.keyboard.press("Tab")
        if text in str(page.evaluate(FOCUSED)):
            return
    pytest.fail(f"no way to {text!r} by Tab")
