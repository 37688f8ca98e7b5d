"""From draft to archive: who may take which step, and what a conflict shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from kb.curation import lifecycle
from kb.curation.library import Library, publication
from kb.curation.lifecycle import Ref
from kb.curation.people import load_people
from kb.curation.standing import Standing, standings
from kb.domain.errors import EditConflict, InvalidRecord, NotFound, RuleFileInvalid, SelfApproval, WrongState
from kb.domain.knowledge import Branch, Entry
from kb.store import reviews
from kb.store.lineage import versions_of
from kb.store.versions import ENTRIES, Change
from kb.text.rulefiles import RuleFiles
from tests.kb.builders import AT, entry, span
from tests.kb.curation.stocking import ask, publish, stock

LATER = AT + dt.timedelta(days=1)
Q = entry("B01", "电费怎么交", answer="到营业厅")


def by(author: str, reason: str = "核对") -> Change:
    return Change(author=author, reason=reason, at=AT)


def ref(version: int, item: str = "B01") -> Ref:
    return Ref(kind="entry", item_id=item, version=version)


def save(library: Library, new: Entry = Q, *, expected: int = 0, author: str = "甲") -> int:
    return library.database.write(lambda c: lifecycle.save(c, new, by(author), expected=expected))


def submit(library: Library, version: int, item: str = "B01") -> None:
    library.database.write(lambda c: lifecycle.submit(c, ref(version, item), by="甲", at=AT))


def approve(library: Library, version: int, *, approver: str = "乙", item: str = "B01", at: dt.datetime | None = None,
            same: frozenset[str] = frozenset()) -> None:  # fmt: skip
    def person(name: str) -> str:
        return "同一人" if name in same else name

    library.database.write(
        lambda c: lifecycle.approve(c, ref(version, item), by=approver, at=AT, person_of=person, publish_at=at)
    )


def release(library: Library, at: dt.datetime = AT) -> int:
    select = publication(at=at, note="", select=lambda c: reviews.approved_drafts(c, at=at))
    return library.commit(library.prepare(select)).number


def stand(library: Library, item: str = "B01") -> Standing:
    with library.database.read() as connection:
        return standings(connection, today=AT.date(), entry_ids=[item])[0]


def test_the_whole_way(library: Library) -> None:
    assert save(library) == 1
    assert stand(library).stage == "草稿"
    submit(library, 1)
    assert stand(library).stage == "待审"
    approve(library, 1)
    assert stand(library).stage == "待发布"
    assert ask(library, "电费怎么交") == []
    assert release(library) == 1
    assert (stand(library).stage, stand(library).answerable) == ("已发布", True)
    assert ask(library, "电费怎么交") == ["B01"]
    library.database.write(lambda c: lifecycle.withdraw(c, "B01", by("甲"), expected=1))
    assert (stand(library).stage, stand(library).answerable) == ("草稿", True)
    submit(library, 2)
    approve(library, 2)
    assert release(library) == 2
    assert (stand(library).stage, stand(library).answerable) == ("已下线", False)
    library.database.write(lambda c: lifecycle.put_away(c, "B01", by("甲"), today=AT.date()))
    assert stand(library).stage == "已归档"
    with pytest.raises(WrongState, match="已归档"):
        save(library, expected=2)
    assert library.database.write(lambda c: lifecycle.restore(c, "B01", 1, by("甲"))) == 3
    assert stand(library).stage == "草稿"


def test_only_what_is_approved_goes_out(library: Library) -> None:
    for item in ("B01", "B02", "B03", "B04"):
        save(library, replace(Q, entry_id=item, question=f"{item}怎么办"))
    submit(library, 1, "B02")
    for item in ("B03", "B04"):
        submit(library, 1, item)
        approve(library, 1, item=item, at=LATER if item == "B04" else None)
    release(library)
    assert set(library.shelf.catalogue.entries) == {"B03"}
    release(library, LATER - dt.timedelta(seconds=1))
    assert set(library.shelf.catalogue.entries) == {"B03"}
    release(library, LATER)
    assert set(library.shelf.catalogue.entries) == {"B03", "B04"}


@pytest.mark.parametrize(("approver", "same"), [("甲", frozenset()), ("甲二", frozenset({"甲", "甲二"}))])
def test_nobody_approves_what_they_wrote(library: Library, approver: str, same: frozenset[str]) -> None:
    """Under another account neither."""
    save(library)
    submit(library, 1)
    with pytest.raises(SelfApproval):
        approve(library, 1, approver=approver, same=same)
    release(library)
    assert library.shelf.release == 0


def test_a_second_hand_does_not_launder_the_first(library: Library) -> None:
    """甲 writes, 乙 mends a word: neither may approve the whole."""
    save(library)
    save(library, replace(Q, branches=(Branch(answer="到营业厅。"),)), expected=1, author="乙")
    submit(library, 2)
    for author in ("甲", "乙"):
        with pytest.raises(SelfApproval):
            approve(library, 2, approver=author)
    approve(library, 2, approver="丙")
    release(library)
    save(library, replace(Q, question="电费在哪里交"), expected=2, author="乙")
    submit(library, 3)
    approve(library, 3, approver="甲")


def test_in_bulk_ones_own_are_left_and_said(library: Library) -> None:
    for item, author in (("B01", "甲"), ("B02", "乙"), ("B03", "甲")):
        save(library, replace(Q, entry_id=item), author=author)
        submit(library, 1, item)
    refs = [ref(1, item) for item in ("B01", "B02", "B03", "B09")]

    def step(connection: object, one: Ref) -> None:
        lifecycle.approve(connection, one, by="乙", at=AT, person_of=str)  # type: ignore[arg-type]

    decisions = library.database.write(lambda c: lifecycle.in_bulk(refs, lambda one: step(c, one)))
    assert [type(one.error).__name__ for one in decisions] == ["NoneType", "SelfApproval", "NoneType", "NotFound"]
    release(library)
    assert set(library.shelf.catalogue.entries) == {"B01", "B03"}


def test_a_conflict_shows_both_sides(library: Library) -> None:
    save(library)
    save(library, replace(Q, flags=("重要",), question="电费去哪交"), expected=1, author="乙")
    mine = replace(Q, question="怎么交电费", owner="营销部")
    with pytest.raises(EditConflict) as caught:
        save(library, mine, expected=1)
    assert caught.value.current == 2
    sides = {side["field"]: side for side in caught.value.sides}
    assert {name for name, side in sides.items() if side["clash"]} == {"question"}
    assert (sides["question"]["theirs"], sides["question"]["mine"]) == ("电费去哪交", "怎么交电费")
    assert (sides["owner"]["mine"], sides["flags"]["theirs"]) == ("营销部", ["重要"])
    with library.database.read() as connection:
        assert len(versions_of(connection, ENTRIES, "B01")) == 2


def test_an_edit_takes_a_waiting_version_back(library: Library) -> None:
    save(library)
    submit(library, 1)
    save(library, replace(Q, owner="x"), expected=1)
    with pytest.raises(WrongState, match="已有第 2 版"):
        approve(library, 1)
    with library.database.read() as connection:
        assert reviews.reviews_in(connection, "pending", "approved") == []


def test_an_edit_leaves_an_approved_version_its_moment(library: Library) -> None:
    save(library)
    submit(library, 1)
    approve(library, 1, at=LATER)
    save(library, replace(Q, branches=(Branch(answer="未审"),)), expected=1)
    release(library, LATER)
    assert library.shelf.catalogue.entries["B01"].branches[0].answer == "到营业厅"
    assert stand(library).stage == "草稿"


def test_a_rejected_version_goes_back_and_comes_again(library: Library) -> None:
    save(library)
    submit(library, 1)
    with pytest.raises(InvalidRecord, match="退回要写明原因"):
        library.database.write(lambda c: lifecycle.reject(c, ref(1), by="乙", at=AT, note=" "))
    library.database.write(lambda c: lifecycle.reject(c, ref(1), by="乙", at=AT, note="缺依据"))
    assert stand(library).stage == "已退回"
    assert stand(library).review is not None
    submit(library, 1)
    assert stand(library).stage == "待审"


@pytest.mark.parametrize("step", ["submit twice", "approve a draft", "old version", "published", "nothing"])
def test_steps_out_of_order_are_refused(library: Library, step: str) -> None:
    save(library)
    if step == "submit twice":
        submit(library, 1)
        with pytest.raises(WrongState, match="已经送审"):
            submit(library, 1)
    elif step == "approve a draft":
        with pytest.raises(WrongState, match="不在待审"):
            approve(library, 1)
    elif step == "old version":
        save(library, expected=1)
        with pytest.raises(WrongState, match="已有第 2 版"):
            submit(library, 1)
    elif step == "published":
        publish(library)
        with pytest.raises(WrongState, match="不是草稿"):
            submit(library, 1)
    else:
        with pytest.raises(NotFound):
            submit(library, 1, "B09")


def test_every_change_needs_a_reason(library: Library) -> None:
    for job in (
        lambda c: lifecycle.save(c, Q, by("甲", " "), expected=0),
        lambda c: lifecycle.withdraw(c, "B01", by("甲", ""), expected=0),
        lambda c: lifecycle.restore(c, "B01", 1, by("甲", "")),
        lambda c: lifecycle.put_away(c, "B01", by("甲", ""), today=AT.date()),
    ):
        with pytest.raises(InvalidRecord, match="原因"):
            library.database.write(job)


def test_only_what_answers_nothing_is_archived(library: Library) -> None:
    stock(library, Q, entry("B02", "旧办法", validity=span("2020-01-01", "2024-01-01")))
    with pytest.raises(WrongState, match="未发布的改动"):
        library.database.write(lambda c: lifecycle.put_away(c, "B01", by("甲"), today=AT.date()))
    publish(library)
    with pytest.raises(WrongState, match="还能被答出"):
        library.database.write(lambda c: lifecycle.put_away(c, "B01", by("甲"), today=AT.date()))
    assert stand(library, "B02").stage == "已过期"
    library.database.write(lambda c: lifecycle.put_away(c, "B02", by("甲"), today=AT.date()))
    assert stand(library, "B02").stage == "已归档"


def test_people_are_data(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    assert load_people(RuleFiles())("张三") == "张三"
    (folder / "people.toml").write_text('[people]\n"张三" = ["zs", "zs2"]\n', encoding="utf-8")
    person = load_people(RuleFiles(override=folder))
    assert (person("zs"), person("zs2"), person("ls")) == ("张三", "张三", "ls")
    for bad in ('[people]\n"张三" = "zs"\n', '[people]\n"甲" = ["a"]\n"乙" = ["a"]\n', "people = 3\n"):
        (folder / "people.toml").write_text(bad, encoding="utf-8")
        with pytest.raises(RuleFileInvalid):
            load_people(RuleFiles(override=folder))
