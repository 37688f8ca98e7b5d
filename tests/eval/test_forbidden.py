"""What may never be an answer is noticed when it is one: guards, internal, expired, a guard's words inside a text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from eval.fakes import Reply, TableSuggester
from eval.forbidden import forbidden_in
from eval.gold import GoldSet
from eval.measures import figures
from eval.runner import run
from kb.domain.suggestion import Answer, Scored, Suggestion
from kb.search.catalogue import Catalogue
from tests.kb.builders import document, entry, guard, passage, span

WRONG = "我们电表绝对不会有问题的"


@pytest.fixture
def catalogue(make_catalogue: Callable[..., Catalogue]) -> Catalogue:
    return make_catalogue(
        entry("E1", "电费怎么交", answer="网上国网可以交。"),
        entry("E2", "内部口径", visibility="内部"),
        entry("E3", "旧规定", validity=span("2020-01-01", "2024-01-01")),
        guard("G1", "电表不准", utterance=WRONG),
        document("D1", passage("D1#1", "旧条文"), validity=span("2020-01-01", "2024-01-01")),
    )


def suggestion(entry_id: str, text: str = "答案", kind: str = "标问", as_of: str = "2025-06-01") -> Suggestion:
    found = Answer(
        entry_id=entry_id, kind=kind, question="问", answer=text, branch={}, confidence=0.5, citations=(), why={}
    )
    return Suggestion(
        text="问",
        release=1,
        as_of=as_of,
        took_ms=1.0,
        band="low",
        call_type=Scored(label="咨询", confidence=1.0),
        candidates=(found,),
    )


@pytest.mark.parametrize(
    ("entry_id", "text", "as_of", "reason"),
    [
        ("E1", "网上国网可以交。", "2025-06-01", ""),
        ("E3", "答案", "2023-06-01", ""),
        ("D1#1", "旧条文", "2023-06-01", ""),
        ("G1", "答案", "2025-06-01", "护栏"),
        ("E2", "答案", "2025-06-01", "内部"),
        ("E3", "答案", "2025-06-01", "当日无效"),
        ("D1#1", "旧条文", "2025-06-01", "当日无效"),
        ("E1", f"您放心，{WRONG}。", "2025-06-01", "原话"),
    ],
)
def test_each_reason_is_named(catalogue: Catalogue, entry_id: str, text: str, as_of: str, reason: str) -> None:
    found = forbidden_in(catalogue)(suggestion(entry_id, text, as_of=as_of))
    assert (len(found), reason in "".join(found)) == (int(bool(reason)), True)


def test_a_returned_guard_turns_the_rate_red(gold: GoldSet, suggester: TableSuggester) -> None:
    clean = {figure.name: figure for figure in figures(run(suggester, gold).outcomes)}
    assert (clean["forbidden_rate"].value, clean["forbidden_rate"].n) == (0.0, 40)
    replies = {**suggester.replies, gold.questions[0].text: Reply(ranked=(("E1", 0.9), ("G1", 0.5)), band="high")}
    broken = run(TableSuggester(replies=replies), gold)
    assert {figure.name: figure.value for figure in figures(broken.outcomes)}["forbidden_rate"] == 1 / 40
    assert broken.outcomes[0].forbidden == ("G1：护栏",)
