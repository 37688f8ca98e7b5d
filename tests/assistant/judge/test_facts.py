"""Facts: what the words state, what they leave open, what may be given from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import RequestInvalid
from assistant.judge.facts import FactBook, load_facts
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser


@pytest.fixture(scope="module")
def book(rule_files: RuleFiles, analyser: Analyser) -> FactBook:
    return load_facts(rule_files, analyser.normalise)


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("我是一户一表的居民", {"用户类别": "一户一表", "用电类别": "居民"}),
        ("电费交给房东", {"用户类别": "合表"}),
        ("我们村里大棚的电", {"区域": "农村", "用电类别": "农业"}),
        ("10千伏的工厂", {"电压等级": "10千伏", "用电类别": "工商业"}),
        ("整栋楼突然停电", {"停电范围": "一片都停", "停电类型": "故障"}),
        ("邻居也没电", {"停电范围": "一片都停"}),
        ("邻居家有电", {"停电范围": "只有自家"}),
        ("您好", {}),
    ],
)
def test_words_state_facts(book: FactBook, analyser: Analyser, said: str, facts: dict[str, str]) -> None:
    assert book.stated(analyser.normalise(said).text) == facts


def test_traditional_and_full_width_words_count_too(book: FactBook, analyser: Analyser) -> None:
    assert book.stated(analyser.normalise("農村的一戶一表").text) == {"区域": "农村", "用户类别": "一户一表"}


def test_two_options_in_one_breath_state_neither(book: FactBook) -> None:
    assert "用电类别" not in book.stated("楼下商铺楼上住宅")


def test_a_longer_word_is_read_before_the_shorter_one_inside_it(tmp_path: Path, analyser: Analyser) -> None:
    head = '[facts."级"]\nask = "几级"\noptions = ["高", "次高"]\n'
    rule = head + '[facts."级".words]\n"高" = ["高级"]\n"次高" = ["次高级"]\n'
    (tmp_path / "facts.toml").write_text(rule, encoding="utf-8")
    book = load_facts(RuleFiles(override=tmp_path), analyser.normalise)
    assert book.stated("次高级") == {"级": "次高"}
    assert book.stated("高级") == {"级": "高"}


def test_every_option_with_words_states_itself(book: FactBook) -> None:
    for fact in book.facts.values():
        assert {option for _word, option in fact.words} <= set(fact.options)
        assert fact.ask
        assert len(fact.options) > 1


def test_given_facts_are_checked_against_their_options(book: FactBook) -> None:
    assert book.check({"用户类别": "合表", "本地事实": "随便"}) == {"用户类别": "合表", "本地事实": "随便"}
    for wrong in ({"用户类别": "火星"}, {"用户类别": 3}, {"本地事实": ["合表"]}, {"用户类别": ""}):
        with pytest.raises(RequestInvalid):
            book.check(wrong)


def test_a_known_fact_is_asked_in_its_own_words_and_an_unknown_one_by_its_options(book: FactBook) -> None:
    known = book.ask("用户类别", ("乱写",))
    assert known.options == ("一户一表", "合表", "专变下")
    assert "一户一表" in known.ask
    local = book.ask("泳池", ("室内", "室外"))
    assert (local.fact, local.options) == ("泳池", ("室内", "室外"))
    assert "室内、室外" in local.ask
