"""JSON Lines as knowledge: our own export, and Q&A objects of others by the names of their keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from ingest.chunk import fields
from ingest.chunk.columns import field_of
from ingest.chunk.context import Context, Harvest
from ingest.chunk.own_labels import label_policy
from ingest.dates import optional_day
from ingest.ids import document_id, entry_id
from ingest.types import Finding, Record
from kb.domain.codec import document_from_dict, entry_from_dict
from kb.domain.errors import InvalidRecord
from kb.domain.knowledge import DOCUMENT_KINDS, Document, Entry
from kb.domain.validity import VISIBILITIES

HINT = "请改好这一行再导入；字段见 docs/reference/formats.md"
Json = dict[str, Any]
T = TypeVar("T")


def harvest_records(context: Context, records: Sequence[Record]) -> Harvest:
    """Return entries and documents of a JSON Lines file, and a finding for every line that is neither."""
    entries: dict[str, Entry] = {}
    documents: dict[str, Json] = {}
    context, notes = label_policy(context, (label for record in records for label in labels_of(record)))
    findings: list[Finding] = [*notes]
    for record in records:
        try:
            if "passage_id" in record.data:
                add_passage(context, documents, record.data)
            else:
                entry = entry_of(context, record.data)
                refuse_twice(entries, entry)
                entries[entry.entry_id] = entry
        except InvalidRecord as error:
            findings.append(context.finding("invalid_record", error.message, row=record.row, hint=error.hint or HINT))
        except fields.UnknownValue as error:
            hint = "请改成这些分类之一：" + "、".join(sorted(context.categories))
            message = f"分类不认识：{error.value[:40]}"
            findings.append(
                context.finding("unknown_category", message, row=record.row, column="categories", hint=hint)
            )
    built, problems = build_documents(context, documents)
    return Harvest(entries=tuple(entries.values()), documents=built, findings=(*findings, *problems))


def labels_of(record: Record) -> list[str]:
    """Return the category labels a line carries, whatever its key is called; none when they are not texts."""
    named = {field_of(str(key), "qa"): value for key, value in record.data.items()}
    value = named.get("categories")
    values = value if isinstance(value, list) else [value]
    return [label for label in values if isinstance(label, str) and label.strip()]


def refuse_twice(entries: Mapping[str, Entry], entry: Entry) -> None:
    """Refuse two different entries under one id.

    Raises:
        InvalidRecord: the id is taken.
    """
    if entries.get(entry.entry_id, entry) != entry:
        raise InvalidRecord(f"编号重复：{entry.entry_id}", hint="请换一个编号")


def entry_of(context: Context, data: Mapping[str, Any]) -> Entry:
    """Read an entry of our own, or a Q&A object with other names for the same things.

    Raises:
        InvalidRecord: no question or answer, a value of the wrong type, an unreadable date.
        UnknownValue: an unknown category.
    """
    own = own_shape(data) if "branches" in data or "guard" in data else foreign_shape(context, data)
    own["categories"] = [fields.one_category(name, context.categories) for name in strings(own.get("categories"))]
    own["region"] = own.get("region") or context.head.region
    if context.head.visibility == "内部":
        own["visibility"] = "内部"
    refuse_long(context, own)
    return entry_from_dict(own)


def own_shape(data: Mapping[str, Any]) -> Json:
    """Return our own shape, with the short names our sources use: id, topic, sources as text."""
    own = dict(data)
    own.setdefault("entry_id", data.get("id"))
    if not own["entry_id"]:
        raise InvalidRecord("缺少 entry_id", hint="请给这一行加上编号")
    own.setdefault("topics", [data["topic"]] if data.get("topic") else [])
    for name in ("phrasings", "flags", "hints", "topics"):
        own[name] = strings(own.get(name))
    sources = own.get("sources") or []
    own["sources"] = [source_dict(source) if isinstance(source, str) else source for source in sources]
    return own


def source_dict(text: str) -> Json:
    """Return a source written as one text."""
    source = fields.source(text)
    return {"document": source.document, "locator": source.locator}


def foreign_shape(context: Context, data: Mapping[str, Any]) -> Json:
    """Return our shape of an object whose keys are column names of Q&A sheets.

    Raises:
        InvalidRecord: no question, no answer, or a value that cannot be read.
    """
    named: dict[str, Any] = {}
    for key, value in data.items():
        name = field_of(str(key), "qa")
        if name and value not in (None, "", []):
            named.setdefault(name, value)
    question = first_text(named.get("question"))
    answer = "\n".join(strings(named.get("answer")))
    if not question or not answer:
        raise InvalidRecord("缺少问题或答案", hint="每行须有 question 和 answer（或 标准问题 和 答案）")
    others = strings(named.get("question"))[1:] + split(named.get("phrasings"), fields.phrasings)
    return {
        "entry_id": str(named.get("id") or entry_id(context.name, question)),
        "kind": checked(lambda: fields.one_of("kinds", first_text(named.get("kind")), "标问")),
        "question": question,
        "phrasings": others,
        "branches": [{"when": condition(named.get("when")), "answer": answer}],
        "categories": split(named.get("categories"), fields.several),
        "sources": [source_dict(text) for text in strings(named.get("sources"))],
        "visibility": checked(lambda: fields.one_of("visibility", first_text(named.get("visibility")), "对外")),
        "valid_from": iso_day(named.get("valid_from")),
        "valid_to": iso_day(named.get("valid_to")),
        "flags": split(named.get("flags"), fields.several),
        "hints": split(named.get("hints"), fields.several),
        "topics": split(named.get("topics"), fields.several),
    }


def condition(value: object) -> Json:
    """Return a branch's condition from an object or a text."""
    return dict(value) if isinstance(value, dict) else checked(lambda: fields.conditions(first_text(value)))


def checked(reader: Callable[[], T]) -> T:
    """Run a reader, an unknown value turned into a refusal of the line.

    Raises:
        InvalidRecord: the value is unknown.
    """
    try:
        return reader()
    except fields.UnknownValue as error:
        raise InvalidRecord(f"值不认识：{error.value[:40]}", hint=HINT) from None


def strings(value: object) -> list[str]:
    """Return a value as a list of texts.

    Raises:
        InvalidRecord: neither text, number nor a list of them.
    """
    if value is None:
        return []
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str | int | float) for item in items):
        raise InvalidRecord("字段应是文字或文字列表", hint=HINT)
    return [str(item).strip() for item in items if str(item).strip()]


def first_text(value: object) -> str:
    """Return the first text of a value, or an empty one."""
    return next(iter(strings(value)), "")


def split(value: object, splitter: Callable[[str], tuple[str, ...]]) -> list[str]:
    """Return a list as it is, a text split."""
    return strings(value) if isinstance(value, list) else list(splitter(first_text(value)))


def iso_day(value: object) -> str | None:
    """Return a day as ISO text.

    Raises:
        InvalidRecord: no date.
    """
    try:
        day = optional_day(first_text(value))
    except ValueError:
        raise InvalidRecord(f"日期读不懂：{value}", hint="请写成 2025-01-31 的样子") from None
    return day.isoformat() if day else None


def refuse_long(context: Context, own: Json) -> None:
    """Refuse an answer longer than a cell may be.

    Raises:
        InvalidRecord: it is.
    """
    for branch in own.get("branches") or []:
        text = branch.get("answer", "") if isinstance(branch, dict) else ""
        if isinstance(text, str) and len(text) > context.limits.cell_chars:
            raise InvalidRecord(
                f"答案过长：{len(text)} 字，上限 {context.limits.cell_chars} 字", hint="请把长文放进文档"
            )


def add_passage(context: Context, documents: dict[str, Json], data: Mapping[str, Any]) -> None:
    """Put a passage into its document, begun when it is the first.

    Raises:
        InvalidRecord: no document or no text.
    """
    title = first_text(data.get("document"))
    if not title or not first_text(data.get("text")):
        raise InvalidRecord("段落缺少 document 或 text", hint=HINT)
    identity = first_text(data.get("document_id")) or document_id(context.name, title)
    visibility = about(data, "visibility") or context.head.visibility
    kind = first_text(data.get("document_kind")) or "资料"
    if visibility not in VISIBILITIES or kind not in DOCUMENT_KINDS:
        raise InvalidRecord(f"可见范围或文件类型不认识：{visibility}、{kind}", hint=HINT)
    document = documents.setdefault(
        identity,
        {
            "document_id": identity,
            "title": title,
            "kind": kind,
            "number": about(data, "number"),
            "file": about(data, "file") or context.name,
            "region": about(data, "region") or context.head.region,
            "visibility": "内部" if context.head.visibility == "内部" else visibility,
            "valid_from": iso_day(data.get("document_valid_from")),
            "valid_to": iso_day(data.get("document_valid_to")),
            "passages": [],
        },
    )
    dates = {"valid_from": iso_day(data.get("valid_from")), "valid_to": iso_day(data.get("valid_to"))}
    document["passages"].append({**data, **dates, "locator": first_text(data.get("locator"))})


def about(data: Mapping[str, Any], name: str) -> str:
    """Return what a passage line says about its document, under `document_<name>` or, from others, `<name>`."""
    return first_text(data.get(f"document_{name}")) or first_text(data.get(name))


def build_documents(context: Context, documents: Mapping[str, Json]) -> tuple[tuple[Document, ...], list[Finding]]:
    """Return the documents, and findings about those that do not hold together."""
    built: list[Document] = []
    findings: list[Finding] = []
    for data in documents.values():
        try:
            built.append(document_from_dict(data))
        except InvalidRecord as error:
            findings.append(
                context.finding("invalid_record", f"{data['title']}：{error.message}", hint=error.hint or HINT)
            )
    return tuple(built), findings
