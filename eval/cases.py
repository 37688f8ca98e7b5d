"""Calls that went wrong, replayed turn by turn: load them, ask the assistant each sentence, judge what it offered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from eval.case_checks import AXES, KINDS, SCRIPT, Expectation, Texts, judge, judge_marks
from eval.case_rows import Case, Turn, Vocabulary, load_vocabulary, parse_case
from eval.errors import GoldEmpty, GoldInvalid, GoldMissing, Problem, UnknownEntries
from eval.gold_rows import BadRow
from kb.domain.errors import ZhidaError
from kb.domain.suggestion import Suggestion

__all__ = [
    "Case",
    "ScriptChecker",
    "Suggest",
    "Total",
    "Turn",
    "Verdict",
    "by_axis",
    "by_case",
    "by_turn",
    "load_cases",
    "require_known",
    "run_case",
    "run_cases",
]

HINT = f"请按行号、轮次和字段修正；一行一例，expect 可写 {'、'.join(KINDS)}"
NAMES_ENTRIES = ("answers", "hints")
K = TypeVar("K")


class Suggest(Protocol):
    """The assistant as a case sees it: words and the facts known so far in, a suggestion out."""

    def __call__(self, text: str, *, facts: Mapping[str, str] | None = None, as_of: str | None = None) -> Suggestion:
        """Return the suggestion for one utterance."""
        ...


class ScriptChecker(Protocol):
    """Anything that reads a drafted reply and names what is wrong with how it is said."""

    def check(self, text: str) -> Sequence[str]:
        """Return the marks found (反问、警告、推诿、缺请、缺致歉、缺结束语), none for a good reply."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One judged expectation: where it stands (`turn` from 1), on what axis, whether it held, and what was seen.

    `passed` is `None` for what was not tested: a `script` expectation without a checker. `caller` is the sentence that
    triggered it. When the measured system failed, nothing passes and `seen` holds its error.
    """

    case: str
    turn: int
    axis: str
    expectation: Expectation
    passed: bool | None
    seen: Texts
    caller: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """How many expectations held, failed and were not tested."""

    passed: int = 0
    failed: int = 0
    untested: int = 0


def load_cases(path: Path, vocabulary: Vocabulary | None = None) -> tuple[Case, ...]:
    """Load a `.jsonl` case file (UTF-8, with or without BOM); blank lines are skipped.

    Args:
        path: the file.
        vocabulary: legal names; by default those of the rule files in force.

    Raises:
        GoldMissing: no such file, or it cannot be read.
        GoldEmpty: no case in it.
        GoldInvalid: broken lines, or two cases of one number; every problem names line, turn and field.
    """
    rows = [(number, line) for number, line in enumerate(_read(path).split("\n"), start=1) if line.strip()]
    if not rows:
        raise GoldEmpty(f"{path.name} 是空的，没有案例", hint=HINT)
    cases, problems = _parse(path.name, rows, vocabulary or load_vocabulary())
    if problems:
        raise GoldInvalid.of(tuple(problems), hint=HINT)
    return tuple(cases)


def require_known(cases: Iterable[Case], known_ids: Collection[str]) -> None:
    """Check the ids that cases name against the knowledge base.

    Raises:
        UnknownEntries: a case expects an entry the knowledge base does not have.
    """
    known = frozenset(known_ids)
    unknown = [
        f"{case.name} 第 {number} 轮 {one.kind} → {entry}"
        for case in cases
        for number, turn in enumerate(case.turns, start=1)
        for one in turn.expect
        if one.kind in NAMES_ENTRIES
        for entry in one.wanted
        if entry not in known
    ]
    if unknown:
        raise UnknownEntries(f"案例里有 {len(unknown)} 个知识编号不存在：{'；'.join(unknown)}")


def run_cases(
    cases: Iterable[Case], suggest: Suggest, *, checker: ScriptChecker | None = None, as_of: str | None = None
) -> tuple[Verdict, ...]:
    """Run every case by itself; see `run_case`."""
    return tuple(verdict for case in cases for verdict in run_case(case, suggest, checker=checker, as_of=as_of))


def run_case(
    case: Case, suggest: Suggest, *, checker: ScriptChecker | None = None, as_of: str | None = None
) -> tuple[Verdict, ...]:
    """Put a case to the assistant and judge every turn, in order.

    Each sentence goes in with all facts learned so far in the call, this turn's included; a later one replaces an
    earlier one. A failure of the assistant or the checker fails the expectations that needed it, and the case goes on.

    Args:
        case: the call.
        suggest: the assistant under test.
        checker: reads drafted replies; without one, `script` expectations are reported as not tested.
        as_of: ISO day to answer for; `None` is today.
    """
    known: dict[str, str] = {}
    verdicts: list[Verdict] = []
    for number, turn in enumerate(case.turns, start=1):
        known |= turn.gives
        verdicts += _turn_verdicts(case.name, number, turn, _attempt(suggest, turn.caller, dict(known), as_of), checker)
    return tuple(verdicts)


def by_axis(verdicts: Iterable[Verdict]) -> dict[str, Total]:
    """Return the totals of the four axes, in their usual order; an axis nobody tested has an empty total."""
    found = _totals(verdicts, lambda verdict: verdict.axis)
    return {axis: found.get(axis, Total()) for axis in AXES}


def by_case(verdicts: Iterable[Verdict]) -> dict[str, Total]:
    """Return the totals of each case, in the order they were run."""
    return _totals(verdicts, lambda verdict: verdict.case)


def by_turn(verdicts: Iterable[Verdict]) -> dict[tuple[str, int, str], Total]:
    """Return the totals of each (case, turn, axis), in the order they were run."""
    return _totals(verdicts, lambda verdict: (verdict.case, verdict.turn, verdict.axis))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise GoldMissing(f"案例集读不到：{path}（{error.strerror or error}）") from None
    except UnicodeDecodeError:
        raise GoldInvalid(f"{path.name} 不是 UTF-8 文本", hint="请另存为 UTF-8 的 .jsonl") from None


def _parse(file: str, rows: Sequence[tuple[int, str]], vocabulary: Vocabulary) -> tuple[list[Case], list[Problem]]:
    cases: list[Case] = []
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    for number, line in rows:
        try:
            case = parse_case(line, vocabulary)
        except BadRow as error:
            problems.append(Problem(code=error.code, file=file, line=number, message=error.message))
            continue
        cases.append(case)
        first = lines.setdefault(case.name[:2], number)
        if first != number:
            message = f"case 序号 {case.name[:2]} 与第 {first} 行重复"
            problems.append(Problem(code="duplicate_id", file=file, line=number, message=message))
    return cases, problems


def _attempt(suggest: Suggest, text: str, facts: dict[str, str], as_of: str | None) -> Suggestion | str:
    """Return the suggestion, or the failure in words."""
    try:
        return suggest(text, facts=facts, as_of=as_of)
    except Exception as error:  # noqa: BLE001 - whatever the measured system raises is a result of the measurement
        return _describe(error)


def _turn_verdicts(
    name: str, number: int, turn: Turn, heard: Suggestion | str, checker: ScriptChecker | None
) -> Iterator[Verdict]:
    for one in turn.expect:
        passed, seen = _judged_draft(one, checker) if one.kind == SCRIPT else _judged(one, heard)
        yield Verdict(
            case=name, turn=number, axis=one.axis, expectation=one, passed=passed, seen=seen, caller=turn.caller
        )


def _judged(expectation: Expectation, heard: Suggestion | str) -> tuple[bool, Texts]:
    return (False, (heard,)) if isinstance(heard, str) else judge(expectation, heard)


def _judged_draft(expectation: Expectation, checker: ScriptChecker | None) -> tuple[bool | None, Texts]:
    if checker is None:
        return None, ()
    try:
        found = tuple(checker.check(expectation.draft))
    except Exception as error:  # noqa: BLE001 - the checker is under test as well
        return False, (_describe(error),)
    return judge_marks(expectation, found), found


def _describe(error: Exception) -> str:
    if isinstance(error, ZhidaError):
        return f"出错：{error.code}：{error.message}"
    return f"出错：{type(error).__name__}：{error}"


def _totals(verdicts: Iterable[Verdict], key: Callable[[Verdict], K]) -> dict[K, Total]:
    counts: dict[K, list[bool | None]] = {}
    for verdict in verdicts:
        counts.setdefault(key(verdict), []).append(verdict.passed)
    return {
        name: Total(passed=held.count(True), failed=held.count(False), untested=held.count(None))
        for name, held in counts.items()
    }
