"""The list of entries is the same whether it is read at once or kept up from step to step."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest

from assistant.accounts.types import Account
from assistant.editing import listing as listings
from assistant.editing.listing import Listing, Wanted
from kb.curation.lifecycle import Ref
from kb.domain.errors import KbError
from kb.domain.knowledge import Entry
from kb.store import faces
from tests.assistant.editing.conftest import LI, WANG, ZHAO, Office
from tests.kb.builders import entry, span

EAST = replace(LI, department="城东")


def shown(listing: Listing, account: Account = LI, wanted: Wanted | None = None) -> list[tuple[object, ...]]:
    rows = listing.find(account, wanted or Wanted())
    return [(row.line.entry_id, row.line.version, row.stage, row.face.question, row.answerable) for row in rows]


def step(office: Office, chance: random.Random) -> None:
    desk, item = office.desk, f"E{chance.randrange(6)}"
    found = desk.standings([item])
    version = found[0].head.version if found else 0
    refs = [Ref(kind="entry", item_id=item, version=version)]
    acts = (
        lambda: desk.save(LI, made(item, chance), expected=version, reason="改"),
        lambda: desk.submit(LI, refs),
        lambda: desk.approve(WANG, refs),
        lambda: desk.reject(WANG, refs, note="改"),
        lambda: desk.withdraw(LI, item, expected=version, reason="撤"),
        lambda: desk.withdraw_now(WANG, item, reason="撤"),
        lambda: desk.restore(LI, item, 1, reason="恢复"),
        lambda: desk.archive(LI, item, reason="收起"),
        lambda: desk.publish(WANG),
        lambda: desk.roll_back(WANG, 1, reason="退"),
        lambda: setattr(office.clock, "moment", office.clock.moment + dt.timedelta(days=chance.randrange(3))),
    )
    try:
        chance.choice(acts)()
    except KbError:
        return


def made(item: str, chance: random.Random) -> Entry:
    last = chance.choice((None, "2026-11-24", "2026-12-30"))
    return entry(item, f"{item} 问 {chance.randrange(100)}", validity=span("2026-11-01", last))


@pytest.mark.parametrize("seed", range(4))
def test_kept_up_it_is_what_a_fresh_reading_gives(office: Office, seed: int) -> None:
    chance, database = random.Random(seed), office.library.database
    kept = Listing(database, office.clock)
    for _ in range(60):
        step(office, chance)
        fresh = Listing(database, office.clock)
        for wanted in (Wanted(), Wanted(stage="已归档"), Wanted(validity="valid")):
            assert shown(kept, wanted=wanted) == shown(fresh, wanted=wanted)
        stages = {one.entry_id: one.stage for one in office.desk.standings()}
        assert {row[0]: row[2] for row in shown(kept) + shown(kept, wanted=Wanted(stage="已归档"))} == stages


def test_nothing_is_read_again_when_nothing_moved(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.desk.save(LI, entry("A", "电费怎么交"), expected=0, reason="新")
    office.desk.save(LI, entry("B", "停电了"), expected=0, reason="新")
    kept = Listing(office.library.database, office.clock)
    read: list[object] = []
    real = faces.lines

    def counted(*args: object) -> object:
        found = list(real(*args))  # type: ignore[arg-type]
        read.append(len(found))
        return found

    monkeypatch.setattr(listings, "lines", counted)
    for _ in range(3):
        shown(kept)
    office.desk.save(LI, entry("B", "停电找谁"), expected=1, reason="改")
    shown(kept)
    shown(kept, wanted=Wanted(q="停电"))
    assert read == [2, 1]


def test_words_filters_and_reach(office: Office) -> None:
    entries = (
        entry("A", "电费怎么交", "缴费 去哪", owner="城东", categories=("电价电费",)),
        entry("B", "停电了", owner="城西", answer="已通知抢修。"),
        entry("C", "内部口径", visibility="内部"),
        entry("D", "旧电价", validity=span("2025-01-01", "2026-01-01"), owner="城西"),
    )
    for one in entries:
        office.desk.save(LI, one, expected=0, reason="新")
        ref = [Ref(kind="entry", item_id=one.entry_id, version=1)]
        office.desk.submit(LI, ref)
        office.desk.approve(WANG, ref)
    office.desk.publish(WANG)
    office.desk.save(LI, replace(entries[1], question="停电找谁"), expected=1, reason="改")
    kept = Listing(office.library.database, office.clock)
    assert [row[0] for row in shown(kept)] == ["A", "B", "C", "D"]
    assert [row[0] for row in shown(kept, wanted=Wanted(q="抢修"))] == ["B"]
    assert [row[0] for row in shown(kept, wanted=Wanted(q="缴费 电费"))] == ["A"]
    assert [row[0] for row in shown(kept, wanted=Wanted(validity="past"))] == ["D"]
    assert [row[0] for row in shown(kept, wanted=Wanted(owner="城西"))] == ["B", "D"]
    assert [row[0] for row in shown(kept, wanted=Wanted(category="电价电费"))] == ["A"]
    assert shown(kept, ZHAO) == [("A", 1, "已发布", "电费怎么交", True), ("B", 2, "已发布", "停电了", True)]
    assert [(row[0], row[3]) for row in shown(kept, EAST)] == [("A", "电费怎么交"), ("B", "停电了"), ("C", "内部口径")]
    assert kept.one(EAST, "D") is None
