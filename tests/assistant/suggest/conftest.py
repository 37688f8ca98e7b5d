"""An assistant over any handful of entries and documents, with equal ranking weights and a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.judge.facts import FactBook, load_facts
from assistant.judge.taxonomy import load_taxonomy
from assistant.runtime import make_parts
from assistant.suggest.pipeline import Assistant, Parts
from kb.curation.library import Shelf
from kb.domain.clock import FixedClock
from kb.domain.knowledge import Document, Entry
from kb.search.catalogue import Catalogue
from kb.search.ranker import Ranker
from kb.search.retrieve import Retriever
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser
from tests.conftest import NOON
from tests.kb.builders import snapshot_of

Assist = Callable[..., Assistant]


@pytest.fixture(scope="session")
def book(rule_files: RuleFiles, analyser: Analyser) -> FactBook:
    return load_facts(rule_files, analyser.normalise)


@pytest.fixture(scope="session")
def parts(rule_files: RuleFiles, analyser: Analyser, ranker: Ranker) -> Parts:
    return make_parts(rule_files, analyser, load_taxonomy(rule_files), ranker, FixedClock(NOON))


@pytest.fixture(scope="session")
def assist(
    parts: Parts,
    analyser: Analyser,
    ranker: Ranker,
    make_catalogue: Callable[..., Catalogue],
    tmp_path_factory: pytest.TempPathFactory,
) -> Assist:
    """Build an assistant that answers from what is given."""

    def build(*knowledge: Entry | Document) -> Assistant:
        catalogue = make_catalogue(*knowledge)
        folder: Path = tmp_path_factory.mktemp("shelf")
        snapshot = snapshot_of(folder, catalogue, analyser)
        retriever = Retriever(snapshot, analyser, ranker)
        return Assistant(parts, lambda: Shelf(catalogue=catalogue, retriever=retriever, snapshot=snapshot))

    return build
