"""Small knowledge for the tests of `kb`: one line per entry, guard, passage or document."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from kb.domain.clock import CHINA
from kb.domain.knowledge import Branch, Document, Entry, GuardText, Passage
from kb.domain.validity import Scope, Validity
from kb.encode.protocol import Encoder, TinyEncoder
from kb.index import snapshot as snapshots
from kb.index.units import build_units
from kb.search.catalogue import Catalogue
from kb.search.features import FEATURES
from kb.search.ranker import Calibration, Cuts, Ranker
from kb.store.versions import Change
from kb.text.tokens import Analyser

TODAY = dt.date(2026, 11, 22)
SCOPE = Scope(as_of=TODAY)
AT = dt.datetime(2026, 11, 22, 9, 0, tzinfo=CHINA)
SAID = "电费怎么交"
CHANGE = Change(author="采编员", reason="测试", at=AT, origin="测试.xlsx")


def span(first: str | None = None, end: str | None = None) -> Validity:
    """A validity from ISO days."""
    return Validity(
        valid_from=dt.date.fromisoformat(first) if first else None,
        valid_to=dt.date.fromisoformat(end) if end else None,
    )


def entry(entry_id: str, question: str, *phrasings: str, answer: str = "请按规定办理。", **more: Any) -> Entry:
    """A typical answer with one unconditional branch."""
    return Entry(
        entry_id=entry_id,
        kind=more.pop("kind", "标问"),
        question=question,
        phrasings=phrasings,
        branches=more.pop("branches", (Branch(answer=answer),)),
        **more,
    )


def guard(entry_id: str, question: str, *phrasings: str, utterance: str = "每度两块钱。", **more: Any) -> Entry:
    """A wrong thing agents have said."""
    text = GuardText(utterance=utterance, why="没有依据", instead="请按目录电价答复")
    return Entry(entry_id=entry_id, kind="guard", question=question, phrasings=phrasings, guard=text, **more)


def passage(passage_id: str, text: str, heading: str = "", **more: Any) -> Passage:
    """One passage; a clause unless told otherwise."""
    return Passage(
        passage_id=passage_id,
        kind=more.pop("kind", "clause"),
        locator=more.pop("locator", "第一条"),
        text=text,
        heading=heading,
        **more,
    )


def document(document_id: str, *passages: Passage, **more: Any) -> Document:
    """A policy document."""
    return Document(
        document_id=document_id,
        title=more.pop("title", f"办法{document_id}"),
        kind=more.pop("kind", "制度"),
        passages=passages,
        **more,
    )


def content_of(catalogue: Catalogue) -> snapshots.Content:
    """What a snapshot of this catalogue holds."""
    items, units = build_units(catalogue.texts())
    return snapshots.Content(release=catalogue.release, items=items, units=units)


def snapshot_of(
    root: Path, catalogue: Catalogue, analyser: Analyser, encoder: Encoder | None = None
) -> snapshots.Snapshot:
    """Build, switch to and open a snapshot."""
    chosen = encoder or TinyEncoder()
    folder = snapshots.build(root, content_of(catalogue), analyser, chosen)
    snapshots.switch(root, folder)
    return snapshots.load(folder, analyser, chosen)


def plain_ranker() -> Ranker:
    """Equal weights and a round calibration: nothing in a test hangs on trained numbers.

    Meanings weigh nothing: what the tiny encoder knows of single words is noise.
    """
    silent = ("_meant", "meant_by", "_vs_rivals", "names_other")
    return Ranker(
        weights={name: float(not any(part in name for part in silent)) for name in FEATURES},
        calibrations={"default": Calibration(score=1.0, margin=1.0, offset=-4.0)},
        cuts=Cuts(high=0.9, medium=0.5),
        exact=0.98,
        prose_handicap=0.0,
        made={},
    )
