"""What callers asked before, put to another release: which answers change, those asked most often first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from eval.errors import LogEmpty
from kb.domain.errors import ZhidaError
from kb.domain.suggestion import Suggester

NEW, GONE, OTHER = "新作答", "不再作答", "换了答案"
Key = tuple[str, str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A logged suggestion: masked words, facts, the ISO day it was for, its release, band and first shown answer."""

    text: str
    as_of: str
    release: int
    band: str
    first: str | None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedAnswer:
    """One question whose first shown answer changed: how often it was asked, and both ids, `None` for no answer."""

    text: str
    calls: int
    kind: str
    before: str | None
    after: str | None
    band_before: str
    band_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A log on a release. `calls` counts log rows, `texts` different questions; `failed` names what was not asked."""

    release: int | None
    calls: int
    texts: int
    changed: tuple[ChangedAnswer, ...]
    failed: tuple[tuple[str, str], ...]

    @property
    def changed_calls(self) -> int:
        """How many logged calls would be answered differently."""
        return sum(change.calls for change in self.changed)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**asdict(self), "changed_calls": self.changed_calls}


def replay(
    calls: Sequence[Call], suggester: Suggester, *, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> Replay:
    """Ask every different logged question once more and compare the first shown answer with the last one logged.

    Questions are the same when words, facts and day are. Placeholders of masked numbers are asked as they stand.

    Raises:
        LogEmpty: no call.
    """
    if not calls:
        raise LogEmpty("这段时间的日志里没有话")
    asked = _grouped(calls)
    changed, failed = [], []
    release = None
    for done, members in enumerate(asked.values(), start=1):
        last = members[-1]
        try:
            now = suggester.suggest(last.text, facts=last.facts, as_of=last.as_of)
        except ZhidaError as error:
            failed.append((last.text, error.message))
        else:
            release = now.release
            after = now.answers[0].entry_id if now.answers else None
            if after != last.first:
                changed.append(_changed(members, after, now.band))
        progress(done, len(asked))
    changed.sort(key=lambda change: (-change.calls, change.text))
    return Replay(release=release, calls=len(calls), texts=len(asked), changed=tuple(changed), failed=tuple(failed))


def _grouped(calls: Iterable[Call]) -> dict[Key, list[Call]]:
    groups: dict[Key, list[Call]] = {}
    for call in calls:
        groups.setdefault((call.text, call.as_of, tuple(sorted(call.facts.items()))), []).append(call)
    return groups


def _changed(members: Sequence[Call], after: str | None, band: str) -> ChangedAnswer:
    last = members[-1]
    return ChangedAnswer(
        text=last.text,
        calls=len(members),
        kind=NEW if last.first is None else GONE if after is None else OTHER,
        before=last.first,
        after=after,
        band_before=last.band,
        band_after=band,
    )
