"""A house where curators work: real desk, real index, a few entries published, and a way in for several people."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from playwright.sync_api import BrowserContext, Page

from assistant.accounts.passwords import hash_password
from assistant.accounts.policy import load_policy
from assistant.accounts.service import create_account
from assistant.accounts.store import set_password
from assistant.accounts.types import Account, Role
from kb.curation.lifecycle import Ref
from kb.domain.knowledge import Branch, Entry, Source
from kb.text.rulefiles import RuleFiles
from tests.assistant.api.house import NOON, House
from tests.assistant.api.workbench import GOLD
from tests.assistant.web.browser import Running, Watch, sign_in

PASSWORD = "一句好记的话2026年"
PAY, OUT, METER = "电费怎么交", "停电了找谁报修", "电表走得快怎么办"


@cache
def hashed() -> str:
    """The password as it is kept; slow to make, as it should be."""
    return hash_password(PASSWORD)


def person(name: str, role: Role) -> Account:
    return load_policy(RuleFiles()).equip(Account(name=name, role=role, disabled=False, created_at=NOON))


LI, WANG = person("李编", "curator"), person("王审", "reviewer")


def entry(entry_id: str, question: str, answer: str, **more: Any) -> Entry:
    return Entry(
        entry_id=entry_id,
        kind="标问",
        question=question,
        phrasings=more.pop("phrasings", (f"{question}呢", f"请问{question}")),
        branches=more.pop("branches", (Branch(answer=answer),)),
        categories=more.pop("categories", ("电价电费",)),
        sources=(Source(document="《供电营业规则》", locator="第八十二条"),),
        owner=more.pop("owner", "营销部"),
        **more,
    )


STOCK = (
    entry("A01", PAY, "您可以在网上国网、营业厅或银行代扣交电费。"),
    entry("A02", OUT, "请您留下地址和联系电话，我马上为您报修。", categories=("停电信息",)),
    entry(
        "A03",
        METER,
        "",
        branches=(
            Branch(answer="您可以申请校验电表，受理后 5 个工作日内出结果。", when={"用户类别": "一户一表"}),
            Branch(answer="请先和物业核对总表与分表。", when={"用户类别": "合表"}),
        ),
        categories=("计量装置",),
        phrasings=("电表跑得快", "表转得太快了"),
    ),
)


def issue(house: House, *entries: Entry, note: str = "开张", publish: bool = True) -> None:
    """Draft entries as the curator, approve them as the reviewer, and publish."""
    desk = house.services.workshop.desk
    for one in entries:
        found = desk.standings([one.entry_id])
        version = desk.save(LI, one, expected=found[0].head.version if found else 0, reason=note)
        ref = Ref(kind="entry", item_id=one.entry_id, version=version)
        desk.submit(LI, [ref])
        desk.approve(WANG, [ref])
    if publish:
        desk.publish(WANG, note=note)


def golden(house: House, **wanted: list[str]) -> None:
    """Put golden questions into the gate."""
    rows: list[dict[str, Any]] = [
        {"id": f"q{n}", "text": text, "call_type": "咨询", "categories": ["电价电费"], "entries": entries, "topics": [],
         "facts": {}, "needs_work_order": False, "rule": "", "must_ask": [], "as_of": None, "style": "plain"}
        for n, (text, entries) in enumerate(wanted.items())
    ]  # fmt: skip
    folder = house.services.settings.data / GOLD
    folder.mkdir()
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "dev.jsonl").write_text(text, encoding="utf-8")


@dataclass(slots=True)
class Shop:
    """The house, its server, and people who come in."""

    house: House
    server: Running
    context: Callable[[], BrowserContext]
    watch: Watch

    def enter(self, name: str, role: str, path: str = "/entries") -> Page:
        """Sign somebody in, in a browser of their own, and open a page."""
        at = self.house.clock.now()
        self.house.database.write(lambda c: create_account(c, name, role, at=at))
        self.house.database.write(lambda c: set_password(c, name, hashed()))
        page = self.context().new_page()
        self.watch.on(page)
        self.link_in(page, name)
        page.goto(self.server.url + path)
        return page

    def link_in(self, page: Page, name: str) -> None:
        sign_in(page, self.server.url, self.house.link(name))
