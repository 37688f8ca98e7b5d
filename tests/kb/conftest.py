"""Knowledge that differs only in what the filter looks at, indexed once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.index.snapshot import Snapshot
from kb.search.catalogue import Catalogue
from kb.text.tokens import Analyser
from tests.kb.builders import SAID, document, entry, guard, passage, snapshot_of, span


@pytest.fixture(scope="session")
def varied(
    tmp_path_factory: pytest.TempPathFactory, analyser: Analyser, make_catalogue: Callable[..., Catalogue]
) -> Snapshot:
    """Every item says the same words, so that only the filter can tell them apart."""
    catalogue = make_catalogue(
        entry("expired", SAID, validity=span("2020-01-01", "2026-11-22")),
        entry("future", SAID, validity=span("2026-11-23")),
        entry("internal", SAID, visibility="内部"),
        entry("east", SAID, region="东区"),
        entry("west", SAID, region="西区"),
        entry("open", SAID, answer=f"{SAID}？到营业厅。"),
        guard("guard", SAID),
        document("d1", passage("clause", SAID, SAID), passage("row", SAID, SAID, kind="row")),
        document("d2", passage("notice", SAID, SAID, kind="notice"), passage("section", SAID, kind="section")),
        document("d3", passage("hidden", SAID, SAID), visibility="内部"),
        document("d4", passage("narrow", SAID, SAID, validity=span("2026-01-01")), validity=span(None, "2026-06-01")),
        document("d5", passage("empty", SAID, SAID, validity=span("2027-01-01")), validity=span(None, "2026-06-01")),
    )
    return snapshot_of(tmp_path_factory.mktemp("varied"), catalogue, analyser)
