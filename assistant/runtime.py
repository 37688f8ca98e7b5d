"""The composition root: the only place that builds things, from settings to an assistant that answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import kb.search
from assistant.editing.desk import Desk
from assistant.editing.gate import Gate
from assistant.judge.asking import load_ask_rules
from assistant.judge.facts import FactBook, load_facts
from assistant.judge.judge import load_judge
from assistant.judge.taxonomy import Taxonomy, load_taxonomy
from assistant.judge.words import load_word_rules
from assistant.outage.match import load_outage_matcher
from assistant.settings import Settings
from assistant.suggest.compose import Composer
from assistant.suggest.following import load_follow_rules
from assistant.suggest.pipeline import Assistant, Parts
from assistant.suggest.prices import PriceGate
from assistant.suggest.tables import load_tables
from assistant.workorder.advice import Adviser, load_adviser
from kb.curation.encoders import EncoderChoice
from kb.curation.library import Library, Shelf
from kb.curation.people import load_people
from kb.domain.clock import Clock, SystemClock
from kb.search.ranker import Ranker, load_ranker
from kb.store.database import Database
from kb.text.masking import Masker, load_masker
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import load_analyser

RANKER = Path(kb.search.__file__).parent / "models" / "ranker.json"
CACHE = "cache"
RULES = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Everything a face needs, opened on one data folder."""

    settings: Settings
    clock: Clock
    files: RuleFiles
    taxonomy: Taxonomy
    facts: FactBook
    ranker: Ranker
    masker: Masker
    database: Database
    library: Library
    assistant: Assistant
    adviser: Adviser
    desk: Desk
    over: Callable[[Shelf], Assistant]


@contextmanager
def open_runtime(settings: Settings, *, write: bool = False, clock: Clock | None = None) -> Iterator[Runtime]:
    """Open a data folder; close records and release the lock at the end.

    Raises:
        WriterBusy: `write` is asked for and another process writes.
        NoData: the folder was never initialised and `write` is not asked for.
        RuleFileInvalid: a rule, lexicon or model file is malformed.
    """
    with one_thread_per_product(), Database(settings.data, url=settings.database_url, write=write) as database:
        yield build_runtime(settings, database, clock or SystemClock())


@contextmanager
def one_thread_per_product() -> Iterator[None]:
    """Multiply matrices on one thread: ours are small, and waking others costs more than they save.

    Measured on two busy cores: 47 ms of processor time a question with OpenBLAS's own threads, 28 ms with one.
    """
    import numpy as np  # noqa: F401 - its libraries must be loaded to be limited
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        yield


def assistant_over(parts: Parts, shelf: Shelf) -> Assistant:
    """Return an assistant that answers from one shelf, whatever is published meanwhile."""
    return Assistant(parts, lambda: shelf)


def build_runtime(settings: Settings, database: Database, clock: Clock) -> Runtime:
    """Put the parts together over an open database; the index is opened at the first question."""
    files = RuleFiles(override=settings.data / RULES)
    analyser = load_analyser(files, settings.data / CACHE)
    ranker = load_ranker(RANKER)
    library = Library(database, analyser, ranker, EncoderChoice(settings.encoder))
    taxonomy = load_taxonomy(files)
    facts = load_facts(files, analyser.normalise)
    words = load_word_rules(files)
    adviser = load_adviser(files)
    parts = Parts(
        judge=load_judge(),
        taxonomy=taxonomy,
        facts=facts,
        words=words,
        asking=load_ask_rules(files),
        composer=Composer(facts, PriceGate(words.price, facts)),
        adviser=adviser,
        outages=load_outage_matcher(files),
        tables=load_tables(files),
        following=load_follow_rules(files),
        cuts=ranker.cuts,
        clock=clock,
    )
    over = partial(assistant_over, parts)
    return Runtime(
        settings=settings,
        clock=clock,
        files=files,
        taxonomy=taxonomy,
        facts=facts,
        ranker=ranker,
        masker=load_masker(files),
        database=database,
        library=library,
        assistant=Assistant(parts, lambda: library.shelf),
        adviser=adviser,
        desk=Desk(library, clock, load_people(files), Gate(over, settings.data, clock)),
        over=over,
    )
