"""Before a release is switched to: golden questions and cases that it would answer worse than the one in force."""

from __future__ import annotations

import hashlib
import json
from collections import ChainMap
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import eval as package
from eval.cases import Case, Verdict, load_cases, run_cases
from eval.gold import GoldSet, load_gold, set_hash
from eval.machine import code_version
from eval.outcome import Outcome
from eval.question import Question
from eval.runner import run
from kb.curation.library import Shelf
from kb.domain.clock import Clock
from kb.domain.codec import digest
from kb.domain.suggestion import Suggester

BUNDLED = Path(str(package.__file__)).parent / "gold"
QUESTIONS = "dev.jsonl"
CASES = "cases.jsonl"
OWN = "gold"
LESS_SURE = 0.2
FEW = 3
LOST = "案例里原来做到的，现在做不到"
Json = dict[str, Any]
Over = Callable[[Shelf], Suggester]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateReport:
    """How many questions and cases were tried, and those the candidate answers worse, each with the reason."""

    questions: int = 0
    expectations: int = 0
    worse: tuple[Json, ...] = ()

    def to_dict(self) -> Json:
        """Return plain JSON values."""
        return {"questions": self.questions, "expectations": self.expectations, "worse": list(self.worse)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a release did with one golden question; enough to tell whether another does worse.

    `rank` is the place of the first right answer from 1, or `None`. `shown_wrong` is a wrong answer in band high.
    `sure` is the probability (0-1) of the first candidate.
    """

    rank: int | None
    shown: bool
    shown_wrong: bool
    order_right: bool
    first: tuple[str, ...]
    error: str | None
    sure: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A release on all golden questions, in order, and on every expectation of the cases."""

    held: tuple[Held, ...]
    passed: tuple[bool | None, ...]


class Gate:
    """Compares two shelves on the bundled golden questions and cases, and on a company's own (`DATA/gold/*.jsonl`).

    A question set is used only where the release in force knows at least half of the ids it names: another company's
    base is not measured with ours. What a release did is kept in `DATA/cache/gate`, so that the next publication runs
    the candidate alone.
    """

    def __init__(self, over: Over, data: Path, clock: Clock, *, bundled: Path = BUNDLED) -> None:
        self._over = over
        self._data = data
        self._clock = clock
        self._bundled = bundled

    def compare(self, before: Shelf, after: Shelf) -> GateReport:
        """Return what gets worse from `before` to `after`; nothing can where nothing was published yet."""
        questions = () if before.release == 0 else self.questions(before)
        if not questions:
            return GateReport()
        cases = self.cases(before)
        old = self._remembered(before, questions, cases)
        new, verdicts = self._try(after, questions, cases)
        worse = [
            {"question": q.id, "text": q.text, "reason": reason, "wanted": list(q.entries), "after": list(b.first)}
            for q, a, b in zip(questions, old.held, new.held, strict=True)
            if (reason := worsened(a, b))
        ]
        failed = [
            {"case": v.case, "turn": v.turn, "text": v.caller, "reason": LOST, "after": list(v.seen)[:FEW]}
            for was, v in zip(old.passed, verdicts, strict=True)
            if was is True and v.passed is False
        ]
        self._remember(after, questions, new)
        return GateReport(questions=len(questions), expectations=len(verdicts), worse=(*worse, *failed))

    def cases(self, shelf: Shelf) -> tuple[Case, ...]:
        """Return the cases that fit a shelf's knowledge: they are about the same base as the bundled questions."""
        questions, cases = self._bundled / QUESTIONS, self._bundled / CASES
        if not (questions.is_file() and cases.is_file() and fits(load_gold(questions), _known(shelf))):
            return ()
        return load_cases(cases)

    def questions(self, shelf: Shelf) -> tuple[Question, ...]:
        """Return the golden questions that fit a shelf's knowledge."""
        known = _known(shelf)
        own = sorted((self._data / OWN).glob("*.jsonl"))
        sets = (load_gold(path) for path in [self._bundled / QUESTIONS, *own] if path.is_file())
        return tuple(question for gold in sets if fits(gold, known) for question in gold.questions)

    def _try(
        self, shelf: Shelf, questions: tuple[Question, ...], cases: tuple[Case, ...]
    ) -> tuple[Trial, tuple[Verdict, ...]]:
        assistant = self._over(shelf)
        outcomes = run(assistant, GoldSet(name="gate", questions=questions)).outcomes
        verdicts = run_cases(cases, assistant.suggest)
        trial = Trial(held=tuple(map(held, outcomes)), passed=tuple(verdict.passed for verdict in verdicts))
        return trial, verdicts

    def _remembered(self, shelf: Shelf, questions: tuple[Question, ...], cases: tuple[Case, ...]) -> Trial:
        try:
            data = json.loads(self._note(shelf, questions).read_text(encoding="utf-8"))
            kept = [Held(**{**one, "first": tuple(one["first"])}) for one in data["held"]]
            return Trial(held=tuple(kept), passed=tuple(data["passed"]))
        except (OSError, ValueError, KeyError, TypeError):
            trial, _verdicts = self._try(shelf, questions, cases)
            self._remember(shelf, questions, trial)
            return trial

    def _remember(self, shelf: Shelf, questions: tuple[Question, ...], trial: Trial) -> None:
        note = self._note(shelf, questions)
        note.parent.mkdir(parents=True, exist_ok=True)
        pending = note.with_suffix(".part")
        pending.write_text(json.dumps(asdict(trial), ensure_ascii=False), encoding="utf-8")
        pending.replace(note)

    def _note(self, shelf: Shelf, questions: tuple[Question, ...]) -> Path:
        """Return where a trial is kept: named for all that decides it, the index's content first of all."""
        rules = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in self._rules()}
        decides = {
            "release": shelf.release,
            "content": content_hash(shelf),
            "encoder": shelf.retriever.encoder_family,
            "lexicon": shelf.retriever.analyser.lexicon.digest,
            "day": self._clock.now().date().isoformat(),
            "questions": set_hash(questions),
            "order": [question.id for question in questions],
            "rules": rules,
            "code": code_version(),
        }
        return self._data / "cache" / "gate" / f"{digest(decides)[:24]}.json"

    def _rules(self) -> list[Path]:
        return sorted(path for path in (self._data / "rules").glob("*") if path.is_file())


def content_hash(shelf: Shelf) -> str:
    """Return the SHA-256 (hex) of everything a shelf holds: two candidates may share a release's number."""
    sha = hashlib.sha256()
    for item in (*shelf.catalogue.entries.values(), *shelf.catalogue.passages.values()):
        sha.update(repr(item).encode())
    return sha.hexdigest()


def held(outcome: Outcome) -> Held:
    """Return what matters of an outcome."""
    question, shown = outcome.question, outcome.shown
    return Held(
        rank=outcome.rank,
        shown=bool(shown),
        shown_wrong=outcome.band == "high" and bool(shown) and shown[0].entry_id not in question.entries,
        order_right=outcome.work_order == question.needs_work_order,
        first=outcome.ranked[:FEW],
        error=outcome.error,
        sure=outcome.candidates[0].confidence if outcome.candidates else 0.0,
    )


def _known(shelf: Shelf) -> Collection[str]:
    return ChainMap[str, Any](shelf.catalogue.entries, shelf.catalogue.passages)


def fits(gold: GoldSet, known: Collection[str]) -> bool:
    """Whether at least half of the ids a set names exist."""
    ids = {entry for question in gold.questions for entry in question.entries}
    return bool(ids) and 2 * sum(one in known for one in ids) >= len(ids)


def worsened(before: Held, after: Held) -> str | None:
    """Return why a golden question is answered worse than before, or `None`."""
    checks = (
        (before.error is None and after.error is not None, f"作答出错：{after.error}"),
        (before.rank == 1 and after.rank != 1, "原来排第一的正确答案不再排第一"),
        (_in_three(before) and not _in_three(after), "正确答案掉出前三"),
        (_falls_silent(before, after), "原来答得出，现在把握低了一截，不再作答"),
        (after.shown_wrong and not before.shown_wrong, "错误答案以高把握显示"),
        (before.order_right and not after.order_right, "是否派单判断变错"),
    )
    return next((reason for worse, reason in checks if worse), None)


def _falls_silent(before: Held, after: Held) -> bool:
    """Whether a right first answer is no longer shown because it became clearly less sure, not by a hair."""
    return before.shown and before.rank == 1 and not after.shown and after.sure <= before.sure - LESS_SURE


def _in_three(one: Held) -> bool:
    return one.rank is not None and one.rank <= FEW
