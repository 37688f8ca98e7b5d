"""`zhida.toml` beside the files: it overrides what they say, and a mistake in it publishes nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.ingest.conftest import Parse

SIDECAR = """[files."a.txt"]
visibility = "内部"
valid_from = 2025-01-01
valid_to = 2026-01-01
region = "江城"
kind = "制度"
title = "正式名称"
"""


def test_a_sidecar_overrides_what_the_file_says(parse: Parse) -> None:
    parse("zhida.toml", SIDECAR)
    before = parse("b.txt", "名称\n\n客户可以申请延期交费，手续在营业厅办理。\n")
    after = parse("a.txt", "名称\n\n客户可以申请延期交费，手续在营业厅办理。\n")
    (document,) = after.documents
    assert (document.title, document.kind, document.visibility) == ("正式名称", "制度", "内部")
    assert (document.region, document.validity.valid_to) == ("江城", dt.date(2026, 1, 1))
    assert before.documents[0].visibility == "对外"
    assert before.digest != after.digest, "a changed sidecar must be noticed"


def test_a_sidecar_wins_over_the_title_rows_of_a_sheet(parse: Parse) -> None:
    parse("zhida.toml", '[files."价.csv"]\ntitle = "正式名称"\nvalid_to = 2025-01-01\n')
    (document,) = parse("价.csv", "表内标题,\n执行时间：2024年1月1日至2029年12月31日,\n项目,金额\n费,1\n").documents
    assert document.title == "正式名称"
    assert (document.validity.valid_from, document.validity.valid_to) == (dt.date(2024, 1, 1), dt.date(2025, 1, 1))


def test_an_internal_file_makes_all_its_knowledge_internal(parse: Parse) -> None:
    names = ("问.csv", "问.jsonl", "段.jsonl")
    parse("zhida.toml", "".join(f'[files."{name}"]\nvisibility = "内部"\n' for name in names))
    sheet = parse("问.csv", "问题,答案,可见范围\n甲,答,对外\n")
    lines = parse("问.jsonl", '{"question": "甲", "answer": "答", "visibility": "对外"}')
    passages = parse(
        "段.jsonl", '{"passage_id": "p", "document": "办法", "text": "文", "visibility": "对外", "locator": "一"}'
    )
    assert [entry.visibility for entry in (*sheet.entries, *lines.entries)] == ["内部", "内部"]
    assert passages.documents[0].visibility == "内部"


def test_rows_never_outlive_their_file(parse: Parse) -> None:
    parse("zhida.toml", '[files."问.csv"]\nvalid_to = 2025-01-01\n')
    rows = "问题,答案,生效日期,失效日期\n甲,答,2024-01-01,2030-01-01\n乙,答,2026-01-01,\n"
    first, second = parse("问.csv", rows).entries
    assert first.validity.valid_to == second.validity.valid_to == dt.date(2025, 1, 1)


def test_tables_inside_a_document_may_have_their_own_validity(parse: Parse) -> None:
    table = "| 项目 | 金额 |\n|---|---|\n| 费 | 1 |\n"
    text = f"# 价目\n\n客户须知\n\n执行时间：2024年1月1日至2024年12月31日\n\n{table}"
    (document,) = parse("a.md", "# 价目\n\n收费以公布的标准为准，请客户在办理之前核对。\n\n" * 4 + text).documents
    row = next(p for p in document.passages if p.kind == "row")
    assert row.validity.valid_to == dt.date(2025, 1, 1)


@pytest.mark.parametrize(
    "sidecar",
    [
        '[files."a.txt"]\nvisibility = "内 部"\n',
        "[files",
        '[files."a.txt"]\nvisibilty = "内部"\n',
        'files = {"a.txt" = 1}',
    ],
)
def test_a_wrong_sidecar_stops_the_file_rather_than_publish_it(parse: Parse, sidecar: str) -> None:
    parse("zhida.toml", sidecar)
    parsed = parse("a.txt", "名称\n\n客户可以申请延期交费。\n")
    assert [f.code for f in parsed.findings] == ["sidecar"]
    assert (parsed.documents, parsed.rejected) == ((), 1)
