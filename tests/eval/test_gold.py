"""Loading gold: what is accepted, and every way a file can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eval.errors import EvalError, GoldEmpty, GoldInvalid, GoldMissing, LabelsInvalid, UnknownEntries
from eval.gold import GoldSet, load_gold, set_hash, validate
from eval.labels import DEFAULT_LABELS, load_labels
from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles

Line = Callable[..., dict[str, Any]]
Writer = Callable[..., Path]
GOLD = Path(__file__).resolve().parents[2] / "eval" / "gold"


def problem_of(path: Path) -> tuple[str, int, str]:
    with pytest.raises(GoldInvalid) as caught:
        load_gold(path, DEFAULT_LABELS)
    problem = caught.value.problems[0]
    assert f"{path.name} 第 {problem.line} 行" in caught.value.message
    assert caught.value.hint
    return problem.code, problem.line, problem.message


def test_missing_optional_fields_get_defaults(write: Writer, line: Line) -> None:
    (question,) = load_gold(write(line())).questions
    assert (question.topics, question.must_ask, dict(question.facts)) == ((), (), {})
    assert (question.rule, question.as_of, question.style) == ("", None, "plain")
    assert question.category == "用电业务"
    assert question.answerable


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_give_the_same_set(write: Writer, line: Line, encoding: str) -> None:
    loaded = load_gold(write(line(), "", line(id="g002", text="开发票"), encoding=encoding))
    assert [question.text for question in loaded.questions] == ["电表名字咋改", "开发票"]
    assert loaded.hash == load_gold(write(line(), line(id="g002", text="开发票"))).hash


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_empty_file(write: Writer, content: str) -> None:
    with pytest.raises(GoldEmpty, match=r"set.jsonl 是空的"):
        load_gold(write(content))


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(GoldMissing, match="nowhere"):
        load_gold(tmp_path / "nowhere.jsonl")
    with pytest.raises(GoldMissing):
        load_gold(tmp_path)


def test_binary_file(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"PK\x03\x04\xff\xff\xfe\x80\x00")
    with pytest.raises(GoldInvalid, match="编码"):
        load_gold(path)


@pytest.mark.parametrize("broken", ['{"id": "g2", "text"', "不是JSON", "[1, 2]", "[" * 20_000])
def test_broken_line_is_named(write: Writer, line: Line, broken: str) -> None:
    code, number, _ = problem_of(write(line(), broken))
    assert (code, number) == ("broken_line", 2)


@pytest.mark.parametrize("name", ["id", "text", "call_type", "categories", "entries", "needs_work_order"])
def test_missing_column_is_named(write: Writer, line: Line, name: str) -> None:
    short = {key: value for key, value in line().items() if key != name}
    code, number, message = problem_of(write("", short))
    assert (code, number) == ("missing_column", 2)
    assert name in message


@pytest.mark.parametrize("changes", [{"call_type": "闲聊"}, {"categories": ["用电业务", "天气"]}])
def test_unknown_label(write: Writer, line: Line, changes: dict[str, Any]) -> None:
    code, number, message = problem_of(write(line(), line(id="g2", text="别的话", **changes)))
    assert (code, number) == ("unknown_label", 2)
    assert "闲聊" in message or "天气" in message


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "  "},
        {"text": 3},
        {"id": ""},
        {"categories": []},
        {"categories": "用电业务"},
        {"entries": None},
        {"entries": [""]},
        {"needs_work_order": "是"},
        {"facts": ["区域"]},
        {"facts": {"区域": 1}},
        {"as_of": "去年"},
        {"rule": None},
    ],
)
def test_bad_value(write: Writer, line: Line, changes: dict[str, Any]) -> None:
    assert problem_of(write(line(**changes)))[0] == "bad_value"


def test_same_words_with_different_gold(write: Writer, line: Line) -> None:
    code, number, message = problem_of(write(line(), line(id="g002", text="电表名字，咋改？", entries=["B06"])))
    assert (code, number) == ("conflicting_gold", 2)
    assert "第 1 行" in message
    assert "g001" in message


def test_same_id_twice(write: Writer, line: Line) -> None:
    assert problem_of(write(line(), line(text="别的话")))[:2] == ("duplicate_id", 2)


def test_every_problem_is_kept_and_the_message_stays_short(write: Writer, line: Line) -> None:
    path = write(*[line(id=f"g{i}", text=f"话{i}", call_type="闲聊") for i in range(9)], "{")
    with pytest.raises(GoldInvalid) as caught:
        load_gold(path, DEFAULT_LABELS)
    assert len(caught.value.problems) == 10
    assert "另有 5 处" in caught.value.message


def test_line_separators_inside_a_text_do_not_cut_it(write: Writer, line: Line) -> None:
    (question,) = load_gold(write(line(text="停电\u2028了\u0085吗"))).questions
    assert question.text == "停电\u2028了\u0085吗"


def test_hash_follows_content_not_order(gold: GoldSet, write: Writer, line: Line) -> None:
    assert set_hash(gold.questions) == set_hash(tuple(reversed(gold.questions)))
    one = load_gold(write(line(), name="a.jsonl"))
    other = load_gold(write(line(entries=["B06"]), name="b.jsonl"))
    assert one.hash != other.hash
    assert one.name == "a"


def test_validate_reports_unknown_unfilled_and_repeated(write: Writer, line: Line) -> None:
    loaded = load_gold(
        write(
            line(),
            line(id="g2"),
            line(id="g3", text="别的", entries=["X9"]),
            line(id="g4", text="空", entries=[], topics=["C1"]),
        )
    )
    check = validate(loaded.questions, {"B05"})
    assert check.unknown == (("g3", "X9"),)
    assert check.unfilled == ("g4",)
    assert check.repeated == ("g2",)
    with pytest.raises(UnknownEntries, match="g3 → X9"):
        check.require()
    validate(loaded.questions, {"B05", "X9"}).require()


def test_labels_come_from_the_taxonomy_in_force(tmp_path: Path) -> None:
    (tmp_path / "taxonomy.toml").write_text(
        '[call_types]\n"问" = "x"\n[consult]\n"甲" = {}\n[query]\n"乙" = {}\n', encoding="utf-8"
    )
    labels = load_labels(RuleFiles(override=tmp_path))
    assert labels.call_types == {"问"}
    assert labels.categories == {"甲", "乙"}


@pytest.mark.parametrize(("content", "error"), [("[call_types]\n", LabelsInvalid), ("[", RuleFileInvalid)])
def test_a_useless_taxonomy_is_refused(tmp_path: Path, content: str, error: type[Exception]) -> None:
    (tmp_path / "taxonomy.toml").write_text(content, encoding="utf-8")
    with pytest.raises(error, match="taxonomy"):
        load_labels(RuleFiles(override=tmp_path))


def test_default_labels_are_those_of_the_bundled_taxonomy() -> None:
    assert load_labels() == DEFAULT_LABELS


@pytest.mark.parametrize("path", [GOLD / "dev.jsonl", GOLD / "test.jsonl"], ids=lambda path: path.stem)
def test_bundled_gold_loads(path: Path) -> None:
    assert load_gold(path).questions


def test_every_error_has_a_code_of_its_own() -> None:
    def tree(error: type[EvalError]) -> list[type[EvalError]]:
        return [error, *(leaf for child in error.__subclasses__() for leaf in tree(child))]

    codes = [error.code for error in tree(EvalError)]
    assert len(codes) == len(set(codes))
    assert all(code.startswith("eval.") for code in codes)
