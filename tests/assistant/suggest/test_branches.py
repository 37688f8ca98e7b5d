"""The branch of an answer: chosen by facts, never against one, no price before the facts are known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.suggest.branches import choose
from kb.domain.knowledge import Branch

CITY = Branch(answer="45分钟到场", when={"区域": "城区"})
VILLAGE = Branch(answer="90分钟到场", when={"区域": "农村"})
OTHER = Branch(answer="尽快到场")
METER = Branch(answer="每度0.55元", when={"用户类别": "一户一表"})
SHARED = Branch(answer="每度0.6元", when={"用户类别": "合表"})

FACTS = ("甲", "乙", "丙")
OPTIONS = ("一", "二", "三")
whens = st.dictionaries(st.sampled_from(FACTS), st.sampled_from(OPTIONS), max_size=3)
answers = st.sampled_from(["请到营业厅办理。", "每度0.55元。", "收费 20 元", "45分钟到场", "三分之一"])
branches = st.lists(st.builds(Branch, answer=answers, when=whens), min_size=1, max_size=5)


@given(branches, whens)
def test_a_chosen_branch_never_contradicts_a_given_fact(options: list[Branch], facts: dict[str, str]) -> None:
    chosen = choose(options, facts)
    assert all(facts.get(name, value) == value for name, value in chosen.branch.items())
    if chosen.branch:
        assert any(b.answer == chosen.text and b.when == chosen.branch for b in options)


@given(branches, whens)
def test_text_is_always_stored_text_of_branches_that_do_not_contradict(
    options: list[Branch], facts: dict[str, str]
) -> None:
    fitting = [b for b in options if all(facts.get(name, value) == value for name, value in b.when.items())]
    text = choose(options, facts).text
    shown = fitting or options
    stored = {b.answer for b in shown} | {f"【{'、'.join(b.when.values()) or '其他情况'}】{b.answer}" for b in shown}
    assert set(text.split("\n")) <= stored


@given(branches, whens)
def test_a_price_waits_until_every_fact_it_hangs_on_is_known(options: list[Branch], facts: dict[str, str]) -> None:
    chosen = choose(options, facts)
    settled = any(
        b.answer == chosen.text and all(facts.get(name) == value for name, value in b.when.items()) for b in options
    )
    if "元" in chosen.text and not settled:
        assert chosen.withheld


@given(branches, whens)
def test_only_unknown_facts_are_asked(options: list[Branch], facts: dict[str, str]) -> None:
    chosen = choose(options, facts)
    assert not set(chosen.open_facts) & set(facts)
    for name, values in chosen.open_facts.items():
        assert set(values) <= {b.when[name] for b in options if name in b.when}


def test_the_fact_settles_the_branch() -> None:
    chosen = choose([CITY, VILLAGE], {"区域": "农村"})
    assert (chosen.text, chosen.branch, chosen.open_facts) == ("90分钟到场", {"区域": "农村"}, {})


def test_the_most_specific_branch_wins() -> None:
    both = Branch(answer="夜里60分钟", when={"区域": "城区", "时段": "夜"})
    assert choose([CITY, both], {"区域": "城区", "时段": "夜"}).text == "夜里60分钟"


def test_without_the_fact_all_stand_side_by_side_and_it_is_asked() -> None:
    chosen = choose([CITY, VILLAGE, OTHER], {})
    assert chosen.text == "【城区】45分钟到场\n【农村】90分钟到场\n【其他情况】尽快到场"
    assert chosen.open_facts == {"区域": ("城区", "农村")}
    assert (chosen.branch, chosen.withheld) == ({}, False)


def test_the_default_branch_answers_what_no_other_fits() -> None:
    assert choose([CITY, OTHER], {"区域": "农村"}).text == "尽快到场"


def test_a_price_is_withheld_until_the_fact_is_known() -> None:
    assert choose([METER, SHARED], {}).withheld
    assert not choose([METER, SHARED], {"用户类别": "合表"}).withheld
    assert choose([METER, SHARED], {"用户类别": "合表"}).text == "每度0.6元"


def test_the_only_priced_branch_waits_for_its_fact_too() -> None:
    chosen = choose([METER], {})
    assert chosen.withheld
    assert chosen.open_facts == {"用户类别": ("一户一表",)}


def test_a_price_of_other_customers_is_withheld() -> None:
    assert choose([METER, SHARED], {"用户类别": "专变下"}).withheld


def test_minutes_and_fractions_are_no_prices() -> None:
    fraction = Branch(answer="按3分之一计", when={"区域": "农村"})
    assert not choose([CITY, fraction], {}).withheld
