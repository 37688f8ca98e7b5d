"""A runtime as the HTTP face wants it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from assistant.accounts.access import Accounts
from assistant.accounts.policy import load_policy
from assistant.api.services import Services
from assistant.calls.live import load_live_rules
from assistant.editing.desk import Desk
from assistant.editing.listing import Listing
from assistant.editing.pins import Pins
from assistant.editing.preview import Previews
from assistant.editing.workshop import Workshop
from assistant.health import examine
from assistant.judge.script import load_script_checker
from assistant.learning.aside import Aside
from assistant.learning.board import Board
from assistant.learning.gaps import Gaps
from assistant.learning.known import known_questions
from assistant.learning.phrasings import Phrasings
from assistant.learning.promotion import Promotion
from assistant.learning.request_rules import load_request_rules
from assistant.learning.requests import Requests
from assistant.learning.rules import load_learning_rules
from assistant.learning.service import Learning
from assistant.measuring.runs import Runs, Target
from assistant.measuring.scores import Scores
from assistant.runtime import Runtime
from assistant.workorder.calendar import load_workdays
from assistant.workorder.service import Orders
from eval.forbidden import forbidden_in
from eval.labels import load_labels
from kb.curation.library import Library
from kb.domain.suggestion import Suggester
from kb.search.catalogue import Catalogue
from kb.text.rulefiles import RuleFiles


def orders_of(runtime: Runtime) -> Orders:
    """Return what a runtime does with work orders."""
    return Orders(database=runtime.database, adviser=runtime.adviser, masker=runtime.masker, clock=runtime.clock)


def learning_of(runtime: Runtime) -> Learning:
    """Return what a runtime learns from calls; the knowledge is opened when something asks for it."""
    return build_learning(runtime.files, runtime.library, runtime.desk, runtime.assistant, orders_of(runtime))


def build_learning(files: RuleFiles, library: Library, desk: Desk, assistant: Suggester, orders: Orders) -> Learning:
    """Put the parts of learning together; records, masks and clock are those of `orders`."""
    database, masker, clock = orders.database, orders.masker, orders.clock
    rules = load_learning_rules(files)

    def normal(text: str) -> str:
        return library.analyser.normalise(text).text

    def catalogue() -> Catalogue:
        return library.shelf.catalogue

    gaps = _gaps(files, library, assistant, orders, normal)
    return Learning(
        requests=Requests(
            database=database,
            rules=load_request_rules(files, load_workdays(files)),
            masker=masker,
            clock=clock,
        ),
        gaps=gaps,
        aside=Aside(database=database, clock=clock, asked=gaps.asked),
        phrasings=Phrasings(
            database=database,
            desk=desk,
            catalogue=catalogue,
            normal=normal,
            masker=masker,
            clock=clock,
            rules=rules,
        ),
        promotion=Promotion(orders=orders, desk=desk, masker=masker),
        board=Board(database=database, desk=desk, clock=clock, rules=rules, catalogue=catalogue),
    )


def _gaps(
    files: RuleFiles, library: Library, assistant: Suggester, orders: Orders, normal: Callable[[str], str]
) -> Gaps:
    return Gaps(
        database=orders.database,
        assistant=assistant,
        encode=lambda texts: library.shelf.snapshot.encoder.encode([normal(text) for text in texts]),
        known=lambda rules: known_questions(library.shelf, rules),
        masker=orders.masker,
        live=load_live_rules(files),
        clock=orders.clock,
        rules=load_learning_rules(files),
    )


def target_of(runtime: Runtime) -> Target:
    """Return what a run measures: the function agents use, over the release in force when it starts."""
    shelf = runtime.library.shelf
    return Target(
        suggester=runtime.over(shelf),
        forbidden=forbidden_in(shelf.catalogue),
        settings={"encoder": runtime.settings.encoder, "release": None, "ranker": dict(runtime.ranker.made)},
    )


def services_of(runtime: Runtime) -> Services:
    """Hand a runtime's parts to the HTTP face."""
    return Services(
        assistant=runtime.assistant,
        release=lambda: runtime.library.open_release,
        database=runtime.database,
        masker=runtime.masker,
        clock=runtime.clock,
        settings=runtime.settings,
        accounts=Accounts(
            database=runtime.database,
            clock=runtime.clock,
            session_hours=runtime.settings.session_hours,
            link_minutes=runtime.settings.link_minutes,
            idle_minutes=runtime.settings.idle_minutes,
            policy=load_policy(runtime.files),
        ),
        catalogue=lambda: runtime.library.shelf.catalogue if runtime.library.open_release is not None else None,
        labels={
            "call_types": tuple(runtime.taxonomy.call_types),
            "consult": runtime.taxonomy.consult,
            "query": runtime.taxonomy.query,
        },
        examine=lambda: examine(runtime.settings),
        live=load_live_rules(runtime.files),
        watch=runtime.watch,
        orders=orders_of(runtime),
        script=load_script_checker(runtime.files),
        learning=learning_of(runtime),
        workshop=workshop_of(runtime),
        runs=Runs(partial(target_of, runtime), runtime.settings.data, runtime.clock, load_labels(runtime.files)),
        scores=Scores(database=runtime.database, clock=runtime.clock),
        rules=runtime.rules,
    )


def workshop_of(runtime: Runtime) -> Workshop:
    """Hand a runtime's parts to the curators' pages."""
    analyser = runtime.library.analyser
    return Workshop(
        desk=runtime.desk,
        library=runtime.library,
        listing=Listing(runtime.database, runtime.clock),
        previews=Previews(library=runtime.library, over=runtime.over, clock=runtime.clock),
        pins=Pins(runtime.library),
        over=runtime.over,
        categories=runtime.taxonomy.categories,
        facts={name: fact.options for name, fact in runtime.parts.facts.facts.items()},
        normalise=lambda text: analyser.normalise(text).text,
    )
