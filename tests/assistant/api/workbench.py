"""The curators' side of a house: a real desk over a real index, small enough to be opened for every test."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from assistant.editing.desk import Desk
from assistant.editing.gate import Gate
from assistant.editing.listing import Listing
from assistant.editing.pins import Pins
from assistant.editing.preview import Over, Previews
from assistant.editing.workshop import Workshop
from assistant.judge.taxonomy import Taxonomy, load_taxonomy
from assistant.runtime import make_parts
from assistant.suggest.pipeline import Assistant, Parts
from kb.curation.encoders import EncoderChoice
from kb.curation.library import Library, Shelf
from kb.domain.clock import FixedClock
from kb.store.database import Database
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser, load_analyser
from tests.conftest import NOON
from tests.kb.builders import plain_ranker

GOLD = "bundled"
FACTS = {"用户类别": ("一户一表", "合表", "专变下"), "区域": ("城区", "农村")}


@cache
def analyser() -> Analyser:
    return load_analyser(RuleFiles(), Path(tempfile.mkdtemp(prefix="zhida-test-jieba-")))


@cache
def taxonomy() -> Taxonomy:
    return load_taxonomy(RuleFiles())


@cache
def parts() -> Parts:
    """Everything but the knowledge, with the bundled rules."""
    files = RuleFiles()
    return make_parts(files, analyser(), taxonomy(), plain_ranker(), FixedClock(NOON))


def assistants(clock: FixedClock) -> Callable[[Shelf], Assistant]:
    """What answers from one shelf, whatever is published meanwhile."""
    made = replace(parts(), clock=clock)

    def over(shelf: Shelf) -> Assistant:
        return Assistant(made, lambda: shelf)

    return over


def make_workshop(database: Database, clock: FixedClock, over: Over) -> Workshop:
    """A workshop on a data folder; golden questions stand in its folder `bundled`, when a test puts any there."""
    library = Library(database, analyser(), plain_ranker(), EncoderChoice("tiny"))
    gate = Gate(over, database.data_dir, clock, bundled=database.data_dir / GOLD)  # type: ignore[arg-type]
    return Workshop(
        desk=Desk(library, clock, str, gate),
        library=library,
        listing=Listing(database, clock),
        previews=Previews(library=library, over=over, clock=clock),
        pins=Pins(library),
        over=over,
        categories=taxonomy().categories,
        facts=FACTS,
        normalise=lambda text: analyser().normalise(text).text,
    )
