"""Findings about one entry: what ends soon, cites what is over, lacks a figure, takes too long to say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from kb.curation.watch import singles
from kb.curation.watch.subjects import entry_subject
from kb.domain.knowledge import Source
from kb.search.catalogue import Catalogue
from tests.kb.builders import TODAY, document, entry, passage, span
from tests.kb.curation.watch.watching import RULES, subject


@pytest.mark.parametrize(
    ("end", "expected"), [(1, True), (30, True), (31, False), (0, False), (-1, False), (None, False)]
)
def test_what_ends_within_thirty_days(end: int | None, *, expected: bool) -> None:
    last = None if end is None else (TODAY + dt.timedelta(days=end)).isoformat()
    found = list(singles.expiring([entry("a", "几点开门", validity=span("2020-01-01", last))], TODAY, RULES))
    assert bool(found) is expected


def test_a_citation_of_what_is_over(make_catalogue: Callable[..., Catalogue]) -> None:
    over = document(
        "d1", passage("p1", "旧规。", locator="第一章 › 第三条"), title="旧办法", validity=span(None, "2026-01-01")
    )
    now = document("d2", passage("p2", "新规。", locator="第一章 › 第三条"), title="新办法")
    cited = {"gone": "《旧办法》", "kept": "《新办法》", "else": "《供电营业规则》"}
    entries = [entry(name, "问", sources=(Source(document=title, locator="第三条"),)) for name, title in cited.items()]
    lost = entry("lost", "问", sources=(Source(document="新办法", locator="第九条"),))
    found = list(singles.stale_sources(make_catalogue(over, now, *entries, lost), TODAY))
    assert {finding.items[0]: finding.why for finding in found} == {
        "gone": "引用的《旧办法》已于 2026-01-01 失效",
        "lost": "引用的《新办法》现行版本里没有第九条",
    }


def test_a_newer_edition_in_force_keeps_a_citation_good(make_catalogue: Callable[..., Catalogue]) -> None:
    old = document("d1", passage("p1", "旧规。"), title="办法", validity=span(None, "2026-01-01"))
    new = document("d2", passage("p2", "新规。"), title="办法", validity=span("2026-01-01"))
    cites = entry("a", "问", sources=(Source(document="《办法》", locator="第一条"),))
    assert list(singles.stale_sources(make_catalogue(old, new, cites), TODAY)) == []


@pytest.mark.parametrize("text", ["现在居民电价每度电元。", "合表单价是元/千瓦时。", "请在不超过个工作日内答复。"])
def test_a_unit_without_its_number(text: str) -> None:
    (found,) = singles.missing_figures([subject("a", "多少钱", text)], RULES)
    (side,) = found.sides
    (span_,) = side.spans
    assert "元" in side.said[span_.start : span_.end] or "工作日" in side.said[span_.start : span_.end]


@pytest.mark.parametrize(
    "text", ["每度0.57元。", "五毛七一度。", "按元取整。", "单价（元/千瓦时）见表。", "不超过5个工作日。"]
)
def test_a_unit_with_its_number(text: str) -> None:
    assert list(singles.missing_figures([subject("a", "多少钱", text)], RULES)) == []


def test_an_answer_too_long_to_read_out() -> None:
    short, long = entry("a", "问", answer="念" * 240 + "，"), entry("b", "问", answer="念" * 241)
    (found,) = singles.too_long([short, long], RULES)
    assert found.items == ("b",)
    assert entry_subject(long).text == "念" * 241


def test_an_entry_not_in_force_may_cite_what_is_over(make_catalogue: Callable[..., Catalogue]) -> None:
    over = document("d1", passage("p1", "旧规。"), title="办法", validity=span(None, "2026-01-01"))
    cites = (Source(document="办法", locator=""),)
    past = entry("a", "问", sources=cites, validity=span(None, "2026-01-01"))
    present = entry("b", "问", sources=cites)
    found = singles.stale_sources(make_catalogue(over, past, present), TODAY)
    assert [finding.items for finding in found] == [("b",)]


@pytest.mark.parametrize(("kind", "actions"), [("entry", ["edit", "withdraw", "dismiss"]), ("clause", ["dismiss"])])
def test_a_clause_is_mended_in_its_document(kind: str, actions: list[str]) -> None:
    (found,) = singles.missing_figures([subject("a", "多少钱", "现在居民电价每度电元。", kind=kind)], RULES)
    assert [remedy.action for remedy in found.remedies] == actions
