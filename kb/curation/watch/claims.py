"""What a text claims, clause by clause: figures, verdicts (可以/不可以), who pays, and the case it speaks of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from kb.curation.watch.figures import Figure
from kb.curation.watch.rules import WatchRules
from kb.curation.watch.types import Span, Statement, Subject

SENTENCE = re.compile(r"[^。！？；!?;\n]+")
CLAUSE = re.compile(r"[^，,：:]+")
NEGATIVE = re.compile("[不未没无免非别勿]")
CHINESE = re.compile(r"[\u4e00-\u9fffa-z]+")
Scopes = Mapping[str, frozenset[str]]
Grams = frozenset[str]
Option = tuple[str, re.Pattern[str], str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A short clause `[start, end)` of a statement, inside its sentence `[from_, to)`.

    `grams` are its character pairs without figures; `around` those of its whole sentence. `scopes` are the options it
    is confined to, its own words before its sentence's, before its branch's facts, before its subject's title.
    `alone` says that its sentence names one payer only, `plain` that nothing in it is negated, `settled` that it is no
    condition and no question.
    """

    start: int
    end: int
    from_: int
    to: int
    text: str
    figures: tuple[Figure, ...]
    verdicts: Mapping[str, bool]
    payers: frozenset[str]
    alone: bool
    negated: frozenset[str]
    plain: bool
    settled: bool
    grams: Grams
    around: Grams
    scopes: Scopes
    steps: frozenset[str]


Placed = tuple[Statement, Clause]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A figure with the clause it stands in."""

    place: Placed
    figure: Figure

    @property
    def span(self) -> Span:
        """Where it stands in its statement."""
        return Span(start=self.figure.start, end=self.figure.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """All a subject claims: clauses by statement, and the character pairs of what it is about.

    The rest is what comparing looks up: clauses that are no condition by what they say of a thing (`verdicts`: name and
    yes or no), by who pays, by the words they deny, and all that is said without denial.
    """

    subject: Subject
    clauses: tuple[Placed, ...]
    title: Grams
    title_scopes: Scopes
    verdicts: Mapping[tuple[str, bool], Sequence[Placed]]
    payers: Mapping[str, Sequence[Placed]]
    denials: Sequence[tuple[str, Placed]]
    plain: str
    stated: Sequence[Stated]
    dimensions: frozenset[str]


def claims_of(subject: Subject, clauses: Sequence[Placed], title: Grams, title_scopes: Scopes) -> Claims:
    """Return claims with what is looked up in them."""
    settled = [place for place in clauses if place[1].settled]
    verdicts: dict[tuple[str, bool], list[Placed]] = {}
    payers: dict[str, list[Placed]] = {}
    for place in settled:
        for said in place[1].verdicts.items():
            verdicts.setdefault(said, []).append(place)
        if len(place[1].payers) == 1:
            payers.setdefault(next(iter(place[1].payers)), []).append(place)
    return Claims(
        subject=subject,
        clauses=tuple(clauses),
        title=title,
        title_scopes=title_scopes,
        verdicts=verdicts,
        payers=payers,
        denials=[(word, place) for place in settled for word in sorted(place[1].negated)],
        stated=(stated := [Stated(place=place, figure=figure) for place in clauses for figure in place[1].figures]),
        dimensions=frozenset(each.figure.dimension for each in stated),
        plain="\n".join(place[1].text for place in settled if place[1].plain),
    )


class ClaimReader:
    """Reads claims; what a sentence says by itself is remembered, because bases repeat sentences."""

    def __init__(self, rules: WatchRules) -> None:
        self._rules = rules
        self._scopes = [
            (letters, pattern, group, name)
            for group, options in rules.scopes.items()
            for name, words in options.items()
            for letters, pattern in words.parts
        ]
        self._sentence = lru_cache(maxsize=65_536)(self._read)

    def __call__(self, subject: Subject) -> Claims:
        """Return what a subject claims."""
        title_scopes = self.scopes_in(fold(subject.title))
        clauses = [
            (statement, clause)
            for statement in subject.statements
            for clause in self._statement(statement, title_scopes)
        ]
        return claims_of(subject, clauses, grams_of(fold(subject.title)), title_scopes)

    def scopes_in(self, text: str) -> Scopes:
        """Return the options of each group that a text names."""
        return named_in(text, [option for option in self._scopes if option[0] in text])

    def _statement(self, statement: Statement, title: Scopes) -> Iterator[Clause]:
        text = fold(statement.text)
        given = base = {**title, **self.scopes_in(" ".join(statement.when.values()))}
        for match in SENTENCE.finditer(text):
            parts = self._sentence(match.group())
            for part in parts:
                yield _placed(part, match.start(), given)
            if parts:
                given = {**parts[-1].scopes, **base}

    def _read(self, sentence: str) -> tuple[Clause, ...]:
        figures = self._rules.figures(sentence)
        claimed = [] if self._rules.example.search(sentence) else figures
        masked = masked_text(sentence, figures)
        payers = self._payers(sentence)
        likely = [option for option in self._scopes if option[0] in sentence]
        around, found, before = grams_of(masked), [], dict[str, frozenset[str]]()
        for match in CLAUSE.finditer(sentence):
            start, end = match.span()
            text = match.group()
            own = named_in(text, likely) if likely else {}
            stated = tuple(figure for figure in claimed if start <= figure.start < end)
            scopes = {**before, **own}
            before.update(own)
            found.append(
                Clause(
                    start=start,
                    end=end,
                    from_=0,
                    to=len(sentence),
                    text=text,
                    figures=stated,
                    verdicts=self._verdicts(text),
                    payers=self._payers(text) if payers else payers,
                    alone=len(payers) == 1,
                    negated=frozenset(self._rules.negated.findall(text)),
                    plain=NEGATIVE.search(text) is None,
                    settled=self._rules.conditional.search(text) is None,
                    grams=grams_of(masked[start:end]),
                    around=around,
                    scopes=scopes,
                    steps=self._steps(text) if stated else frozenset(),
                )
            )
        return tuple(found)

    def _steps(self, text: str) -> frozenset[str]:
        """Return the steps a clause measures; 「到场后恢复供电」 measures what comes after."""
        measured = text.rpartition("后")[2] or text
        return frozenset(name for name, pattern in self._rules.steps.items() if pattern.found_in(measured))

    def _verdicts(self, text: str) -> dict[str, bool]:
        found = {}
        for verdict in self._rules.verdicts:
            rest, refused = verdict.no.taken_from(text)
            granted = verdict.yes.found_in(rest)
            if granted != bool(refused):
                found[verdict.name] = granted
        return found

    def _payers(self, text: str) -> frozenset[str]:
        rest = self._rules.payers.denied.sub(" ", text)
        sides = (("company", self._rules.payers.company), ("customer", self._rules.payers.customer))
        return frozenset(name for name, pattern in sides if pattern.search(rest))


def named_in(text: str, options: Sequence[Option]) -> Scopes:
    """Return which of some options a text names, by group."""
    found: dict[str, frozenset[str]] = {}
    for letters, pattern, group, name in options:
        if letters in text and name not in found.get(group, ()) and pattern.search(text) is not None:
            found[group] = found.get(group, frozenset()) | {name}
    return found


def _placed(part: Clause, offset: int, given: Scopes) -> Clause:
    """Return a sentence's clause where it stands in its statement."""
    return replace(
        part,
        start=part.start + offset,
        end=part.end + offset,
        from_=offset,
        to=part.to + offset,
        figures=tuple(replace(f, start=f.start + offset, end=f.end + offset) for f in part.figures),
        scopes={**given, **part.scopes},
    )


def fold(text: str) -> str:
    """Return a text with widths folded, character for character, so that places stay what they are."""
    if text.isascii():
        return text.lower()
    return "".join(_folded(character) for character in text)


@lru_cache(maxsize=65_536)
def _folded(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character).lower()
    return plain if len(plain) == 1 else character


def masked_text(text: str, figures: list[Figure]) -> str:
    """Return a text with its figures blanked, of the same length."""
    for figure in figures:
        text = text[: figure.start] + " " * (figure.end - figure.start) + text[figure.end :]
    return text


def grams_of(text: str) -> Grams:
    """Return the pairs of neighbouring characters in each run of letters."""
    return frozenset(run[i : i + 2] for run in CHINESE.findall(text) for i in range(len(run) - 1))


def apart(one: Scopes, other: Scopes) -> bool:
    """Whether two claims are confined to different options of one group."""
    return any(other.get(group, options).isdisjoint(options) for group, options in one.items())
