"""草稿 → 待审 → 待发布 → 已发布 → 已过期/已下线 → 归档. Every function runs in its caller's one transaction.

A draft answers nothing. What is approved goes out with the next publication, or with the first one after its moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from kb.curation.differences import three_sides
from kb.curation.people import PersonOf
from kb.domain.codec import entry_from_dict, entry_to_dict
from kb.domain.errors import EditConflict, InvalidRecord, KbError, NotFound, SelfApproval, StaleVersion, WrongState
from kb.domain.knowledge import Entry
from kb.store import records, reviews
from kb.store.lineage import Version, in_force, newest, version_of, versions_of
from kb.store.reviews import TABLES, ItemKind, Review
from kb.store.versions import ENTRIES, Change, chunks, stale_version

DESK = "采编"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """One version of one item."""

    kind: ItemKind
    item_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of one item of a bulk step; `error` is why it was left as it was."""

    ref: Ref
    error: KbError | None = None


def save(connection: Connection, entry: Entry, change: Change, *, expected: int) -> int:
    """Draft the next version of an entry and return its number; a version that waits for review is taken back.

    Raises:
        InvalidRecord: no reason is given.
        EditConflict: somebody saved since version `expected`; both sides' changes are in the error.
        WrongState: the entry is in the archive.
    """
    _require_reason(change)
    _refuse_archived(connection, entry.entry_id)
    try:
        version = records.put_entry(connection, entry, replace(change, origin=DESK), expected=expected)
    except StaleVersion as stale:
        raise _conflict(connection, entry, expected, stale) from None
    reviews.cancel_reviews(connection, "entry", [entry.entry_id], "pending")
    return version


def save_many(
    connection: Connection, entries: Sequence[tuple[Entry, int]], change: Change, tick: Callable[[int], None]
) -> list[Decision]:
    """Draft many entries, each once, given as (entry, expected version), at the cost of a few statements a block.

    One that cannot be saved is reported, as by `save`, and leaves the others alone.

    Raises:
        InvalidRecord: no reason is given.
    """
    _require_reason(change)
    change, away = replace(change, origin=DESK), reviews.archived_items(connection)
    decisions: list[Decision] = []
    for block in chunks(entries):
        heads = ENTRIES.numbers(connection, [entry.entry_id for entry, _expected in block])
        fresh = [(e, n) for e, n in block if heads.get(e.entry_id, 0) == n and e.entry_id not in away]
        records.put_entries(connection, fresh, change)
        reviews.cancel_reviews(connection, "entry", [entry.entry_id for entry, _expected in fresh], "pending")
        saved = {entry.entry_id for entry, _expected in fresh}
        for entry, expected in block:
            ref = Ref(kind="entry", item_id=entry.entry_id, version=expected + 1)
            decisions.append(
                Decision(ref=ref) if entry.entry_id in saved else _unsaved(connection, entry, expected, away)
            )
        tick(len(block))
    return decisions


def _unsaved(connection: Connection, entry: Entry, expected: int, away: Collection[str]) -> Decision:
    """Say why an entry of a block was left as it is."""
    ref = Ref(kind="entry", item_id=entry.entry_id, version=expected + 1)
    if entry.entry_id in away:
        return Decision(ref=ref, error=_archived(entry.entry_id))
    current = ENTRIES.numbers(connection, [entry.entry_id]).get(entry.entry_id, 0)
    return Decision(
        ref=ref, error=_conflict(connection, entry, expected, stale_version(entry.entry_id, expected, current))
    )


def withdraw(connection: Connection, entry_id: str, change: Change, *, expected: int) -> int:
    """Draft an entry's withdrawal and return its version.

    Raises:
        InvalidRecord: no reason is given.
        NotFound: no such entry.
        WrongState: there is nothing to withdraw.
        StaleVersion: somebody saved since version `expected`.
    """
    _require_reason(change)
    head = head_of(connection, entry_id)
    if head.removal:
        raise WrongState(f"{entry_id} 已经下线或正在下线")
    ENTRIES.remove(connection, entry_id, replace(change, origin=DESK), expected=expected)
    reviews.cancel_reviews(connection, "entry", [entry_id], "pending", "approved")
    return expected + 1


def restore(connection: Connection, entry_id: str, version: int, change: Change, *, expected: int | None = None) -> int:
    """Draft an earlier version's content as the newest and take the entry out of the archive; return its number.

    Raises:
        InvalidRecord: no reason is given.
        NotFound: no such entry or version.
        WrongState: that version is a withdrawal and has no content.
        StaleVersion: `expected` is given and somebody saved since.
    """
    _require_reason(change)
    head = head_of(connection, entry_id)
    _require_version(head, expected)
    old = version_of(connection, ENTRIES, entry_id, version)
    if old.removal:
        raise WrongState(f"{entry_id} 第 {version} 版是下线，没有内容可恢复")
    reviews.unarchive(connection, entry_id)
    entry = entry_from_dict(old.payload)
    return save(connection, entry, change, expected=head.version)


def submit(connection: Connection, ref: Ref, *, by: str, at: dt.datetime) -> None:
    """Put the newest draft of an item forward for review.

    Raises:
        WrongState: it is no open draft, not the newest, or already put forward.
    """
    draft = _open(connection, ref)
    known = reviews.find_review(connection, ref.kind, ref.item_id, ref.version)
    if known is not None and known.state in {"pending", "approved"}:
        raise WrongState(f"{ref.item_id} 第 {ref.version} 版已经送审")
    reviews.put_review(
        connection,
        Review(
            kind=ref.kind, item_id=draft.item_id, version=ref.version, state="pending", submitted_by=by, submitted_at=at
        ),
    )


def approve(
    connection: Connection,
    ref: Ref,
    *,
    by: str,
    at: dt.datetime,
    person_of: PersonOf,
    note: str = "",
    publish_at: dt.datetime | None = None,
) -> None:
    """Approve a version that waits for review; it goes out with the next publication after `publish_at`.

    Raises:
        WrongState: it does not wait for review, or something newer was saved.
        SelfApproval: the approver wrote part of what would be published.
    """
    pending = _pending(connection, ref)
    people = {person_of(name) for name in unpublished_authors(connection, ref)}
    if person_of(by) in people:
        raise SelfApproval(f"{ref.item_id} 第 {ref.version} 版由您撰写，不能自己批准")
    reviews.put_review(
        connection,
        replace(pending, state="approved", decided_by=by, decided_at=at, note=note, publish_at=publish_at),
    )


def reject(connection: Connection, ref: Ref, *, by: str, at: dt.datetime, note: str) -> None:
    """Send a version that waits for review back to its author; it stays a draft.

    Raises:
        InvalidRecord: no note says why.
        WrongState: it does not wait for review.
    """
    if not note.strip():
        raise InvalidRecord("退回要写明原因", hint="用 --note 写明哪里要改")
    pending = _pending(connection, ref)
    reviews.put_review(connection, replace(pending, state="rejected", decided_by=by, decided_at=at, note=note))


def put_away(
    connection: Connection, entry_id: str, change: Change, *, today: dt.date, expected: int | None = None
) -> None:
    """Archive an entry that answers nothing any more: withdrawn or expired.

    Raises:
        InvalidRecord: no reason is given.
        NotFound: no such entry.
        WrongState: it can still be answered, or a draft is open.
        StaleVersion: `expected` is given and somebody saved since.
    """
    _require_reason(change)
    head = head_of(connection, entry_id)
    _require_version(head, expected)
    if head.open:
        raise WrongState(f"{entry_id} 还有未发布的改动，不能归档")
    live = live_of(connection, entry_id)
    ends = entry_from_dict(live.payload).validity.valid_to if live else None
    if live is not None and (ends is None or today < ends):
        raise WrongState(f"{entry_id} 还能被答出，不能归档", hint="请先下线，或等它过期")
    reviews.archive(connection, entry_id, at=change.at, account=change.author, reason=change.reason)


def in_bulk(refs: list[Ref], step: Callable[[Ref], None]) -> list[Decision]:
    """Take one step for many items; one that cannot is reported and leaves the others alone."""
    decisions = []
    for ref in refs:
        try:
            step(ref)
            decisions.append(Decision(ref=ref))
        except KbError as error:
            decisions.append(Decision(ref=ref, error=error))
    return decisions


def head_of(connection: Connection, entry_id: str) -> Version:
    """Return an entry's newest version.

    Raises:
        NotFound: no such entry.
    """
    found = newest(connection, ENTRIES, [entry_id]).get(entry_id)
    if found is None:
        raise NotFound(f"没有这个条目：{entry_id}", hint="用 zhida entry list 查看编号")
    return found


def live_of(connection: Connection, entry_id: str) -> Version | None:
    """Return the version of an entry that the newest release holds."""
    return in_force(connection, ENTRIES, [entry_id]).get(entry_id)


def unpublished_authors(connection: Connection, ref: Ref) -> list[str]:
    """Return who wrote anything between the last published version and this one, itself included."""
    versions = [v for v in versions_of(connection, TABLES[ref.kind], ref.item_id) if v.version <= ref.version]
    base = max((v.version for v in versions if v.release_from is not None or v.status == "removed"), default=0)
    return list(dict.fromkeys(v.author for v in versions if v.version > base))


def _pending(connection: Connection, ref: Ref) -> Review:
    _open(connection, ref)
    found = reviews.find_review(connection, ref.kind, ref.item_id, ref.version)
    if found is None or found.state != "pending":
        raise WrongState(f"{ref.item_id} 第 {ref.version} 版不在待审")
    return found


def _open(connection: Connection, ref: Ref) -> Version:
    found = newest(connection, TABLES[ref.kind], [ref.item_id]).get(ref.item_id)
    if found is None:
        raise NotFound(f"没有这个编号：{ref.item_id}", hint="用 zhida entry list 查看编号")
    if found.version != ref.version:
        raise WrongState(f"{ref.item_id} 已有第 {found.version} 版，不能再处理第 {ref.version} 版")
    if not found.open:
        raise WrongState(f"{ref.item_id} 第 {ref.version} 版不是草稿")
    return found


def _conflict(connection: Connection, mine: Entry, expected: int, stale: StaleVersion) -> EditConflict:
    versions = versions_of(connection, ENTRIES, mine.entry_id)
    payloads = {version.version: version.payload for version in versions}
    sides = three_sides(payloads.get(expected, {}), payloads.get(stale.current, {}), entry_to_dict(mine))
    return EditConflict(stale.message, current=stale.current, sides=sides)


def _refuse_archived(connection: Connection, entry_id: str) -> None:
    if entry_id in reviews.archived_items(connection):
        raise _archived(entry_id)


def _archived(entry_id: str) -> WrongState:
    return WrongState(f"{entry_id} 已归档，不能修改", hint="请先恢复：zhida entry restore 编号 --version N")


def _require_version(head: Version, expected: int | None) -> None:
    if expected is not None and head.version != expected:
        raise stale_version(head.item_id, expected, head.version)


def _require_reason(change: Change) -> None:
    if not change.reason.strip():
        raise InvalidRecord("请写明修改原因", hint="用 --reason 写一句为什么改")
