"""Entries, passages and documents refuse what could not be shown, found or stored."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from kb.domain.codec import entry_to_dict
from kb.domain.errors import InvalidRecord
from kb.domain.knowledge import MAX_ANSWER, MAX_PHRASING, MAX_QUESTION, Branch, Entry, GuardText
from tests.kb.builders import document, entry, guard, passage

GUARD = GuardText(utterance="两块钱", why="无依据", instead="查目录电价")

REFUSED: dict[str, dict[str, Any]] = {
    "no id": {"entry_id": ""},
    "no question": {"question": " \n"},
    "unknown kind": {"kind": "问答"},
    "unknown visibility": {"visibility": "公开"},
    "no branch": {"branches": ()},
    "blank answer": {"branches": (Branch(answer="  "),)},
    "guard without its text": {"kind": "guard", "branches": ()},
    "guard with an answer": {"kind": "guard", "guard": GUARD},
    "guard text on an answer": {"guard": GUARD},
    "long question": {"question": "长" * (MAX_QUESTION + 1)},
    "long phrasing": {"phrasings": ("短", "长" * (MAX_PHRASING + 1))},
    "long answer": {"branches": (Branch(answer="好"), Branch(answer="长" * (MAX_ANSWER + 1), when={"类别": "合表"}))},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED.keys())
def test_refused(changes: dict[str, Any]) -> None:
    good = entry("B01", "电表怎么过户")
    with pytest.raises(InvalidRecord):
        dataclasses.replace(good, **changes)


def test_limits_are_inclusive() -> None:
    made = entry("B01", "长" * MAX_QUESTION, "长" * MAX_PHRASING, answer="长" * MAX_ANSWER)
    assert len(made.branches[0].answer) == MAX_ANSWER


def test_facts_are_the_branches_names_in_order() -> None:
    branches = (
        Branch(answer="甲", when={"用户类别": "合表", "区域": "城区"}),
        Branch(answer="乙", when={"区域": "农村", "电压": "10千伏"}),
    )
    assert entry("B01", "怎么收费", branches=branches).facts == ("用户类别", "区域", "电压")


def test_guard_carries_no_answer() -> None:
    made = guard("G01", "电价多少")
    assert made.branches == ()
    assert made.guard is not None


def test_entries_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry("B01", "电表怎么过户").question = "别的"  # type: ignore[misc]


def test_passages_and_documents_need_text() -> None:
    with pytest.raises(InvalidRecord, match="第一条"):
        passage("p1", " \n ")
    with pytest.raises(InvalidRecord, match="标题"):
        document("d1", title=" ")


def test_a_document_whose_visibility_nobody_knows_is_refused() -> None:
    """Anything but 内部 counts as public in the index, so a mistyped 「内部 」 would be read to callers."""
    with pytest.raises(InvalidRecord):
        document("d1", passage("p1", "仅供内部查阅。"), visibility="内部 ")


def test_a_passage_of_unknown_kind_is_refused() -> None:
    """It would be stored and published, and only then break every build of the index (`ITEM_KINDS.index`)."""
    with pytest.raises(InvalidRecord):
        passage("p1", "正文", kind="paragraph")


@pytest.mark.parametrize("text", ["\ud800电表怎么过户", "电表怎么过户\udfff"])
def test_a_lone_surrogate_is_refused_because_it_cannot_be_stored(text: str) -> None:
    with pytest.raises(InvalidRecord):
        entry("B01", text)


def test_export_shape() -> None:
    made: Entry = entry("B01", "怎么过户", branches=(Branch(answer="甲", when={"区域": "城区"}),))
    assert list(entry_to_dict(made)) == [
        "entry_id", "kind", "question", "phrasings", "branches", "categories", "facts", "sources", "visibility",
        "valid_from", "valid_to", "flags", "hints", "topics", "owner", "region",
    ]  # fmt: skip
    assert "guard" in entry_to_dict(guard("G01", "电价多少"))
