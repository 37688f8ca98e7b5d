"""Releases: what was published stays as it was, what is withdrawn is gone, drafts are nobody's answer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from kb.domain.errors import NotFound, StaleVersion
from kb.store import records
from kb.store.database import Database
from kb.store.versions import DOCUMENTS, ENTRIES, Head
from tests.kb.builders import AT, CHANGE, document, entry, passage


def put(connection: Connection, entry_id: str, question: str) -> int:
    head = ENTRIES.heads(connection).get(entry_id)
    return records.put_entry(connection, entry(entry_id, question), CHANGE, expected=head.version if head else 0)


def remove(connection: Connection, entry_id: str) -> int:
    version = ENTRIES.heads(connection)[entry_id].version
    ENTRIES.remove(connection, entry_id, CHANGE, expected=version)
    return version + 1


def publish(database: Database) -> int:
    return database.write(lambda c: records.publish(c, at=AT, note="发布")).number


def questions(database: Database, number: int) -> dict[str, str]:
    with database.read() as connection:
        return {made.entry_id: made.question for made in records.entries_in(connection, number)}


def test_a_release_reads_the_same_for_ever(database: Database) -> None:
    database.write(lambda c: (put(c, "B02", "乙"), put(c, "B01", "甲")))
    assert publish(database) == 1
    database.write(lambda c: (put(c, "B01", "甲改"), put(c, "B03", "丙"), remove(c, "B02")))
    assert questions(database, 1) == {"B01": "甲", "B02": "乙"}
    assert publish(database) == 2
    assert questions(database, 1) == {"B01": "甲", "B02": "乙"}
    assert list(questions(database, 2).items()) == [("B01", "甲改"), ("B03", "丙")]
    assert questions(database, 0) == {}


def test_superseded_drafts_never_publish(database: Database) -> None:
    for question in ("一稿", "二稿", "三稿"):
        database.write(lambda c, q=question: put(c, "B01", q))  # type: ignore[misc]
    publish(database)
    assert questions(database, 1) == {"B01": "三稿"}
    database.write(lambda c: put(c, "B02", "别的"))
    publish(database)
    assert questions(database, 2) == {"B01": "三稿", "B02": "别的"}


def test_a_draft_removed_before_publication_never_appears(database: Database) -> None:
    database.write(lambda c: (put(c, "B01", "甲"), remove(c, "B01"), put(c, "B02", "乙")))
    publish(database)
    assert questions(database, 1) == {"B02": "乙"}


def test_a_removal_taken_back_before_publication_stays(database: Database) -> None:
    database.write(lambda c: put(c, "B01", "甲"))
    publish(database)
    database.write(lambda c: (remove(c, "B01"), put(c, "B01", "又要了")))
    publish(database)
    assert questions(database, 2) == {"B01": "又要了"}


def test_publishing_without_drafts_changes_nothing(database: Database) -> None:
    assert publish(database) == 0
    database.write(lambda c: put(c, "B01", "甲"))
    assert [publish(database), publish(database), publish(database)] == [1, 1, 1]
    assert questions(database, 1) == {"B01": "甲"}


def test_a_removed_item_comes_back_as_a_new_version(database: Database) -> None:
    database.write(lambda c: put(c, "B01", "甲"))
    publish(database)
    database.write(lambda c: remove(c, "B01"))
    publish(database)
    with database.read() as connection:
        head = ENTRIES.heads(connection)["B01"]
    assert head == Head(item_id="B01", version=2, digest="", origin=CHANGE.origin, published=False, removed=True)
    database.write(lambda c: put(c, "B01", "回来"))
    publish(database)
    assert [questions(database, n) for n in (1, 2, 3)] == [{"B01": "甲"}, {}, {"B01": "回来"}]


def test_documents_bring_their_passages_in_order(database: Database) -> None:
    made = document("d1", *(passage(f"p{n}", f"第{n}条") for n in (3, 1, 2)))
    database.write(lambda c: records.put_document(c, made, CHANGE, expected=0))
    release = database.write(lambda c: records.publish(c, at=AT, note="发布"))
    database.write(lambda c: records.put_document(c, document("d1", passage("p9", "改")), CHANGE, expected=1))
    second = database.write(lambda c: records.publish(c, at=AT, note="再发"))
    database.write(lambda c: DOCUMENTS.remove(c, "d1", CHANGE, expected=2))
    publish(database)
    with database.read() as connection:
        held = [list(records.passages_in(connection, n)) for n in (1, 2, 3)]
    assert [[s.passage.passage_id for s in found] for found in held] == [["p3", "p1", "p2"], ["p9"], []]
    assert {s.document.title for found in held for s in found} == {made.title}
    assert (release.passages, second.passages) == (3, 1)


def test_a_release_knows_its_counts_and_an_unknown_one_is_not_found(database: Database) -> None:
    database.write(lambda c: (put(c, "B01", "甲"), put(c, "B02", "乙")))
    publish(database)
    with database.read() as connection:
        made = records.get_release(connection, 1)
        assert (made.entries, made.passages, made.note) == (2, 0, "发布")
        assert made.created_at == AT.replace(tzinfo=None)
        assert records.get_release(connection, 0).created_at is None
        with pytest.raises(NotFound):
            records.get_release(connection, 2)


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_saving_over_somebody_elses_version_is_refused(database: Database, expected: int) -> None:
    database.write(lambda c: (put(c, "B01", "一"), put(c, "B01", "二")))
    for job in (
        lambda c: records.put_entry(c, entry("B01", "三"), CHANGE, expected=expected),
        lambda c: ENTRIES.remove(c, "B01", CHANGE, expected=expected),
    ):
        with pytest.raises(StaleVersion) as caught:
            database.write(job)
        assert caught.value.current == 2


def test_heads_by_origin_and_unchanged_content(database: Database) -> None:
    database.write(lambda c: put(c, "B01", "甲"))
    with database.read() as connection:
        assert ENTRIES.heads(connection, origin="别的.xlsx") == {}
        head = ENTRIES.heads(connection, origin=CHANGE.origin)["B01"]
    assert head.digest == records.entry_digest(entry("B01", "甲")) != records.entry_digest(entry("B01", "乙"))


def test_more_items_than_one_statement_holds(database: Database) -> None:
    database.write(lambda c: [put_new(c, f"B{n:04}") for n in range(1001)])
    publish(database)
    assert len(questions(database, 1)) == 1001


def put_new(connection: Connection, entry_id: str) -> int:
    return records.put_entry(connection, entry(entry_id, "问"), CHANGE, expected=0)


STEP = st.tuples(st.sampled_from(["put", "remove", "publish"]), st.sampled_from(["A", "B"]), st.integers(0, 9))


@settings(max_examples=20, deadline=None)
@given(st.lists(STEP, max_size=14))
def test_releases_agree_with_a_plain_model(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, int]]
) -> None:
    """The model keeps a whole copy per release; the store keeps intervals."""
    desired: dict[str, str] = {}
    history: list[dict[str, str]] = [{}]
    dirty = False
    with Database(tmp_path_factory.mktemp("model"), write=True) as database:
        for kind, name, value in steps:
            if kind == "put":
                desired[name], dirty = f"问{value}", True
                database.write(lambda c, n=name, v=value: put(c, n, f"问{v}"))  # type: ignore[misc]
            elif kind == "remove" and name in desired:
                del desired[name]
                dirty = True
                database.write(lambda c, n=name: remove(c, n))  # type: ignore[misc]
            elif kind == "publish":
                history.extend([dict(desired)] if dirty else [])
                dirty = False
                assert publish(database) == len(history) - 1
        assert [questions(database, n) for n in range(len(history))] == history


def test_many_entries_are_drafted_as_one_by_one(database: Database) -> None:
    first = [(entry(f"B{number:04d}", f"第{number}问"), 0) for number in range(900)]
    database.write(lambda c: records.put_entries(c, first, CHANGE))
    database.write(lambda c: records.put_entries(c, [(entry("B0001", "改了"), 1), (entry("C1", "新来的"), 0)], CHANGE))
    with database.read() as connection:
        heads = ENTRIES.heads(connection)
    assert len(heads) == 901
    assert (heads["B0001"].version, heads["B0002"].version, heads["C1"].version) == (2, 1, 1)
    assert heads["B0002"].digest == records.entry_digest(first[2][0])
    assert heads["B0002"].origin == CHANGE.origin


def test_one_stale_entry_stops_the_many(database: Database) -> None:
    database.write(lambda c: records.put_entries(c, [(entry("B1", "一"), 0)], CHANGE))
    with pytest.raises(StaleVersion, match="B1 已被修改（当前第 1 版，您依据的是第 0 版）"):
        database.write(lambda c: records.put_entries(c, [(entry("B0", "零"), 0), (entry("B1", "二"), 0)], CHANGE))
    with database.read() as connection:
        assert set(ENTRIES.heads(connection)) == {"B1"}
