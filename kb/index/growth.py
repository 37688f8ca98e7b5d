"""A snapshot that grows: the next one takes over its predecessor's files and adds a part with what changed.

Files never change once written, so the next snapshot links to them instead of copying, and their checksums are known.
What it costs is in proportion to the change, not to the base: at 100,000 entries one changed entry is published in a
fraction of a second. What is replaced or withdrawn stays in its part, dead: the lexical index drops it, the masks of
every scope leave it out. Terms are counted with the dead until a rebuild, so a snapshot with more than a tenth dead is
built anew instead of grown. Small parts are merged, so that there are never more than a few.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kb.domain.errors import IndexDamaged
from kb.encode.tfidf_svd import TfidfSvdEncoder
from kb.index.lexical import LexicalWriter
from kb.index.manifest import write_manifest
from kb.index.parts import Part, Place, Tools, build_part, merged, save_part
from kb.index.snapshot import DEAD, LEXICAL, Content, Snapshot, assemble, building, finished, manifest_of
from kb.index.tables import Ints
from kb.text.tokens import Analyser

MAX_DEAD_SHARE = 0.1
MERGE_RATIO = 2
REPLACED = ("meta.json", ".managed.json")  # tantivy writes these anew; all its other files are never touched again


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a release adds (changed items included) and the ids of what it no longer holds in their old form."""

    content: Content
    gone: Collection[str]


def can_grow(snapshot: Snapshot, change: Change, analyser: Analyser) -> bool:
    """Whether growing gives the same answers as building anew, at less cost."""
    if isinstance(snapshot.encoder, TfidfSvdEncoder) or snapshot.manifest.lexicon != analyser.lexicon.digest:
        return False
    items = len(snapshot.table.items) + len(change.content.items)
    dead = len(snapshot.table.dead) + len(change.gone)
    return snapshot.folder.is_dir() and dead <= items * MAX_DEAD_SHARE and len(change.content.items) * 2 <= items


def grow(root: Path, snapshot: Snapshot, change: Change, tools: Tools) -> Snapshot:
    """Build the next snapshot beside the current one and open it; nothing is switched yet.

    Raises:
        IndexDamaged: a file of the current snapshot is missing, or something that goes was not there.
    """
    dead = _dead(snapshot, change.gone)
    content, first = change.content, len(snapshot.table.items)
    with building(root, content.release) as folder:
        known = _take_over(snapshot, folder)
        name = f"part-{content.release:06d}"
        place = Place(folder=folder, name=name, first=first, known=snapshot.terms.numbers)
        with LexicalWriter(folder / LEXICAL) as writer:
            for number in dead.tolist():
                writer.remove(number)
            fresh = build_part(place, content.items, content.units, tools, writer)
        parts = _compacted(folder, [*snapshot.parts, fresh])
        _save_dead(folder, np.union1d(snapshot.table.dead, dead))
        draft = manifest_of(content.release, parts, tools.analyser, tools.encoder)
        manifest = write_manifest(folder, draft, {name: known[name] for name in known if (folder / name).is_file()})
    return assemble(finished(folder), manifest, parts, np.union1d(snapshot.table.dead, dead), tools.encoder)


def _dead(snapshot: Snapshot, gone: Collection[str]) -> Ints:
    if not gone:
        return np.zeros(0, dtype=np.int64)
    before = set(snapshot.table.dead.tolist())
    wanted = set(gone)
    found = [n for n, item in enumerate(snapshot.table.items) if item.item_id in wanted and n not in before]
    if len(found) != len(wanted):
        raise IndexDamaged("索引里没有要撤下的条目")
    return np.array(found, dtype=np.int64)


def _take_over(snapshot: Snapshot, folder: Path) -> dict[str, str]:
    """Link every file that stays as it is; return the checksums of those."""
    known: dict[str, str] = {}
    for name, checksum in snapshot.manifest.files.items():
        source, target = snapshot.folder / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name == DEAD:
            continue
        try:
            if source.name in REPLACED:
                shutil.copyfile(source, target)
                continue
            _link(source, target)
        except FileNotFoundError:
            raise IndexDamaged(f"索引文件不见了：{name}") from None
        known[name] = checksum
    return known


def _link(source: Path, target: Path) -> None:
    """Link, or copy where the file system has no links."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)


def _compacted(folder: Path, parts: Sequence[Part]) -> list[Part]:
    """Merge the newest parts while the one before is not much larger, so that their number grows with the logarithm.

    The first part is never merged: that would cost as much as building anew.
    """
    kept = list(parts)
    while len(kept) > 2 and len(kept[-2].table) <= MERGE_RATIO * len(kept[-1].table):
        older, newest = kept[-2:]
        for part in (older, newest):
            shutil.rmtree(folder / part.name)
        whole = merged(newest.name, [older, newest])
        save_part(folder, whole)
        kept[-2:] = [whole]
    return kept


def _save_dead(folder: Path, dead: Ints) -> None:
    from safetensors.numpy import save_file

    if len(dead):
        save_file({"items": dead}, folder / DEAD)
