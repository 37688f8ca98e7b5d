"""`zhida eval gate` on a real base: it holds, and a synonym taken out of the lexicon turns it red by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.text.rulefiles import RuleFiles
from tests.assistant.cli.conftest import Zhida
from tests.assistant.cli.test_eval import LINE, QUESTIONS, write

KNOWLEDGE = """编号,标准问题,相似问,适用条件,答案,分类
S2,送电之后如何处理,送电以后应当如何报告,,请先断开电器再合闸。,停电信息
S3,没交电费有什么后果,没有交电费的后果,,逾期收取违约金。,电价电费
S1,停电之后如何处理,停电以后应当如何报告,,请拨打热线登记停电地址。,停电信息
"""
SAID = "咱们这断火之后"


@pytest.fixture
def expected(tmp_path: Path) -> Path:
    return tmp_path / "expected"


def test_it_holds_and_then_a_changed_set_is_stale(zhida: Zhida, own: Path, tmp_path: Path, expected: Path) -> None:
    gold = write(tmp_path / "题.jsonl")
    arguments = (gold, "--expected", expected, "--json", "--data", own)
    missing = zhida("eval", "gate", *arguments)
    assert (missing.code, missing.json["error"]["code"]) == (2, "eval.expectation_missing")
    updated = zhida("eval", "gate", *arguments, "--update")
    assert (updated.code, updated.json["updated"]) == (0, [str(expected / "题.json")])
    held = zhida("eval", "gate", *arguments)
    assert (held.code, held.json["held"]) == (0, True)
    write(gold, *QUESTIONS[:2])
    assert zhida("eval", "gate", *arguments).json["error"]["code"] == "eval.expectation_stale"


def test_a_dropped_synonym_turns_the_gate_red_and_names_the_question(
    zhida: Zhida, tmp_path: Path, expected: Path
) -> None:
    data, source = tmp_path / "data", tmp_path / "问答.csv"
    source.write_text(KNOWLEDGE, encoding="utf-8")
    assert zhida("ingest", source, "--publish", "--yes", "--data", data).code == 0
    gold = write(tmp_path / "题.jsonl", {**LINE, "text": SAID, "entries": ["S1"]})
    arguments = (gold, "--expected", expected, "--data", data)
    assert zhida("eval", "gate", *arguments, "--update").code == 0
    assert zhida("eval", "gate", *arguments).code == 0
    bundled = RuleFiles().path("synonyms.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    (data / "rules").mkdir()
    kept = "".join(line for line in bundled if not line.startswith("断火\t"))
    assert len(kept) < sum(map(len, bundled))
    (data / "rules" / "synonyms.tsv").write_text(kept, encoding="utf-8")
    red = zhida("eval", "gate", *arguments)
    assert red.code == 1
    assert "▼" in red.out
    assert SAID in red.out
