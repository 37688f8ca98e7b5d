"""Pairs planted against stored knowledge: contradicting it, repeating it, or neither; and how well finders tell.

Each line of a set is one new entry worded by hand against a stored entry or clause. There is a file for each half:
rules and weights are chosen on `dev` (pairs.jsonl), figures are told of `report` (pairs_report.jsonl), which nobody
reads while working on the finders. A line may name its half itself (`part`). A contradiction counts as found when the
finder names both the planted entry and its target; every other planted entry the finder names is a false alarm,
whatever it is paired with.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from eval.errors import GoldEmpty, GoldInvalid, GoldMissing, Problem
from eval.statistics import Estimate, proportion

Label = Literal["contradiction", "duplicate", "neither"]
LABELS: tuple[Label, ...] = get_args(Label)
FOUND: tuple[Label, ...] = ("contradiction", "duplicate")
Half = Literal["dev", "report"]
HALVES: tuple[Half, ...] = get_args(Half)
FIELDS = {"id", "label", "kind", "against", "question", "answer"}
GOLD = Path(__file__).parent / "gold"
FILES: Mapping[Half, Path] = {"dev": GOLD / "pairs.jsonl", "report": GOLD / "pairs_report.jsonl"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedPair:
    """One planted entry. It is planted against an entry, or against a clause by its document's title and locator."""

    pair_id: str
    label: Label
    kind: str
    entry_id: str
    document: str
    locator: str
    question: str
    answer: str
    half: Half

    @property
    def target(self) -> str:
        """What it is planted against, as one text."""
        return self.entry_id or f"{self.document}{self.locator}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFigures:
    """How one finder did: shares with 95 % Wilson intervals, and the pairs it missed and wrongly named."""

    label: Label
    precision: Estimate
    recall: Estimate
    missed: tuple[str, ...]
    wrong: tuple[str, ...]


def load_pairs(path: Path, half: Half) -> list[PlantedPair]:
    """Read a half out of a set: lines without a `part` of their own belong to the half asked for.

    Raises:
        GoldMissing: there is no such file.
        GoldEmpty: there is no pair in it.
        GoldInvalid: a line is wrong, or an id comes twice.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise GoldMissing(f"题集读不出来：{path}（{error.strerror}）") from None
    pairs: list[PlantedPair] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                pairs.append(_pair(json.loads(line), half))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                problems.append(Problem(code="pair", file=path.name, line=number, message=f"写法不对：{error}"))
    if len({pair.pair_id for pair in pairs}) < len(pairs):
        problems.append(Problem(code="twice", file=path.name, line=1, message="有重复的编号"))
    if problems:
        raise GoldInvalid.of(tuple(problems))
    wanted = [pair for pair in pairs if pair.half == half]
    if not wanted:
        raise GoldEmpty(f"{path.name} 里没有一对是 {half} 的")
    return wanted


def _pair(data: Mapping[str, object], otherwise: Half) -> PlantedPair:
    if {*data} - {"part"} != FIELDS:
        raise ValueError(f"字段应为 {sorted(FIELDS)}，可再加 part")
    half = next((known for known in HALVES if known == data.get("part", otherwise)), None)
    if half is None:
        raise ValueError(f"part 可用 {'、'.join(HALVES)}")
    against = data["against"]
    label = next((known for known in LABELS if known == data["label"]), None)
    if label is None or not isinstance(against, dict) or not ({*against} & {"entry_id", "document"}):
        raise ValueError(f"label 可用 {'、'.join(LABELS)}，against 写 entry_id，或 document 与 locator")
    texts = {name: data[name] for name in ("id", "kind", "question", "answer")}
    if not all(isinstance(text, str) and text for text in (*texts.values(), *against.values())):
        raise ValueError("每个字段都应是不空的文字")
    return PlantedPair(
        pair_id=str(texts["id"]),
        label=label,
        kind=str(texts["kind"]),
        entry_id=str(against.get("entry_id", "")),
        document=str(against.get("document", "")),
        locator=str(against.get("locator", "")),
        question=str(texts["question"]),
        answer=str(texts["answer"]),
        half=half,
    )


def pair_figures(
    pairs: Sequence[PlantedPair], named: Mapping[str, Iterable[str]], targets: Mapping[str, str], label: Label
) -> PairFigures:
    """Return how a finder did.

    Args:
        pairs: the planted pairs that count.
        named: by pair, the ids of what the finder paired the planted entry with.
        targets: by pair, the id of what it was planted against.
        label: what the finder looks for.
    """
    partners = {pair.pair_id: set(named.get(pair.pair_id, ())) for pair in pairs}
    meant = [pair for pair in pairs if pair.label == label]
    found = [targets[pair.pair_id] in partners[pair.pair_id] for pair in meant]
    claimed = [pair for pair in pairs if partners[pair.pair_id]]
    return PairFigures(
        label=label,
        precision=proportion([pair.label == label for pair in claimed]),
        recall=proportion(found),
        missed=tuple(pair.pair_id for pair, hit in zip(meant, found, strict=True) if not hit),
        wrong=tuple(pair.pair_id for pair in claimed if pair.label != label),
    )
