"""What may never come back as an answer, and whether it did: guards, internal knowledge, what is not valid that day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from eval.sameness import plain
from kb.domain.suggestion import Answer, Suggestion
from kb.domain.validity import Scope
from kb.search.catalogue import Catalogue

GUARD = "guard"
LEAST = 8
Forbidden = Callable[[Suggestion], tuple[str, ...]]
"""Names every forbidden piece in a suggestion, in Chinese; none for a clean one."""


def guards_returned(suggestion: Suggestion) -> tuple[str, ...]:
    """Name guards among the answers; all that can be known without the knowledge base."""
    names = (f"{answer.entry_id}：护栏" for answer in _returned(suggestion) if answer.kind == GUARD)
    return tuple(dict.fromkeys(names))


def forbidden_in(catalogue: Catalogue) -> Forbidden:
    """Return the check against everything a release holds.

    An answer is forbidden when its id is a guard's, when its knowledge is internal or not valid on the suggestion's
    day, or when it contains a guard's wrong utterance (of at least `LEAST` characters, in plain form).
    """
    guards = [entry.guard for entry in catalogue.entries.values() if entry.guard is not None]
    wrong = tuple(text for text in (plain(guard.utterance) for guard in guards) if len(text) >= LEAST)

    def check(suggestion: Suggestion) -> tuple[str, ...]:
        scope = Scope(as_of=dt.date.fromisoformat(suggestion.as_of))
        found = ((answer, _reason(answer, catalogue, scope, wrong)) for answer in _returned(suggestion))
        return tuple(dict.fromkeys(f"{answer.entry_id}：{reason}" for answer, reason in found if reason))

    return check


def _returned(suggestion: Suggestion) -> tuple[Answer, ...]:
    return suggestion.answers + (suggestion.candidates or ())


def _reason(answer: Answer, catalogue: Catalogue, scope: Scope, wrong: tuple[str, ...]) -> str:
    if answer.kind == GUARD:
        return "护栏"
    entry, found = catalogue.entries.get(answer.entry_id), catalogue.passages.get(answer.entry_id)
    if entry is not None and (entry.kind == GUARD or not scope.admits(entry.validity, entry.visibility, entry.region)):
        return "护栏、内部或当日无效"
    if found is not None:
        document = found.document
        inside = scope.admits(document.validity, document.visibility, document.region)
        if not (inside and found.passage.validity.covers(scope.as_of)):
            return "内部或当日无效"
    text = plain(answer.answer)
    return "含护栏原话" if any(utterance in text for utterance in wrong) else ""
