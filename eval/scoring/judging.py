"""From filled sheets to one verdict each: how far scorers agree, who decides where they do not, and the accuracy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from eval.errors import BadArgument
from eval.metrics.kappa import cohen_kappa
from eval.metrics.krippendorff import krippendorff_alpha
from eval.question import Question
from eval.scoring.sampling import Draw, Item
from eval.scoring.sheets import SCALE, Sheet
from eval.statistics import Estimate, weighted_share

WRONG, PARTLY, RIGHT = SCALE


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far scorers agree on the items at least two scored (`n`).

    `same` is the plain share (0-1); `kappa` is linearly weighted and only for two scorers; `alpha` takes the scale as
    ordered. What cannot be computed is `None`: one scorer only, or no variation at all.
    """

    scorers: tuple[str, ...]
    n: int
    same: float | None
    kappa: float | None
    alpha: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One item with its final verdict: by whom (一致, 多数, 从严, 裁定, 一人), and every score with its reason."""

    item: Item
    verdict: str
    by: str
    scores: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Agreement, every decided item, numbers of those nobody scored, and the accuracy by category (and 全部)."""

    agreement: Agreement
    decided: tuple[Decided, ...]
    unscored: tuple[int, ...]
    accuracy: Mapping[str, Estimate]
    at_least_partly: Mapping[str, Estimate]

    @property
    def disputed(self) -> tuple[Decided, ...]:
        """The items scorers disagree on and nobody adjudicated."""
        return tuple(one for one in self.decided if one.by in {"多数", "从严"})

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**asdict(self), "disputed": [one.item.number for one in self.disputed]}


def judge(draw: Draw, sheets: Sequence[Sheet], final: Sheet | None = None) -> Judged:
    """Put sheets together.

    All equal: that verdict. Otherwise `final` decides where it scored the item; without it the majority, and without a
    majority the strictest score. An item nobody scored counts nowhere and is named.

    Raises:
        BadArgument: no sheet, two of one name, a sheet of another draw, or not one score.
    """
    _check(draw, sheets, final)
    said = {item.number: _said(item.number, sheets) for item in draw.items}
    rulings = {score.number: score.verdict for score in final.scores} if final else {}
    decided = tuple(
        _decide(item, said[item.number], rulings.get(item.number)) for item in draw.items if said[item.number]
    )
    if not decided:
        raise BadArgument("打分表里一个分数也没有", hint="请先填「评分」一列：对、部分对、错")
    return Judged(
        agreement=agreement(sheets),
        decided=decided,
        unscored=tuple(item.number for item in draw.items if not said[item.number]),
        accuracy=_accuracy(decided, {RIGHT}),
        at_least_partly=_accuracy(decided, {RIGHT, PARTLY}),
    )


def agreement(sheets: Sequence[Sheet]) -> Agreement:
    """Return how far the scorers agree."""
    by_item: dict[int, list[str]] = {}
    for sheet in sheets:
        for score in sheet.scores:
            by_item.setdefault(score.number, []).append(score.verdict)
    shared = [verdicts for verdicts in by_item.values() if len(verdicts) > 1]
    pairs = [(verdicts[0], verdicts[1]) for verdicts in shared] if len(sheets) == 2 else []
    return Agreement(
        scorers=tuple(sheet.scorer for sheet in sheets),
        n=len(shared),
        same=sum(len(set(verdicts)) == 1 for verdicts in shared) / len(shared) if shared else None,
        kappa=cohen_kappa(pairs, SCALE),
        alpha=krippendorff_alpha(shared, SCALE),
    )


def disputed_draw(draw: Draw, judged: Judged) -> tuple[Draw, dict[int, str]]:
    """Return the disputed items as a draw of their own under the same number, and what each scorer said of them."""
    kept = {one.item.number for one in judged.disputed}
    notes = {
        one.item.number: "；".join(f"{verdict}{f'（{reason}）' if reason else ''}" for _, verdict, reason in one.scores)
        for one in judged.disputed
    }
    return replace(draw, items=tuple(item for item in draw.items if item.number in kept)), notes


def as_gold(judged: Judged, questions: Sequence[Question]) -> tuple[Question, ...]:
    """Return the scored questions with what the scores teach: a right answer joins the gold, a wrong one leaves it.

    Partly right answers and disputed items change nothing and are left out, as are questions not in `questions`.
    """
    held = {question.id: question for question in questions}
    disputed = {one.item.number for one in judged.disputed}
    return tuple(
        _taught(held[one.item.question_id], one)
        for one in judged.decided
        if one.verdict != PARTLY and one.item.number not in disputed and one.item.question_id in held
    )


def _taught(question: Question, one: Decided) -> Question:
    others = tuple(entry for entry in question.entries if entry != one.item.entry_id)
    entries = (one.item.entry_id, *others) if one.verdict == RIGHT else others
    return replace(question, entries=entries, source="打分")


def _check(draw: Draw, sheets: Sequence[Sheet], final: Sheet | None) -> None:
    names = [sheet.scorer for sheet in sheets]
    if not sheets:
        raise BadArgument("至少要一份填好的打分表")
    if len(set(names)) < len(names):
        raise BadArgument(f"两份打分表同名，分不清是谁打的：{'、'.join(names)}", hint="请按打分人改文件名")
    other = next((sheet for sheet in (*sheets, *([final] if final else [])) if sheet.sheet_id != draw.sheet_id), None)
    if other is not None:
        raise BadArgument(f"{other.scorer} 是另一份卷子：{other.sheet_id}")


def _said(number: int, sheets: Sequence[Sheet]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (sheet.scorer, score.verdict, score.reason)
        for sheet in sheets
        for score in sheet.scores
        if score.number == number
    )


def _decide(item: Item, said: tuple[tuple[str, str, str], ...], ruling: str | None) -> Decided:
    verdicts = Counter(verdict for _, verdict, _ in said)
    top, count = verdicts.most_common(1)[0]
    if ruling is not None:
        return Decided(item=item, verdict=ruling, by="裁定", scores=said)
    if len(verdicts) == 1:
        return Decided(item=item, verdict=top, by="一致" if len(said) > 1 else "一人", scores=said)
    if count * 2 > len(said):
        return Decided(item=item, verdict=top, by="多数", scores=said)
    return Decided(item=item, verdict=min(verdicts, key=SCALE.index), by="从严", scores=said)


def _accuracy(decided: Sequence[Decided], right: set[str]) -> dict[str, Estimate]:
    strata = dict.fromkeys(one.item.stratum for one in decided)
    parts = {"全部": list(decided), **{name: [one for one in decided if one.item.stratum == name] for name in strata}}
    return {
        name: weighted_share([one.verdict in right for one in members], [one.item.weight for one in members])
        for name, members in parts.items()
    }
