"""A grown snapshot answers as one built anew, costs no copy of what stays, and forgets what is gone."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from kb.domain.errors import IndexDamaged
from kb.domain.knowledge import Entry
from kb.encode.protocol import TinyEncoder
from kb.encode.tfidf_svd import TfidfSvdEncoder
from kb.index import snapshot as snapshots
from kb.index.growth import Change, can_grow, grow
from kb.index.lexical import FIELDS, Want
from kb.index.parts import Tools
from kb.index.snapshot import Snapshot
from kb.index.units import ITEM_KINDS, build_units
from kb.search.catalogue import Catalogue
from kb.text.tokens import Analyser
from tests.kb.builders import SCOPE, entry, snapshot_of

WORDS = ("电费", "停电", "账单", "电表", "过户", "光伏", "峰谷", "发票", "报装", "换表")
ASKED = ("电费怎么交", "停电了", "换表发票", "光伏报装过户")


def made(number: int, turn: int) -> Entry:
    chooser = random.Random(number * 100 + turn)
    return entry(
        f"E{number:03d}",
        "".join(chooser.sample(WORDS, 3)),
        "".join(chooser.sample(WORDS, 2)),
        answer="".join(chooser.sample(WORDS, 4)),
    )


def catalogue(entries: Mapping[str, Entry], release: int) -> Catalogue:
    return Catalogue(release=release, entries=dict(sorted(entries.items())))


def change(release: int, added: list[Entry], gone: list[str]) -> Change:
    items, units = build_units(Catalogue(release=release, entries={e.entry_id: e for e in added}).texts())
    return Change(content=snapshots.Content(release=release, items=items, units=units), gone=gone)


def dense(snapshot: Snapshot, said: str) -> dict[str, float]:
    allowed = snapshot.table.allowed(SCOPE, ITEM_KINDS)
    hits = snapshot.vectors.search(snapshot.encoder.encode([said]), allowed, 500)
    best: dict[str, float] = {}
    for unit, cosine in hits.items():
        best.setdefault(snapshot.table.items[int(snapshot.table.item_of[unit])].item_id, round(cosine, 5))
    return best


def lexical(snapshot: Snapshot, analyser: Analyser, said: str) -> set[str]:
    want = Want(scope=SCOPE, kinds=ITEM_KINDS)
    hits = snapshot.lexical.search(analyser.tokens(said), want, dict.fromkeys(FIELDS, 1.0), 500)
    return {snapshot.table.items[item].item_id for item in hits}


def exact(snapshot: Snapshot, said: str) -> set[str]:
    allowed = snapshot.table.allowed(SCOPE, ITEM_KINDS)
    table = snapshot.table
    return {table.items[i].item_id for i in snapshot.exact.find(said) if allowed[table.units_of[i][0]]}


@pytest.fixture
def tools(analyser: Analyser) -> Tools:
    return Tools(analyser=analyser, encoder=TinyEncoder())


@pytest.fixture
def base(tmp_path: Path, analyser: Analyser) -> tuple[dict[str, Entry], Snapshot]:
    entries = {e.entry_id: e for e in (made(number, 0) for number in range(60))}
    return entries, snapshot_of(tmp_path / "index", catalogue(entries, 1), analyser)


def test_after_many_releases_it_finds_what_a_new_one_finds(
    tmp_path: Path, analyser: Analyser, tools: Tools, base: tuple[dict[str, Entry], Snapshot]
) -> None:
    entries, snapshot = base
    for release in range(2, 8):
        removed, changed, new = f"E{release:03d}", made(release + 20, release), made(release + 100, release)
        entries = {**entries, changed.entry_id: changed, new.entry_id: new}
        del entries[removed]
        grown = change(release, [changed, new], [removed, changed.entry_id])
        if not can_grow(snapshot, grown, analyser):
            assert len(snapshot.table.dead) + 2 > 0.1 * (len(snapshot.table.items) + 2)
            break
        snapshot = grow(tmp_path / "index", snapshot, grown, tools)
        anew = snapshot_of(tmp_path / f"anew{release}", catalogue(entries, release), analyser)
        again = snapshots.load(snapshot.folder, analyser, TinyEncoder())
        for said in (*ASKED, changed.question, new.phrasings[0], made(release, 0).question):
            for one in (snapshot, again):
                assert dense(one, said) == dense(anew, said), said
                assert lexical(one, analyser, said) == lexical(anew, analyser, said), said
                assert exact(one, said) == exact(anew, said), said
    assert release > 3


def test_what_stays_is_linked_not_copied_and_every_file_is_checked(
    tmp_path: Path, tools: Tools, base: tuple[dict[str, Entry], Snapshot]
) -> None:
    _entries, snapshot = base
    grown = grow(tmp_path / "index", snapshot, change(2, [made(200, 0)], []), tools)
    for name in ("vectors.faiss", "units.txt", "units.safetensors", "items.json", "terms.run"):
        assert (grown.folder / name).samefile(snapshot.folder / name)
    assert snapshots.verify(grown.folder) == grown.manifest
    held = {p.relative_to(grown.folder).as_posix() for p in grown.folder.rglob("*") if p.is_file()}
    assert {name for name in held if not name.endswith(".lock")} == {*grown.manifest.files, snapshots.MANIFEST}
    assert snapshots.verify(snapshot.folder) == snapshot.manifest


def test_parts_stay_few(tmp_path: Path, tools: Tools, base: tuple[dict[str, Entry], Snapshot]) -> None:
    _entries, snapshot = base
    for release in range(2, 34):
        snapshot = grow(tmp_path / "index", snapshot, change(release, [made(release + 100, 0)], []), tools)
    assert len(snapshot.parts) <= 8
    assert len(snapshot.table.items) == 92
    texts = [snapshot.table.text(unit) for unit in range(len(snapshot.table))]
    owners = [snapshot.table.items[int(item)].item_id for item in snapshot.table.item_of]
    assert [t for t, o in zip(texts, owners, strict=True) if o == "E103"] == [
        made(103, 0).question,
        made(103, 0).phrasings[0],
        made(103, 0).branches[0].answer,
    ]
    names = snapshot.terms.names["words"]
    for unit, text in enumerate(texts):
        numbers, _counts = snapshot.terms.of("words", np.array([unit]))
        assert [names[number] for number in numbers] == list(dict.fromkeys(tools.analyser.tokens(text).words))
    everything = np.arange(len(snapshot.table))
    vector = snapshot.encoder.encode([made(103, 0).question])
    assert snapshot.vectors.similarities(vector, everything)[texts.index(made(103, 0).question)] == pytest.approx(1)


def test_only_a_withdrawal(
    tmp_path: Path, analyser: Analyser, tools: Tools, base: tuple[dict[str, Entry], Snapshot]
) -> None:
    entries, snapshot = base
    grown = grow(tmp_path / "index", snapshot, change(2, [], ["E005"]), tools)
    assert exact(grown, entries["E005"].question) == set()
    assert "E005" not in dense(grown, entries["E005"].question) | dict.fromkeys(
        lexical(grown, analyser, entries["E005"].question), 0.0
    )
    assert exact(snapshot, entries["E005"].question) == {"E005"}


def test_it_is_built_anew_where_growing_would_answer_otherwise_or_cost_more(
    tmp_path: Path, analyser: Analyser, make_catalogue: object, base: tuple[dict[str, Entry], Snapshot]
) -> None:
    entries, snapshot = base
    assert can_grow(snapshot, change(2, [made(100, 0)], ["E001"]), analyser)
    assert not can_grow(snapshot, change(2, [], [f"E{n:03d}" for n in range(10)]), analyser)
    assert not can_grow(snapshot, change(2, [made(n, 0) for n in range(100, 180)], []), analyser)
    fitted = TfidfSvdEncoder.fit(analyser, [e.question for e in entries.values()])
    other = snapshot_of(tmp_path / "fitted", catalogue(entries, 1), analyser, fitted)
    assert not can_grow(other, change(2, [made(100, 0)], []), analyser)


@pytest.mark.parametrize("missing", ["vectors.faiss", "lexical/meta.json"])
def test_a_file_that_is_gone_is_damage_and_leaves_nothing_behind(
    tmp_path: Path, tools: Tools, base: tuple[dict[str, Entry], Snapshot], missing: str
) -> None:
    _entries, snapshot = base
    (snapshot.folder / missing).unlink()
    with pytest.raises(IndexDamaged):
        grow(tmp_path / "index", snapshot, change(2, [made(100, 0)], []), tools)
    assert not list((tmp_path / "index").glob("*.building"))


def test_withdrawing_what_was_never_there_is_damage(
    tmp_path: Path, tools: Tools, base: tuple[dict[str, Entry], Snapshot]
) -> None:
    with pytest.raises(IndexDamaged):
        grow(tmp_path / "index", base[1], change(2, [], ["E999"]), tools)
