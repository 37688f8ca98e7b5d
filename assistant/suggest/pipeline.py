"""The pipeline: normalise, facts, candidates, judge, compose. Reproducible from (text, facts, as_of, release)."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.judge.asking import AskRules, Call
from assistant.judge.facts import FactBook
from assistant.judge.judge import Judge, Verdict
from assistant.judge.taxonomy import Taxonomy
from assistant.judge.words import WordRules
from assistant.outage.days import spoken_day
from assistant.outage.match import OutageMatcher, current
from assistant.suggest.asides import asides
from assistant.suggest.compose import SHARE_OF_BEST, Composed, Composer, nearby_titles
from assistant.suggest.following import FollowRules, Turn, continued
from assistant.suggest.guarding import Guards
from assistant.suggest.request import SuggestRequest, parse_as_of
from assistant.suggest.tables import Tables
from assistant.workorder.advice import Adviser, Intake
from assistant.workorder.rules import Rule, Situation
from kb.curation.library import Shelf
from kb.domain.clock import Clock
from kb.domain.suggestion import Answer, Band, Context, MustAsk, Nearby, Outage, Suggestion, WorkOrderAdvice
from kb.domain.validity import Scope
from kb.search.catalogue import Catalogue
from kb.search.ranker import Cuts
from kb.text.normalise import Normalised
from kb.text.tokens import Analyser, Tokens

EXPLAIN_LIMIT = 10
MAX_HINTS = 2
DANGER_RULE, DANGER_FROM = "W02", 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything the pipeline is made of, built once by the composition root."""

    judge: Judge
    taxonomy: Taxonomy
    facts: FactBook
    words: WordRules
    asking: AskRules
    composer: Composer
    adviser: Adviser
    outages: OutageMatcher
    tables: Tables
    following: FollowRules
    cuts: Cuts
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A request as understood: its words and facts, what may be seen, and what was found for it."""

    request: SuggestRequest
    asked: str
    shelf: Shelf
    scope: Scope
    normal: Normalised
    tokens: Tokens
    facts: Mapping[str, str]
    composed: Composed
    band: Band


class Assistant:
    """Answers utterances from whatever shelf is in force when it is asked.

    One at a time: several threads at once only take the interpreter from one another, and all wait longer.
    """

    def __init__(self, parts: Parts, shelf: Callable[[], Shelf]) -> None:
        self._turns = threading.Lock()
        self._parts = parts
        self._shelf = shelf
        self._guards = Guards(parts.cuts)

    def over(self, shelf: Shelf) -> Assistant:
        """Return the same assistant over one fixed shelf: how an earlier or a coming release is measured."""
        return Assistant(self._parts, lambda: shelf)

    def suggest(
        self, text: str, *, facts: Mapping[str, str] | None = None, as_of: str | None = None, explain: bool = False
    ) -> Suggestion:
        """Answer one utterance; see `answer`. The shape evaluation measures."""
        return self.answer(
            SuggestRequest(text=text, facts=facts or {}, as_of=parse_as_of(as_of or ""), explain=explain)
        )

    def answer(self, request: SuggestRequest) -> Suggestion:
        """Answer one request; `took_ms` counts the wait for its turn.

        Raises:
            RequestInvalid: a given fact has a value that does not exist.
        """
        started = time.perf_counter()
        with self._turns:
            suggestion = self._suggestion(self._hear(self._shelf(), request))
        return replace(suggestion, took_ms=round((time.perf_counter() - started) * 1000, 2))

    def turn(self, request: SuggestRequest, analyser: Analyser) -> Turn:
        """Return what a request asks about, in full, and the facts known by its words and those before it."""
        said = analyser.normalise(request.text).text
        return continued(request.text, said, request.before, self._parts.following, self._parts.facts)

    def _hear(self, shelf: Shelf, request: SuggestRequest) -> Heard:
        analyser = shelf.retriever.analyser
        turn = self.turn(request, analyser)
        normal = analyser.normalise(turn.text)
        facts = {**turn.facts, **self._parts.facts.check(request.facts)}
        scope = Scope(as_of=request.as_of or self._parts.clock.now().date(), region=request.region)
        tokens = analyser.query(normal)
        found = shelf.retriever.find(
            turn.text,
            scope,
            limit=EXPLAIN_LIMIT,
            expected=self._parts.judge.expected(tokens),
            doubt=self._parts.judge.nothing_to_answer(tokens),
        )
        composed = self._parts.composer.compose(
            found, shelf.catalogue, facts, asks_price=self._parts.words.asks_price(normal.text)
        )
        self._read_tables(composed, normal.text, facts, shelf, scope)
        return Heard(
            request=request,
            asked=turn.text,
            shelf=shelf,
            scope=scope,
            normal=normal,
            tokens=tokens,
            facts=facts,
            composed=composed,
            band=self._band(composed.answers),
        )

    def _read_tables(self, composed: Composed, text: str, facts: Mapping[str, str], shelf: Shelf, scope: Scope) -> None:
        """Put the cell a price question means first; ask for what still divides the rows."""
        reading = self._parts.tables.read(text, facts, shelf.catalogue, scope)
        for name in reading.open_facts:
            composed.prices.setdefault(name, self._parts.facts.ask(name, ()))
        answer = self._parts.tables.answer(reading)
        if answer is not None:
            composed.lead_with(answer)

    def _suggestion(self, heard: Heard) -> Suggestion:
        request, shelf, composed, text = heard.request, heard.shelf, heard.composed, heard.normal.text
        verdict = self._verdict(heard)
        outages = self._outages(shelf, heard.scope, text)
        danger = self._danger(verdict, text)
        situation = _situation(heard, verdict, danger=danger, outage=bool(outages))
        rule = self._parts.adviser.rule(situation)
        shown = [] if heard.band == "low" else self._kept(_shown(composed, request.top_k), rule, text)
        band = self._band(shown)
        shown = [] if band == "low" else shown
        identity = self._parts.words.identity(verdict.call_type.label, text)
        say = self._parts.words.say(verdict.call_type.label, text, danger=danger)
        return Suggestion(
            text=request.text,
            release=shelf.release,
            as_of=heard.scope.as_of.isoformat(),
            took_ms=0.0,
            band=band,
            call_type=verdict.call_type,
            categories=verdict.categories,
            business=self._business(verdict, text),
            answers=tuple(shown),
            nearby=nearby_titles(composed.answers, {answer.entry_id for answer in shown}),
            must_ask=self._must_ask(heard, verdict, notice=bool(outages), danger=danger),
            identity=identity,
            say=(*say, *self._doubts(request.text), *([identity.prompt] if identity.required else [])),
            avoid=self._guards.avoid(shelf, heard.scope, heard.asked, composed.answers),
            hints=self._hints(heard, shown),
            outages=tuple(outages),
            work_order=self._order(rule, situation, request, verdict),
            candidates=tuple(composed.answers) if request.explain else None,
            context=Context(text=heard.asked, facts=heard.facts),
        )

    def _kept(self, shown: list[Answer], rule: Rule | None, text: str) -> list[Answer]:
        """Return the answers, or none where the words are nobody's question here and no answer speaks of them."""
        words = rule.went_by(text) if rule is not None and rule.silent else ""
        said = [answer.question + answer.answer for answer in shown]
        if words and self._band(shown) != "high" and not any(words in one for one in said):
            return []
        return shown

    def _verdict(self, heard: Heard) -> Verdict:
        """Return the models' verdict, with the call type the words settle by themselves."""
        retrieved = _retrieved(heard.composed.answers, heard.shelf.catalogue)
        settled = self._parts.words.call_type(heard.normal.text)
        return self._parts.judge.judge(heard.tokens, retrieved, self._parts.taxonomy, settled=settled)

    def _band(self, answers: Sequence[Answer]) -> Band:
        return self._parts.cuts.band(answers[0].confidence) if answers else "low"

    def _must_ask(self, heard: Heard, verdict: Verdict, *, notice: bool, danger: bool) -> tuple[MustAsk, ...]:
        """Return the questions to ask first: what the words call for, then what a likely first answer depends on.

        The first kind does not wait for an answer to be found: a decisive fact is asked even when none is shown.
        """
        parts, composed = self._parts, heard.composed
        call = Call(
            text=heard.normal.text,
            call_type=verdict.call_type.label,
            facts=heard.facts,
            notice=notice,
            danger=danger,
        )
        due = parts.asking.due(call)
        asked = {name: parts.facts.ask(name, ()) for name in due}
        return tuple((asked | self._depended_on(composed)).values())

    def _depended_on(self, composed: Composed) -> dict[str, MustAsk]:
        """Return what a first answer that may be right still depends on; what divides prices, where it says one."""
        if not composed.answers:
            return {}
        first, cuts = composed.answers[0], self._parts.cuts
        if first.confidence < cuts.medium:
            return {}
        priced = first.entry_id in composed.withheld or first.confidence >= cuts.high
        return composed.must_ask | (composed.prices if priced else {})

    def _doubts(self, said: str) -> list[str]:
        """Return what to tell the caller about numbers and addresses that cannot be right."""
        return list(self._parts.adviser.slots.doubts(said).values())

    def _order(
        self, rule: Rule | None, situation: Situation, request: SuggestRequest, verdict: Verdict
    ) -> WorkOrderAdvice:
        category = verdict.categories[0].label if verdict.categories else ""
        intake = Intake(said=request.text, category=category, accepted=self._parts.clock.now(), region=request.region)
        return self._parts.adviser.advise(rule, situation, intake)

    def _danger(self, verdict: Verdict, text: str) -> bool:
        words = self._parts.words
        return words.danger(text) or (_model_sees_danger(verdict) and not words.supposed(text))

    def _business(self, verdict: Verdict, text: str) -> str:
        category = verdict.categories[0].label if verdict.categories else ""
        return self._parts.taxonomy.place(verdict.call_type.label, category, text)

    def _hints(self, heard: Heard, shown: Sequence[Answer]) -> tuple[Nearby, ...]:
        """Return at most two goals: what else the caller asked, then neighbours of the first answer."""
        told = [answer.entry_id for answer in shown]
        others = asides(heard.shelf, heard.scope, heard.request.text, told, self._parts.cuts.medium) if shown else ()
        goals = {one.entry_id: one for one in (*others, *_goals(shown, heard.shelf.catalogue, heard.scope))}
        return tuple(goals.values())[:MAX_HINTS]

    def _outages(self, shelf: Shelf, scope: Scope, text: str) -> list[Outage]:
        notices = (
            found
            for found in current(shelf.catalogue.notices)
            if scope.admits(found.passage.validity, found.document.visibility, found.document.region)
            and found.document.validity.covers(scope.as_of)
        )
        return self._parts.outages.matching(text, notices, day=spoken_day(text, scope.as_of))


def _model_sees_danger(verdict: Verdict) -> bool:
    """Whether the rule model names the danger rule: words nobody wrote a pattern for still get safety first."""
    return verdict.rules[0].label == DANGER_RULE and verdict.rules[0].confidence >= DANGER_FROM


def _situation(heard: Heard, verdict: Verdict, *, danger: bool, outage: bool) -> Situation:
    return Situation(
        text=heard.normal.text,
        call_type=verdict.call_type.label,
        danger=danger,
        band=heard.band,
        facts=heard.facts,
        flags=_flags(heard.composed.answers, heard.shelf.catalogue),
        outage=outage,
        model=verdict.rules[0],
        likely=verdict.needs_order,
    )


def _shown(composed: Composed, top_k: int) -> list[Answer]:
    """Return the answers to show: none that waits for a fact, none far behind the best, no side of a conflict alone."""
    best = composed.answers[0].confidence
    ready = [answer for answer in composed.answers if answer.entry_id not in composed.withheld]
    near = [answer for answer in ready if answer.confidence >= best * SHARE_OF_BEST]
    contested = {other for answer in near[:top_k] for other in answer.conflicts_with}
    return [*near[:top_k], *(answer for answer in near[top_k:] if answer.entry_id in contested)]


def _retrieved(answers: Sequence[Answer], catalogue: Catalogue) -> dict[str, float]:
    """Return how strongly the found entries speak for each category: the best probability, halved for second labels."""
    weights: dict[str, float] = defaultdict(float)
    for answer in answers[:3]:
        entry = catalogue.entries.get(answer.entry_id)
        for place, label in enumerate(entry.categories if entry else ()):
            weights[label] = max(weights[label], answer.confidence / (place + 1))
    return dict(weights)


def _flags(answers: Sequence[Answer], catalogue: Catalogue) -> frozenset[str]:
    entry = catalogue.entries.get(answers[0].entry_id) if answers else None
    return frozenset(entry.flags) if entry else frozenset()


def _goals(shown: Sequence[Answer], catalogue: Catalogue, scope: Scope) -> tuple[Nearby, ...]:
    """Return the neighbouring goals of the first answer that exist and may be answered: an expired one is no goal."""
    entry = catalogue.entries.get(shown[0].entry_id) if shown else None
    known = (catalogue.entries.get(hint) for hint in (entry.hints if entry else ()))
    wanted = [
        one
        for one in known
        if one is not None and one.kind != "guard" and scope.admits(one.validity, one.visibility, one.region)
    ]
    return tuple(Nearby(entry_id=e.entry_id, question=e.question) for e in wanted)
