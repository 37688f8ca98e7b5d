"""Bases of any size out of real texts: real first, no two alike, and said what they are made of."""

from __future__ import annotations

import pytest

from eval.bench.texts import entries_of, fresh_question, material_of, sentences_in
from eval.errors import BadArgument
from kb.domain.knowledge import Branch, FoundPassage
from tests.kb.builders import document, entry, guard, passage, span

POLICY = document(
    "d1",
    passage("p1", "停电应当提前七天通知用户。紧急时不受此限。", "停电通知"),
    passage("p2", "逾期不交电费的收取违约金。"),
)
ANSWER = "网上国网可以交。营业厅也可以交。交完当天就能查到。"
ENTRIES = [
    *(entry(f"E{n}", f"第{n}种业务怎么办", f"办第{n}种业务", f"我要办第{n}种", answer=ANSWER) for n in range(12)),
    entry("old", "旧的交费办法", answer="去邮局交费就可以了。", validity=span("2020-01-01", "2021-01-01")),
    guard("G1", "换表多少钱", utterance="九十九块钱就行了。"),
]
MATERIAL = material_of(ENTRIES, [FoundPassage(passage=p, document=POLICY) for p in POLICY.passages])


def test_real_ones_come_first_and_unchanged() -> None:
    made = list(entries_of(MATERIAL, 40))
    assert [e.question for e in made[:14]] == [*(e.question for e in ENTRIES[:13]), "停电通知"]
    assert made[14].question == "办法d1 第一条"
    assert [e.branches for e in made[:13]] == [e.branches for e in ENTRIES[:13]]
    assert MATERIAL.real(40) == 15
    assert MATERIAL.real(3) == 3


def test_guards_stay_out() -> None:
    texts = [text for e in entries_of(MATERIAL, 40) for text in (e.question, *e.phrasings)]
    assert not [text for text in texts if "换表" in text]
    assert not any("九十九" in sentence for sentence in MATERIAL.sentences)


def test_no_two_are_alike_and_every_word_is_real() -> None:
    made = list(entries_of(MATERIAL, 120))
    assert len({e.entry_id for e in made}) == len({e.question for e in made}) == 120
    asked = [text for e in made[15:] for text in (e.question, *e.phrasings)]
    assert len(set(asked)) == len(asked)
    for text in asked:
        assert any(f"{a.rstrip('。？！')}，{b}" == text for a in MATERIAL.questions for b in MATERIAL.questions), text
    for recombined in made[15:]:
        parts = sentences_in(recombined.branches[0].answer)
        assert len(set(parts)) == 3
        assert set(parts) <= set(MATERIAL.sentences)


def test_the_same_every_time() -> None:
    assert list(entries_of(MATERIAL, 60)) == list(entries_of(MATERIAL, 60))
    assert list(entries_of(MATERIAL, 60))[:30] == list(entries_of(MATERIAL, 30))


def test_it_says_what_is_real_and_what_is_not() -> None:
    assert "前 15 条为真实条目（典型问答 13、条款 2）；其余 85 条" in MATERIAL.statement(100)
    assert "前 5 条为真实条目（典型问答 5、条款 0）；其余 0 条" in MATERIAL.statement(5)


def test_a_fresh_question_is_nobodys() -> None:
    held = {text for e in entries_of(MATERIAL, 120) for text in (e.question, *e.phrasings)}
    fresh = [fresh_question(MATERIAL, number) for number in range(10)]
    assert len(set(fresh)) == 10
    assert not held & set(fresh)


def test_more_than_the_texts_can_give_is_refused() -> None:
    with pytest.raises(BadArgument, match="组不成"):
        list(entries_of(MATERIAL, 100_000))


def test_too_little_text_is_refused() -> None:
    with pytest.raises(BadArgument, match="文字太少"):
        material_of([entry("E1", "怎么办", branches=(Branch(answer="按规定办理就行。"),))], [])
