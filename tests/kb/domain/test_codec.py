"""What is exported reads back the same; what cannot be read says so in the domain's own words."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain.codec import (
    digest,
    document_from_dict,
    document_to_dict,
    entry_from_dict,
    entry_to_dict,
    passage_from_dict,
    validity_from_dict,
)
from kb.domain.errors import InvalidRecord
from kb.domain.knowledge import Branch, Document, Entry, GuardText, Passage, Source
from kb.domain.validity import Validity
from tests.kb.builders import document, entry, guard, passage

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(str.strip)
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2050, 1, 1))
VALIDITY = st.one_of(
    st.just(Validity()),
    st.builds(Validity, valid_from=DAYS),
    st.builds(Validity, valid_to=DAYS),
    st.builds(lambda d, n: Validity(valid_from=d, valid_to=d + dt.timedelta(days=n)), DAYS, st.integers(1, 999)),
)
NAMES = st.lists(TEXT, max_size=3).map(tuple)
SHARED: dict[str, Any] = {
    "entry_id": TEXT,
    "question": TEXT,
    "phrasings": NAMES,
    "categories": NAMES,
    "flags": NAMES,
    "hints": NAMES,
    "topics": NAMES,
    "owner": TEXT,
    "region": st.none() | TEXT,
    "visibility": st.sampled_from(["对外", "内部"]),
    "validity": VALIDITY,
    "sources": st.lists(st.builds(Source, document=TEXT, locator=st.just("") | TEXT), max_size=2).map(tuple),
}
BRANCHES = st.lists(
    st.builds(Branch, answer=TEXT, when=st.dictionaries(TEXT, TEXT, max_size=2)), min_size=1, max_size=3
)
ANSWERED = st.builds(Entry, **SHARED, kind=st.sampled_from(["标问", "话术脚本", "特殊客户技巧", "紧急程序"]),
                     branches=BRANCHES.map(tuple))  # fmt: skip
GUARDS = st.builds(Entry, **SHARED, kind=st.just("guard"),
                   guard=st.builds(GuardText, utterance=TEXT, why=TEXT, instead=TEXT))  # fmt: skip
PASSAGES = st.builds(
    Passage, passage_id=TEXT, kind=st.sampled_from(["clause", "row", "section", "notice"]), locator=TEXT, text=TEXT,
    heading=st.just("") | TEXT, cells=st.dictionaries(TEXT, TEXT, max_size=2), validity=VALIDITY,
)  # fmt: skip
DOCUMENTS = st.builds(
    Document, document_id=TEXT, title=TEXT, kind=st.sampled_from(["制度", "电价表", "收费表", "停电公告", "资料"]),
    passages=st.lists(PASSAGES, max_size=2).map(tuple), number=st.just("") | TEXT, region=st.none() | TEXT,
    visibility=st.sampled_from(["对外", "内部"]), validity=VALIDITY,
)  # fmt: skip


@given(ANSWERED | GUARDS)
def test_entries_survive_json(made: Entry) -> None:
    assert entry_from_dict(json.loads(json.dumps(entry_to_dict(made)))) == made


@given(DOCUMENTS)
def test_documents_survive_json(made: Document) -> None:
    assert document_from_dict(json.loads(json.dumps(document_to_dict(made)))) == made


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=5))
def test_digest_ignores_key_order(data: dict[str, str]) -> None:
    assert digest(data) == digest(dict(reversed(data.items())))
    assert digest(data) != digest({**data, "more": "x"})


def test_digest_takes_a_lone_surrogate() -> None:
    assert len(digest({"text": "\ud800"})) == 64


BAD_ENTRIES: dict[str, Any] = {
    "no id": {"entry_id": ...},
    "no question": {"question": ...},
    "branch without answer": {"branches": [{"when": {}}]},
    "answer is null": {"branches": [{"answer": None}]},
    "branches of text": {"branches": ["甲"]},
    "phrasings null": {"phrasings": None},
    "phrasings a single text": {"phrasings": "怎么过户"},
    "source without document": {"sources": [{"locator": "第一条"}]},
    "guard with a stray key": {"kind": "guard", "branches": [], "guard": {"utterance": "甲", "好": "乙"}},
    "date a number": {"valid_from": 2024},
    "date a word": {"valid_to": "长期"},
    "interval reversed": {"valid_from": "2025-01-02", "valid_to": "2025-01-01"},
    "unknown kind": {"kind": "问答"},
}


@pytest.mark.parametrize("changes", BAD_ENTRIES.values(), ids=BAD_ENTRIES.keys())
def test_unreadable_entries(changes: dict[str, Any]) -> None:
    data = {**entry_to_dict(entry("B01", "怎么过户")), **changes}
    with pytest.raises(InvalidRecord):
        entry_from_dict({key: value for key, value in data.items() if value is not ...})


@pytest.mark.parametrize(
    "changes", [{"passage_id": ...}, {"locator": ...}, {"text": ...}, {"text": None}, {"text": " "}]
)
def test_unreadable_passages(changes: dict[str, Any]) -> None:
    data = {"passage_id": "p1", "locator": "第一条", "text": "正文", **changes}
    with pytest.raises(InvalidRecord):
        passage_from_dict({key: value for key, value in data.items() if value is not ...})


@pytest.mark.parametrize("changes", [{"title": ...}, {"title": None}, {"document_id": ...}, {"passages": [{}]}])
def test_unreadable_documents(changes: dict[str, Any]) -> None:
    data = {**document_to_dict(document("d1", passage("p1", "正文"))), **changes}
    with pytest.raises(InvalidRecord):
        document_from_dict({key: value for key, value in data.items() if value is not ...})


def test_missing_and_empty_dates_are_open() -> None:
    assert validity_from_dict({}) == validity_from_dict({"valid_from": "", "valid_to": None}) == Validity()


def test_derived_keys_are_ignored() -> None:
    data = {**entry_to_dict(guard("G01", "电价多少")), "status": "published", "facts": ["随便"]}
    assert entry_from_dict(data) == guard("G01", "电价多少")
