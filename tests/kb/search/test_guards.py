"""A guard can be matched; nothing it says can be returned as an answer, whatever is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.domain.validity import Scope
from kb.search.retrieve import ANSWERABLE
from tests.kb.builders import SCOPE, TODAY, entry, guard
from tests.kb.search.conftest import Search

WORDS = st.text("电费价表停户交多少钱怎么每度元二两块三十", min_size=2, max_size=12)
PRICES = st.builds("每度{}元{}".format, st.integers(1, 99), WORDS)


def test_guards_and_notices_are_not_answerable() -> None:
    assert not {"guard", "notice"} & set(ANSWERABLE)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(guards=st.lists(st.tuples(WORDS, WORDS, PRICES), min_size=1, max_size=4), questions=st.lists(WORDS, max_size=3))
def test_no_guard_is_ever_an_answer(
    search: Search, tmp_path_factory: pytest.TempPathFactory, guards: list[tuple[str, str, str]], questions: list[str]
) -> None:
    made = [guard(f"G{n}", q, p, utterance=said) for n, (q, p, said) in enumerate(guards)]
    answers = [entry(f"B{n}", question) for n, question in enumerate(questions)]
    retriever = search(*made, *answers, root=tmp_path_factory.mktemp("guards"))
    for asked in [text for row in guards for text in row] + questions:
        for scope in (SCOPE, Scope(as_of=TODAY, internal=True)):
            found = retriever.find(asked, scope, limit=99)
            assert {candidate.kind for candidate in found} <= set(ANSWERABLE)
            assert {candidate.item_id for candidate in found} <= {item.entry_id for item in answers}
            assert not {candidate.matched for candidate in found} & {said for _q, _p, said in guards}


def test_a_guard_is_matched_when_guards_are_asked_for(search: Search, tmp_path: Path) -> None:
    retriever = search(guard("G01", "电价多少", "一度电几毛钱"), entry("B01", "电价多少"))
    assert [c.item_id for c in retriever.find("一度电几毛钱", SCOPE, kinds=("guard",))] == ["G01"]


def test_a_guards_wrong_words_do_not_find_it(search: Search) -> None:
    retriever = search(guard("G01", "电价多少", utterance="阶梯翻倍吓唬客户"))
    assert retriever.find("阶梯翻倍吓唬客户", SCOPE, kinds=("guard",)) == []
