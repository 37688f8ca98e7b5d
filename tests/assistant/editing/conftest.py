"""A desk over a folder of its own: real records, real index, a clock that can be moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.accounts.policy import load_policy
from assistant.accounts.types import Account, Role
from assistant.editing.desk import Desk
from assistant.editing.gate import Gate
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
from kb.search.ranker import Ranker
from kb.store.database import Database
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser
from tests.conftest import NOON


def person(name: str, role: Role) -> Account:
    account = Account(name=name, role=role, disabled=False, created_at=NOON)
    return load_policy(RuleFiles()).equip(account)


LI, WANG, ZHAO = person("李", "curator"), person("王", "reviewer"), person("赵", "agent")


@dataclass(frozen=True)
class Office:
    """A desk and what it works on."""

    desk: Desk
    library: Library
    assistant: Assistant
    clock: FixedClock
    over: Callable[[Shelf], Assistant]


Open = Callable[..., Office]


@pytest.fixture(scope="session")
def make_parts(rule_files: RuleFiles, analyser: Analyser, ranker: Ranker) -> Callable[[FixedClock], Parts]:
    book, words = load_facts(rule_files, analyser.normalise), load_word_rules(rule_files)
    asking, tables = load_ask_rules(rule_files), load_tables(rule_files)
    judge, taxonomy, adviser = load_judge(), load_taxonomy(rule_files), load_adviser(rule_files)

    def make(clock: FixedClock) -> Parts:
        return Parts(
            judge=judge,
            taxonomy=taxonomy,
            facts=book,
            words=words,
            asking=asking,
            composer=Composer(book, PriceGate(words.price, book)),
            adviser=adviser,
            outages=load_outage_matcher(rule_files),
            tables=tables,
            following=load_follow_rules(rule_files),
            cuts=ranker.cuts,
            clock=clock,
        )

    return make


@pytest.fixture(scope="session")
def open_office(
    make_parts: Callable[[FixedClock], Parts], analyser: Analyser, ranker: Ranker
) -> Callable[[ExitStack, Path, Path], Office]:
    def opened(stack: ExitStack, folder: Path, bundled: Path) -> Office:
        clock = FixedClock(NOON)
        database = stack.enter_context(Database(folder, write=True))
        library = Library(database, analyser, ranker, EncoderChoice("tiny"))
        parts = make_parts(clock)

        def over(shelf: Shelf) -> Assistant:
            return Assistant(parts, lambda: shelf)

        gate = Gate(over, folder, clock, bundled=bundled)
        desk = Desk(library, clock, str, gate)
        return Office(desk, library, Assistant(parts, lambda: library.shelf), clock, over)

    return opened


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """A folder for golden questions; none unless a test writes some."""
    folder = tmp_path / "bundled"
    folder.mkdir()
    return folder


@pytest.fixture
def office(open_office: Callable[[ExitStack, Path, Path], Office], tmp_path: Path, gold: Path) -> Iterator[Office]:
    with ExitStack() as stack:
        yield open_office(stack, tmp_path / "data", gold)
