"""What an import of entries would do, row by row, against what is stored. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ingest.exchange.reading import VALIDITY, Incoming, Sheets
from ingest.types import Finding
from kb.domain.errors import InvalidRecord
from kb.domain.knowledge import Entry

Step = Literal["created", "changed", "unchanged", "refused"]
STEPS: tuple[Step, ...] = ("created", "changed", "unchanged", "refused")
FIELDS: Mapping[str, str] = {
    "question": "question", "phrasings": "phrasings", "answer": "branches", "when": "branches", "kind": "kind",
    "categories": "categories", "sources": "sources", "visibility": "visibility", "flags": "flags", "hints": "hints",
    "topics": "topics", "owner": "owner", "region": "region",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An entry as stored: its newest version, or its last content where that is a withdrawal."""

    entry: Entry | None
    version: int
    archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry of the file and what happens to it. `expected` is the version the store must still hold."""

    step: Step
    entry_id: str
    question: str
    sheet: str
    row: int
    expected: int = 0
    entry: Entry | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "step": self.step, "entry_id": self.entry_id, "question": self.question, "sheet": self.sheet,
            "row": self.row,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """Everything an import would do, with all findings."""

    sheets: Sheets
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def rejected(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity == "error" for finding in self.findings)

    def counts(self) -> dict[str, int]:
        """Return how many entries fall to each step."""
        counter = Counter(line.step for line in self.lines)
        return {step: counter.get(step, 0) for step in STEPS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What rows are checked with: how a phrasing is normalised, how personal data is masked, what day it is.

    `renamed` leads from a category's earlier name to the one it has now. `published` returns the ids of the entries in
    `indexed` that may hold a normalised phrasing; of all other stored entries every phrasing is normalised, which takes
    a minute where there are 50,000.
    """

    normalise: Callable[[str], str]
    mask: Callable[[str], str]
    today: dt.date
    renamed: Mapping[str, str] = field(default_factory=dict)
    published: Callable[[str], Sequence[str]] = lambda _text: ()
    indexed: Mapping[str, Entry] = field(default_factory=dict)


class Refused(Exception):
    """A row that cannot be imported, with its finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def plan_import(sheets: Sheets, known: Mapping[str, Known], rules: Rules) -> ImportPlan:
    """Compare a file with what is stored; a bad row is refused and leaves the others alone."""
    return _Planner(sheets, known, rules).plan()


class _Planner:
    def __init__(self, sheets: Sheets, known: Mapping[str, Known], rules: Rules) -> None:
        self._sheets, self._known, self._rules = sheets, known, rules
        self._findings: list[Finding] = list(sheets.findings)
        self._named = {one.entry.entry_id for one in sheets.entries}
        self._owners: dict[str, str] = {}
        for item, stored in known.items():
            if stored.entry is not None and self._owns(item) and rules.indexed.get(item) != stored.entry:
                for text in (stored.entry.question, *stored.entry.phrasings):
                    self._owners.setdefault(rules.normalise(text), item)

    def plan(self) -> ImportPlan:
        lines = [self._line(one) for one in (*self._sheets.entries, *self._additions())]
        return ImportPlan(sheets=self._sheets, lines=tuple(lines), findings=tuple(self._findings))

    def _additions(self) -> Iterator[Incoming]:
        """Yield the entries that a list of phrasings extends, each once with all its new phrasings."""
        rows: dict[str, list[Any]] = {}
        for more in self._sheets.phrasings:
            rows.setdefault(more.entry_id, []).append(more)
        for item, parts in rows.items():
            stored = self._known.get(item)
            if stored is None or stored.entry is None:
                for part in parts:
                    self._say(part, "unknown_entry", f"没有编号 {item}；这一行没有导入", "请核对编号")
                continue
            texts = tuple(
                dict.fromkeys([*stored.entry.phrasings, *(text for part in parts for text in part.phrasings)])
            )
            yield Incoming(entry=replace(stored.entry, phrasings=texts), sheet=parts[0].sheet, row=parts[0].row)

    def _line(self, one: Incoming) -> Line:
        stored = self._known.get(one.entry.entry_id)
        try:
            entry = self._checked(one, stored)
        except Refused as refused:
            self._findings.append(refused.finding)
            return self._made("refused", one, 0, None)
        except InvalidRecord as error:
            self._say(one, "invalid_record", f"{error.message}；这一条没有导入", error.hint)
            return self._made("refused", one, 0, None)
        if stored is not None and stored.entry == entry:
            return self._made("unchanged", one, stored.version, None)
        return self._made("changed" if stored else "created", one, stored.version if stored else 0, entry)

    def _checked(self, one: Incoming, stored: Known | None) -> Entry:
        if stored is not None and stored.archived:
            raise Refused(self._finding(one, "archived", f"{one.entry.entry_id} 已归档，没有导入", "请先恢复这一条"))
        entry = merged(one, stored.entry) if stored is not None and stored.entry is not None else one.entry
        entry = self._by_new_names(one, entry)
        if any(self._rules.mask(text) != text for text in texts_of(entry)):
            hint = "请去掉户号、电话、证件号、门牌号，写成通用的说法"
            raise Refused(self._finding(one, "personal_data", "内容里像有个人信息；这一条没有导入", hint))
        if entry.kind != "guard":
            entry = self._own_phrasings(one, entry)
        if entry.validity.valid_to is not None and entry.validity.valid_to <= self._rules.today:
            message = f"失效日期 {entry.validity.valid_to} 已过，导入后也不会答出"
            self._findings.append(self._finding(one, "past_date", message, "请核对失效日期", severity="warning"))
        return entry

    def _by_new_names(self, one: Incoming, entry: Entry) -> Entry:
        """Put the names categories have now for those they had when the file was written, and say so."""
        old = [name for name in entry.categories if name in self._rules.renamed]
        if not old:
            return entry
        moved = "、".join(f"「{name}」现在叫「{self._rules.renamed[name]}」" for name in old)
        message = f"分类{moved}，已按现在的名称导入"
        self._findings.append(self._finding(one, "renamed_category", message, "请改表里的分类", severity="warning"))
        labels = dict.fromkeys(self._rules.renamed.get(name, name) for name in entry.categories)
        return replace(entry, categories=tuple(labels))

    def _own_phrasings(self, one: Incoming, entry: Entry) -> Entry:
        """Claim the entry's question and phrasings; a phrasing of another entry is left out and reported."""
        owner = self._owner(entry.question, entry.entry_id)
        if owner != entry.entry_id:
            raise Refused(
                self._finding(
                    one, "duplicate_question", f"问题已属于 {owner}；这一条没有导入", f"请改 {owner}，或换一个问法"
                )
            )
        kept = []
        for text in entry.phrasings:
            owner = self._owner(text, entry.entry_id)
            if owner == entry.entry_id:
                kept.append(text)
            else:
                message = f"相似问「{text[:40]}」已属于 {owner}，这一句没有导入"
                self._say(one, "conflicting_phrasing", message, "一句话只能属于一个条目，请删去一处")
        return replace(entry, phrasings=tuple(kept))

    def _owner(self, text: str, entry_id: str) -> str:
        """Return whose a phrasing is: the entry's that held it before, or else this one's from now on."""
        key = self._rules.normalise(text)
        if key not in self._owners:
            self._owners[key] = next((item for item in self._rules.published(key) if self._holds(item, key)), entry_id)
        return self._owners[key]

    def _holds(self, item: str, key: str) -> bool:
        """Whether a stored entry, unchanged since it was indexed, really holds a normalised phrasing."""
        entry = self._rules.indexed.get(item)
        stored = self._known.get(item)
        if entry is None or stored is None or stored.entry != entry or not self._owns(item):
            return False
        return any(self._rules.normalise(text) == key for text in (entry.question, *entry.phrasings))

    def _owns(self, item: str) -> bool:
        """Whether a stored entry's phrasings are its own: not those of the file, of guards, of the archive."""
        stored = self._known[item]
        guard = stored.entry is not None and stored.entry.kind == "guard"
        return item not in self._named and not stored.archived and not guard

    def _say(self, one: Any, code: str, message: str, hint: str) -> None:  # noqa: ANN401 - has a sheet and a row
        self._findings.append(self._finding(one, code, message, hint))

    def _finding(self, one: Any, code: str, message: str, hint: str, **more: Any) -> Finding:  # noqa: ANN401 - see above
        return Finding(
            code=code, message=message, file=self._sheets.name, sheet=one.sheet or None, row=one.row or None,
            hint=hint, **more,
        )  # fmt: skip

    def _made(self, step: Step, one: Incoming, expected: int, entry: Entry | None) -> Line:
        return Line(
            step=step, entry_id=one.entry.entry_id, question=one.entry.question, sheet=one.sheet, row=one.row,
            expected=expected, entry=entry,
        )  # fmt: skip


def merged(one: Incoming, stored: Entry) -> Entry:
    """Return the file's entry with the stored value of every field the file has no column for.

    Raises:
        InvalidRecord: the two do not fit together.
    """
    if not one.present:
        return one.entry
    ours: Collection[str] = {FIELDS[name] for name in one.present if name in FIELDS}
    keep = {name: getattr(stored, name) for name in set(FIELDS.values()) - set(ours)}
    if not one.present & VALIDITY:
        keep["validity"] = stored.validity
    return replace(one.entry, **keep)


def texts_of(entry: Entry) -> Iterator[str]:
    """Yield every text of an entry a caller or an agent would see."""
    yield entry.question
    yield from entry.phrasings
    for branch in entry.branches:
        yield branch.answer
