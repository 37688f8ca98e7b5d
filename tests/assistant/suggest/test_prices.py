"""Case 11: 「居民用电多少钱一度」 is not answered with a price before the facts that divide the prices are known."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from assistant.suggest.pipeline import Assistant, Parts
from kb.domain.knowledge import Branch, Document, Passage
from kb.domain.suggestion import Suggestion
from kb.index.units import ItemKind
from kb.search.catalogue import Catalogue
from kb.search.retrieve import Candidate
from tests.assistant.suggest.conftest import Assist
from tests.kb.builders import document, entry, passage, span

CASE_11 = "居民用电多少钱一度"
PRICE = re.compile(r"\d+\.\d+\s*元")
ROWS = {
    "r-meter": "居民生活用电 一户一表 不满1千伏",
    "r-shared": "居民生活用电 合表 不满1千伏",
    "r-low": "工商业用电 单一制 不满1千伏",
    "r-ten": "工商业用电 单一制 1-10千伏",
}
PRICES = {"r-meter": "0.5469", "r-shared": "0.5886", "r-low": "0.7102", "r-ten": "0.6902"}


def row(passage_id: str, **more: Any) -> Passage:
    label = ROWS[passage_id]
    text = f"销售电价表：{label}：电度电价 {PRICES[passage_id]} 元/千瓦时。居民用电多少钱一度"
    return passage(passage_id, text, label, kind="row", **more)


def tariff(*ids: str, **more: Any) -> Document:
    return document(more.pop("id", "d-now"), *(row(i) for i in ids), kind="电价表", title="销售电价表", **more)


@pytest.fixture(scope="module")
def desk(assist: Assist) -> Assistant:
    """Only a tariff: the rows must lead."""
    return assist(tariff(*ROWS))


def prices(suggestion: Suggestion) -> list[str]:
    return [price for answer in suggestion.answers for price in PRICE.findall(answer.answer)]


def shown(suggestion: Suggestion) -> list[str]:
    return [answer.entry_id for answer in suggestion.answers]


def test_no_price_before_the_class_is_known(desk: Assistant) -> None:
    suggestion = desk.suggest(CASE_11)
    assert [ask.fact for ask in suggestion.must_ask] == ["用户类别"]
    assert suggestion.must_ask[0].options == ("一户一表", "合表", "专变下")
    assert prices(suggestion) == []
    assert suggestion.nearby


@pytest.mark.parametrize(("value", "right"), [("一户一表", "r-meter"), ("合表", "r-shared")])
def test_the_fact_shows_the_right_row(desk: Assistant, value: str, right: str) -> None:
    suggestion = desk.suggest(CASE_11, facts={"用户类别": value})
    assert shown(suggestion)[0] == right
    assert suggestion.must_ask == ()
    other = ({"r-meter", "r-shared"} - {right}).pop()
    assert other not in shown(suggestion)


def test_the_fact_may_stand_in_the_words(desk: Assistant) -> None:
    suggestion = desk.suggest("居民合表用电多少钱一度")
    assert shown(suggestion)[0] == "r-shared"
    assert not any(answer.entry_id == "r-meter" for answer in suggestion.answers)


def test_without_a_use_the_use_is_asked_and_not_yet_the_meter(desk: Assistant) -> None:
    suggestion = desk.suggest("用电多少钱一度")
    assert [ask.fact for ask in suggestion.must_ask] == ["用电类别"]
    assert prices(suggestion) == []


def test_a_business_is_asked_its_voltage(desk: Assistant) -> None:
    suggestion = desk.suggest("用电多少钱一度", facts={"用电类别": "工商业"})
    assert [ask.fact for ask in suggestion.must_ask] == ["电压等级"]
    assert prices(suggestion) == []
    settled = desk.suggest("用电多少钱一度", facts={"用电类别": "工商业", "电压等级": "10千伏"})
    assert shown(settled)[0] == "r-ten"
    assert not {"r-meter", "r-shared", "r-low"} & set(shown(settled))


@pytest.mark.parametrize(("asks_price", "asked"), [(True, ["用电类别"]), (False, [])])
def test_a_price_below_other_answers_waits_too(
    parts: Parts, make_catalogue: Callable[..., Catalogue], *, asks_price: bool, asked: list[str]
) -> None:
    talk = [entry(f"e{i}", f"问题{i}") for i in range(4)]
    catalogue = make_catalogue(*talk, tariff(*ROWS))
    kinds: dict[str, ItemKind] = dict.fromkeys(catalogue.entries, "entry")
    kinds.update(dict.fromkeys(catalogue.passages, "row"))
    found = [
        Candidate(item_id=item, kind=kind, probability=0.9, matched="", exact=False, why={})
        for item, kind in kinds.items()
    ]
    composed = parts.composer.compose(found, catalogue, {}, asks_price=asks_price)
    assert composed.withheld == set(ROWS)
    assert list(composed.prices) == asked


def test_the_price_of_the_day_asked_about(assist: Assist) -> None:
    old = document(
        "d-old",
        passage("o-meter", "旧电价表：居民生活用电 一户一表：0.4983 元/千瓦时", ROWS["r-meter"], kind="row"),
        kind="电价表",
        validity=span("2024-01-01", "2025-01-01"),
    )
    desk = assist(old, tariff("r-meter", "r-shared", validity=span("2025-01-01")))
    facts = {"用户类别": "一户一表"}
    assert shown(desk.suggest(CASE_11, facts=facts)) == ["r-meter"]
    assert shown(desk.suggest(CASE_11, facts=facts, as_of="2024-06-01")) == ["o-meter"]


def test_a_branch_with_a_price_waits_for_its_fact(assist: Assist) -> None:
    branches = (
        Branch(answer="每度0.55元", when={"用户类别": "一户一表"}),
        Branch(answer="每度0.59元", when={"用户类别": "合表"}),
    )
    desk = assist(entry("e", CASE_11, branches=branches))
    open_ = desk.suggest(CASE_11)
    assert (open_.answers, open_.band) == ((), "low")
    settled = desk.suggest(CASE_11, facts={"用户类别": "合表"})
    assert [answer.answer for answer in settled.answers] == ["每度0.59元"]
    assert settled.answers[0].branch == {"用户类别": "合表"}


def test_a_withheld_answer_still_asks_for_its_fact(assist: Assist) -> None:
    branches = (
        Branch(answer="每度0.55元", when={"用户类别": "一户一表"}),
        Branch(answer="每度0.59元", when={"用户类别": "合表"}),
    )
    suggestion = assist(entry("e", CASE_11, branches=branches)).suggest(CASE_11)
    assert [ask.fact for ask in suggestion.must_ask] == ["用户类别"]
    assert [item.entry_id for item in suggestion.nearby] == ["e"]
