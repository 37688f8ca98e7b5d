"""Questions from what evaluators have: a table of any usual kind, or a gold file, checked as strictly as gold."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.errors import GoldInvalid
from eval.gold import GoldSet, load_gold, parse_gold
from eval.labels import Labels
from eval.sets.tables import TABLES, read_table, rules

SEPARATORS = re.compile(r"[、，,；;\n|]+")
PAIRS = re.compile(r"\s*[=：:]\s*")
LISTS = ("categories", "topics", "entries", "must_ask")
ONE_LINE = (".jsonl", ".json", ".ndjson")


def import_gold(path: Path, labels: Labels | None = None, *, source: str = "") -> GoldSet:
    """Read a table (.xlsx .xls .ods .csv .tsv) or a gold file (.jsonl) into a checked set.

    In tables, lists are separated by 、，；, yes is 是 or 要, facts are written 名称=取值; a missing id is made of the
    file name and the row. A row without a source gets `source`, or 导入.

    Raises:
        GoldMissing: no such file, or it cannot be read.
        GoldEmpty: no question in it.
        GoldInvalid: a kind of file nobody can read, a needed column missing, or wrong rows; all of them are named.
    """
    suffix = path.suffix.lower()
    if suffix in ONE_LINE:
        return load_gold(path, labels)
    if suffix not in TABLES:
        raise GoldInvalid(f"不认识的题集文件：{path.name}", hint=f"可用 {' '.join((*TABLES, *ONE_LINE))}")
    rows = []
    for number, cells in read_table(path):
        data = _row(cells) | ({} if cells.get("source") else {"source": source or "导入"})
        data.setdefault("id", f"{path.stem}-{number}")
        rows.append((number, json.dumps(data, ensure_ascii=False)))
    return parse_gold(path, rows, labels)


def _row(cells: Mapping[str, str]) -> dict[str, Any]:
    """Turn cells into the values of a gold line; what cannot be read is left as written, for the row check to name."""
    values = rules()["values"]
    row: dict[str, Any] = {name: cell for name, cell in cells.items() if cell}
    for name in LISTS:
        if name in cells:
            row[name] = [part.strip() for part in SEPARATORS.split(_unless_none(cells[name])) if part.strip()]
    if "needs_work_order" in cells:
        said = cells["needs_work_order"].lower()
        row["needs_work_order"] = True if said in values["yes"] else False if said in values["no"] else said
    if "facts" in row:
        row["facts"] = _facts(_unless_none(cells["facts"]))
    for name in ("as_of", "rule"):
        if name in row and not _unless_none(cells[name]):
            del row[name]
    return row


def _facts(text: str) -> object:
    pairs = [PAIRS.split(part.strip(), maxsplit=1) for part in SEPARATORS.split(text) if part.strip()]
    return {pair[0]: pair[1] for pair in pairs} if all(len(pair) == 2 for pair in pairs) else text


def _unless_none(text: str) -> str:
    return "" if text in rules()["values"]["none"] else text
