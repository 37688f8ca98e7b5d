"""How well the fields of an order are read off a caller's words: hand-labelled utterances, F1 per field and pooled.

A field counts as found when its whole value equals the label: a phone with a digit missing helps nobody.
Pooled F1 = 2·tp / (2·tp + fp + fn) over all (utterance, field) pairs; its interval is bootstrapped over utterances.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval import statistics as st
from eval.errors import GoldEmpty, GoldInvalid, GoldMissing, Problem

PARTS = ("tune", "report")
EVERYTHING = "all"
KEYS = {"id", "part", "text", "slots"}
HINT = '一行一句，写成 {"id", "part": "tune" 或 "report", "text", "slots": {"户号": "1234567890"}}'
Extract = Callable[[str], Mapping[str, str]]
Pairs = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What a caller said and what an order form would take from it."""

    utterance_id: str
    part: str
    text: str
    slots: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotScore:
    """One field (or all of them): precision, recall, F1 (0-1), and how many labels there are."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """An utterance that was not read as labelled: what differs."""

    text: str
    wanted: Mapping[str, str]
    found: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotResult:
    """A measurement: per field, pooled with its 95 % interval, and every mistake."""

    utterances: int
    scores: tuple[SlotScore, ...]
    total: SlotScore
    interval: tuple[float, float]
    wrong: tuple[Wrong, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON shape."""
        return {
            "utterances": self.utterances,
            "f1": self.total.f1,
            "interval": list(self.interval),
            "slots": {
                s.label: {"precision": s.precision, "recall": s.recall, "f1": s.f1, "support": s.support}
                for s in (*self.scores, self.total)
            },
            "wrong": [{"text": w.text, "wanted": dict(w.wanted), "found": dict(w.found)} for w in self.wrong],
        }


def load_utterances(path: Path, part: str = EVERYTHING) -> tuple[Utterance, ...]:
    """Load labelled utterances of one part, or of all.

    Raises:
        GoldMissing: no such file.
        GoldInvalid: broken lines; every problem names its line.
        GoldEmpty: nothing of this part in it.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise GoldMissing(f"要素题集读不到：{path}（{error.strerror or error}）") from None
    problems: list[Problem] = []
    found = [_utterance(path.name, n, line, problems) for n, line in enumerate(lines, start=1) if line.strip()]
    if problems:
        raise GoldInvalid.of(tuple(problems), hint=HINT)
    kept = tuple(one for one in found if one is not None and part in (EVERYTHING, one.part))
    if not kept:
        raise GoldEmpty(f"{path.name} 里没有 {part} 部分的题", hint=f"可用：{'、'.join((*PARTS, EVERYTHING))}")
    return kept


def _utterance(file: str, number: int, line: str, problems: list[Problem]) -> Utterance | None:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not _well_formed(row):
        problems.append(Problem(code="bad_row", file=file, line=number, message="这一行的写法不对"))
        return None
    return Utterance(utterance_id=row["id"], part=row["part"], text=row["text"], slots=row["slots"])


def _well_formed(row: Any) -> bool:  # noqa: ANN401 - JSON
    if not isinstance(row, dict) or set(row) != KEYS or row["part"] not in PARTS or not isinstance(row["slots"], dict):
        return False
    return all(isinstance(text, str) for text in (row["id"], row["text"], *row["slots"], *row["slots"].values()))


def measure(utterances: Sequence[Utterance], extract: Extract) -> SlotResult:
    """Read every utterance and compare with its labels."""
    rows = [(one, dict(extract(one.text))) for one in utterances]
    pairs = [(frozenset(one.slots.items()), frozenset(found.items())) for one, found in rows]
    labels = sorted({label for wanted, found in pairs for label, _ in wanted | found})
    spread = st.bootstrap(pairs, lambda sample: _score("", sample).f1)
    return SlotResult(
        utterances=len(rows),
        scores=tuple(_score(label, [(_only(w, label), _only(f, label)) for w, f in pairs]) for label in labels),
        total=_score("合计", pairs),
        interval=(spread.low or 0.0, spread.high or 0.0),
        wrong=tuple(Wrong(text=one.text, wanted=one.slots, found=found) for one, found in rows if found != one.slots),
    )


def _only(pairs: Pairs, label: str) -> Pairs:
    return frozenset(pair for pair in pairs if pair[0] == label)


def _score(label: str, rows: Sequence[tuple[Pairs, Pairs]]) -> SlotScore:
    hit = sum(len(wanted & found) for wanted, found in rows)
    wanted_all = sum(len(wanted) for wanted, _ in rows)
    found_all = sum(len(found) for _, found in rows)
    return SlotScore(
        label=label,
        precision=hit / found_all if found_all else 1.0,
        recall=hit / wanted_all if wanted_all else 1.0,
        f1=2 * hit / (wanted_all + found_all) if wanted_all + found_all else 1.0,
        support=wanted_all,
    )
