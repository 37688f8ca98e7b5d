"""JSON Lines: our own export comes back the same; others load by the names of their keys."""

from __future__ import annotations

import json

import pytest

from ingest.types import Limits
from kb.domain.codec import entry_to_dict
from kb.domain.knowledge import Branch, Entry, GuardText, Source
from kb.domain.validity import Validity, parse_day
from tests.ingest.conftest import Parse

ENTRY = Entry(
    entry_id="B01-1",
    kind="话术脚本",
    question="怎么交电费",
    phrasings=("咋交", "哪里交；网上行吗"),
    branches=(Branch(answer="网上国网", when={"区域": "城区"}), Branch(answer="营业厅", when={"区域": "农村"})),
    categories=("电价电费",),
    sources=(Source(document="办法", locator="第一条"),),
    flags=("重要",),
    hints=("B01-2",),
    topics=("B01",),
    owner="营销部",
    region="江城",
    visibility="内部",
    validity=Validity(valid_from=parse_day("2025-01-01"), valid_to=parse_day("2027-01-01")),
)
GUARD = Entry(
    entry_id="G1",
    kind="guard",
    question="换表多少钱",
    guard=GuardText(utterance="九十九元", why="没问产权", instead="先问产权"),
)


def lines(*objects: object) -> str:
    """Return JSON Lines."""
    return "\n".join(json.dumps(item, ensure_ascii=False) for item in objects)


def test_our_own_export_comes_back_the_same(parse: Parse) -> None:
    parsed = parse("export.jsonl", lines(entry_to_dict(ENTRY) | {"status": "published"}, entry_to_dict(GUARD)))
    assert parsed.entries == (ENTRY, GUARD)
    assert parsed.findings == ()


def test_passages_come_back_in_their_documents(parse: Parse) -> None:
    common = {"document_id": "d-1", "document": "办法", "document_kind": "制度", "visibility": "内部"}
    first = {
        "passage_id": "d-1#a",
        "locator": "第一条",
        "text": "第一条 甲",
        "kind": "clause",
        "valid_from": None,
        **common,
    }
    second = {
        "passage_id": "d-1#b",
        "locator": "第二条",
        "text": "第二条 乙",
        "cells": {"a": "1"},
        "valid_to": "2027-01-01",
    }
    parsed = parse("export.jsonl", lines(first, second | common))
    (document,) = parsed.documents
    assert (document.document_id, document.kind, document.visibility) == ("d-1", "制度", "内部")
    assert [p.passage_id for p in document.passages] == ["d-1#a", "d-1#b"]
    assert document.passages[1].validity.valid_to == parse_day("2027-01-01")
    assert document.passages[1].cells == {"a": "1"}


def test_the_document_head_of_an_export_comes_back(parse: Parse) -> None:
    head = {"kind": "电价表", "number": "1号", "file": "x.xlsx", "region": "江城", "visibility": "内部"}
    head |= {"valid_from": "2025-01-01", "valid_to": "2026-01-01"}
    line = {
        "passage_id": "d-1#a",
        "document": "价表",
        "document_id": "d-1",
        "locator": "第 1 行",
        "text": "甲",
        "kind": "row",
    }
    parsed = parse("export.jsonl", lines(line | {f"document_{key}": value for key, value in head.items()}))
    (document,) = parsed.documents
    assert (document.kind, document.number, document.file) == ("电价表", "1号", "x.xlsx")
    assert (document.region, document.visibility) == ("江城", "内部")
    assert (document.validity.valid_from, document.validity.valid_to) == (
        parse_day("2025-01-01"),
        parse_day("2026-01-01"),
    )


@pytest.mark.parametrize(
    "item",
    [
        {"question": "怎么交", "answer": "网上", "category": "电价", "similar": ["咋交"]},
        {"标准问题": "怎么交", "标准答案": "网上", "分类": "电价电费", "相似问": "咋交；"},
        {"q": "怎么交", "answers": ["网上"], "categories": ["电价电费"], "相似问法": ["咋交"]},
        {"question": ["怎么交", "咋交"], "answer": "网上", "category": "电费"},
    ],
)
def test_foreign_objects_load_by_their_keys(parse: Parse, item: dict[str, object]) -> None:
    (entry,) = parse("faq.jsonl", lines(item)).entries
    assert (entry.question, entry.branches[0].answer) == ("怎么交", "网上")
    assert (entry.categories, entry.phrasings) == (("电价电费",), ("咋交",))


def test_a_json_array_is_read_like_lines(parse: Parse) -> None:
    parsed = parse("faq.json", json.dumps([{"question": "怎么交", "answer": "网上"}], ensure_ascii=False, indent=1))
    assert [e.question for e in parsed.entries] == ["怎么交"]


def test_short_names_of_our_sources(parse: Parse) -> None:
    item = {"id": "B1", "topic": "B01", "question": "怎么交", "branches": [{"when": {}, "answer": "网上"}]}
    (entry,) = parse("a.jsonl", lines(item | {"sources": ["《供电营业规则》（2024）第十二条"]})).entries
    assert (entry.entry_id, entry.topics) == ("B1", ("B01",))
    assert entry.sources[0].locator == "第十二条"


GOOD = {"question": "好问题", "answer": "好答案", "category": "电价电费"}
BROKEN = [
    ('{"question": "坏"', "bad_line"),
    ("[1, 2]", "bad_line"),
    ('"text"', "bad_line"),
    (lines({"question": "没有答案"}), "invalid_record"),
    (lines({"question": "坏", "answer": {"x": 1}}), "invalid_record"),
    (lines({"question": "坏", "answer": "答", "category": "乱写"}), "unknown_category"),
    (lines({"question": "坏", "answer": "答", "生效日期": "明天"}), "invalid_record"),
    (lines({"question": "坏", "answer": "答" * 9000}), "invalid_record"),
    (lines({"question": "坏", "branches": "x"}), "invalid_record"),
    (lines({"entry_id": "x", "question": "坏", "branches": [{"answer": 5}]}), "invalid_record"),
    (lines({"passage_id": "p", "text": "没有文件名"}), "invalid_record"),
    (lines({"passage_id": "p", "document": "d", "text": "x", "visibility": "公开吗"}), "invalid_record"),
    ("[" * 100_000, "bad_line"),
]


@pytest.mark.parametrize(("line", "code"), BROKEN, ids=[str(i) for i in range(len(BROKEN))])
def test_a_broken_line_gets_one_finding_and_the_others_load(parse: Parse, line: str, code: str) -> None:
    parsed = parse("a.jsonl", f"{lines(GOOD)}\n{line}\n{lines(GOOD | {'question': '好问题二'})}\n")
    (finding,) = parsed.findings
    assert (finding.code, finding.row, parsed.rejected) == (code, 2, 1)
    assert finding.hint
    assert len(parsed.entries) == 2


def test_answers_above_the_cell_limit_are_refused(parse: Parse) -> None:
    item = {"entry_id": "x", "question": "问", "branches": [{"when": {}, "answer": "网上国网交"}]}
    (finding,) = parse("a.jsonl", lines(item), limits=Limits(cell_chars=4)).findings
    assert (finding.code, finding.row) == ("invalid_record", 1)


def test_one_id_for_two_entries_is_refused(parse: Parse) -> None:
    items = [{"id": "A", "question": q, "answer": "答"} for q in ("一", "二")]
    parsed = parse("a.jsonl", lines(*items))
    assert [f.row for f in parsed.findings] == [2]
    assert [e.question for e in parsed.entries] == ["一"]


def test_lone_surrogates_do_no_harm(parse: Parse) -> None:
    (entry,) = parse("a.jsonl", '{"question": "怎么\\ud800交", "answer": "网\\udfff上"}').entries
    assert (entry.question + entry.branches[0].answer).encode() == "怎么交网上".encode()
