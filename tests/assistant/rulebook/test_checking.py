"""What may not be stored as a rule: each slip is refused with the place and, in Chinese, what is wrong."""

from __future__ import annotations

import datetime as dt

import pytest

from assistant.rulebook.checking import MOST, check_rule, head_of, load_everything, loose_ends
from assistant.rulebook.names import LINES, TITLES, known_name
from assistant.rulebook.shape import misfits, shape_of
from kb.domain.errors import NotFound, RuleFileInvalid
from kb.text.rulefiles import CORPUS, RuleFiles

FILES = RuleFiles()
HEAD = "# 来源：客服月报\n# 生效：2026-11-01\n"
DEADLINES = FILES.text("deadlines.toml")


@pytest.mark.parametrize("name", [name for name in TITLES if name not in LINES and name != "text.toml"])
def test_every_bundled_rule_file_passes_its_own_check(name: str) -> None:
    head = check_rule(FILES, name, FILES.text(name))
    assert head.source
    assert head.valid_from


@pytest.mark.parametrize("name", sorted(LINES))
def test_a_list_of_words_needs_its_source_and_first_day(name: str) -> None:
    text = FILES.text(name)
    assert check_rule(FILES, name, HEAD + text).valid_from == dt.date(2026, 11, 1)
    with pytest.raises(RuleFileInvalid, match="没有写来源"):
        check_rule(FILES, name, text)
    with pytest.raises(RuleFileInvalid, match="没有写生效日期"):
        check_rule(FILES, name, "# 来源：月报\n" + text)
    with pytest.raises(RuleFileInvalid, match="日期读不懂"):
        check_rule(FILES, name, "# 来源：月报\n# 生效：下周\n" + text)


def test_the_spoken_forms_too() -> None:
    text = FILES.text("text.toml")
    with pytest.raises(RuleFileInvalid, match="没有写来源"):
        check_rule(FILES, "text.toml", text)
    assert check_rule(FILES, "text.toml", 'source = "录音抽听"\nvalid_from = 2026-11-01\n' + text).source == "录音抽听"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("deadlines.toml", "valid_from = 2022-05-01", "", "没有写生效日期"),
        (
            "deadlines.toml",
            "valid_from = 2022-05-01",
            "valid_from = 2022-05-01\nvalid_to = 2022-05-01",
            "不晚于生效日期",
        ),
        ("deadlines.toml", "source =", "sorce =", "没有写来源"),
        ("deadlines.toml", "dispatch_minutes = 2\n", 'dispatch_minutes = "两分钟"\n', "应是数字，写成了文字"),
        ("deadlines.toml", "dispatch_minutes = 2\n", "despatch_minutes = 2\n", "不认识 despatch_minutes"),
        ("deadlines.toml", '[deadlines."投诉单"]', '[deadlines."抱怨单"]', "没有「投诉单」的时限"),
        ("deadlines.toml", 'by = "区域"', 'by = "片区"', "facts.toml 里没有这个事实"),
        ("deadlines.toml", "limit = { workdays = 5 }", "limit = { workdays = 0 }", "要大于 0"),
        ("deadlines.toml", "limit = { workdays = 5 }", "limit = { }", "没有写 hours 或 workdays"),
        ("deadlines.toml", "target = { hours = 24.0 }", "target = { hours = 24.0", "无法解析"),
        ("ask.toml", 'fact = "停电范围"', 'fact = "停电面积"', "不在 facts.toml 里"),
        ("workorder.toml", 'form = "投诉单"', 'form = "抱怨单"', "不在 forms.toml 里"),
        ("workorder.toml", "needed = true", "need = true", "needed"),
        ("judge.toml", "[danger]", "[dangers]", "缺少 danger"),
        ("ask.toml", "words = [", "words = ['(', ", "表达式有误"),
        ("synonyms.tsv", "空开\t空气开关\t->", "空开 空气开关 ->", "第 "),
        ("dictionary.txt", "电能表 4000", "电能表 很多", "不合格式"),
    ],
)
def test_a_slip_is_named(name: str, old: str, new: str, said: str) -> None:
    text = FILES.text(name)
    assert old in text
    with pytest.raises(RuleFileInvalid, match=said) as caught:
        check_rule(FILES, name, (HEAD if name in LINES else "") + text.replace(old, new))
    assert caught.value.hint


def test_what_others_do_not_need_is_not_lost() -> None:
    """A fact that ask.toml asks for cannot go: what no longer fits is seen from whichever file is changed."""
    facts = FILES.text("facts.toml")
    with pytest.raises(RuleFileInvalid, match=r"ask\.toml"):
        check_rule(FILES, "facts.toml", facts.replace('[facts."停电范围"', '[facts."范围"'))


def test_a_file_too_long_is_refused() -> None:
    with pytest.raises(RuleFileInvalid, match="超过"):
        check_rule(FILES, "dictionary.txt", HEAD + "词 1\n" * (MOST // 4))


@pytest.mark.parametrize("name", ["roles.toml", "people.toml", "personal_data.toml", "../roles.toml", "新.toml"])
def test_who_may_do_what_is_not_changed_here(name: str) -> None:
    with pytest.raises(NotFound):
        known_name(name)


def test_every_rule_file_has_a_name_here_or_is_the_administrators() -> None:
    bundled = {path.name for folder in ("rules", "lexicon") for path in (CORPUS / folder).iterdir() if path.is_file()}
    assert bundled - set(TITLES) == {"roles.toml", "people.toml", "personal_data.toml"}
    assert set(TITLES) <= bundled


def test_a_shape_knows_fields_from_data() -> None:
    shape = shape_of([{"a": 1, "甲": {"x": 1}}, {"a": 2, "b": ["t"], "乙": {"x": 2, "y": 0.5}}])
    assert shape.required == {"a"}
    assert list(misfits(shape, {"a": 3, "丙": {"x": 4}, "b": []})) == []
    assert list(misfits(shape, {"a": "三"})) == ["a 应是数字，写成了文字"]
    assert list(misfits(shape, {"a": 1, "b": [1]})) == ["b 第 1 项 应是文字，写成了数字"]
    assert list(misfits(shape, {"a": 1, "丙": {"y": 1}})) == ["丙 里缺少 x"]
    assert list(misfits(shape, {"c": 1})) == ["文件里缺少 a", "文件里不认识 c（可用：a、b）"]
    assert next(misfits(shape, {"a": True})).startswith("a 应是数字")


def test_the_bundled_files_fit_each_other() -> None:
    load_everything(FILES)
    assert list(loose_ends(FILES)) == []
    assert head_of("deadlines.toml", DEADLINES).source
