"""Price tables answered by cell: which row and column a question means, read out with unit, period and source.

Nothing is computed: the figure is the stored cell. What the words and facts leave open is named, never guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.domain.knowledge import FoundPassage
from kb.text.rulefiles import RuleFiles

FILE = "tables.toml"
HEAD = " › "
BASIC = "基本电价"
ENERGY = ("", "尖峰", "高峰", "平段", "低谷")
EMPTY = frozenset({"", "—", "-", "/"})
FACTOR = re.compile(r"(?<![\d.])(?:0\.\d{1,2}|1\.00?)(?![\d.])")
MAX_ROWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Labels that exclude each other: `words` by label, and by option of `fact` the label it means.

    `implied` words count where no direct one is said. `within` names the label of another group this one belongs to.
    A `weak` group alone does not make a price question.
    """

    name: str
    words: Mapping[str, Sequence[str]]
    fact: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    implied: Mapping[str, Sequence[str]] = field(default_factory=dict)
    within: str = ""
    weak: bool = False

    def asked(self, text: str, facts: Mapping[str, str]) -> str | None:
        """Return the label that the words, else the facts, name; longest word first, so that 不满1千伏 beats 1千伏."""
        for table in (self.words, self.implied):
            found = [(len(word), label) for label, words in table.items() for word in words if word in text]
            if found:
                return max(found)[1]
        return self.options.get(facts.get(self.fact, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One figure of a table: its row's labels, its column ("" when the row has one figure for all), the stored text."""

    found: FoundPassage
    row: str
    column: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a question found in the tables: the cells, and the facts that would still divide the rows."""

    cells: tuple[Cell, ...] = ()
    open_facts: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether exactly one row is meant."""
        return bool(self.cells) and len({cell.found.passage.passage_id for cell in self.cells}) == 1


class TableReader:
    """Finds cells in the tables of one release."""

    def __init__(self, groups: Sequence[Group], columns: Mapping[str, Sequence[str]], words: Mapping[str, Any]) -> None:
        self._groups = groups
        self._columns = columns
        self._asking: Sequence[str] = words["words"]
        self._strong: Sequence[str] = words["strong"]

    def asks(self, text: str) -> bool:
        """Whether a question asks for a figure of a table."""
        return any(word in text for word in self._asking)

    def _about_price(self, text: str, asked: Collection[str]) -> bool:
        firm = any(not group.weak for group in self._groups if group.name in asked)
        return self.asks(text) and (firm or any(word in text for word in self._strong))

    def tariff(self, text: str, facts: Mapping[str, str], rows: Iterable[FoundPassage]) -> Reading:
        """Return the cells of the rows that hold every label asked for; nothing when no label is.

        Args:
            text: the normalised question.
            facts: what is known.
            rows: the table rows in force on the day asked about.
        """
        asked = self._asked(text, facts)
        if not self._about_price(text, asked):
            return Reading()
        kept = [row for row in rows if all(_holds(row, label) for label in asked.values())]
        open_facts = tuple(
            group.fact
            for group in self._groups
            if group.fact and group.name not in asked and self._divides(group, kept)
        )
        if open_facts:
            return Reading(open_facts=open_facts)
        column = self._column(text)
        return Reading(cells=tuple(cell for row in kept[:MAX_ROWS] for cell in _cells(row, column)))

    def keyed(self, text: str, rows: Iterable[FoundPassage]) -> Reading:
        """Return the cell of a table whose rows and columns are named by numbers (实际功率因数 0.82, 标准 0.90)."""
        numbers = [float(number) for number in FACTOR.findall(text)]
        if not numbers or not self.asks(text):
            return Reading()
        for row in rows:
            key, *figures = row.passage.cells.items()
            for name, value in figures:
                heading = FACTOR.findall(name)
                rest = [number for number in numbers if number != float(heading[0])] if heading else []
                if heading and float(heading[0]) in numbers and _number(key[1]) in (rest or numbers):
                    return Reading(cells=(Cell(found=row, row=f"{key[0]}{key[1]}", column=name, value=value),))
        return Reading()

    def _asked(self, text: str, facts: Mapping[str, str]) -> dict[str, str]:
        """Return the label asked for by group; a group within one label says nothing where another was asked for."""
        asked: dict[str, str] = {}
        for group in self._groups:
            label = group.asked(text, facts)
            outer = next((g.name for g in self._groups if group.within in g.words), "")
            if label and (not group.within or asked.get(outer, group.within) == group.within):
                asked[group.name] = label
        return asked

    def _divides(self, group: Group, rows: Sequence[FoundPassage]) -> bool:
        return len({label for row in rows for label in group.words if _holds(row, label)}) > 1

    def _column(self, text: str) -> str:
        return next((name for name, words in self._columns.items() if any(word in text for word in words)), "")


def sentence(cells: Sequence[Cell], unit: str) -> str:
    """Return the figures as one sentence: row, columns with figures, unit, table and the day it begins."""
    first = cells[0].found
    rows: dict[str, list[str]] = {}
    for cell in cells:
        name = cell.column.split(HEAD)[-1]
        bare = re.sub(r"（元/.*?）", "", name)
        own = re.search(r"（(元/.*?)）", name)
        measure = "" if cell.value.endswith(("%", "％")) else own[1] if own else unit
        rows.setdefault(cell.row, []).append(f"{bare} {cell.value}{measure}")
    since = first.passage.validity.valid_from or first.document.validity.valid_from
    until = first.passage.validity.valid_to or first.document.validity.valid_to
    body = "；".join(f"{row}：{'，'.join(figures)}" for row, figures in rows.items())
    return f"{body}。（{first.document.title}，{_span(since, until)}）"


def _span(since: dt.date | None, until: dt.date | None) -> str:
    start = f"{since.year}年{since.month}月{since.day}日起" if since else "现行"
    if until is None:
        return start
    last = until - dt.timedelta(days=1)
    return f"{start}，至{last.year}年{last.month}月{last.day}日"


def _holds(row: FoundPassage, label: str) -> bool:
    """Whether a text cell holds the label; 10千伏 is no part of 110千伏."""
    return any(
        re.search(rf"(?<![\d]){re.escape(label)}", value) for value in row.passage.cells.values() if not _figure(value)
    )


def _cells(row: FoundPassage, column: str) -> list[Cell]:
    labels = [value for value in row.passage.cells.values() if value not in EMPTY and not _figure(value)]
    figures = {name: value for name, value in row.passage.cells.items() if _figure(value)}
    chosen = {name: value for name, value in figures.items() if column and column in name}
    if not chosen and column not in ENERGY:
        return []
    if not chosen:
        chosen = {name: value for name, value in figures.items() if BASIC not in name}
    if len(set(chosen.values())) == 1 and len(chosen) > 1:
        chosen = {next(iter(chosen)).split(HEAD)[0]: next(iter(chosen.values()))}
    return [Cell(found=row, row=" ".join(labels), column=name, value=value) for name, value in chosen.items()]


def _figure(value: str) -> bool:
    return _number(value) is not None


def _number(value: str) -> float | None:
    try:
        return float(value.rstrip("%％"))
    except ValueError:
        return None


def load_table_reader(files: RuleFiles) -> TableReader:
    """Read the words of the tables.

    Raises:
        RuleFileInvalid: the file is malformed.
    """
    data = files.toml(FILE)
    groups = [
        Group(
            name=row["name"],
            words=row["labels"],
            fact=row.get("fact", ""),
            options=row.get("options", {}),
            implied=row.get("implied", {}),
            within=row.get("within", ""),
            weak=row.get("weak", False),
        )
        for row in data["groups"]
    ]
    return TableReader(groups, data["columns"], data["asking"])
