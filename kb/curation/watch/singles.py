"""Findings about one subject at a time: expiring soon, cites what no longer holds, lacks a figure, too long to say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from kb.curation.watch.claims import fold
from kb.curation.watch.rules import WatchRules
from kb.curation.watch.subjects import entry_subject, side_of
from kb.curation.watch.types import Finding, Kind, Remedy, Side, Span, Subject
from kb.domain.knowledge import Document, Entry
from kb.search.catalogue import Catalogue


def expiring(entries: Iterable[Entry], today: dt.date, rules: WatchRules) -> Iterator[Finding]:
    """Yield entries that still hold today and end within the days of the rule."""
    days = int(rules.limit("expiring", "days"))
    for entry in entries:
        end = entry.validity.valid_to
        if end is not None and entry.validity.covers(today) and end <= today + dt.timedelta(days=days):
            left = (end - today).days
            side = side_of(entry_subject(entry), entry.question)
            yield alone("expiring", side, f"{end.isoformat()} 起不再答出，还有 {left} 天", score=1 - left / (days + 1))


def stale_sources(catalogue: Catalogue, today: dt.date) -> Iterator[Finding]:
    """Yield entries in force that cite a document which no longer holds, or a clause that is gone from it."""
    newest: dict[str, list[Document]] = {}
    places: dict[str, set[str]] = {}
    for found in catalogue.passages.values():
        document = found.document
        newest.setdefault(document.title, [])
        if document not in newest[document.title]:
            newest[document.title].append(document)
        places.setdefault(document.document_id, set()).add(found.passage.locator)
    for entry in catalogue.entries.values():
        if not entry.validity.covers(today):
            continue
        for source in entry.sources:
            title = source.document.strip().strip("《》")
            why = _stale(newest.get(title, []), places, source.locator, today)
            if why:
                said = f"《{title}》{source.locator}"
                side = side_of(entry_subject(entry), said, (Span(start=0, end=len(said)),))
                yield alone("stale_source", side, f"引用的《{title}》{why}")
                break


def _stale(documents: list[Document], places: dict[str, set[str]], locator: str, today: dt.date) -> str:
    """Return what is wrong with a citation; a title no document has is somebody else's regulation."""
    if not documents:
        return ""
    current = [document for document in documents if document.validity.covers(today)]
    if not current:
        ends = max((d.validity.valid_to for d in documents if d.validity.valid_to), default=None)
        return f"已于 {ends.isoformat()} 失效" if ends else "还没有生效"
    wanted = locator.rsplit("›", maxsplit=1)[-1].strip()
    if wanted and not any(wanted in place for document in current for place in places[document.document_id]):
        return f"现行版本里没有{wanted}"
    return ""


def missing_figures(subjects: Iterable[Subject], rules: WatchRules) -> Iterator[Finding]:
    """Yield statements with a unit that has no number before it: 「每度电元」."""
    for subject in subjects:
        for statement in subject.statements:
            text = fold(statement.text)
            if rules.unless_missing.search(text):
                continue
            found = rules.missing.search(text)
            if found is not None:
                start = max((text.rfind(mark, 0, found.start()) for mark in "。；！？\n"), default=-1) + 1
                ends = [end for mark in "。；！？\n" if (end := text.find(mark, found.end())) >= 0]
                said = statement.text[start : min(ends, default=len(text))]
                span = Span(start=found.start() - start, end=found.end() - start)
                side = side_of(subject, said, (span,))
                yield alone("missing_figure", side, f"“{found.group()}”前面没有数字")
                break


def too_long(entries: Iterable[Entry], rules: WatchRules) -> Iterator[Finding]:
    """Yield entries with a branch that takes longer to read out than the rule allows."""
    rate, most = rules.limit("aloud", "characters_per_second"), rules.limit("aloud", "seconds")
    for entry in entries:
        longest = max(entry.branches, key=lambda branch: spoken_length(branch.answer), default=None)
        if longest is None:
            continue
        seconds = spoken_length(longest.answer) / rate
        if seconds > most:
            side = side_of(entry_subject(entry), longest.answer)
            why = f"念完约 {seconds:.0f} 秒，超过 {most:.0f} 秒"
            yield alone("too_long", side, why, score=min(1.0, seconds / most - 1))


def spoken_length(text: str) -> int:
    """Return how many characters are spoken: letters and digits."""
    return sum(character.isalnum() for character in text)


def alone(kind: Kind, side: Side, why: str, *, score: float = 1.0) -> Finding:
    """Return a finding with one side; a clause is mended in its document."""
    mending = (
        Remedy(action="edit", item_id=side.item_id, label=f"修改 {side.item_id}"),
        Remedy(action="withdraw", item_id=side.item_id, label=f"下线 {side.item_id}"),
    )
    dismissing = Remedy(action="dismiss", item_id=side.item_id, label="不是问题")
    remedies = (dismissing,) if side.kind == "clause" else (*mending, dismissing)
    return Finding(kind=kind, sides=(side,), why=why, remedies=remedies, score=score)
