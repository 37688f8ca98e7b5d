"""Which column of a curator's sheet is which field: guessed, shown, and set right by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.chunk.columns import field_of
from ingest.chunk.tables import View
from ingest.errors import BadMapping
from ingest.rulebook import rules

MANY = frozenset({"phrasings"})
IGNORED = "-"


# A CSV cell that begins like this is run as a formula by spreadsheet programs; an apostrophe before it keeps it a text.
FORMULA = re.compile(r"'*[=+\-@\t\r]")


def tamed(text: str) -> str:
    """Return a CSV cell that no spreadsheet program takes for a formula; `untamed` gives the text back."""
    return f"'{text}" if FORMULA.match(text) else text


def untamed(text: str) -> str:
    """Return the text a tamed cell stands for; any other cell as it is."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column and the field it was taken for (`None`: not read)."""

    sheet: str
    header: str
    field: str | None

    def to_dict(self) -> dict[str, str | None]:
        """Return plain JSON values."""
        return {"sheet": self.sheet, "header": self.header, "field": self.field, "name": name_of(self.field)}


def field_names() -> dict[str, str]:
    """Return field -> the name messages and exports use, in the order of the rule file."""
    return {field: names[0] for field, names in rules("columns")["qa"].items()}


def name_of(field: str | None) -> str | None:
    """Return a field's own column name."""
    return field_names().get(field) if field else None


def parse_mapping(pairs: Sequence[str]) -> dict[str, str]:
    """Read 「列名=字段」; the field by its code or its column name, `-` for a column not to read.

    Raises:
        BadMapping: no equals sign, or no such field.
    """
    known = {**{name: name for name in field_names()}, **{name: field for field, name in field_names().items()}}
    found = {}
    for pair in pairs:
        header, equals, field = (part.strip() for part in pair.partition("="))
        if not equals or not header or (field != IGNORED and field not in known):
            raise BadMapping(
                f"列对应读不懂：{pair}", hint=f"写成 列名=字段；字段：{'、'.join(field_names().values())}，不读写 -"
            )
        found[header] = IGNORED if field == IGNORED else known[field]
    return found


def mapped(view: View, mapping: Mapping[str, str]) -> View:
    """Return a view whose headers are those the mapping names; a second header row is joined to the first."""
    view = joined(view)
    names = {**field_names(), IGNORED: ""}
    headers = tuple(names[mapping[header]] if header in mapping else header for header in view.headers)
    return replace(view, headers=headers, profile=view.profile or ("qa" if mapping else None))


def joined(view: View) -> View:
    """Join a second header row (生效日期、失效日期 under 有效期) to the first."""
    if not view.rows:
        return view
    below = view.rows[0].cells
    filled = [cell for cell in below if cell]
    if len(filled) < 2 or not all(field_of(cell, "qa") for cell in filled):
        return view
    headers = tuple(low or high for low, high in zip(below, view.headers, strict=True))
    return replace(view, headers=headers, rows=view.rows[1:])


def columns_of(view: View, original: Sequence[str], sheet: str) -> list[Column]:
    """Return what every column of a view was taken for, under the header the file has."""
    return [
        Column(sheet=sheet, header=shown, field=field_of(header, "qa") if header else None)
        for shown, header in zip(original, view.headers, strict=True)
    ]


def ambiguous(columns: Sequence[Column]) -> list[tuple[str, list[str]]]:
    """Return `(field, headers)` of fields that several columns were taken for and that hold one value."""
    taken: dict[str, list[str]] = {}
    for column in columns:
        if column.field and column.field not in MANY:
            taken.setdefault(column.field, []).append(column.header)
    return [(field, headers) for field, headers in taken.items() if len(headers) > 1]
