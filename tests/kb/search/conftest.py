"""A small base and a way to search it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.domain.knowledge import Document, Entry
from kb.search.catalogue import Catalogue
from kb.search.ranker import Ranker
from kb.search.retrieve import Retriever
from kb.text.tokens import Analyser
from tests.kb.builders import snapshot_of

Search = Callable[..., Retriever]


@pytest.fixture
def search(tmp_path: Path, analyser: Analyser, ranker: Ranker, make_catalogue: Callable[..., Catalogue]) -> Search:
    """Index some knowledge and return its retriever."""

    def over(*knowledge: Entry | Document, root: Path = tmp_path) -> Retriever:
        return Retriever(snapshot_of(root, make_catalogue(*knowledge), analyser), analyser, ranker)

    return over
