"""A desk over a folder of its own: real records, real index, a clock that can be moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from assistant.accounts.policy import load_policy
from assistant.accounts.types import Account, Role
from assistant.editing.desk import Desk
from assistant.editing.gate import Gate
from assistant.judge.taxonomy import load_taxonomy
from assistant.runtime import assistant_over, make_parts
from assistant.suggest.pipeline import Assistant, Parts
from kb.curation.encoders import EncoderChoice
from kb.curation.library import Library, Shelf
from kb.domain.clock import FixedClock
from kb.search.ranker import Ranker
from kb.store.database import Database
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser
from tests.conftest import NOON
from tests.records import lay_records


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
def parts(rule_files: RuleFiles, analyser: Analyser, ranker: Ranker) -> Parts:
    return make_parts(rule_files, analyser, load_taxonomy(rule_files), ranker, FixedClock(NOON))


@pytest.fixture(scope="session")
def open_office(parts: Parts, analyser: Analyser, ranker: Ranker) -> Callable[[ExitStack, Path, Path], Office]:
    def opened(stack: ExitStack, folder: Path, bundled: Path) -> Office:
        clock = FixedClock(NOON)
        database = stack.enter_context(Database(lay_records(folder), write=True))
        library = Library(database, analyser, ranker, EncoderChoice("tiny"))
        now = replace(parts, clock=clock)
        over = partial(assistant_over, now)
        gate = Gate(over, folder, clock, bundled=bundled)
        desk = Desk(library, clock, str, gate)
        return Office(desk, library, Assistant(now, lambda: library.shelf), clock, over)

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
