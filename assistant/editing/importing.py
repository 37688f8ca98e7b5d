"""A curator's file against what is stored, within the curator's own reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from assistant.accounts.types import Account
from assistant.editing.scope import may_edit
from assistant.editing.workshop import Workshop
from ingest.errors import BadMapping
from ingest.exchange.columns import IGNORED, field_names
from ingest.exchange.planning import ImportPlan, Line, Rules, plan_import
from ingest.exchange.reading import read_sheets
from ingest.types import Finding

Json = dict[str, Any]
MOST_SHOWN = 2_000
REFUSED = "编号已被占用，或内容不归您维护；这一条没有导入"


def plan_file(
    workshop: Workshop,
    account: Account,
    path: Path,
    mapping: Mapping[str, str],
    *,
    mask: Callable[[str], str],
    today: dt.date,
) -> ImportPlan:
    """Return what an import of a file would do; what is out of the account's reach is refused line by line.

    Raises:
        FileRefused: the file cannot be read, or is no table.
        BadMapping: the mapping names no field.
    """
    sheets = read_sheets(path, categories=workshop.categories, today=today, mapping=checked_mapping(mapping))
    plan = plan_import(sheets, workshop.desk.known(), Rules(normalise=workshop.normalise, mask=mask, today=today))
    strange = [line for line in plan.lines if line.entry is not None and not _own(workshop, account, line)]
    if not strange:
        return plan
    names = {id(line) for line in strange}
    lines = tuple(replace(one, step="refused", entry=None) if id(one) in names else one for one in plan.lines)
    findings = tuple(_finding(sheets.name, line) for line in strange)
    return replace(plan, lines=lines, findings=(*plan.findings, *findings))


def checked_mapping(mapping: Mapping[str, str]) -> dict[str, str]:
    """Return header -> field, or `-` for a column that is not read.

    Raises:
        BadMapping: no such field.
    """
    known = field_names()
    wrong = [header for header, field in mapping.items() if field != IGNORED and field not in known]
    if wrong:
        raise BadMapping("列对应里有不认识的字段", hint=f"可用：{'、'.join(known.values())}，不读写 -")
    return dict(mapping)


def plan_to_dict(plan: ImportPlan) -> Json:
    """Return a plan as JSON: columns, counts, and row by row what happens, what needs a look first."""
    order = {"refused": 0, "changed": 1, "created": 2, "unchanged": 3}
    lines = sorted(plan.lines, key=lambda line: order[line.step])
    return {
        "columns": [column.to_dict() for column in plan.sheets.columns],
        "fields": field_names(),
        **plan.counts(),
        "rejected": plan.rejected,
        "lines": [line.to_dict() for line in lines[:MOST_SHOWN]],
        "more_lines": max(0, len(lines) - MOST_SHOWN),
        "findings": [asdict(finding) for finding in plan.findings[:MOST_SHOWN]],
        "more_findings": max(0, len(plan.findings) - MOST_SHOWN),
    }


def _own(workshop: Workshop, account: Account, line: Line) -> bool:
    if line.entry is None or not may_edit(account, line.entry):
        return False
    if not line.expected:
        return True
    row = workshop.listing.one(account, line.entry_id)
    return row is not None and row.edits


def _finding(name: str, line: Line) -> Finding:
    hint = "请核对编号、维护部门和地区"
    return Finding(
        code="not_yours", message=REFUSED, file=name, sheet=line.sheet or None, row=line.row or None, hint=hint
    )
