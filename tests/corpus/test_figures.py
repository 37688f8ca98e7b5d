"""Every figure in an answer stands in a document that the entry relies on, or is listed with the way it was derived."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path

from kb.text.quantities import numbers_in
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser, load_analyser
from tools.train.sources import cited_clauses, clauses, entries

DERIVED = Path(__file__).parent / "derived_figures.toml"
Figures = frozenset[tuple[str, str]]
TABLES = ("电价表", "收费表")


@cache
def analyser() -> Analyser:
    return load_analyser(RuleFiles())


def figures(text: str) -> Figures:
    """Return the numbers with a unit of a text, spoken numerals included."""
    return frozenset((value, unit) for value, unit in numbers_in(analyser().normalise(text).text) if unit)


def derived() -> dict[str, dict[str, str]]:
    listed: dict[str, dict[str, str]] = tomllib.loads(DERIVED.read_text(encoding="utf-8"))
    return listed


def unsupported() -> dict[str, set[str]]:
    """Return, by entry, the figures of its answers that neither its clauses, its topic's clauses nor a table hold."""
    held = clauses()
    passages = {passage.passage_id: passage for document in held.documents for passage in document.passages}
    tables = frozenset[tuple[str, str]]().union(
        *(figures(p.text) for d in held.documents if d.kind in TABLES for p in d.passages)
    )
    of_topic: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for passage_id, topics in held.topics.items():
        for topic in topics:
            of_topic[topic] |= figures(passages[passage_id].text)
    missing: dict[str, set[str]] = {}
    for entry in entries():
        cited = (figures(passages[clause].text) for clause in cited_clauses(entry, held))
        known = tables.union(*cited, *(of_topic[topic] for topic in entry.topics))
        stated = frozenset[tuple[str, str]]().union(*(figures(branch.answer) for branch in entry.branches))
        if lacking := {value + unit for value, unit in stated - known}:
            missing[entry.entry_id] = lacking
    return missing


def test_every_figure_in_an_answer_is_supported() -> None:
    explained = derived()
    assert {entry: lacking - explained.get(entry, {}).keys() for entry, lacking in unsupported().items()} == {
        entry: set() for entry in unsupported()
    }


def test_no_explanation_outlives_its_figure() -> None:
    missing = unsupported()
    assert [
        (entry, figure) for entry, why in derived().items() for figure in why if figure not in missing.get(entry, set())
    ] == []
