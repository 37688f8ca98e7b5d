"""From ranked candidates to what the agent sees: chosen branch, citations, what must be asked, what is withheld."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from assistant.judge.facts import FactBook
from assistant.suggest.branches import choose
from assistant.suggest.prices import TARIFF, PriceGate
from kb.domain.knowledge import Entry, FoundPassage
from kb.domain.suggestion import Answer, Citation, MustAsk, Nearby
from kb.domain.validity import Validity
from kb.search.catalogue import Catalogue
from kb.search.retrieve import Candidate

SHARE_OF_BEST = 0.1
EVEN = 0.5
PASSAGE_KINDS = {"clause": "条款", "row": "表格行", "section": "段落", "notice": "公告"}
PASSAGES = frozenset(PASSAGE_KINDS.values())
BLANK = re.compile(r"[\s，。！？、；：,.!?;:]+")
LEADING = 3
QUESTIONS_KEPT = 10_000


@dataclass(slots=True)
class Composed:
    """Answers in rank order, the questions to ask first, and which answers wait for them.

    `must_ask` holds what the first answer's branches depend on, `prices` what divides the prices near the question.
    """

    answers: list[Answer] = field(default_factory=list)
    must_ask: dict[str, MustAsk] = field(default_factory=dict)
    prices: dict[str, MustAsk] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)
    options: list[tuple[str, str]] = field(default_factory=list)
    tariff: set[str] = field(default_factory=set)

    def lead_with(self, answer: Answer) -> None:
        """Put an answer first that waits for nothing, in place of the same row found by searching."""
        self.answers = [answer, *(other for other in self.answers if other.entry_id != answer.entry_id)]
        self.withheld.discard(answer.entry_id)
        self.must_ask.clear()
        self.prices.clear()


class Composer:
    """Turns candidates into answers, verbatim."""

    def __init__(self, book: FactBook, gate: PriceGate) -> None:
        self._book = book
        self._gate = gate

    def compose(
        self, found: Sequence[Candidate], catalogue: Catalogue, facts: Mapping[str, str], *, asks_price: bool
    ) -> Composed:
        """Compose every candidate; `must_ask` comes from the first answer and, for a price, from all that is near."""
        composed = Composed()
        for candidate in found:
            item = catalogue.get(candidate.item_id)
            if isinstance(item, Entry):
                self._entry(composed, candidate, item, catalogue, facts)
            elif not self._gate.contradicts(item, facts):
                self._passage(composed, candidate, item)
        composed.answers = flag_conflicts(composed.answers)
        self._prices(composed, facts, asks_price=asks_price)
        return composed

    def _passage(self, composed: Composed, candidate: Candidate, found: FoundPassage) -> None:
        composed.options += self._gate.options(found).items()
        if found.document.kind == TARIFF:
            composed.tariff.add(found.passage.passage_id)
        composed.answers.append(passage_answer(candidate, found))

    def _entry(
        self, composed: Composed, candidate: Candidate, entry: Entry, catalogue: Catalogue, facts: Mapping[str, str]
    ) -> None:
        chosen = choose(entry.branches, facts)
        composed.options += [option for branch in entry.branches for option in branch.when.items()]
        if not composed.answers:
            for name, options in chosen.open_facts.items():
                composed.must_ask[name] = self._book.ask(name, options)
        if chosen.withheld:
            composed.withheld.add(entry.entry_id)
        composed.answers.append(
            Answer(
                entry_id=entry.entry_id,
                kind=entry.kind,
                question=entry.question,
                answer=chosen.text,
                branch=dict(chosen.branch),
                confidence=round(candidate.probability, 4),
                citations=entry_citations(entry, catalogue),
                why=_why(candidate),
            )
        )

    def _prices(self, composed: Composed, facts: Mapping[str, str], *, asks_price: bool) -> None:
        """Ask what divides the prices near the question, and hold every tariff row back until it is known."""
        names = self._gate.open_facts(composed.options, facts)
        if names:
            composed.withheld |= composed.tariff
        leading = {answer.entry_id for answer in composed.answers[:LEADING]}
        if asks_price or leading & composed.tariff:
            for name in names:
                composed.prices[name] = self._book.ask(name, ())


def flag_conflicts(answers: Sequence[Answer]) -> list[Answer]:
    """Return the answers, those marked that answer one and the same question in different words, never sure of any.

    Which of them is right only a curator can tell; `zhida kb check` and the gate point them out.
    """
    rivals: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer.kind not in PASSAGES:
            rivals[_bare(answer.question)].append(answer)
    against: dict[str, tuple[str, ...]] = {}
    for group in rivals.values():
        for answer in group:
            against[answer.entry_id] = tuple(o.entry_id for o in group if o.answer != answer.answer)
    return [
        replace(answer, conflicts_with=others, confidence=min(answer.confidence, EVEN))
        if (others := against.get(answer.entry_id))
        else answer
        for answer in answers
    ]


@lru_cache(maxsize=QUESTIONS_KEPT)
def _bare(question: str) -> str:
    return BLANK.sub("", unicodedata.normalize("NFKC", question))


def passage_answer(candidate: Candidate, found: FoundPassage) -> Answer:
    """Return a passage as an answer: its text, verbatim, under its heading."""
    passage, document = found.passage, found.document
    return Answer(
        entry_id=passage.passage_id,
        kind=PASSAGE_KINDS[passage.kind],
        question=passage.heading or f"{document.title} {passage.locator}",
        answer=passage.text,
        branch={},
        confidence=round(candidate.probability, 4),
        citations=(
            Citation(
                document=document.title,
                locator=passage.locator,
                valid_from=_day(passage.validity, document.validity, "valid_from"),
                valid_to=_day(passage.validity, document.validity, "valid_to"),
                public=document.visibility == "对外",
            ),
        ),
        why=_why(candidate),
    )


def entry_citations(entry: Entry, catalogue: Catalogue) -> tuple[Citation, ...]:
    """Return an entry's sources; validity and visibility come from the document where we hold it."""
    citations = []
    for source in entry.sources:
        document = catalogue.document(source.document)
        validity = document.validity if document else entry.validity
        citations.append(
            Citation(
                document=source.document,
                locator=source.locator,
                valid_from=_day(validity, validity, "valid_from"),
                valid_to=_day(validity, validity, "valid_to"),
                public=document is None or document.visibility == "对外",
            )
        )
    return tuple(citations)


def nearby_titles(answers: Sequence[Answer], shown: set[str], limit: int = 5) -> tuple[Nearby, ...]:
    """Return titles of candidates that are not shown as answers."""
    rest = [answer for answer in answers if answer.entry_id not in shown]
    return tuple(Nearby(entry_id=answer.entry_id, question=answer.question) for answer in rest[:limit])


def _why(candidate: Candidate) -> dict[str, object]:
    return {"matched": candidate.matched, "exact": candidate.exact, **candidate.why}


def _day(inner: Validity, outer: Validity, side: str) -> str | None:
    day = getattr(inner, side) or getattr(outer, side)
    return day.isoformat() if day else None
