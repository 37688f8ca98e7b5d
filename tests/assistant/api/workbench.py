"""The curators' side of a house: a real desk over a real index, small enough to be opened for every test."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from assistant.editing.desk import Desk
from assistant.editing.gate import Gate
from assistant.editing.listing import Listing
from assistant.editing.pins import Pins
from assistant.editing.preview import Over, Previews
from assistant.editing.workshop import Workshop
from assistant.judge.asking import load_ask_rules
from assistant.judge.facts import load_facts
from assistant.judge.judge import load_judge
from assistant.judge.taxonomy import load_taxonomy
from assistant.judge.words import load_word_rules
from assistant.outage.match import load_outage_matcher
from assistant.suggest.compose import Composer
from assistant.suggest.following import load_follow_rules
from assistant.suggest.pipeline import Assistant, Parts
from assistant.suggest.prices import PriceGate
from assistant.suggest.tables import load_tables
from assistant.workorder.advice import load_adviser
from kb.curation.encoders import EncoderChoice
from kb.curation.library import Library, Shelf
from kb.domain.clock import FixedClock
from kb.search.features import FEATURES
from kb.search.ranker import Calibration, Cuts, Ranker
from kb.store.database import Database
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser, load_analyser

GOLD = "bundled"
FACTS = {"用户类别": ("一户一表", "合表", "专变下"), "区域": ("城区", "农村")}


@cache
def analyser() -> Analyser:
    return load_analyser(RuleFiles(), Path(tempfile.mkdtemp(prefix="zhida-test-jieba-")))


@cache
def ranker() -> Ranker:
    silent = ("_meant", "meant_by", "_vs_rivals", "names_other")  # noise, with the tiny encoder
    return Ranker(
        weights={name: float(not any(part in name for part in silent)) for name in FEATURES},
        calibrations={"default": Calibration(score=1.0, margin=1.0, offset=-4.0)},
        cuts=Cuts(high=0.9, medium=0.5),
        exact=0.98,
        prose_handicap=0.0,
        made={},
    )


def parts(clock: FixedClock) -> Parts:
    """Everything but the knowledge, with the bundled rules."""
    files = RuleFiles()
    book, words = load_facts(files, analyser().normalise), load_word_rules(files)
    return Parts(
        judge=load_judge(),
        taxonomy=load_taxonomy(files),
        facts=book,
        words=words,
        asking=load_ask_rules(files),
        composer=Composer(book, PriceGate(words.price, book)),
        adviser=load_adviser(files),
        outages=load_outage_matcher(files),
        tables=load_tables(files),
        following=load_follow_rules(files),
        cuts=ranker().cuts,
        clock=clock,
    )


def assistants(clock: FixedClock) -> Callable[[Shelf], Assistant]:
    """What answers from one shelf, whatever is published meanwhile."""
    made = parts(clock)

    def over(shelf: Shelf) -> Assistant:
        return Assistant(made, lambda: shelf)

    return over


def make_workshop(database: Database, clock: FixedClock, over: Over) -> Workshop:
    """A workshop on a data folder; golden questions stand in its folder `bundled`, when a test puts any there."""
    library = Library(database, analyser(), ranker(), EncoderChoice("tiny"))
    gate = Gate(over, database.data_dir, clock, bundled=database.data_dir / GOLD)  # type: ignore[arg-type]
    return Workshop(
        desk=Desk(library, clock, str, gate),
        library=library,
        listing=Listing(database, clock),
        previews=Previews(library=library, over=over, clock=clock),
        pins=Pins(library),
        over=over,
        categories=load_taxonomy(RuleFiles()).categories,
        facts=FACTS,
        normalise=lambda text: analyser().normalise(text).text,
    )
