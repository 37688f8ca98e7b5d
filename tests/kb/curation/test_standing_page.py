"""A page of the list of entries is a piece of the whole list, whatever it is narrowed to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kb.curation import lifecycle
from kb.curation.encoders import EncoderChoice
from kb.curation.library import Library
from kb.curation.lifecycle import Ref
from kb.curation.standing import STAGES, Wanted, standing_page, standings
from kb.domain.errors import EditConflict, StaleVersion, WrongState
from kb.search.ranker import Ranker
from kb.store import listing, reviews
from kb.store.database import Database
from kb.text.tokens import Analyser
from tests.kb.builders import AT, CHANGE, entry, span
from tests.kb.curation.stocking import publish, stock, withdraw
from tests.records import lay_records

DAY = AT.date()


@pytest.fixture
def mixed(library: Library) -> Library:
    return mix(library)


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory, analyser: Analyser, ranker: Ranker) -> Iterator[Library]:
    """The same, for tests that only read."""
    with Database(lay_records(tmp_path_factory.mktemp("listed")), write=True) as database:
        yield mix(Library(database, analyser, ranker, EncoderChoice("tiny")))


def mix(library: Library) -> Library:
    """Two entries in every stage, and questions with signs that JSON and LIKE write differently."""
    stages = ("live", "over", "soon", "gone", "away")
    ends = {"over": span(None, "2026-11-01"), "soon": span("2027-01-01")}
    for stage in stages:
        stock(library, *(entry(f"{stage}{n}", f"问{stage}{n}", validity=ends.get(stage, span())) for n in range(2)))
    stock(library, entry("Q%1", '他说"电_费"\\怎么交'), entry("q%1", "百分之百%"))
    publish(library)
    for item in ("gone0", "gone1", "away0", "away1"):
        withdraw(library, item)
    publish(library)
    for item in ("away0", "away1"):
        library.database.write(lambda c, i=item: reviews.archive(c, i, at=AT, account="甲", reason="旧"))  # type: ignore[misc]
    stock(library, *(entry(f"open{n}", f"草稿{n}") for n in range(4)), entry("live1", "问live1", "再说一遍"))
    for number in range(1, 4):
        ref = Ref(kind="entry", item_id=f"open{number}", version=1)
        library.database.write(lambda c, r=ref: lifecycle.submit(c, r, by="甲", at=AT))  # type: ignore[misc]
    for step, number in ((lifecycle.approve, 2), (lifecycle.reject, 3)):
        more = {"person_of": str} if number == 2 else {"note": "改"}
        ref = Ref(kind="entry", item_id=f"open{number}", version=1)
        library.database.write(lambda c, s=step, r=ref, m=more: s(c, r, by="乙", at=AT, **m))  # type: ignore[misc]
    return library


@pytest.mark.parametrize("stage", ["", *STAGES])
@pytest.mark.parametrize("search", ["", "1", "live", '"电_费"\\', "%", "_", "没有"])
def test_a_page_is_a_piece_of_the_whole_list(
    listed: Library, stage: str, search: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "CHUNK", 3)
    with listed.database.read() as connection:
        whole = [
            one
            for one in standings(connection, today=DAY)
            if (one.stage == stage or (not stage and one.stage != "已归档"))
            and (search in one.entry_id or search in one.question)
        ]
        pages = [
            standing_page(connection, Wanted(stage=stage, search=search, limit=2, offset=offset), today=DAY)
            for offset in range(0, len(whole) + 2, 2)
        ]
    assert [one for page in pages for one in page] == whole


def test_every_stage_is_there_to_be_listed(listed: Library) -> None:
    with listed.database.read() as connection:
        assert {one.stage for one in standings(connection, today=DAY)} == set(STAGES)


def test_many_are_saved_as_one_would_be(mixed: Library) -> None:
    """Fresh ones are stored, and each that is stale, in the archive or new elsewhere is named as `save` names it."""
    entries = [
        (entry("new1", "新的"), 0), (entry("live0", "改了"), 1), (entry("live1", "过时的"), 1),
        (entry("away0", "归档的"), 2), (entry("new2", "版本不对"), 3),
    ]  # fmt: skip
    ticks: list[int] = []
    done = mixed.database.write(lambda c: lifecycle.save_many(c, entries, CHANGE, ticks.append))
    assert [type(one.error) for one in done] == [type(None), type(None), EditConflict, WrongState, EditConflict]
    assert [one.ref.item_id for one in done] == [one.entry_id for one, _expected in entries]
    conflict = done[2].error
    assert isinstance(conflict, StaleVersion)
    assert conflict.current == 2
    assert sum(ticks) == len(entries)
    with mixed.database.read() as connection:
        heads = {one.entry_id: one for one in standings(connection, today=DAY)}
    assert (heads["new1"].head.version, heads["live0"].head.version, heads["live1"].head.version) == (1, 2, 2)
    assert "new2" not in heads


def test_saving_many_takes_back_what_waits_for_review(mixed: Library) -> None:
    change = replace(CHANGE, reason="再改")
    mixed.database.write(lambda c: lifecycle.save_many(c, [(entry("open1", "再改"), 1)], change, lambda _n: None))
    with mixed.database.read() as connection:
        assert standings(connection, today=DAY, entry_ids=["open1"])[0].stage == "草稿"
