"""The bundled knowledge and the gold sets: complete, consistent with their sources, and kept apart from each other."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import kb
from eval.gold import load_gold, validate
from eval.leaks import NEAR, TextIndex, find_leaks
from tools.build_corpus import main as build_corpus
from tools.train.senses import senses
from tools.train.services import services
from tools.train.sources import cited_clauses, clauses, entries

CORPUS = Path(kb.__file__).parent / "corpus"
GOLD = CORPUS.parents[1] / "eval" / "gold"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def test_office_files_are_what_their_text_sources_make(tmp_path: Path) -> None:
    build_corpus(["--out", str(tmp_path)])
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    stored = {path.name: path.read_bytes() for path in (CORPUS / "knowledge").iterdir()}
    assert built.keys() == stored.keys()
    assert [name for name in built if built[name] != stored[name]] == []


def test_every_format_and_the_seventeen_cases_are_there() -> None:
    suffixes = {path.suffix for path in (CORPUS / "knowledge").iterdir()}
    assert suffixes >= {".docx", ".pdf", ".md", ".html", ".xlsx", ".csv"}
    cases = {guard["case"].split()[0] for guard in lines(CORPUS / "sources" / "guards.jsonl")}
    assert len(cases) == 17


def test_fees_are_gb18030_and_nothing_else() -> None:
    raw = (CORPUS / "knowledge" / "收费项目表.csv").read_bytes()
    assert "收费标准" in raw.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")


def test_entries_have_phrasings_answers_and_known_hints() -> None:
    known = {entry.entry_id for entry in entries()}
    for entry in entries():
        assert len(entry.phrasings) >= 10, entry.entry_id
        assert all(60 <= len(branch.answer) <= 180 for branch in entry.branches), entry.entry_id
        assert set(entry.hints) <= known, entry.entry_id
    assert len(known) >= 340


def test_every_cited_company_clause_exists() -> None:
    held = clauses()
    assert len(held.cited) >= 420
    titles = {title for title, _label in held.cited}
    for entry in entries():
        named = {source.document for source in entry.sources if source.document.strip("《").split("》")[0] in titles}
        assert len(cited_clauses(entry, held)) == len(named), entry.entry_id


@pytest.mark.parametrize("name", ["test", "dev"])
def test_gold_is_legal_and_points_at_entries_that_exist(name: str) -> None:
    gold = load_gold(GOLD / f"{name}.jsonl")
    assert len(gold.questions) >= 150
    assert validate(gold.questions, {entry.entry_id for entry in entries()}).unknown == ()


@pytest.mark.parametrize("path", sorted((CORPUS / "utterances").glob("*.jsonl")), ids=lambda path: path.stem)
def test_training_labels_are_legal_and_point_at_entries_that_exist(path: Path) -> None:
    calls = load_gold(path)
    assert validate(calls.questions, {entry.entry_id for entry in entries()}).unknown == ()


def test_the_sets_are_as_large_as_they_are_said_to_be() -> None:
    sizes = {name: len(load_gold(GOLD / f"{name}.jsonl").questions) for name in ("test", "dev")}
    trained = sum(len(lines(path)) for path in (CORPUS / "utterances").glob("*.jsonl"))
    assert (sizes["test"] >= 800, sizes["dev"] >= 600, trained >= 6000) == (True, True, True)


@pytest.fixture(scope="module")
def learnt() -> dict[str, list[str]]:
    """Everything learnt from, by where it comes from."""
    texts = {path.name: [row["text"] for row in lines(path)] for path in (CORPUS / "utterances").glob("*.jsonl")}
    texts["相似问"] = [text for entry in entries() for text in (entry.question, *entry.phrasings)]
    texts["别的行业"] = [text for service in services() for text, _answers in service.questions]
    texts["同义表达"] = [text for expressions in senses() for text in expressions]
    return texts


@pytest.mark.parametrize("name", ["test", "dev"])
def test_gold_shares_no_near_duplicate_with_anything_learnt_from(name: str, learnt: dict[str, list[str]]) -> None:
    assert find_leaks(load_gold(GOLD / f"{name}.jsonl").questions, learnt) == ()


def test_the_foreign_base_shares_no_near_duplicate_with_anything_learnt_from(learnt: dict[str, list[str]]) -> None:
    index = TextIndex(text for texts in learnt.values() for text in texts)
    asked = [row["text"] for row in lines(GOLD.parent / "foreign" / "water" / "queries.jsonl")]
    near = [(text, found) for text in asked if (found := index.closest(text)) and found[1] > NEAR]
    assert near == []


def test_a_sense_is_said_in_several_ways_and_listed_once() -> None:
    listed = senses()
    assert len(listed) > 5_000
    assert [one for one in listed if len(one) < 4 or len(set(one)) < len(one) or not all(map(str.strip, one))] == []
    assert [one for one, times in Counter(listed).items() if times > 1] == []


def test_dev_and_test_are_kept_apart() -> None:
    dev = {"dev": [question.text for question in load_gold(GOLD / "dev.jsonl").questions]}
    assert find_leaks(load_gold(GOLD / "test.jsonl").questions, dev) == ()
