"""The bundled wordings: nobody's copy, no list spoken by one mouth, and every entry found by what it lists."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import kb
from eval.sameness import bigrams, plain
from kb.domain.validity import Scope
from kb.encode.protocol import TinyEncoder
from kb.search.ranker import load_ranker
from kb.search.retrieve import Retriever
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import load_analyser
from tools.corpus.answers import written_in
from tools.corpus.power_factor import adjustment
from tools.corpus.spoken import spoken_phrasings
from tools.train.bases import index
from tools.train.sources import TODAY, entries

CORPUS = Path(kb.__file__).parent / "corpus"
EVAL = CORPUS.parents[1] / "eval"
RANKER = Path(kb.__file__).parent / "search" / "models" / "ranker.json"
ALIKE = 0.6
ONE_MOUTH = 0.3
ENDS: tuple[Callable[[str], str], ...] = (lambda text: text[:3], lambda text: text[-3:])


def texts_of(path: Path, *keys: str) -> list[str]:
    rows: list[dict[str, Any]] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [text for row in rows for key in keys for text in ([row[key]] if isinstance(row[key], str) else row[key])]


def alike(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Return every pair whose character-bigram Jaccard similarity is above `ALIKE`."""
    grams = [bigrams(text) for text in texts]
    holders: dict[str, list[int]] = {}
    pairs = []
    for place, mine in enumerate(grams):
        shared = Counter(other for gram in mine for other in holders.get(gram, ()))
        pairs += [
            (texts[other], texts[place])
            for other, common in shared.items()
            if common / (len(mine) + len(grams[other]) - common) > ALIKE
        ]
        for gram in mine:
            holders.setdefault(gram, []).append(place)
    return pairs


def one_mouth(texts: Sequence[str]) -> float:
    """Return the largest share of texts that begin, or end, with the same three characters."""
    return max(Counter(end(plain(text)) for text in texts).most_common(1)[0][1] / len(texts) for end in ENDS)


def test_the_checks_see_what_they_are_for() -> None:
    one, other = "请问办过户要带什么证件过来", "请问办过户得带什么证件过来"
    assert alike([one, other, "停电了"]) == [(one, other)]
    assert one_mouth(["请问过户怎么办", "请问更名怎么办", "请问销户怎么办", "表坏了"]) == 0.75


@pytest.mark.parametrize("path", sorted((CORPUS / "sources" / "entries").glob("*.jsonl")), ids=lambda path: path.stem)
def test_no_two_phrasings_of_a_file_are_alike(path: Path) -> None:
    assert alike(texts_of(path, "question", "phrasings")) == []


SPOKEN = [*sorted((CORPUS / "utterances").glob("*.jsonl")), EVAL / "gold" / "dev.jsonl", EVAL / "gold" / "test.jsonl"]


@pytest.mark.parametrize("path", [*SPOKEN, EVAL / "foreign" / "water" / "queries.jsonl"], ids=lambda path: path.stem)
def test_no_two_utterances_of_a_file_are_alike(path: Path) -> None:
    assert alike(texts_of(path, "text")) == []


def test_no_two_guards_are_alike() -> None:
    assert alike(texts_of(CORPUS / "sources" / "guards.jsonl", "utterance")) == []


def test_no_two_entries_share_an_answer() -> None:
    """Branches of one entry may differ by one figure; two entries may not say the same."""
    first = {branch.answer: entry.entry_id for entry in entries() for branch in entry.branches}
    assert [(first[a], first[b]) for a, b in alike(list(first)) if first[a] != first[b]] == []


def test_no_phrasing_list_is_spoken_by_one_mouth() -> None:
    assert [entry.entry_id for entry in entries() if one_mouth(entry.phrasings) > ONE_MOUTH] == []


def test_every_entry_is_reached_by_each_of_its_phrasings() -> None:
    """The list's own words find the entry first, and no other entry lists the same words."""
    analyser = load_analyser(RuleFiles())
    written = written_in(CORPUS / "sources" / "entries")
    known = entries(spoken_phrasings(CORPUS / "utterances", written))
    snapshot = index(analyser, known, [], TinyEncoder())
    missed = [
        (entry.entry_id, text)
        for entry in known
        for text in (entry.question, *entry.phrasings)
        if snapshot.phrased(analyser.normalise(text).text) != [entry.entry_id]
    ]
    assert missed == []
    retriever = Retriever(snapshot, analyser, load_ranker(RANKER))
    for entry in known[::10]:
        found = retriever.find(entry.phrasings[-1], Scope(as_of=TODAY, internal=True), limit=2)
        assert (found[0].item_id, found[0].exact) == (entry.entry_id, True)


# Read off the printed tables of 《功率因数调整电费办法》 (水电财字〔1983〕215号), one check per change of step.
PRINTED = [
    (
        0.90,
        {
            100: -0.75,
            95: -0.75,
            94: -0.60,
            91: -0.15,
            90: 0.0,
            89: 0.5,
            82: 4.0,
            70: 10.0,
            69: 11.0,
            65: 15.0,
            64: 17.0,
        },
    ),
    (0.85, {100: -1.10, 94: -1.10, 93: -0.95, 90: -0.50, 86: -0.10, 85: 0.0, 84: 0.5, 65: 10.0, 60: 15.0, 59: 17.0}),
    (0.80, {100: -1.30, 92: -1.30, 91: -1.15, 90: -1.00, 81: -0.10, 80: 0.0, 79: 0.5, 60: 10.0, 55: 15.0, 54: 17.0}),
]


@pytest.mark.parametrize(("standard", "printed"), PRINTED)
def test_the_power_factor_table_is_the_official_one(standard: float, printed: dict[int, float]) -> None:
    data = tomllib.loads((CORPUS / "sources" / "tariff" / "power_factor.toml").read_text(encoding="utf-8"))
    steps = next(row for row in data["standards"] if row["value"] == standard)
    assert {factor: adjustment(factor, steps) for factor in printed} == printed
