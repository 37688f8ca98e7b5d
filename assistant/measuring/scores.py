"""Scoring in the console: blind items one by one, filled sheets in and out, agreement, rulings, gold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection

from assistant.errors import RequestInvalid
from assistant.measuring import store
from assistant.measuring.errors import ScoreClosed
from assistant.measuring.store import RULING, SEEN, Scored
from eval.runner import Run
from eval.scoring.judging import Judged, as_gold, judge
from eval.scoring.sampling import Draw, draw
from eval.scoring.sheets import HOW, SCALE, Score, Sheet, read_sheet, write_workbook
from eval.sets.writing import gold_text
from kb.domain.clock import Clock
from kb.store.database import Database
from kb.text.normalise import printable

MAX_SIZE = 1_000
MAX_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """All that the console does with people's scores. `database` must be open for writing to keep any.

    Blind means: items carry no band and no confidence; results open only to those who have scored everything or
    nothing, and whoever has seen them scores no more.
    """

    database: Database
    clock: Clock

    def draw(self, run: Run, size: int, account: str) -> Draw:
        """Draw a sheet from a run; the same run and size give the same sheet.

        Raises:
            RequestInvalid: a size out of range.
            BadArgument: no answer was shown in the run.
        """
        if not 1 <= size <= MAX_SIZE:
            raise RequestInvalid(f"抽样数应在 1 到 {MAX_SIZE} 之间")
        drawn, at = draw(run, size), self.clock.now()
        self.database.write(lambda connection: store.insert_sheet(connection, drawn, account=account, at=at))
        return drawn

    def sheets(self, account: str) -> list[dict[str, Any]]:
        """Return the sheets, newest first: size, who has scored how many, and how many are one's own."""
        with self.database.read() as connection:
            found = store.list_sheets(connection)
        return [
            {
                "sheet_id": one["sheet_id"],
                "run_id": one["draw"].run_id,
                "set": one["draw"].set_name,
                "n": len(one["draw"].items),
                "created_by": one["created_by"],
                "created_at": one["created_at"].isoformat(timespec="seconds"),
                "mine": one["done"].get(account, 0),
                "scorers": {name: n for name, n in one["done"].items() if name != RULING},
                "ruled": one["done"].get(RULING, 0),
            }
            for one in found
        ]

    def items(self, sheet_id: str, account: str) -> dict[str, Any]:
        """Return a sheet as a scorer may see it: words, answer, and one's own scores.

        Raises:
            SheetMissing: no such sheet.
        """
        with self.database.read() as connection:
            drawn = store.find_draw(connection, sheet_id)
            mine = {one.number: one for one in store.scores_of(connection, sheet_id) if one.scorer == account}
        blind = [
            {"number": i.number, "text": i.text, "title": i.title, "answer": i.answer, **_own(mine.get(i.number))}
            for i in drawn.items
        ]
        return {
            "sheet_id": sheet_id,
            "how": HOW,
            "scale": list(reversed(SCALE)),
            "closed": SEEN in mine,
            "items": blind,
        }

    def score(self, sheet_id: str, given: Scored) -> int:
        """Keep one's score of an item; return its version.

        Raises:
            SheetMissing: no such sheet.
            RequestInvalid: no such item, off the scale, or a reason that is too long.
            ScoreClosed: the scorer has seen the results.
            StaleVersion: another tab was quicker.
        """

        def job(connection: Connection) -> int:
            _check(store.find_draw(connection, sheet_id), given)
            if _has_seen(store.scores_of(connection, sheet_id), given.scorer):
                raise ScoreClosed("已经看过结果，不能再打分")
            return store.put_score(connection, sheet_id, given, at=self.clock.now())

        return self.database.write(job)

    def rule(self, sheet_id: str, given: Scored) -> int:
        """Rule on an item where scorers differ; return the ruling's version.

        Raises:
            SheetMissing: no such sheet.
            RequestInvalid: no such item, or off the scale.
            ScoreClosed: who rules has not opened the results.
            StaleVersion: somebody ruled meanwhile.
        """

        def job(connection: Connection) -> int:
            _check(store.find_draw(connection, sheet_id), given)
            if not _has_seen(store.scores_of(connection, sheet_id), given.account):
                raise ScoreClosed("先打开结果，再裁定")
            return store.put_score(connection, sheet_id, given, at=self.clock.now())

        return self.database.write(job)

    def result(self, sheet_id: str, account: str) -> dict[str, Any]:
        """Open the results: agreement, accuracy, disputed items with what everybody said. One's scores close.

        Raises:
            SheetMissing: no such sheet.
            ScoreClosed: one's own scores are begun and not finished.
            BadArgument: nobody has scored anything.
        """

        def job(connection: Connection) -> tuple[Draw, list[Scored]]:
            drawn, scores = store.find_draw(connection, sheet_id), store.scores_of(connection, sheet_id)
            mine = [one for one in scores if one.scorer == account and one.number != SEEN]
            if 0 < len(mine) < len(drawn.items):
                raise ScoreClosed(f"您还有 {len(drawn.items) - len(mine)} 条没打")
            if not _has_seen(scores, account):
                seen = Scored(scorer=account, number=SEEN, verdict="看过", reason="", version=0, account=account)
                store.put_score(connection, sheet_id, seen, at=self.clock.now())
            return drawn, scores

        drawn, scores = self.database.write(job)
        return _shown(judged(drawn, scores), scores)

    def take(self, sheet_id: str, scorer: str, filename: str, content: bytes, account: str) -> int:
        """Keep a filled workbook or .csv as a scorer's; return how many scores it held.

        Raises:
            SheetMissing: no such sheet.
            SheetInvalid: it is no filled sheet of this draw; every wrong row is named.
            ScoreClosed: the scorer has scored on the page already, or has seen the results.
        """
        with self.database.read() as connection:
            drawn = store.find_draw(connection, sheet_id)
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"sheet{Path(filename).suffix.lower()}"
            path.write_bytes(content)
            filled = read_sheet(path, drawn)

        def job(connection: Connection) -> int:
            if any(one.scorer == scorer for one in store.scores_of(connection, sheet_id)):
                raise ScoreClosed("这位打分人已经有分数了", hint="每位打分人只交一次；名字写错了请改名字")
            for one in filled.scores:
                kept = Scored(
                    scorer=scorer, number=one.number, verdict=one.verdict,
                    reason=printable(one.reason)[:MAX_REASON], version=0, account=account,
                )  # fmt: skip
                store.put_score(connection, sheet_id, kept, at=self.clock.now())
            return len(filled.scores)

        return self.database.write(job)

    def workbook(self, sheet_id: str) -> bytes:
        """Return the blind sheet as a workbook to fill in.

        Raises:
            SheetMissing: no such sheet.
        """
        with self.database.read() as connection:
            drawn = store.find_draw(connection, sheet_id)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "sheet.xlsx"
            write_workbook(drawn, path)
            return path.read_bytes()

    def gold(self, sheet_id: str, run: Run) -> str:
        """Return what the scores teach as gold lines (.jsonl).

        Raises:
            SheetMissing: no such sheet.
            BadArgument: nobody has scored anything.
        """
        with self.database.read() as connection:
            drawn, scores = store.find_draw(connection, sheet_id), store.scores_of(connection, sheet_id)
        return gold_text(as_gold(judged(drawn, scores), [outcome.question for outcome in run.outcomes]))

    def run_of(self, sheet_id: str) -> str:
        """Return the run a sheet was drawn from.

        Raises:
            SheetMissing: no such sheet.
        """
        with self.database.read() as connection:
            return store.find_draw(connection, sheet_id).run_id


def judged(drawn: Draw, scores: Sequence[Scored]) -> Judged:
    """Put the scores of a sheet together.

    Raises:
        BadArgument: nobody has scored anything.
    """
    names = sorted({one.scorer for one in scores if one.scorer != RULING and one.number != SEEN})
    final = _sheet(drawn, scores, RULING)
    return judge(drawn, [_sheet(drawn, scores, name) for name in names], final if final.scores else None)


def _sheet(drawn: Draw, scores: Sequence[Scored], scorer: str) -> Sheet:
    kept = (one for one in scores if one.scorer == scorer and one.number != SEEN)
    said = tuple(Score(number=one.number, verdict=one.verdict, reason=one.reason) for one in kept)
    return Sheet(scorer=scorer, sheet_id=drawn.sheet_id, scores=said)


def _shown(made: Judged, scores: Sequence[Scored]) -> dict[str, Any]:
    """Return the results as JSON: every item that scorers differ on, ruled or not, with the ruling's version."""
    data = made.to_dict()
    ruled = {one.number: one for one in scores if one.scorer == RULING}
    differing = [one for one in made.decided if len({verdict for _, verdict, _ in one.scores}) > 1]
    return {
        **{name: data[name] for name in ("agreement", "accuracy", "at_least_partly", "disputed")},
        "decided": len(made.decided),
        "unscored": len(made.unscored),
        "differing": [
            {
                "number": one.item.number, "text": one.item.text, "title": one.item.title, "answer": one.item.answer,
                "verdict": one.verdict, "by": one.by,
                "scores": [{"scorer": who, "verdict": said, "reason": why} for who, said, why in one.scores],
                "version": ruled[one.item.number].version if one.item.number in ruled else 0,
            }
            for one in differing
        ],
    }  # fmt: skip


def _own(mine: Scored | None) -> dict[str, Any]:
    if mine is None:
        return {"verdict": "", "reason": "", "version": 0}
    return {"verdict": mine.verdict, "reason": mine.reason, "version": mine.version}


def _has_seen(scores: Sequence[Scored], scorer: str) -> bool:
    return any(one.scorer == scorer and one.number == SEEN for one in scores)


def _check(drawn: Draw, given: Scored) -> None:
    if given.number not in {item.number for item in drawn.items}:
        raise RequestInvalid("卷子里没有这一条")
    if given.verdict not in SCALE or len(given.reason) > MAX_REASON:
        raise RequestInvalid(f"评分是 {'、'.join(reversed(SCALE))} 之一，理由不超过 {MAX_REASON} 字")
