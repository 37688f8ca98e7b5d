"""One data folder opened as a library: records, the release in force, and a retriever over its snapshot."""

from __future__ import annotations

import datetime as dt
import gc
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from kb.curation.encoders import EncoderChoice, choose_encoder, remembering, word_encoder
from kb.curation.growing import next_catalogue, next_snapshot
from kb.domain.errors import IndexDamaged, StaleVersion
from kb.domain.knowledge import Release
from kb.encode.protocol import Encoder
from kb.index import snapshot as snapshots
from kb.index.growth import Change
from kb.index.units import build_units
from kb.search.catalogue import Catalogue
from kb.search.ranker import Ranker
from kb.search.retrieve import Retriever
from kb.store import records
from kb.store.database import Database
from kb.store.records import Ready
from kb.text.tokens import Analyser

Tick = Callable[[int], None]
Select = Callable[[Connection], Ready]
Publish = Callable[[Connection], Release]
INDEX = "index"
PREVIEWS = "cache/previews"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What answers questions at one moment: a release's knowledge and the retriever over it.

    `snapshot` is what the retriever searches; the next release's grows from it.
    """

    catalogue: Catalogue
    retriever: Retriever
    snapshot: snapshots.Snapshot

    @property
    def release(self) -> int:
        """The release that answers."""
        return self.catalogue.release


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A release that could be: what it would hold, ready to answer, while release `base` is still in force."""

    base: int
    release: Release
    publish: Publish
    shelf: Shelf

    @property
    def changes(self) -> bool:
        """Whether it differs from what is in force."""
        return self.release.number != self.base


class Draft(NamedTuple):
    """A rehearsed publication: the release before it, the release it makes, what that holds, and what changed.

    `change` is `None` where there is nothing to grow from.
    """

    base: int
    release: Release
    catalogue: Catalogue
    change: Change | None


def publication(*, at: dt.datetime, note: str, select: Select) -> Publish:
    """Return a publication of the drafts that `select` chooses when it is first run, and of no others later.

    Raises:
        StaleVersion: when run again, one of them was changed or taken back.
    """
    chosen: list[Ready] = []

    def publish(connection: Connection) -> Release:
        ready = select(connection)
        chosen.append(ready)
        if not ready.covers(chosen[0]):
            raise StaleVersion(
                "待发布的内容期间被改动或撤回", current=records.current_release(connection), hint="请重新发布"
            )
        return records.publish(connection, at=at, note=note, ready=chosen[0])

    return publish


class Library:
    """Opens, publishes and repairs. Readers hold a `Shelf`; a publication swaps it, nothing in it ever changes."""

    def __init__(self, database: Database, analyser: Analyser, ranker: Ranker, encoder: EncoderChoice) -> None:
        self.database = database
        self.analyser = analyser
        self._ranker = ranker
        self._encoder = encoder
        self._root = database.data_dir / INDEX
        self._shelf: Shelf | None = None
        self._retired = False
        self.repaired = ""

    @property
    def shelf(self) -> Shelf:
        """The shelf in force, opened on first use."""
        if self._shelf is None:
            self._shelf = self.open()
        return self._shelf

    @property
    def open_release(self) -> int | None:
        """The release that answers right now, or `None` while no shelf is open; opens nothing."""
        shelf = self._shelf
        return shelf.release if shelf is not None else None

    def open(self, release: int | None = None) -> Shelf:
        """Open a release (the newest by default); rebuild its index from the records when anything is off.

        Raises:
            NotFound: no such release.
        """
        with self.database.read() as connection:
            number = records.current_release(connection) if release is None else release
            records.get_release(connection, number)
            catalogue = load_catalogue(connection, number)
        try:
            snapshot = self._stored(number)
        except IndexDamaged as damage:
            self.repaired = damage.message
            snapshot = self._rebuild(catalogue, switch=self.database.writable and release is None)
        return self._shelve(catalogue, snapshot)

    def publish(
        self, *, at: dt.datetime, note: str, select: Select = records.every_draft, tick: Tick = lambda _n: None
    ) -> Release:
        """Publish the drafts `select` chooses; when this returns, the next question is answered from the new release.

        Raises:
            StaleVersion: somebody published meanwhile; nothing was changed.
        """
        candidate = self.prepare(publication(at=at, note=note, select=select), tick)
        return self.commit(candidate)

    def prepare(self, publish: Publish, tick: Tick = lambda _n: None, *, aside: bool = False) -> Candidate:
        """Build the release that `publish` would make, index included, without anybody seeing it yet.

        It costs what changed, not what exists, as long as an index of the release before is there to grow from. The
        candidate must be committed or discarded; one that is only looked at is built `aside`, out of the way of
        publications, and must be discarded.
        """
        root = self.database.data_dir / PREVIEWS if aside else self._root

        before = self._answering()

        def look(connection: Connection) -> Draft:
            base = records.current_release(connection)
            release = publish(connection)
            if before is None or before.release != base:
                return Draft(base, release, load_catalogue(connection, release.number), None)
            return Draft(base, release, *next_catalogue(connection, release.number, before.catalogue))

        draft = self.database.rehearse(look)
        if before is not None and before.release == draft.release.number:
            return Candidate(base=draft.base, release=draft.release, publish=publish, shelf=before)
        snapshot = None
        if before is not None and draft.change is not None:
            snapshot = self._grown(root, before, draft.change, tick)
        if snapshot is None:
            snapshot = self._build(draft.catalogue, tick, root)
        shelf = self._shelve(draft.catalogue, snapshot)
        return Candidate(base=draft.base, release=draft.release, publish=publish, shelf=shelf)

    def commit(self, candidate: Candidate) -> Release:
        """Make a candidate the release in force: the records in one transaction, then the index by one rename.

        Raises:
            StaleVersion: the records are no longer what the candidate was built from; nothing was changed.
        """

        def publish(connection: Connection) -> Release:
            current = records.current_release(connection)
            if self._retired:
                raise StaleVersion("词典刚换过，索引已重建", current=current, hint="请重新发布")
            if current != candidate.base:
                raise StaleVersion(f"期间已发布第 {current} 版", current=current, hint="请重新发布")
            made = candidate.publish(connection)
            if made != candidate.release:
                raise StaleVersion("准备发布期间内容有变化", current=current, hint="请重新发布")
            return made

        if not candidate.changes:
            self._shelf = candidate.shelf
            return candidate.release
        try:
            release = self.database.write(publish)
        except BaseException:
            self.discard(candidate)
            raise
        snapshots.switch(self._root, candidate.shelf.snapshot.folder)
        self._shelf = candidate.shelf
        return release

    def discard(self, candidate: Candidate) -> None:
        """Drop a candidate's index; that of the release in force stays."""
        if candidate.changes:
            shutil.rmtree(candidate.shelf.snapshot.folder, ignore_errors=True)

    def rebuild(self, tick: Tick = lambda _n: None) -> Shelf:
        """Build the newest release's index again from the records and switch to it."""
        with self.database.read() as connection:
            number = records.current_release(connection)
        self._shelf = self._fresh_shelf(number, tick)
        return self._shelf

    def reread(self, catalogue: Catalogue, tick: Tick = lambda _n: None) -> Shelf:
        """Index a release's knowledge anew, for words that changed; nobody answers from it until it is `taken`.

        What is built must be taken or dropped; a process that only reads builds it outside the data folder.
        """
        if self.database.writable:
            return self._shelve(catalogue, self._build(catalogue, tick))
        return self._shelve(catalogue, self._rebuild(catalogue, switch=False, tick=tick))

    def take(self, shelf: Shelf) -> None:
        """Answer from a reread shelf; on the disk it becomes the current index by one rename."""
        snapshots.switch(self._root, shelf.snapshot.folder)
        self._shelf = shelf

    def drop(self, shelf: Shelf) -> None:
        """Drop a reread shelf's index."""
        shutil.rmtree(shelf.snapshot.folder, ignore_errors=True)

    def retire(self, *, retired: bool = True) -> None:
        """Publish nothing from here any more: another library over the same records takes over."""
        self._retired = retired

    def _stored(self, number: int) -> snapshots.Snapshot:
        """Load the current snapshot if it is of release `number`.

        Raises:
            IndexDamaged: it is of another release, damaged, or of another encoder.
        """
        folder = snapshots.current(self._root)
        manifest = snapshots.read_manifest(folder)
        if manifest.release != number:
            raise IndexDamaged(f"索引是第 {manifest.release} 版，记录是第 {number} 版")
        return snapshots.load(folder, self.analyser, self._stored_encoder())

    def _answering(self) -> Shelf | None:
        """Return the shelf in force, opening it when its index is sound; never builds one."""
        if self._shelf is not None:
            return self._shelf
        with self.database.read() as connection:
            number = records.current_release(connection)
            try:
                snapshot = self._stored(number)
            except IndexDamaged:
                return None
            return self._shelve(load_catalogue(connection, number), snapshot)

    def _grown(self, root: Path, before: Shelf, change: Change, tick: Tick) -> snapshots.Snapshot | None:
        """Return the next snapshot grown from the one in force, or None where it has to be built anew."""
        try:
            return next_snapshot(root, before.snapshot, change, self.analyser, tick)
        except IndexDamaged as damage:
            self.repaired = damage.message
            return None

    def _fresh_shelf(self, number: int, tick: Tick) -> Shelf:
        with self.database.read() as connection:
            catalogue = load_catalogue(connection, number)
        return self._shelve(catalogue, self._rebuild(catalogue, switch=True, tick=tick))

    def _rebuild(self, catalogue: Catalogue, *, switch: bool, tick: Tick = lambda _n: None) -> snapshots.Snapshot:
        if switch:
            snapshot = self._build(catalogue, tick)
            snapshots.switch(self._root, snapshot.folder)
            return snapshot
        aside = Path(tempfile.mkdtemp(prefix="zhida-index-"))
        try:
            return self._build(catalogue, tick, aside)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _build(self, catalogue: Catalogue, tick: Tick, root: Path | None = None) -> snapshots.Snapshot:
        """Build a snapshot anew; nobody is switched to it yet."""
        items, units = build_units(catalogue.texts())
        content = snapshots.Content(release=catalogue.release, items=items, units=units)
        encoder = choose_encoder(self._encoder, self.analyser, [unit.text for unit in units])
        source = remembering(encoder, self.database.data_dir)
        folder = snapshots.build(root or self._root, content, self.analyser, source, tick)
        return snapshots.load(folder, self.analyser, encoder)

    def _stored_encoder(self) -> Encoder | None:
        """Return the configured encoder, or None for the fitted one that lives in the snapshot."""
        return None if self._encoder.fitted else choose_encoder(self._encoder, self.analyser, [])

    def _shelve(self, catalogue: Catalogue, snapshot: snapshots.Snapshot) -> Shelf:
        words = word_encoder(snapshot.encoder, self.analyser)
        retriever = Retriever(snapshot, self.analyser, self._ranker, words)
        return Shelf(catalogue=catalogue, retriever=retriever, snapshot=snapshot)


def load_catalogue(connection: Connection, number: int) -> Catalogue:
    """Read everything a release holds."""
    with not_collecting():
        return Catalogue(
            release=number,
            entries={entry.entry_id: entry for entry in records.entries_in(connection, number)},
            passages={found.passage.passage_id: found for found in records.passages_in(connection, number)},
        )


@contextmanager
def not_collecting() -> Iterator[None]:
    """Make many values that stay without the search for rubbish among them: a third of the time of making them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
