"""The one way to find something: exact first, filtered before ranking, one probability, never two certainties."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.domain.validity import Scope
from kb.index.snapshot import Snapshot
from kb.search.features import FEATURES
from kb.search.query import prepare
from kb.search.ranker import Ranker
from kb.search.retrieve import ANSWERABLE, MAX_ITEMS, SEARCHES, Hits, Retriever
from kb.text.tokens import Analyser
from tests.kb.builders import SCOPE, TODAY, document, entry, guard, passage, span
from tests.kb.search.conftest import Search

ANY = st.text(st.characters(codec=None), max_size=60) | st.text("电费表怎么交停户0123.，嗯", max_size=40)


@pytest.mark.parametrize(
    "said", ["", " ", "？！", "\ud800", "\U0001f600\U0001f600", "嗯", "\x00\x1b[31m", "电费" * 9_000]
)
def test_any_words_are_survived_by_an_empty_base(search: Search, said: str) -> None:
    assert search().find(said, SCOPE) == []


@pytest.mark.parametrize("said", ["怎么改名字", "请问怎么改名字？", "怎么改 名字", "怎麼改名字！", "嗯，怎么改名字。"])
def test_an_exact_phrasing_leads_and_is_shown_as_it_is(search: Search, said: str, ranker: Ranker) -> None:
    found = search(
        entry("B01", "电表怎么过户", "怎么改名字"), entry("B02", "怎么改名字要多少钱", "改名字怎么收费")
    ).find(said, SCOPE)
    assert [c.exact for c in found] == [True, False]
    assert found[0].item_id == "B01"
    assert found[0].matched == "怎么改名字"
    assert found[0].probability == ranker.exact
    assert found[1].probability <= 1 - ranker.exact + 1e-9


@pytest.mark.parametrize(("stored", "said"), [("容量1.5千瓦收费吗", "容量15千瓦收费吗"), ("涨了5%吗", "涨了5吗")])
def test_another_number_is_not_the_same_phrasing(search: Search, stored: str, said: str) -> None:
    found = search(entry("B01", stored)).find(said, SCOPE)
    assert not any(candidate.exact for candidate in found)


def test_two_entries_with_the_same_phrasing_are_never_certain(search: Search) -> None:
    found = search(
        entry("B01", "怎么办理过户", "电费怎么交"), entry("B02", "怎么销户", "电费怎么交"), entry("B03", "电费账单")
    ).find("电费怎么交", SCOPE)
    assert {c.item_id for c in found if c.exact} == {"B01", "B02"} == {c.item_id for c in found[:2]}
    assert all(c.probability <= 0.5 for c in found)


def test_a_namesake_out_of_scope_takes_no_certainty_away(search: Search, ranker: Ranker) -> None:
    retriever = search(
        entry("old", "电费怎么交", validity=span(None, "2026-01-01")),
        entry("hidden", "电费怎么交", visibility="内部"),
        entry("now", "电费怎么交", validity=span("2026-01-01")),
        guard("G01", "电费怎么交"),
    )
    found = retriever.find("电费怎么交", SCOPE)
    assert [(c.item_id, c.probability) for c in found] == [("now", ranker.exact)]
    assert [c.item_id for c in retriever.find("电费怎么交", Scope(as_of=dt.date(2025, 1, 1)))] == ["old"]


@pytest.mark.parametrize(
    "hidden",
    [
        {"validity": span(None, "2026-11-22")},
        {"validity": span("2026-11-23")},
        {"visibility": "内部"},
        {"region": "西区"},
    ],
    ids=["expired", "not yet valid", "internal", "other region"],
)
def test_a_perfect_match_out_of_scope_is_no_candidate_even_alone(search: Search, hidden: dict[str, Any]) -> None:
    retriever = search(
        entry("X", "电费怎么交", **hidden), document("d", passage("p", "电费怎么交", "电费怎么交"), **hidden)
    )
    scope = Scope(as_of=TODAY, region="东区")
    assert retriever.find("电费怎么交", scope, limit=1) == []
    assert list(retriever.pool(prepare("电费怎么交", retriever.analyser), scope, ANSWERABLE).items) == []


@pytest.mark.parametrize("limit", [0, 1, 3, 1_000])
def test_limit(search: Search, limit: int) -> None:
    found = search(*(entry(f"B{n:02}", f"电费{chr(0x4E00 + n)}怎么交") for n in range(60))).find(
        "电费怎么交", SCOPE, limit=limit
    )
    assert len(found) == min(limit, MAX_ITEMS)
    assert len({candidate.item_id for candidate in found}) == len(found)


def test_an_exact_hit_is_found_however_many_look_alike(search: Search) -> None:
    alike = [entry(f"B{n:03}", f"电费怎么交电费怎么交{chr(0x4E00 + n)}") for n in range(120)]
    last = entry("Z", "别的标题", "电费怎么交")
    assert search(*alike, last).find("电费怎么交", SCOPE, limit=1)[0].item_id == "Z"


def test_what_is_near_in_meaning_is_not_crowded_out_by_what_shares_words(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    retriever = search(*(entry(f"B{n:02}", f"电费{chr(0x4E00 + n)}怎么交") for n in range(40)), entry("Z", "代扣"))
    ids = {item.item_id: number for number, item in enumerate(retriever._snapshot.table.items)}
    alike = {ids[f"B{n:02}"]: 40.0 - n for n in range(40)}
    nearest = dict.fromkeys([*list(alike)[:4], ids["Z"]], 1.0)
    hits = Hits(lexical=dict.fromkeys(SEARCHES, alike), nearest=nearest, exact={})
    monkeypatch.setattr(retriever, "_hits", lambda _query, _scope: hits)
    pool = retriever.pool(prepare("每个月自己划走", retriever.analyser), SCOPE, ANSWERABLE)
    assert ids["Z"] in pool.items
    assert len(pool.items) == MAX_ITEMS


def test_sound_alikes_and_synonyms_find(search: Search) -> None:
    retriever = search(entry("B01", "电表坏了找谁"), entry("B02", "空气开关跳闸怎么办"))
    assert retriever.find("店表坏了", SCOPE)[0].item_id == "B01"
    found = retriever.find("空开坏了", SCOPE)[0]
    assert found.item_id == "B02"
    assert "空开→空气开关" in found.why["expansions"]


@settings(max_examples=60, deadline=None)
@given(said=ANY)
def test_any_words_give_calm_bounded_repeatable_candidates(varied_retriever: Retriever, said: str) -> None:
    found = varied_retriever.find(said, SCOPE)
    assert found == varied_retriever.find(said, SCOPE)
    assert all(0.0 <= candidate.probability <= 1.0 for candidate in found)
    for candidate in found:
        features = candidate.why["features"]
        assert tuple(features) == FEATURES
        least = {name: -1.001 if name.endswith("_vs_rivals") else -1e-3 for name in features}
        assert all(least[name] <= value <= 1.001 for name, value in features.items()), features


@pytest.fixture(scope="session")
def varied_retriever(varied: Snapshot, analyser: Analyser, ranker: Ranker) -> Retriever:
    return Retriever(varied, analyser, ranker)


def test_the_encoder_names_its_family(search: Search) -> None:
    assert search().encoder_family == "tiny"
