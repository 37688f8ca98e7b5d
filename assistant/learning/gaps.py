"""The gap list: what calls asked and the knowledge could not answer, masked, grouped, ranked by calls."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.calls.live import LiveRules
from assistant.learning import store
from assistant.learning.aside import gap_id_of, set_aside
from assistant.learning.cluster import Known, groups
from assistant.learning.heard import Question, questions
from assistant.learning.rules import GapRules, LearningRules
from assistant.learning.store import Said
from kb.domain.clock import Clock
from kb.domain.suggestion import Suggester
from kb.encode.protocol import Matrix
from kb.store.database import Database
from kb.store.dismissals import dismissals

# How a question came to be a gap, as shown; feedback kinds on the left.
KINDS: Mapping[str, str] = {
    "low": "低把握",
    "no_answer": "没有答案",
    "wrong": "答案错",
    "ambiguous": "表述歧义",
    "incomplete": "不全",
    "label": "改了类型",
    "overridden": "改判派单",
}
YEAR = dt.timedelta(days=366)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One sign that some words were not answered well: which call, when, how it showed."""

    call: str
    at: dt.datetime
    kind: str
    text: str
    release: int
    entry_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapQuery:
    """What to list. `everything` also lists what the knowledge in force answers by now, and what was set aside."""

    days: int = 0
    min_calls: int = 0
    everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """Finds gaps.

    `encode` maps texts to unit vectors, `known` gives what they are seen against, under the rules; `assistant` answers
    by the knowledge in force.
    """

    database: Database
    assistant: Suggester
    encode: Callable[[Sequence[str]], Matrix]
    known: Callable[[GapRules], Known]
    masker: Callable[[str], str]
    live: LiveRules
    clock: Clock
    rules: LearningRules

    def report(self, query: GapQuery) -> Json:
        """Return the gaps of the last days, those of most calls first, each with the nearest existing entries."""
        rules = self.rules.gaps
        since = self.clock.now() - dt.timedelta(days=query.days or rules.days)
        asking = self._asking(since)
        with self.database.read() as connection:
            dismissed = dismissals(connection)
        groups_found = self._grouped(asking)
        found = [{**gap_of(group), "aside": set_aside(group, dismissed, rules.reopen)} for group in groups_found]
        wanted = [gap for gap in found if gap["calls"] >= (query.min_calls or rules.min_calls)]
        wanted.sort(key=lambda gap: (-gap["calls"], gap["text"]))
        listed = [gap for gap in wanted if query.everything or gap["aside"] is None]
        shown = [{**gap, **self._nearest(gap)} for gap in listed[: 2 * rules.shown]]
        open_gaps = [gap for gap in shown if query.everything or not gap["answered"]]
        return {
            "since": since.date().isoformat(),
            "calls": len({signal.call for signal in asking}),
            "groups": len(wanted),
            "answered": sum(gap["answered"] for gap in shown),
            "aside": sum(gap["aside"] is not None for gap in wanted),
            "gaps": [self._trimmed(gap) for gap in open_gaps[: rules.shown]],
        }

    def asked(self, text: str) -> bool:
        """Whether calls of the last year asked these masked words, as one of the gaps they may be listed under."""
        return any(signal.text == text for signal in self._asking(self.clock.now() - YEAR))

    def _asking(self, since: dt.datetime) -> list[Signal]:
        """Return the signs since a moment whose masked words ask something."""
        with self.database.read() as connection:
            heard = questions(store.heard_since(connection, since), self.rules.pause)
            said = store.said_since(connection, since)
        signals = [replace(s, text=self.masker(s.text)) for s in signals_of(heard, said, self.rules.follow)]
        return [s for s in signals if len(self.live.meat(s.text)) >= self.rules.gaps.min_characters]

    def _grouped(self, signals: Sequence[Signal]) -> list[list[Signal]]:
        """Group signals by what they ask; texts beyond the newest `most_texts` are left out."""
        texts = list(dict.fromkeys(signal.text for signal in sorted(signals, key=lambda s: s.at, reverse=True)))
        texts = texts[: self.rules.gaps.most_texts]
        if not texts:
            return []
        rules = self.rules.gaps
        numbers = dict(zip(texts, groups(self.encode(texts), rules.distance, self.known(rules)), strict=True))
        found: dict[int, list[Signal]] = {}
        for signal in signals:
            if signal.text in numbers:
                found.setdefault(numbers[signal.text], []).append(signal)
        return list(found.values())

    def _nearest(self, gap: Json) -> Json:
        """Ask the knowledge in force again: what is nearest, and whether a newer release answers what was missing."""
        suggestion = self.assistant.suggest(gap["text"], explain=True)
        near = (suggestion.candidates or ())[: self.rules.gaps.nearest]
        rows = [{"entry_id": a.entry_id, "question": a.question, "confidence": round(a.confidence, 3)} for a in near]
        missing = set(gap["kinds"]) <= {"low", "no_answer"} and suggestion.release > gap["release"]
        return {"nearest": rows, "answered": missing and suggestion.band != "low" and bool(suggestion.answers)}

    def _trimmed(self, gap: Json) -> Json:
        kinds = {KINDS[kind]: count for kind, count in gap["kinds"].items()}
        return {**gap, "kinds": kinds, "texts": gap["texts"][: self.rules.gaps.examples]}


def signals_of(heard: Iterable[Question], said: Iterable[Said], follow: dt.timedelta) -> list[Signal]:
    """Return the signs of a period: questions that ended in band low, and what agents did about words.

    What an agent did within `follow` after the same words were asked belongs to that call.
    """
    asked: dict[tuple[str, str], Question] = {}
    found = []
    for question in heard:
        last = question.last
        asked[last.account, last.text] = question
        if last.band == "low":
            found.append(Signal(call=question.key, at=last.at, kind="low", text=last.text, release=last.release))
    for one in said:
        if one.kind not in KINDS:
            continue
        before = asked.get((one.account, one.text))
        close = before is not None and abs(one.at - before.last.at) <= follow
        call = before.key if before is not None and close else f"{one.account}/{one.at.isoformat()}"
        found.append(
            Signal(call=call, at=one.at, kind=one.kind, text=one.text, release=one.release, entry_id=one.entry_id)
        )
    return found


def gap_of(signals: Sequence[Signal]) -> Json:
    """Return one group as a gap: how many calls, how it showed, its most asked words first."""
    calls: dict[str, set[str]] = {}
    kinds: dict[str, set[str]] = {}
    for signal in signals:
        calls.setdefault(signal.text, set()).add(signal.call)
        kinds.setdefault(signal.kind, set()).add(signal.call)
    texts = sorted(calls, key=lambda text: (-len(calls[text]), len(text), text))
    entries = Counter(signal.entry_id for signal in signals if signal.entry_id)
    return {
        "gap_id": gap_id_of(texts[0]),
        "text": texts[0],
        "calls": len({signal.call for signal in signals}),
        "kinds": {kind: len(found) for kind, found in sorted(kinds.items(), key=lambda item: -len(item[1]))},
        "first": min(signal.at for signal in signals).isoformat(timespec="minutes"),
        "last": max(signal.at for signal in signals).isoformat(timespec="minutes"),
        "release": max(signal.release for signal in signals),
        "texts": texts,
        "entries": [entry for entry, _count in entries.most_common()],
    }
