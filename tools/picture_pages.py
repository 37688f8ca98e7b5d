"""Take a picture of every page: `python -m tools.picture_pages OUT [--only gaps rules] [--widths 390 1440] [--sheets]`.

A fresh data folder with the bundled knowledge and a day's work is served on loopback; a real Chromium looks at each
page in light and dark. `--sheets` puts them together as the pictures of docs/images (16 minutes on two cores for all).
Needs a Chinese font on the machine.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from assistant.api.services import Services
from tools.measure_typing import BROWSERS, served
from tools.picture_stock import stocked

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
WHO, SAID = "管理员", "家里突然没电了，邻居家都有电"
SCHEMES, HEIGHTS = ("light", "dark"), {390: 844, 1440: 900, 1920: 1080}
SHEET_HEIGHT, GAP = 430, 8
ROLES = {
    "requests": "王班长",
    "scoring": "赵评",
    "feedback": "王班长",
    "orders": "李四",
    "watch": "李编",
    "gaps": "李编",
}
Act = Callable[[Page], None]


def first(page: Page) -> None:
    """Open the first line of a list."""
    page.locator("#list .link").first.click()
    page.locator("#detail h2").first.wait_for()


def ask(page: Page) -> None:
    """Write a caller's words."""
    page.locator("#text").focus()
    page.keyboard.insert_text(SAID)
    page.locator("#desk[data-state='shown']").wait_for()


def order(page: Page) -> None:
    """Open the drafted order."""
    ask(page)
    page.keyboard.press("Alt+w")
    page.locator("#order-form").wait_for()


def override(page: Page) -> None:
    """Decide against the advice."""
    order(page)
    page.keyboard.press("Alt+t")
    page.keyboard.press("Alt+4")
    page.locator("#order-why").wait_for()


def script(page: Page) -> None:
    """Check a reply."""
    page.keyboard.press("Alt+s")
    page.keyboard.insert_text("你户号多少？不知道我怎么帮你查")
    page.locator("#script-remarks .instead").first.wait_for()


def result(page: Page) -> None:
    """Look at the result of a sheet."""
    page.get_by_role("button", name="看结果").first.click()
    page.locator("#result h2").first.wait_for()


def score(page: Page) -> None:
    """Open a sheet to score."""
    page.locator("#list .link").first.click()
    page.locator("#sheet .answer").wait_for()


def compare(page: Page) -> None:
    """Go from the newest run to its comparison with the one before."""
    first(page)
    page.get_by_role("link", name="与前一次比较").click()
    page.locator(".comparison").first.wait_for()


def closed(page: Page) -> None:
    """Open the order that is closed."""
    page.locator("tr", has_text="归档").locator(".link").first.click()
    page.locator("#detail h2").first.wait_for()


def entry(page: Page) -> None:
    """Open the first entry of the list."""
    page.locator("#list a, #list .link").first.click()
    page.locator(".entry").wait_for()


def learning(page: Page) -> None:
    """Go down to what orders and choices suggest."""
    page.locator("#promotable").scroll_into_view_if_needed()


def nothing(_page: Page) -> None:
    """Leave the page as it opens."""


PAGES: dict[str, tuple[str, Act]] = {
    "desk-start": ("/", nothing), "desk": ("/", ask), "desk-order": ("/", order), "desk-override": ("/", override),
    "desk-script": ("/", script), "orders": ("/orders", first), "orders-closed": ("/orders", closed),
    "entries": ("/entries", nothing), "entry": ("/entries", entry), "watch": ("/watch", nothing),
    "reviews": ("/reviews", nothing), "releases": ("/releases", nothing), "import": ("/import", nothing),
    "rules": ("/rules", first), "outages": ("/outages", first), "requests": ("/requests", first),
    "gaps": ("/gaps", first), "learning": ("/gaps", learning),
    "feedback": ("/feedback", nothing), "runs": ("/runs", first), "comparison": ("/runs", compare),
    "scoring": ("/scoring", score), "scoring-result": ("/scoring", result), "users": ("/users", first),
    "audit": ("/audit", nothing), "health": ("/health", nothing), "account": ("/account", nothing),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Studio:
    """A served house, a browser, and where pictures go."""

    services: Services
    address: str
    browser: Browser
    out: Path

    def take(self, names: list[str], width: int, scheme: str) -> None:
        """Take pictures of pages at one width in one scheme."""
        place = self.browser.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            locale="zh-CN",
            color_scheme="dark" if scheme == "dark" else "light",
        )
        page, who = place.new_page(), ""
        for name in names:
            path, act = PAGES[name]
            if ROLES.get(name, WHO) != who:
                who = ROLES.get(name, WHO)
                place.clear_cookies()
                page.goto(f"{self.address}/sign-in?token={self.services.accounts.issue_link(who)}")
                page.get_by_role("button", name="登录").press("Enter")
                page.wait_for_url(f"{self.address}/")
            page.evaluate(
                "document.querySelectorAll('#text').forEach((box) => (box.value = ''))"
            )  # the desk keeps words
            page.goto("about:blank")
            page.goto(self.address + path)
            page.wait_for_load_state("networkidle")
            act(page)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(200)
            page.screenshot(path=self.out / f"{name}-{width}-{scheme}.png")
            print(name, width, scheme)
        place.close()


def main() -> None:
    """Take the pictures asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", nargs="*", choices=list(PAGES), default=list(PAGES))
    parser.add_argument("--widths", nargs="*", type=int, default=list(HEIGHTS))
    parser.add_argument("--sheets", action="store_true", help="put them together for docs/images")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    path = os.environ.get("ZHIDA_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    with (
        tempfile.TemporaryDirectory() as folder,
        stocked(Path(folder)) as (runtime, services),
        served(runtime) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        studio = Studio(services, address, browser, given.out)
        for scheme in SCHEMES:
            for width in given.widths:
                studio.take(given.only, width, scheme)
        browser.close()
    for name in given.only if given.sheets else ():
        sheet(given.out, name, given.widths).save(IMAGES / f"pages-{name}.png", optimize=True)


def sheet(folder: Path, name: str, widths: list[int]) -> Image.Image:
    """Return one picture of a page: light above dark, the widths beside each other, in few colours."""
    rows = [[scaled(folder / f"{name}-{width}-{scheme}.png") for width in widths] for scheme in SCHEMES]
    wide = max(sum(one.width + GAP for one in row) for row in rows) - GAP
    canvas = Image.new("RGB", (wide, len(rows) * (SHEET_HEIGHT + GAP) - GAP), (136, 136, 136))
    for line, row in enumerate(rows):
        left = 0
        for one in row:
            canvas.paste(one, (left, line * (SHEET_HEIGHT + GAP)))
            left += one.width + GAP
    return canvas.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def scaled(path: Path) -> Image.Image:
    """Return a picture at the height of a sheet's row."""
    shot = Image.open(path).convert("RGB")
    return shot.resize((round(shot.width * SHEET_HEIGHT / shot.height), SHEET_HEIGHT), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
