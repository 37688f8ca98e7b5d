"""A data folder opened as a library, and the knowledge to fill it with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kb.curation.encoders import EncoderChoice
from kb.curation.library import Library
from kb.search.ranker import Ranker
from kb.store.database import Database
from kb.text.tokens import Analyser
from tests.records import lay_records

Open = Callable[..., Library]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def open_library(data_dir: Path, analyser: Analyser, ranker: Ranker) -> Iterator[Open]:
    """Open the folder for writing or reading, with the encoder asked for; closed at the end."""
    with ExitStack() as stack:

        def opened(*, write: bool = False, encoder: str = "tiny") -> Library:
            database = stack.enter_context(Database(lay_records(data_dir) if write else data_dir, write=write))
            return Library(database, analyser, ranker, EncoderChoice(encoder))

        yield opened


@pytest.fixture
def library(open_library: Open) -> Library:
    return open_library(write=True)
