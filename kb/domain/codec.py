"""Entries and documents as JSON: what the store keeps, `kb export` prints and `ingest` reads back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from kb.domain.errors import InvalidRecord
from kb.domain.json_values import BROKEN, id_of, list_of, optional_text, text_of, texts_of
from kb.domain.knowledge import Branch, Document, Entry, GuardText, Passage, Source
from kb.domain.validity import Validity, parse_day

Json = dict[str, Any]


def digest(payload: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of a canonical JSON rendering."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def validity_to_dict(validity: Validity) -> Json:
    """Return `{"valid_from", "valid_to"}` as ISO days or `None`."""
    return {
        "valid_from": validity.valid_from.isoformat() if validity.valid_from else None,
        "valid_to": validity.valid_to.isoformat() if validity.valid_to else None,
    }


def validity_from_dict(data: Mapping[str, Any]) -> Validity:
    """Read `valid_from` and `valid_to`; missing or empty means open.

    Raises:
        InvalidRecord: a date that is not ISO, or an empty interval.
    """
    return Validity(
        valid_from=parse_day(data.get("valid_from") or ""),
        valid_to=parse_day(data.get("valid_to") or ""),
    )


def entry_to_dict(entry: Entry) -> Json:
    """Return the export shape of an entry; guards carry an extra `guard` object."""
    data: Json = {
        "entry_id": entry.entry_id,
        "kind": entry.kind,
        "question": entry.question,
        "phrasings": list(entry.phrasings),
        "branches": [{"when": dict(b.when), "answer": b.answer} for b in entry.branches],
        "categories": list(entry.categories),
        "facts": list(entry.facts),
        "sources": [{"document": s.document, "locator": s.locator} for s in entry.sources],
        "visibility": entry.visibility,
        **validity_to_dict(entry.validity),
        "flags": list(entry.flags),
        "hints": list(entry.hints),
        "topics": list(entry.topics),
        "owner": entry.owner,
        "region": entry.region,
    }
    if entry.guard is not None:
        data["guard"] = {
            "utterance": entry.guard.utterance,
            "why": entry.guard.why,
            "instead": entry.guard.instead,
        }
        if entry.guard.analysis:
            data["guard"]["analysis"] = entry.guard.analysis
    return data


def entry_from_dict(data: Mapping[str, Any]) -> Entry:
    """Read an entry from its export shape; unknown keys (`facts`, `status`) are derived elsewhere and ignored.

    Raises:
        InvalidRecord: a required key is missing or a value cannot be stored.
    """
    try:
        guard = data.get("guard")
        return Entry(
            entry_id=id_of(data, "entry_id"),
            kind=data.get("kind", "标问"),
            question=text_of(data, "question"),
            phrasings=texts_of(data, "phrasings"),
            branches=tuple(
                Branch(when=dict(b.get("when") or {}), answer=text_of(b, "answer")) for b in list_of(data, "branches")
            ),
            categories=texts_of(data, "categories"),
            sources=tuple(
                Source(document=text_of(s, "document"), locator=optional_text(s, "locator"))
                for s in list_of(data, "sources")
            ),
            flags=texts_of(data, "flags"),
            hints=texts_of(data, "hints"),
            topics=texts_of(data, "topics"),
            owner=optional_text(data, "owner"),
            region=optional_text(data, "region") or None,
            visibility=data.get("visibility", "对外"),
            validity=validity_from_dict(data),
            guard=GuardText(**{name: text_of(guard, name) for name in guard}) if guard else None,
        )
    except BROKEN as error:
        raise InvalidRecord(f"条目缺少字段或类型不对：{error}", hint="字段见 docs/reference/formats.md") from None


def passage_to_dict(passage: Passage) -> Json:
    """Return a passage without its document."""
    return {
        "passage_id": passage.passage_id,
        "kind": passage.kind,
        "locator": passage.locator,
        "heading": passage.heading,
        "text": passage.text,
        "cells": dict(passage.cells),
        **validity_to_dict(passage.validity),
    }


def passage_from_dict(data: Mapping[str, Any]) -> Passage:
    """Read a passage.

    Raises:
        InvalidRecord: a required key is missing or a value cannot be stored.
    """
    try:
        return Passage(
            passage_id=id_of(data, "passage_id"),
            kind=data.get("kind", "section"),
            locator=text_of(data, "locator"),
            heading=optional_text(data, "heading"),
            text=text_of(data, "text"),
            cells=dict(data.get("cells") or {}),
            validity=validity_from_dict(data),
        )
    except BROKEN as error:
        raise InvalidRecord(f"段落缺少字段或类型不对：{error}", hint="字段见 docs/reference/formats.md") from None


def document_head(document: Document) -> Json:
    """Return a document without its passages."""
    return {
        "document_id": document.document_id,
        "title": document.title,
        "kind": document.kind,
        "number": document.number,
        "file": document.file,
        "region": document.region,
        "visibility": document.visibility,
        **validity_to_dict(document.validity),
    }


def document_to_dict(document: Document) -> Json:
    """Return a whole document, passages included."""
    return {**document_head(document), "passages": [passage_to_dict(p) for p in document.passages]}


def document_from_dict(data: Mapping[str, Any]) -> Document:
    """Read a whole document.

    Raises:
        InvalidRecord: a required key is missing or a value cannot be stored.
    """
    try:
        return Document(
            document_id=id_of(data, "document_id"),
            title=text_of(data, "title"),
            kind=data.get("kind", "资料"),
            number=optional_text(data, "number"),
            file=optional_text(data, "file"),
            region=optional_text(data, "region") or None,
            visibility=data.get("visibility", "对外"),
            validity=validity_from_dict(data),
            passages=tuple(passage_from_dict(p) for p in list_of(data, "passages")),
        )
    except BROKEN as error:
        raise InvalidRecord(f"文件缺少字段或类型不对：{error}", hint="字段见 docs/reference/formats.md") from None
