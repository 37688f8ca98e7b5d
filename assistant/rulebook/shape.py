"""The shape of a rule file, read off the bundled one, and where another file departs from it.

Names of letters and underscores are the file's own fields: an unknown one is a slip, a missing one an omission. Any
other name (用户类别, '(\\d+)字') is data: there may be more or fewer, each shaped like those that are there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

FIELD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
ALWAYS = frozenset({"source", "valid_from", "valid_to"})
KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true 或 false"), (int, "数字"), (float, "数字"), (str, "文字"), (dt.date, "日期"), (list, "列表"),
    (dict, "表"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What stands at one place of the samples.

    `kinds` are names of value kinds; `data` is the common shape of what has a data name, `items` that of a list's.
    """

    kinds: frozenset[str]
    fields: Mapping[str, Shape] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    data: Shape | None = None
    items: Shape | None = None


def shape_of(samples: Sequence[object]) -> Shape:
    """Return the common shape of samples; a field that every table sample has is required."""
    tables = [sample for sample in samples if isinstance(sample, dict)]
    lists = [sample for sample in samples if isinstance(sample, list)]
    names = dict.fromkeys(name for table in tables for name in table if FIELD.fullmatch(name))
    data = [value for table in tables for name, value in table.items() if not FIELD.fullmatch(name)]
    items = [item for sample in lists for item in sample]
    return Shape(
        kinds=frozenset(map(kind_of, samples)),
        fields={name: shape_of([table[name] for table in tables if name in table]) for name in names},
        required=frozenset(name for name in names if all(name in table for table in tables)),
        data=shape_of(data) if data else None,
        items=shape_of(items) if items else None,
    )


def kind_of(value: object) -> str:
    """Return the Chinese name of a value's kind."""
    return next((name for kind, name in KINDS if isinstance(value, kind)), "时间")


def misfits(shape: Shape, value: object, place: str = "") -> Iterator[str]:
    """Yield, in Chinese, every departure of a value from a shape."""
    if kind_of(value) not in shape.kinds:
        yield f"{place} 应是{'或'.join(sorted(shape.kinds))}，写成了{kind_of(value)}"
    elif isinstance(value, dict):
        yield from _in_table(shape, value, place)
    elif isinstance(value, list) and shape.items is not None:
        for number, item in enumerate(value, start=1):
            yield from misfits(shape.items, item, f"{place} 第 {number} 项")


def _in_table(shape: Shape, table: Mapping[str, object], place: str) -> Iterator[str]:
    where = f"{place} 里" if place else "文件里"
    for name in sorted(shape.required - set(table) - ALWAYS):
        yield f"{where}缺少 {name}"
    for name, value in table.items():
        inner = f"{place}.{name}" if place else name
        if name in shape.fields:
            yield from misfits(shape.fields[name], value, inner)
        elif not FIELD.fullmatch(name):
            if shape.data is not None:
                yield from misfits(shape.data, value, inner)
        elif name not in ALWAYS:
            yield f"{where}不认识 {name}（可用：{'、'.join(shape.fields) or '无'}）"
