"""What a text claims, clause by clause: figures, verdicts (可以/不可以), who pays, and the case it speaks of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from kb.curation.watch.aspects import Choices, Order, choices_in, orders_in
from kb.curation.watch.figures import Figure
from kb.curation.watch.grams import Grams
from kb.curation.watch.rules import WatchRules
from kb.curation.watch.types import Span, Statement, Subject

SENTENCE = re.compile(r"[^。！？；!?;\n]+")
CLAUSE = re.compile(r"[^，,：:]+")
NEGATIVE = re.compile("[不未没无免非别勿]")
LIST = re.compile("、")
ORDINAL = re.compile("第[零一二三四五六七八九十百\\d]+[条款章]")
PAYER = "由谁承担"
CHARGED = "收费"
BARE = 2
SHORT = 10
Scopes = Mapping[str, frozenset[str]]
Option = tuple[str, re.Pattern[str], str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A short clause `[start, end)` of a statement, inside its sentence `[from_, to)`.

    `grams` are its character pairs without figures; `topic` those of the clause before it too, or of what was asked
    where it is a bare yes or no; `around` those of its whole sentence and of its subject's title. `scopes` are the
    options it is confined to: its own words, else those `before` it in its sentence, in its branch's facts and in its
    subject's title together. `verdicts` also say who pays (the customer or not). `denied` are the pairs right after its
    negations; `plain` says that nothing in it is negated, `settled` that it is no condition and no question.
    `refuses` says that it says no, `choices` what it answers of questions with answers that exclude each other,
    `orders` what it puts first; `words` are what it means, without figures: with its title where it is the short answer
    to it (`lead`).
    """

    start: int
    end: int
    from_: int
    to: int
    text: str
    figures: tuple[Figure, ...]
    verdicts: Mapping[str, bool]
    denied: Grams
    plain: bool
    settled: bool
    grams: Grams
    topic: Grams
    around: Grams
    scopes: Scopes
    before: Scopes
    steps: frozenset[str]
    refuses: bool
    choices: Choices
    orders: tuple[Order, ...]
    words: str
    lead: bool = False


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

    The rest is what comparing looks up in clauses that are no condition: by what they say of a thing (`verdicts`: name
    and yes or no), those that deny something, and those that deny nothing; `said` is every clause word for word.
    """

    subject: Subject
    clauses: tuple[Placed, ...]
    title: Grams
    title_scopes: Scopes
    verdicts: Mapping[tuple[str, bool], Sequence[Placed]]
    denials: Sequence[Placed]
    plain: Sequence[Placed]
    refusing: Sequence[Placed]
    affirming: Sequence[Placed]
    choosing: Sequence[Placed]
    ordering: Sequence[Placed]
    stated: Sequence[Stated]
    dimensions: frozenset[str]
    said: frozenset[str]

    def says_one(self, dimension: str) -> bool:
        """Whether it states one value of a dimension, and no other."""
        return len({stated.figure.said for stated in self.stated if stated.figure.dimension == dimension}) == 1

    def like(self, clause: Clause, name: str) -> Sequence[Placed]:
        """Return what answers a choice like `clause`; where it answers none, those that say yes or no alike."""
        chosen = clause.choices.get(name)
        if chosen is not None:
            return [place for place in self.choosing if not chosen.isdisjoint(place[1].choices.get(name, ()))]
        return self.refusing if clause.refuses else self.affirming


def claims_of(subject: Subject, clauses: Sequence[Placed], title: Grams, title_scopes: Scopes) -> Claims:
    """Return claims with what is looked up in them."""
    settled = [place for place in clauses if place[1].settled]
    verdicts: dict[tuple[str, bool], list[Placed]] = {}
    for place in settled:
        for said in place[1].verdicts.items():
            verdicts.setdefault(said, []).append(place)
    return Claims(
        subject=subject,
        clauses=tuple(clauses),
        title=title,
        title_scopes=title_scopes,
        verdicts=verdicts,
        denials=[place for place in settled if place[1].denied],
        plain=[place for place in settled if place[1].plain],
        refusing=[place for place in settled if place[1].refuses],
        affirming=[place for place in settled if not place[1].refuses],
        choosing=[place for place in settled if place[1].choices],
        ordering=[place for place in clauses if place[1].orders],
        stated=(stated := [Stated(place=place, figure=figure) for place in clauses for figure in place[1].figures]),
        dimensions=frozenset(each.figure.dimension for each in stated),
        said=frozenset(place[1].text for place in clauses),
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
        asked = fold(subject.title)
        title, title_scopes = self._content(asked, self._rules.figures(asked)), self.scopes_in(asked)
        clauses = [
            (statement, clause)
            for statement in subject.statements
            for clause in self._statement(statement, asked, title, title_scopes)
        ]
        return claims_of(subject, clauses, title, title_scopes)

    def scopes_in(self, text: str) -> Scopes:
        """Return the options of each group that a text names."""
        return named_in(text, [option for option in self._scopes if option[0] in text])

    def _statement(self, statement: Statement, asked: str, title: Grams, confined: Scopes) -> Iterator[Clause]:
        text, question = fold(statement.text), asked if self._rules.asking.search(asked) else ""
        given = base = {**confined, **self.scopes_in(" ".join(statement.when.values()))}
        for match in SENTENCE.finditer(text):
            parts = self._sentence(match.group())
            around = parts[0].around | title if parts else title
            for part in parts:
                answers = question if not match.start() and not part.start and self._leads(part) else ""
                yield _placed(part, match.start(), given, around, title, answers)
            if parts:
                given = {**united(parts[-1].before, parts[-1].scopes), **base}

    def _read(self, sentence: str) -> tuple[Clause, ...]:
        figures = self._rules.figures(sentence)
        claimed = [] if self._rules.example.search(sentence) else figures
        likely = [option for option in self._scopes if option[0] in sentence]
        around, found, before = self._content(sentence, figures), list[Clause](), dict[str, frozenset[str]]()
        orders = {0: orders_in(sentence, self._rules.orders)}
        for start, end in clauses_in(sentence, figures):
            text = sentence[start:end]
            own = named_in(text, likely) if likely else {}
            stated = tuple(figure for figure in claimed if start <= figure.start < end)
            grams = self._content(text, [moved(figure, -start) for figure in figures if start <= figure.start < end])
            found.append(
                Clause(
                    start=start,
                    end=end,
                    from_=0,
                    to=len(sentence),
                    text=text,
                    figures=stated,
                    verdicts=self._verdicts(text),
                    denied=self._denied(text),
                    plain=NEGATIVE.search(text) is None,
                    settled=self._rules.conditional.search(text) is None,
                    grams=grams,
                    topic=grams | found[-1].grams if found else grams,
                    around=around,
                    scopes=own,
                    before=dict(before),
                    steps=self._steps(text) if stated else frozenset(),
                    refuses=self._rules.denials.odd(text),
                    choices=choices_in(text, self._rules.choices),
                    orders=orders.get(start, ()),
                    words=masked_text(sentence, figures)[start:end],
                )
            )
            before = united(before, own)
        return tuple(found)

    def _leads(self, part: Clause) -> bool:
        """Whether a clause is a short answer, yes or no: 「能留」「不用乘」「给换的」."""
        return len(part.text) <= SHORT and (
            part.refuses or bool(part.verdicts) or self._rules.agreeing.match(part.text) is not None
        )

    def _content(self, text: str, figures: Sequence[Figure]) -> Grams:
        """Return what a text speaks of without its figures, but for limits that name a case: 「160千伏安以上的」."""
        cases = [figure for figure in figures if figure.bound and figure.dimension in self._rules.cases]
        named = frozenset(f"{figure.low:g}{figure.dimension}" for figure in cases)
        return self._rules.grams(ORDINAL.sub(" ", masked_text(text, figures))) | named

    def _steps(self, text: str) -> frozenset[str]:
        """Return the steps a clause measures; 「到场后恢复供电」 measures what comes after."""
        measured = text.rpartition("后")[2] or text
        return frozenset(name for name, pattern in self._rules.steps.items() if pattern.found_in(measured))

    def _verdicts(self, text: str) -> dict[str, bool]:
        found = {}
        for verdict in self._rules.verdicts:
            if verdict.sure.found_in(text):
                found[verdict.name] = True
                continue
            rest, refused = verdict.no.taken_from(text)
            granted = verdict.yes.found_in(rest)
            if granted != bool(refused):
                found[verdict.name] = granted
        payers = self._payers(text)
        if len(payers) == 1:
            found[PAYER] = payers == {"customer"}
        elif CHARGED in found and not payers:
            found[PAYER] = found[CHARGED]
        return found

    def _denied(self, text: str) -> Grams:
        """Return what stands right after a clause's negations; those that only say which (没有…的) deny nothing."""
        rest = self._rules.attributive.sub(" ", text)
        return frozenset(gram for match in self._rules.negated.finditer(rest) for gram in self._rules.grams(match[1]))

    def _payers(self, text: str) -> frozenset[str]:
        rest = self._rules.payers.denied.sub(" ", text)
        sides = (("company", self._rules.payers.company), ("customer", self._rules.payers.customer))
        return frozenset(name for name, pattern in sides if pattern.search(rest))


def clauses_in(sentence: str, figures: Sequence[Figure]) -> Iterator[tuple[int, int]]:
    """Yield where the clauses of a sentence are; a list of figures is one clause each: 「低压2个、高压3个工作日」."""
    for match in CLAUSE.finditer(sentence):
        start = match.start()
        for part in LIST.finditer(sentence, match.start(), match.end()):
            here = any(start <= figure.start < part.start() for figure in figures)
            if here and any(part.end() <= figure.start < match.end() for figure in figures):
                yield start, part.start()
                start = part.end()
        yield start, match.end()


def named_in(text: str, options: Sequence[Option]) -> Scopes:
    """Return which of some options a text names, by group."""
    found: dict[str, frozenset[str]] = {}
    for letters, pattern, group, name in options:
        if letters in text and name not in found.get(group, ()) and pattern.search(text) is not None:
            found[group] = found.get(group, frozenset()) | {name}
    return found


def _placed(part: Clause, offset: int, given: Scopes, around: Grams, title: Grams, answers: str) -> Clause:
    """Return a sentence's clause where it stands in its statement, under its title, and the question it answers."""
    bare = is_bare(part) or bool(answers)
    return replace(
        part,
        lead=bool(answers),
        settled=part.settled or bool(answers),
        words=f"{answers} {part.words}" if answers else part.words,
        grams=part.grams | title if bare else part.grams,
        topic=part.topic | title if bare else part.topic,
        around=around,
        start=part.start + offset,
        end=part.end + offset,
        from_=offset,
        to=part.to + offset,
        figures=tuple(moved(figure, offset) for figure in part.figures),
        scopes={**united(given, part.before), **part.scopes},
    )


def moved(figure: Figure, offset: int) -> Figure:
    """Return a figure that stands `offset` characters further on."""
    return replace(figure, start=figure.start + offset, end=figure.end + offset)


def united(one: Scopes, other: Scopes) -> dict[str, frozenset[str]]:
    """Return the options of both: what was named so far confines what follows to any of it."""
    if not one or not other:
        return dict(one or other)
    return {**one, **{group: one.get(group, frozenset()) | options for group, options in other.items()}}


def fold(text: str) -> str:
    """Return a text with widths folded, character for character, so that places stay what they are."""
    if text.isascii():
        return text.lower()
    return "".join(_folded(character) for character in text)


@lru_cache(maxsize=65_536)
def _folded(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character).lower()
    return plain if len(plain) == 1 else character


def masked_text(text: str, figures: Sequence[Figure]) -> str:
    """Return a text with its figures blanked, of the same length."""
    for figure in figures:
        text = text[: figure.start] + " " * (figure.end - figure.start) + text[figure.end :]
    return text


def is_bare(clause: Clause) -> bool:
    """Whether a clause is a yes or no with little to say what of: 「可以申请」「不顺延」."""
    return clause.start == clause.from_ and len(clause.grams) <= BARE and bool(clause.verdicts or clause.denied)


def apart(one: Scopes, other: Scopes) -> bool:
    """Whether two claims are confined to different options of one group."""
    return any(other.get(group, options).isdisjoint(options) for group, options in one.items())
