"""Filter before ranking: what a scope does not admit is no candidate, on no path, even when only one is asked for."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.domain.validity import Scope
from kb.index.lexical import FIELDS, Want
from kb.index.snapshot import Snapshot
from kb.index.units import ITEM_KINDS, Item, ItemKind
from kb.text.tokens import Analyser
from tests.kb.builders import SAID, SCOPE, TODAY

WEIGHTS = dict.fromkeys(FIELDS, 1.0)
ENTRIES: tuple[ItemKind, ...] = ("entry",)
SCOPES = st.builds(
    Scope,
    as_of=st.dates(dt.date(2019, 12, 30), dt.date(2027, 2, 1)) | st.sampled_from(
        [TODAY, dt.date(2026, 11, 21), dt.date(2026, 11, 23), dt.date(2026, 1, 1), dt.date(2026, 6, 1)]
    ),
    internal=st.booleans(),
    region=st.sampled_from([None, "东区", "西区", "南区"]),
)  # fmt: skip
KINDS = st.sets(st.sampled_from(ITEM_KINDS), min_size=1).map(lambda kinds: tuple(sorted(kinds)))


def admitted(item: Item, scope: Scope, kinds: tuple[ItemKind, ...]) -> bool:
    """The rule written out once more, from the design rather than from the index."""
    return (
        item.kind in kinds
        and item.first_day <= scope.as_of.toordinal() < item.end_day
        and (scope.internal or not item.internal)
        and (scope.region is None or item.region in {"", scope.region})
    )


def lexical(snapshot: Snapshot, analyser: Analyser, want: Want, limit: int) -> set[str]:
    hits = snapshot.lexical.search(analyser.tokens(SAID), want, WEIGHTS, limit)
    return {snapshot.table.items[item].item_id for item in hits}


def dense(snapshot: Snapshot, scope: Scope, kinds: tuple[ItemKind, ...], limit: int) -> set[str]:
    hits = snapshot.vectors.search(snapshot.encoder.encode([SAID]), snapshot.table.allowed(scope, kinds), limit)
    return {snapshot.table.items[int(snapshot.table.item_of[unit])].item_id for unit in hits}


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (SCOPE, {"east", "west", "open"}),
        (Scope(as_of=TODAY, region="东区"), {"east", "open"}),
        (Scope(as_of=TODAY, region="北区"), {"open"}),
        (Scope(as_of=TODAY, internal=True), {"east", "west", "open", "internal"}),
        (Scope(as_of=dt.date(2026, 11, 21)), {"east", "west", "open", "expired"}),
        (Scope(as_of=dt.date(2026, 11, 23)), {"east", "west", "open", "future"}),
        (Scope(as_of=dt.date(2019, 12, 31)), {"east", "west", "open"}),
    ],
)
def test_entries_by_scope(varied: Snapshot, analyser: Analyser, scope: Scope, expected: set[str]) -> None:
    assert lexical(varied, analyser, Want(scope=scope, kinds=ENTRIES), 99) == expected
    assert dense(varied, scope, ENTRIES, 99) == expected


@pytest.mark.parametrize("kind", ITEM_KINDS)
def test_kinds(varied: Snapshot, analyser: Analyser, kind: ItemKind) -> None:
    kinds = {item.item_id: item.kind for item in varied.table.items}
    for found in (lexical(varied, analyser, Want(scope=SCOPE, kinds=(kind,)), 99), dense(varied, SCOPE, (kind,), 99)):
        assert found
        assert {kinds[item_id] for item_id in found} == {kind}


@settings(max_examples=80, deadline=None)
@given(scope=SCOPES, kinds=KINDS, limit=st.sampled_from([1, 2, 99]))
def test_both_engines_and_the_rule_agree(
    varied: Snapshot, analyser: Analyser, scope: Scope, kinds: tuple[ItemKind, ...], limit: int
) -> None:
    expected = {item.item_id for item in varied.table.items if admitted(item, scope, kinds)}
    for found in (
        lexical(varied, analyser, Want(scope=scope, kinds=kinds), limit),
        dense(varied, scope, kinds, limit),
    ):
        assert found <= expected
        assert bool(found) == bool(expected)
        assert limit < 99 or found == expected


@settings(max_examples=40, deadline=None)
@given(scope=SCOPES)
def test_the_domain_scope_agrees_with_the_index(varied: Snapshot, scope: Scope) -> None:
    from kb.domain.validity import Validity

    for number, item in enumerate(varied.table.items):
        first = dt.date.fromordinal(item.first_day) if item.first_day else None
        end = dt.date.fromordinal(item.end_day) if item.end_day < dt.date.max.toordinal() else None
        if first and end and end <= first:
            continue
        said = scope.admits(
            Validity(valid_from=first, valid_to=end), "内部" if item.internal else "对外", item.region or None
        )
        assert said == bool(varied.table.allowed(scope, ITEM_KINDS)[varied.table.units_of[number][0]])


def test_an_empty_overlap_of_document_and_passage_is_never_answered(varied: Snapshot) -> None:
    names = [item.item_id for item in varied.table.items]
    for year in range(2019, 2030):
        mask = varied.table.allowed(Scope(as_of=dt.date(year, 3, 1), internal=True), ITEM_KINDS)
        assert not mask[varied.table.units_of[names.index("empty")]].any()
        assert mask[varied.table.units_of[names.index("narrow")]].all() == (year == 2026)


def test_the_mask_covers_units_not_items(varied: Snapshot) -> None:
    mask = varied.table.allowed(SCOPE, ITEM_KINDS)
    assert mask.shape == (len(varied.table),)
    assert mask.dtype == np.bool_
