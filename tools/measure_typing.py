"""Measure the desk from key to paint on loopback: `python -m tools.measure_typing DATA [--keys 200]`.

A real Chromium writes call by call into the desk of a served data folder. For each key the time runs from the `keydown`
event to the frame after the answers for the words that stand in the box then were drawn; keys that a later key
overtook have no such frame and count for nothing. Figures hang on the machine: they are printed, never asserted.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Page, sync_playwright

from assistant.accounts import service
from assistant.api.app import create_app
from assistant.runtime import Runtime, open_runtime
from assistant.services import services_of
from assistant.settings import Settings
from eval.gold import load_gold
from eval.statistics import percentile

GOLD = Path(__file__).resolve().parent.parent / "eval" / "gold" / "dev.jsonl"
AIM = 150
ACCOUNT = "测速"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# `desk.js` draws the answers of the words in the box and then marks the page `shown`.
WATCH = """
    window.took = [];
    let pressed = 0;
    const box = document.getElementById('text'), answers = document.getElementById('answers');
    box.addEventListener('keydown', (event) => { pressed = event.timeStamp; }, true);
    new MutationObserver(() => {
      const since = pressed;
      if (!since) return;
      pressed = 0;
      requestAnimationFrame(() => {
        const after = new MessageChannel();
        after.port1.onmessage = () => window.took.push(performance.now() - since);
        after.port2.postMessage(0);
      });
    }).observe(answers, { childList: true });
"""


def main() -> None:
    """Print how long it takes from a key to its answer on the screen."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="an initialised data folder")
    parser.add_argument("--keys", type=int, default=200, help="how many keys to measure")
    parser.add_argument("--pause", type=int, default=250, help="milliseconds between two keys, as people type")
    given = parser.parse_args()
    with open_runtime(Settings(data=given.data), write=True) as runtime, served(runtime) as address:
        took = measure(runtime, address, given.keys, given.pause)
    figures = {"keys": given.keys, "painted": len(took), "aim_ms": AIM}
    shares = {f"p{round(share * 100)}_ms": round(percentile(took, share) or 0, 1) for share in (0.5, 0.9, 0.99)}
    print(json.dumps({**figures, **shares}))


@contextlib.contextmanager
def served(runtime: Runtime) -> Iterator[str]:
    """Serve a runtime on a free loopback port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    runtime.assistant.suggest("您好")
    app = create_app(services_of(runtime))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def measure(runtime: Runtime, address: str, keys: int, pause: int) -> list[float]:
    """Return the milliseconds of each key that was answered before the next one."""
    accounts = services_of(runtime).accounts
    with contextlib.suppress(Exception):
        runtime.database.write(
            lambda connection: service.create_account(connection, ACCOUNT, "agent", at=runtime.clock.now())
        )
    path = os.environ.get("ZHIDA_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/sign-in?token={accounts.issue_link(ACCOUNT)}")
        page.get_by_role("button", name="登录").press("Enter")
        page.wait_for_url(f"{address}/")
        found = typed(page, keys, pause)
        browser.close()
    return found


def typed(page: Page, keys: int, pause: int) -> list[float]:
    """Type question after question, one character a press, and return what the page saw."""
    page.evaluate(WATCH)
    page.locator("#text").focus()
    left = keys
    for question in itertools.cycle(load_gold(GOLD).questions):
        for character in question.text[: min(left, 40)]:
            page.keyboard.press("Shift")  # what an input method sends before it inserts a Chinese character
            page.keyboard.insert_text(character)
            page.wait_for_timeout(pause)
            left -= 1
        if left <= 0:
            break
        page.keyboard.press("Escape")
    took: Any = page.evaluate("window.took")
    return [float(value) for value in took]


if __name__ == "__main__":
    main()
