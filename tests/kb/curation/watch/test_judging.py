"""Two subjects judged as wholes: the same from either side, what repeats contradicts nothing, what is shown."""

from __future__ import annotations

import pytest

from kb.curation.watch.contradictions import contradictions
from kb.curation.watch.judging import OTHERWISE, Judging
from kb.curation.watch.nearby import Pair
from kb.curation.watch.profiles import Profiler
from kb.curation.watch.sights import FEATURES, compared
from kb.curation.watch.types import Subject
from tests.kb.curation.watch.watching import MEANING, RULES, by_id, comparer, judged, reading, subject

ASKED = "过户要不要先结清电费和违约金"
SAID = "过户前要先结清原户的电费和违约金，结清以后带身份证和房产证到营业厅申请。"
AGAINST = "过户不用先结清原户的电费和违约金，带身份证和房产证到营业厅申请就行。"
LIKE = "先把原户的电费和违约金结清，再带身份证、房产证到营业厅申请过户。"


def judging(one: Subject, other: Subject) -> Judging:
    return Judging(
        comparer=comparer(one, other),
        profiler=Profiler(RULES, MEANING),
        subjects=by_id(one, other),
        read=reading(one, other),
    )


def test_the_opposite_is_likelier_a_contradiction_and_the_same_likelier_a_duplicate() -> None:
    one = subject("a", ASKED, SAID)
    (against,), (like,) = judged(one, subject("b", ASKED, AGAINST)), judged(one, subject("b", ASKED, LIKE))
    assert against.contradicts > RULES.limit("contradiction", "sure") > like.contradicts
    assert like.repeats > RULES.limit("duplicate", "sure")
    (found,) = contradictions([against, like], RULES)
    assert found.items == ("a", "b")
    assert found.score == against.contradicts


def test_what_is_seen_is_the_same_from_either_side() -> None:
    one, other = subject("a", ASKED, SAID, "请您放心。"), subject("b", "过户几天办好", AGAINST)
    rows = []
    for first, second in ((one, other), (other, one)):
        near = Pair(one=first.subject_id, other=second.subject_id, asked=0.8, answered=0.7, told=0.6)
        (row,) = (seen for *_sides, seen in judging(first, second).looked_at([near]))
        rows.append(row)
    assert set(rows[0]) == set(FEATURES)
    assert rows[0] == pytest.approx(rows[1], abs=1e-5)


def test_what_repeats_and_clashes_nowhere_contradicts_nothing() -> None:
    (found,) = judged(subject("a", ASKED, SAID), subject("b", ASKED, SAID), asked=1.0, answered=1.0)
    assert found.contradicts == 0.0
    assert found.repeats > RULES.limit("duplicate", "sure")


def test_guards_go_by_the_surest_clash_alone() -> None:
    one = subject("a", "案例", "首问语规范，缺少礼貌用语，语气生硬。", kind="guard")
    other = subject("b", "案例", "首问语不规范，缺少礼貌用语，语气生硬。", kind="guard")
    (found,) = judged(one, other)
    assert found.contradicts == found.shown.score > RULES.limit("contradiction", "guards")


def test_without_a_clash_the_nearest_clauses_are_shown() -> None:
    (found,) = judged(subject("a", ASKED, LIKE), subject("b", "过户要带什么", "带身份证、房产证到营业厅申请过户。"))
    assert found.shown.name == OTHERWISE
    said = [place[1].text for place in (found.shown.one, found.shown.other)]
    assert all("房产证" in text for text in said)


def test_what_claims_nothing_and_what_never_meets_is_not_judged() -> None:
    assert judged(subject("a", ASKED, "。"), subject("b", ASKED, SAID)) == []
    assert judged(subject("a", ASKED, SAID, region="东"), subject("b", ASKED, AGAINST, region="西")) == []


def test_values_of_one_family_exclude_each_other() -> None:
    named = RULES.families.named
    assert named("只能到营业厅柜台当面办")["渠道"] == {"柜台"}
    assert named("这项不能退")["能不能"] == {"不能"}
    assert compared(named("网上国网就可以办"), named("只能到柜台办")) == (1, 1)
    assert compared(named("不用交押金"), named("必须先交押金"))[0] == 1
