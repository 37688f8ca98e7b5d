"""The gate: a run of a bundled set against what was expected of it; a fall beyond the interval fails, by question.

Expectations are one small JSON file a set. They hold the set's hash, every gated figure with its interval, and for each
verdict the ids of the questions it fails on, so that a fall can name the questions that are newly wrong.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.errors import ExpectationMissing, ExpectationStale
from eval.measures import Better, Figure, figures
from eval.runner import Run
from eval.storage import write_whole
from eval.verdicts import VERDICTS

EXPECTED = Path(__file__).resolve().parent / "expected"
FORMAT = 1
UNGATED = ("took_p50", "took_p99")
EXACT = ("errors", "forbidden_rate")
VERDICT_OF: Mapping[str, str] = {
    "hit@1": "hit@1",
    "mrr": "hit@1",
    "ndcg@10": "hit@1",
    "hit@3": "hit@3",
    "recall@3": "hit@3",
    "no_answer_rate": "no_answer",
    "call_type_accuracy": "call_type",
    "call_type_macro_f1": "call_type",
    "call_type_weighted_f1": "call_type",
    "category_accuracy": "category",
    "category_any_accuracy": "category",
    "category_macro_f1": "category",
    "category_weighted_f1": "category",
    "work_order_precision": "work_order",
    "work_order_recall": "work_order",
    "must_ask_recall": "must_ask",
    "wrong_answer_rate": "hit@1",
    "wrong_in_high": "hit@1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One expected figure: the value, and the end of its interval on the bad side."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What is expected of one set: figures by name, and by verdict the ids of the questions that already fail."""

    set_name: str
    set_hash: str
    code_version: str
    made_at: str
    figures: Mapping[str, Expected]
    failing: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """A figure beyond its interval on the bad side, and the questions newly wrong (ids)."""

    name: str
    label: str
    expected: float | None
    bound: float | None
    found: float | None
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What the gate says of one set."""

    set_name: str
    falls: tuple[Fall, ...]
    newly_wrong: Mapping[str, tuple[str, ...]]
    newly_right: Mapping[str, tuple[str, ...]]

    @property
    def held(self) -> bool:
        """Whether nothing fell beyond its interval."""
        return not self.falls

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**asdict(self), "held": self.held}


def expectation_of(run: Run) -> Expectation:
    """Return what to expect from now on, taken from a run."""
    made = figures(run.outcomes)
    return Expectation(
        set_name=run.set_name,
        set_hash=run.set_hash,
        code_version=run.code_version,
        made_at=run.started_at,
        figures={f.name: Expected(value=f.value, low=f.low, high=f.high) for f in made if f.name not in UNGATED},
        failing=_failing(run),
    )


def save_expectation(run: Run, folder: Path = EXPECTED) -> Path:
    """Write `<set>.json`, replacing what was expected before."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{run.set_name}.json"
    text = json.dumps({"format": FORMAT, **asdict(expectation_of(run))}, ensure_ascii=False, indent=1)
    write_whole(path, text + "\n")
    return path


def load_expectation(name: str, folder: Path = EXPECTED) -> Expectation:
    """Read what is expected of a set.

    Raises:
        ExpectationMissing: nothing is stored for it, or it does not parse.
    """
    path = folder / f"{name}.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.pop("format") != FORMAT:
            raise ExpectationMissing(f"{path.name} 的格式不认识")
        data["figures"] = {key: Expected(**value) for key, value in data["figures"].items()}
        data["failing"] = {key: tuple(value) for key, value in data["failing"].items()}
        return Expectation(**data)
    except OSError:
        raise ExpectationMissing(f"题集 {name} 还没有存过期望值") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ExpectationMissing(f"期望值文件已损坏：{path.name}") from None


def check(run: Run, expected: Expectation, made: Sequence[Figure] | None = None) -> Passed:
    """Hold a run against what was expected.

    A figure falls when it is worse than the bad end of its interval; counts of errors and forbidden text fall when they
    are worse at all, and a figure that had a value and has none has fallen too. `made` are the figures, when known.

    Raises:
        ExpectationStale: the set has changed since.
    """
    if run.set_hash != expected.set_hash:
        raise ExpectationStale(f"题集 {run.set_name} 在存下期望值之后改过")
    now = _failing(run)
    wrong = {name: _without(now[name], expected.failing.get(name, ())) for name in now}
    right = {name: _without(expected.failing.get(name, ()), now[name]) for name in now}
    falls = tuple(
        _fall(figure, expected.figures[figure.name], wrong)
        for figure in (figures(run.outcomes) if made is None else made)
        if figure.name in expected.figures and _fell(figure, expected.figures[figure.name])
    )
    return Passed(
        set_name=run.set_name,
        falls=falls,
        newly_wrong={name: ids for name, ids in wrong.items() if ids},
        newly_right={name: ids for name, ids in right.items() if ids},
    )


def _failing(run: Run) -> dict[str, tuple[str, ...]]:
    return {
        verdict.name: tuple(o.question.id for o in run.outcomes if verdict.judge(o) is False) for verdict in VERDICTS
    }


def _without(ids: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    known = set(others)
    return tuple(one for one in ids if one not in known)


def _fell(figure: Figure, expected: Expected) -> bool:
    if expected.value is None:
        return False
    if figure.value is None:
        return True
    bound = _bound(figure.name, figure.better, expected)
    return bound is not None and (figure.value < bound if figure.better == "up" else figure.value > bound)


def _bound(name: str, better: Better, expected: Expected) -> float | None:
    end = expected.low if better == "up" else expected.high
    return expected.value if name in EXACT or end is None else end


def _fall(figure: Figure, expected: Expected, wrong: Mapping[str, tuple[str, ...]]) -> Fall:
    return Fall(
        name=figure.name,
        label=figure.label,
        expected=expected.value,
        bound=_bound(figure.name, figure.better, expected),
        found=figure.value,
        questions=wrong.get(VERDICT_OF.get(figure.name, ""), ()),
    )
