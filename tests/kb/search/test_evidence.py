"""What the words tell about a call speaks for and against items; labels of a foreign base say nothing."""

from __future__ import annotations

import pytest

from kb.search.evidence import UNKNOWN, Expectation

EXPECTED = Expectation(
    categories={"电价电费": 0.7, "停电信息": 0.2}, call_types={"投诉": 0.6, "建议": 0.3, "咨询": 0.1}
)


def test_categories_speak_together() -> None:
    assert EXPECTED.of_categories(["电价电费"]) == 0.7
    assert EXPECTED.of_categories(["电价电费", "停电信息"]) == pytest.approx(0.9)
    assert EXPECTED.of_categories(["停电信息", "开户过户"]) == 0.2


def test_labels_of_a_foreign_base_say_nothing() -> None:
    assert EXPECTED.of_categories(["开户过户"]) == EXPECTED.of_categories([]) == UNKNOWN


def test_a_title_that_names_a_call_type_agrees_or_contradicts() -> None:
    assert EXPECTED.of_title("客户提建议时的应答话术") == (0.3, 0.7)
    assert EXPECTED.of_title("投诉和建议多久答复") == pytest.approx((0.9, 0.1))
    assert EXPECTED.of_title("换表要不要钱") == (0.0, 0.0)


ASKED = Expectation(
    categories={},
    call_types={},
    questions={"换表要不要钱": 0.6, "电表归谁": 0.2},
    under={"电表归谁": 0.9, "换表要不要钱": 0.1},
)


def test_a_question_that_was_asked_like_this_leads() -> None:
    assert ASKED.of_questions(["电表归谁", "换表要不要钱"], [False, False]) == [0.2, 0.6]


def test_a_question_added_later_stands_level_with_the_best_and_raw_text_at_the_mean() -> None:
    found = ASKED.of_questions(["换表要不要钱", "新来的问题", "电表归谁", None], [False, False, False, True])
    assert found == pytest.approx([0.6, 0.6, 0.2, 0.4])


def test_a_question_asked_under_this_rule_leads_and_the_unknown_are_levelled_alike() -> None:
    found = ASKED.of_rules(["换表要不要钱", "新来的问题", "电表归谁", None], [False, False, False, True])
    assert found == pytest.approx([0.1, 0.9, 0.9, 0.5])
    assert EXPECTED.of_rules(["甲", None], [False, True]) == [0.0, 0.0]


def test_questions_nobody_learnt_tell_nothing_apart() -> None:
    assert EXPECTED.of_questions(["甲", None], [False, True]) == [0.0, 0.0]
