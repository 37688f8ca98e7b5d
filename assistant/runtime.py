"""The composition root: the only place that builds things, from settings to an assistant that answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import kb.search
from assistant.editing.desk import Desk
from assistant.editing.gate import Gate
from assistant.editing.watching import Watch
from assistant.judge.asking import load_ask_rules
from assistant.judge.facts import load_facts
from assistant.judge.judge import load_judge
from assistant.judge.taxonomy import Taxonomy, load_taxonomy
from assistant.judge.words import load_word_rules
from assistant.outage.match import load_outage_matcher
from assistant.rulebook.desk import RuleDesk, Tick, Trial, Workshop
from assistant.rulebook.preview import Side
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
from kb.curation.watch.rules import load_watch_rules
from kb.domain.clock import Clock, SystemClock
from kb.search.ranker import Ranker, load_ranker
from kb.store.database import Database
from kb.text.lexicon import load_lexicon
from kb.text.masking import Masker, load_masker
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser, load_analyser

RANKER = Path(kb.search.__file__).parent / "models" / "ranker.json"
CACHE = "cache"
RULES = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Everything a face needs, opened on one data folder.

    It never changes. Applied rules make the next one over the same records, and `followers` are told to go on with it.
    """

    settings: Settings
    clock: Clock
    files: RuleFiles
    taxonomy: Taxonomy
    ranker: Ranker
    masker: Masker
    database: Database
    library: Library
    assistant: Assistant
    adviser: Adviser
    desk: Desk
    watch: Watch
    rules: RuleDesk
    parts: Parts
    over: Callable[[Shelf], Assistant]
    followers: list[Callable[[Runtime], None]] = field(default_factory=list)


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


def build_runtime(
    settings: Settings,
    database: Database,
    clock: Clock,
    *,
    files: RuleFiles | None = None,
    library: Library | None = None,
) -> Runtime:
    """Put the parts together over an open database; the index is opened at the first question.

    `files` are the rules to go by, `library` one that is open already and cuts words by them.
    """
    files = files or RuleFiles(override=settings.data / RULES)
    ranker = load_ranker(RANKER)
    library = library or make_library(settings, database, files, ranker)
    masker, taxonomy = load_masker(files), load_taxonomy(files)
    parts = make_parts(files, library.analyser, taxonomy, ranker, clock)
    over = partial(assistant_over, parts)
    people, gate = load_people(files), Gate(over, settings.data, clock)
    workshop = make_workshop(library, gate, lambda: runtime)
    desk = Desk(library, clock, people, gate)
    runtime = Runtime(
        settings=settings,
        clock=clock,
        files=files,
        taxonomy=taxonomy,
        ranker=ranker,
        masker=masker,
        database=database,
        library=library,
        assistant=Assistant(parts, lambda: library.shelf),
        adviser=parts.adviser,
        desk=desk,
        watch=Watch(library, desk, clock, partial(load_watch_rules, files)),
        rules=RuleDesk(settings.data / RULES, database, clock, people, workshop),
        parts=parts,
        over=over,
    )
    return runtime


def make_workshop(library: Library, gate: Gate, runtime: Callable[[], Runtime]) -> Workshop:
    """Return what a rule desk works with; `runtime` is the one it belongs to, once that is built."""
    return Workshop(
        shelf=lambda: library.shelf,
        side=lambda moment: side_of(runtime(), moment),
        trial=lambda trying, moment, tick: make_trial(runtime(), trying, moment, tick),
        gate=gate,
    )


def make_library(settings: Settings, database: Database, files: RuleFiles, ranker: Ranker) -> Library:
    """Return a library that cuts words by the lexicon in `files`."""
    analyser = load_analyser(files, settings.data / CACHE)
    return Library(database, analyser, ranker, EncoderChoice(settings.encoder))


def make_parts(files: RuleFiles, analyser: Analyser, taxonomy: Taxonomy, ranker: Ranker, clock: Clock) -> Parts:
    """Read the rules the pipeline goes by."""
    facts = load_facts(files, analyser.normalise)
    words = load_word_rules(files)
    return Parts(
        judge=load_judge(),
        taxonomy=taxonomy,
        facts=facts,
        words=words,
        asking=load_ask_rules(files),
        composer=Composer(facts, PriceGate(words.price, facts)),
        adviser=load_adviser(files),
        outages=load_outage_matcher(files),
        tables=load_tables(files),
        following=load_follow_rules(files),
        cuts=ranker.cuts,
        clock=clock,
    )


def side_of(runtime: Runtime, moment: Clock) -> Side:
    """Return a runtime as one side of a comparison, its clock standing still."""
    parts = replace(runtime.parts, clock=moment)
    return Side(suggester=Assistant(parts, lambda: runtime.library.shelf), analyser=runtime.library.analyser)


def make_trial(runtime: Runtime, trying: RuleFiles, moment: Clock, tick: Tick) -> Trial:
    """Return what a runtime would be with other rules; with other words, over an index built anew beside the current.

    Raises:
        RuleFileInvalid: a rule or lexicon file is malformed.
    """
    settings, database, old = runtime.settings, runtime.database, runtime.library
    build = partial(build_runtime, settings, database, runtime.clock)
    if load_lexicon(trying).digest == old.analyser.lexicon.digest:
        made = build(files=trying, library=old)
        return Trial(
            side=side_of(made, moment), release=None, retire=_nothing, resume=_nothing, drop=_nothing,
            switch=lambda: _follow(runtime, lambda: build(library=old)),
        )  # fmt: skip
    new = make_library(settings, database, trying, runtime.ranker)
    shelf = new.reread(old.shelf.catalogue, tick)
    made = build(files=trying, library=new)
    parts = replace(made.parts, clock=moment)

    def switch() -> None:
        new.take(shelf)
        _follow(runtime, lambda: build(library=new))

    return Trial(
        side=Side(suggester=Assistant(parts, lambda: shelf), analyser=new.analyser),
        release=shelf.release,
        retire=old.retire,
        resume=partial(old.retire, retired=False),
        switch=switch,
        drop=partial(new.drop, shelf),
    )


def _follow(runtime: Runtime, make: Callable[[], Runtime]) -> None:
    """Tell who goes on with the next runtime; where nobody does, the next process reads the files itself."""
    if not runtime.followers:
        return
    made = make()
    made.followers.extend(runtime.followers)
    for follower in made.followers:
        follower(made)


def _nothing() -> None:
    """Change nothing: the index stays."""
