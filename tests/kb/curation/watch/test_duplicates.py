"""Near-duplicates: most of each said by the other."""

from __future__ import annotations

from tests.kb.curation.watch.watching import same, subject

LONG = "岸电桩报停要先结清费用，船东带营业执照到港区营业厅申请，现场加封后生效，两年内可以恢复。"


def test_the_same_in_other_words_is_a_duplicate() -> None:
    other = "船东结清费用以后，带营业执照到港区营业厅申请岸电桩报停，现场加封后生效，两年内可以申请恢复。"
    (found,) = same(subject("a", "岸电桩怎么报停", LONG), subject("b", "岸电桩想停用怎么办", other))
    assert found.items == ("a", "b")
    assert {(remedy.action, remedy.item_id, remedy.into) for remedy in found.remedies if remedy.action == "merge"} == {
        ("merge", "a", "b"),
        ("merge", "b", "a"),
    }


def test_one_statement_out_of_many_is_none() -> None:
    assert (
        same(subject("a", "岸电桩怎么报停", LONG), subject("b", "岸电桩报停以后多久能恢复", "两年内可以恢复。")) == []
    )


def test_another_case_and_clauses_are_none() -> None:
    low, high = subject("a", "低压岸电桩怎么报停", LONG), subject("b", "高压岸电桩怎么报停", LONG)
    assert same(low, high) == []
    assert same(subject("a", "岸电桩怎么报停", LONG), subject("b", "岸电桩怎么报停", LONG, kind="clause")) == []


def test_what_contradicts_is_no_duplicate() -> None:
    other = LONG.replace("两年内", "五年内")
    assert same(subject("a", "岸电桩怎么报停", LONG), subject("b", "岸电桩想停用怎么办", other)) == []
