"""Price tables read by cell: forty spoken questions over the bundled tables, and what must stay unanswered."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

import kb
from assistant.judge.facts import load_facts
from assistant.suggest.bills import bill_day
from assistant.suggest.cells import load_table_reader, sentence
from ingest.parse import parse_file
from kb.domain.knowledge import FoundPassage
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser

CORPUS = Path(kb.__file__).parent / "corpus"
GOLD = CORPUS.parents[1] / "eval" / "gold" / "tables.jsonl"
TODAY = dt.date(2026, 11, 22)
QUESTIONS: list[dict[str, Any]] = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
READER = load_table_reader(RuleFiles())


@pytest.fixture(scope="module")
def rows() -> list[FoundPassage]:
    names = ("示例省销售电价表.xlsx", "功率因数调整电费表.xlsx")
    files = (parse_file(CORPUS / "knowledge" / name, name=name, categories=(), today=TODAY) for name in names)
    return [
        FoundPassage(passage=passage, document=document)
        for file in files
        for document in file.documents
        for passage in document.passages
        if passage.kind == "row"
    ]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question["id"]))
def test_the_cell_meant_is_read_out_or_what_divides_the_rows_is_asked(
    question: dict[str, Any], rows: list[FoundPassage], analyser: Analyser
) -> None:
    text = analyser.normalise(question["text"]).text
    day = dt.date.fromisoformat(question["as_of"]) if question["as_of"] else TODAY
    day = bill_day(text, day) or day
    facts = {**load_facts(RuleFiles(), analyser.normalise).stated(text), **question["facts"]}
    known = [row for row in rows if row.document.validity.covers(day) and row.passage.validity.covers(day)]
    reading = READER.keyed(text, [row for row in known if row.document.kind != "电价表"])
    if not reading.cells:
        reading = READER.tariff(text, facts, [row for row in known if row.document.kind == "电价表"])
    said = sentence(reading.cells, "元/千瓦时") if reading.cells else ""
    assert [cell for cell in question["cells"] if f"{cell}" not in said] == []
    assert (len(reading.cells), reading.open_facts) == (len(question["cells"]), tuple(question["ask"]))


def test_a_sentence_names_unit_table_and_days(rows: list[FoundPassage]) -> None:
    old = [row for row in rows if row.passage.validity.covers(dt.date(2024, 6, 1)) and row.document.kind == "电价表"]
    old = [row for row in old if row.document.validity.covers(dt.date(2024, 6, 1))]
    reading = READER.tariff("农业低压电价多少钱", {}, old)
    assert sentence(reading.cells, "元/千瓦时") == (
        "农业生产用电 农业生产 不满1千伏：电度电价 0.5012元/千瓦时。"
        "（示例省电力公司销售电价表（样例），2024年1月1日起，至2024年12月31日）"
    )
    assert reading.settled
