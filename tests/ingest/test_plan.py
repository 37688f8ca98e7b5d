"""Plans: every action by its reason; a file's own items only; moves between files; who claims an id twice."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ingest.plan import Plan, Stored, make_plan
from ingest.types import Finding, ParsedFile
from kb.domain.knowledge import Document, Entry
from kb.store.records import document_digest, entry_digest
from kb.store.versions import Head
from tests.kb.builders import document, entry, passage

OLD = entry("e1", "怎么交电费", answer="旧答案")
NEW = entry("e1", "怎么交电费", answer="新答案")
PAPER = document("d1", passage("p1", "第一条 总则"))


def file(name: str, *items: Entry | Document, rejected: int = 0, findings: Sequence[Finding] = ()) -> ParsedFile:
    return ParsedFile(
        name=name,
        digest=f"sha-{name}",
        entries=tuple(item for item in items if isinstance(item, Entry)),
        documents=tuple(item for item in items if isinstance(item, Document)),
        findings=tuple(findings),
        rejected=rejected,
    )


def head(item: Entry | Document, origin: str, *, version: int = 3, removed: bool = False) -> Head:
    known = item.entry_id if isinstance(item, Entry) else item.document_id
    content = entry_digest(item) if isinstance(item, Entry) else document_digest(item)
    return Head(item_id=known, version=version, digest=content, origin=origin, published=not removed, removed=removed)


def stored(*heads: tuple[Entry | Document, str]) -> Stored:
    return Stored(
        entries={item.entry_id: head(item, origin) for item, origin in heads if isinstance(item, Entry)},
        documents={item.document_id: head(item, origin) for item, origin in heads if isinstance(item, Document)},
    )


def actions(plan: Plan) -> list[tuple[str, str, str, int]]:
    return [(a.file, a.kind, a.item_id, a.expected) for planned in plan.files for a in planned.actions]


def test_what_is_new_is_created() -> None:
    plan = make_plan([file("a", NEW, PAPER)], stored())
    assert actions(plan) == [("a", "created", "e1", 0), ("a", "created", "d1", 0)]
    assert plan.counts() == {"created": 2, "changed": 0, "unchanged": 0, "removed": 0, "conflict": 0}
    assert plan.files[0].digest == "sha-a"


def test_what_differs_is_changed_on_the_stored_version() -> None:
    assert actions(make_plan([file("a", NEW)], stored((OLD, "a")))) == [("a", "changed", "e1", 3)]


def test_what_is_the_same_is_left_alone() -> None:
    plan = make_plan([file("a", OLD, PAPER)], stored((OLD, "a"), (PAPER, "a")))
    assert plan.counts()["unchanged"] == 2


def test_what_a_file_no_longer_holds_is_removed() -> None:
    other = entry("e2", "怎么过户")
    plan = make_plan([file("a", other)], stored((OLD, "a"), (PAPER, "a"), (other, "a")))
    assert set(actions(plan)) == {("a", "unchanged", "e2", 3), ("a", "removed", "e1", 3), ("a", "removed", "d1", 3)}


def test_other_files_items_are_never_removed() -> None:
    plan = make_plan([file("a", PAPER)], stored((OLD, "b")))
    assert plan.counts()["removed"] == 0


def test_a_file_that_yields_nothing_removes_nothing() -> None:
    plan = make_plan([file("a", rejected=1)], stored((OLD, "a")))
    assert (plan.counts()["removed"], plan.rejected) == (0, 1)


def test_what_was_removed_comes_back_as_a_change() -> None:
    gone = Stored(entries={"e1": head(OLD, "a", removed=True)}, documents={})
    assert actions(make_plan([file("b", OLD)], gone)) == [("b", "changed", "e1", 3)]


def test_anothers_item_with_other_content_is_a_conflict_that_says_what_to_do() -> None:
    plan = make_plan([file("b", NEW)], stored((OLD, "a")))
    assert actions(plan) == [("b", "conflict", "e1", 3)]
    (finding,) = plan.findings
    assert (finding.file, finding.severity, plan.rejected) == ("b", "error", 1)
    assert "e1" in finding.message
    assert finding.hint


def test_two_files_with_one_id_conflict_only_when_they_differ() -> None:
    same = make_plan([file("a", OLD), file("b", OLD)], stored())
    assert [kind for _file, kind, *_ in actions(same)] == ["created", "unchanged"]
    differ = make_plan([file("a", OLD), file("b", NEW)], stored())
    assert [kind for _file, kind, *_ in actions(differ)] == ["created", "conflict"]


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
@pytest.mark.parametrize("item", [OLD, NEW])
def test_an_item_moves_from_file_to_file_whatever_their_order(order: tuple[str, str], item: Entry) -> None:
    now = {"a": file("a", PAPER), "b": file("b", item)}
    plan = make_plan([now[name] for name in order], stored((OLD, "a"), (PAPER, "a")))
    assert set(actions(plan)) == {("a", "unchanged", "d1", 3), ("b", "changed", "e1", 3)}


@pytest.mark.parametrize("bad", [file("a", OLD, rejected=1), file("b", NEW)])
def test_a_file_with_something_refused_is_read_again_next_time(bad: ParsedFile) -> None:
    (planned,) = make_plan([bad], stored((OLD, "a"))).files
    assert planned.digest == ""


def test_findings_and_refusals_of_all_files_are_kept() -> None:
    finding = Finding(code="x", message="坏了", file="a")
    plan = make_plan([file("a", findings=[finding], rejected=2), file("b", NEW)], stored(), skipped=4)
    assert (plan.findings, plan.rejected, plan.skipped) == ((finding,), 2, 4)


def test_a_file_with_rejected_rows_withdraws_nothing() -> None:
    """A row that just became unreadable would otherwise take its good published version away."""
    held = stored((OLD, "a.csv"), (PAPER, "a.csv"))
    broken = make_plan([file("a.csv", PAPER, rejected=1)], held)
    assert broken.counts()["removed"] == 0
    assert make_plan([file("a.csv", PAPER)], held).counts()["removed"] == 1
