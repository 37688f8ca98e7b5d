"""One data folder opened as a library: records, the release in force, and a retriever over its snapshot."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from kb.curation.encoders import EncoderChoice, choose_encoder, remembering
from kb.curation.growing import next_catalogue, next_snapshot
from kb.domain.errors import IndexDamaged
from kb.domain.knowledge import Release
from kb.encode.protocol import Encoder
from kb.index import snapshot as snapshots
from kb.index.units import build_units
from kb.search.catalogue import Catalogue
from kb.search.ranker import Ranker
from kb.search.retrieve import Retriever
from kb.store import records
from kb.store.database import Database
from kb.text.tokens import Analyser

Tick = Callable[[int], None]
Witness = Callable[[Connection, Release], None]
INDEX = "index"


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


class Library:
    """Opens, publishes and repairs. Readers hold a `Shelf`; a publication swaps it, nothing in it ever changes."""

    def __init__(self, database: Database, analyser: Analyser, ranker: Ranker, encoder: EncoderChoice) -> None:
        self.database = database
        self.analyser = analyser
        self._ranker = ranker
        self._encoder = encoder
        self._root = database.data_dir / INDEX
        self._shelf: Shelf | None = None
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
        self, *, at: dt.datetime, note: str, tick: Tick = lambda _n: None, witness: Witness = lambda _c, _r: None
    ) -> Release:
        """Publish every draft; when this returns, the next question is answered from the new release.

        It costs what changed, not what exists, as long as an index of the release before is there to grow from.
        `witness` is told of a new release in the transaction that makes it, and not when there was nothing to publish.
        """

        def job(connection: Connection) -> Release:
            newest = records.current_release(connection)
            release = records.publish(connection, at=at, note=note)
            if release.number != newest:
                witness(connection, release)
            return release

        before = self._answering()
        release = self.database.write(job)
        if before is not None and before.release == release.number:
            self._shelf = before
            return release
        grown = self._grown_shelf(before, release.number, tick) if before is not None else None
        self._shelf = grown or self._fresh_shelf(release.number, tick)
        return release

    def rebuild(self, tick: Tick = lambda _n: None) -> Shelf:
        """Build the newest release's index again from the records and switch to it."""
        with self.database.read() as connection:
            number = records.current_release(connection)
        self._shelf = self._fresh_shelf(number, tick)
        return self._shelf

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

    def _grown_shelf(self, before: Shelf, number: int, tick: Tick) -> Shelf | None:
        """Return the next shelf grown from the one before and switched to, or None where it has to be built anew."""
        with self.database.read() as connection:
            catalogue, change = next_catalogue(connection, number, before.catalogue)
        try:
            snapshot = next_snapshot(self._root, before.snapshot, change, self.analyser, tick)
        except IndexDamaged as damage:
            self.repaired = damage.message
            return None
        if snapshot is None:
            return None
        snapshots.switch(self._root, snapshot.folder)
        return self._shelve(catalogue, snapshot)

    def _fresh_shelf(self, number: int, tick: Tick) -> Shelf:
        with self.database.read() as connection:
            catalogue = load_catalogue(connection, number)
        return self._shelve(catalogue, self._rebuild(catalogue, switch=True, tick=tick))

    def _rebuild(self, catalogue: Catalogue, *, switch: bool, tick: Tick = lambda _n: None) -> snapshots.Snapshot:
        items, units = build_units(catalogue.texts())
        content = snapshots.Content(release=catalogue.release, items=items, units=units)
        encoder = choose_encoder(self._encoder, self.analyser, [unit.text for unit in units])
        source = remembering(encoder, self.database.data_dir)
        if switch:
            folder = snapshots.build(self._root, content, self.analyser, source, tick)
            snapshots.switch(self._root, folder)
            return snapshots.load(folder, self.analyser, encoder)
        aside = Path(tempfile.mkdtemp(prefix="zhida-index-"))
        try:
            return snapshots.load(snapshots.build(aside, content, self.analyser, source, tick), self.analyser, encoder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _stored_encoder(self) -> Encoder | None:
        """Return the configured encoder, or None for the fitted one that lives in the snapshot."""
        return None if self._encoder.fitted else choose_encoder(self._encoder, self.analyser, [])

    def _shelve(self, catalogue: Catalogue, snapshot: snapshots.Snapshot) -> Shelf:
        retriever = Retriever(snapshot, self.analyser, self._ranker)
        return Shelf(catalogue=catalogue, retriever=retriever, snapshot=snapshot)


def load_catalogue(connection: Connection, number: int) -> Catalogue:
    """Read everything a release holds."""
    return Catalogue(
        release=number,
        entries={entry.entry_id: entry for entry in records.entries_in(connection, number)},
        passages={found.passage.passage_id: found for found in records.passages_in(connection, number)},
    )
