"""What the utility knows: entries with branches, documents with passages. Plain values; nothing here touches a disk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from kb.domain.checks import check_choice, check_storable
from kb.domain.errors import InvalidRecord
from kb.domain.validity import VISIBILITIES, Validity, Visibility

Kind = Literal["标问", "话术脚本", "特殊客户技巧", "紧急程序", "guard"]
KINDS: tuple[str, ...] = get_args(Kind)
DocumentKind = Literal["制度", "电价表", "收费表", "停电公告", "资料"]
DOCUMENT_KINDS: tuple[str, ...] = get_args(DocumentKind)
PassageKind = Literal["clause", "row", "section", "notice"]
PASSAGE_KINDS: tuple[str, ...] = get_args(PassageKind)

MAX_QUESTION = 200
MAX_ANSWER = 8_000
MAX_PHRASING = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One answer and the facts it holds for; an empty `when` always holds."""

    answer: str
    when: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an answer comes from: a document's title and the place in it."""

    document: str
    locator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardText:
    """A wrong thing agents have said, why it is wrong, and what to say instead. Matched, never answered.

    `analysis` is all else that was said about the case, kept to be checked against other cases; it is shown to nobody
    on a call.
    """

    utterance: str
    why: str
    instead: str
    analysis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A typical Q&A (典型问答).

    Raises:
        InvalidRecord: empty question, no answer on a non-guard, an answer on a guard, an unknown kind or visibility,
            an over-long text, or a text that is not valid Unicode.
    """

    entry_id: str
    kind: Kind
    question: str
    phrasings: tuple[str, ...] = ()
    branches: tuple[Branch, ...] = ()
    categories: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    flags: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    owner: str = ""
    region: str | None = None
    visibility: Visibility = "对外"
    validity: Validity = field(default_factory=Validity)
    guard: GuardText | None = None

    def __post_init__(self) -> None:
        check_entry(self)

    @property
    def facts(self) -> tuple[str, ...]:
        """Names of the facts the branches depend on, in order of first use."""
        return tuple(dict.fromkeys(name for branch in self.branches for name in branch.when))


def check_entry(entry: Entry) -> None:
    """Refuse an entry that could not be shown or found.

    Raises:
        InvalidRecord: see `Entry`.
    """
    check_storable(entry)
    if not entry.entry_id or not entry.question.strip():
        raise InvalidRecord("标准问题为空", hint="请填写标准问题")
    check_choice("类型", entry.kind, KINDS)
    check_choice("可见范围", entry.visibility, VISIBILITIES)
    if (entry.kind == "guard") != (entry.guard is not None):
        raise InvalidRecord("guard 条目须且仅须带有错误说法")
    if entry.guard is not None and entry.branches:
        raise InvalidRecord("guard 条目不能带答案")
    if entry.guard is None and not any(b.answer.strip() for b in entry.branches):
        raise InvalidRecord("答案为空", hint="请填写答案")
    check_lengths(entry)


def check_lengths(entry: Entry) -> None:
    """Refuse texts no agent could read and no index should hold.

    Raises:
        InvalidRecord: a question, phrasing or answer above its limit.
    """
    if len(entry.question) > MAX_QUESTION:
        raise InvalidRecord(f"标准问题过长（{len(entry.question)} 字，上限 {MAX_QUESTION}）")
    for phrasing in entry.phrasings:
        if len(phrasing) > MAX_PHRASING:
            raise InvalidRecord(f"相似问过长（{len(phrasing)} 字，上限 {MAX_PHRASING}）：{phrasing[:20]}…")
    for branch in entry.branches:
        if len(branch.answer) > MAX_ANSWER:
            raise InvalidRecord(f"答案过长（{len(branch.answer)} 字，上限 {MAX_ANSWER}）")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One clause, table row, section or notice of a document.

    `locator` says where it stands (「第三章 › 第十二条」「现行 › 第 7 行」); `heading` is what it is about, used as its
    question side; `cells` keeps a row's values by full header path, and a notice's fields by name.

    Raises:
        InvalidRecord: no text, an unknown kind, or a text that is not valid Unicode.
    """

    passage_id: str
    kind: PassageKind
    locator: str
    text: str
    heading: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    validity: Validity = field(default_factory=Validity)

    def __post_init__(self) -> None:
        check_storable(self)
        if not self.text.strip():
            raise InvalidRecord(f"段落为空：{self.locator}")
        check_choice("段落类型", self.kind, PASSAGE_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A policy, tariff, fee list or notice, with its passages in reading order.

    Raises:
        InvalidRecord: no title, an unknown kind or visibility, or a text that is not valid Unicode.
    """

    document_id: str
    title: str
    kind: DocumentKind
    passages: tuple[Passage, ...] = ()
    number: str = ""
    file: str = ""
    region: str | None = None
    visibility: Visibility = "对外"
    validity: Validity = field(default_factory=Validity)

    def __post_init__(self) -> None:
        check_storable(self)
        if not self.title.strip():
            raise InvalidRecord("文件标题为空")
        check_choice("文件类型", self.kind, DOCUMENT_KINDS)
        check_choice("可见范围", self.visibility, VISIBILITIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage:
    """A passage with the head of the document it stands in."""

    passage: Passage
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """An immutable, numbered state of everything that can be answered. Number 0 is the empty base."""

    number: int
    created_at: dt.datetime | None = None
    note: str = ""
    entries: int = 0
    passages: int = 0
