"""Rules from draft to force and back: two people, compare-and-set, history, what is seen before and after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import assistant.runtime as root
from assistant.audit.store import newest as events
from assistant.editing.gate import Gate
from assistant.errors import NotAllowed
from assistant.runtime import Runtime, build_runtime
from assistant.settings import Settings
from kb.curation.lifecycle import Ref
from kb.domain.clock import FixedClock
from kb.domain.errors import (
    GateBlocked,
    InvalidRecord,
    NotFound,
    RuleFileInvalid,
    SelfApproval,
    StaleVersion,
    WrongState,
)
from kb.store.database import Database
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser
from tests.assistant.editing.conftest import LI, WANG, ZHAO
from tests.assistant.editing.test_gate import golden
from tests.conftest import NOON
from tests.kb.builders import entry
from tests.records import lay_records

SYNONYMS, DEADLINES = "synonyms.tsv", "deadlines.toml"
HEAD = "# 来源：客服月报\n# 生效：2026-11-01\n"
WORDS = HEAD + RuleFiles().text(SYNONYMS) + "铁疙瘩\t电能表\t->\n"
PAY, METER = entry("A", "电费怎么交"), entry("B", "电能表怎么校验")
LATER = RuleFiles().text(DEADLINES).replace("limit = { workdays = 5 }", "limit = { workdays = 4 }")


@dataclass
class House:
    """The runtime in force, which an applied rule replaces."""

    runtime: Runtime
    made: int = 0

    def follow(self, made: Runtime) -> None:
        self.runtime, self.made = made, self.made + 1


@contextmanager
def opened(folder: Path, gold: Path) -> Iterator[House]:
    with Database(lay_records(folder), write=True) as database, pytest.MonkeyPatch.context() as patch:
        patch.setattr(root, "Gate", lambda over, data, clock: Gate(over, data, clock, bundled=gold))
        house = House(build_runtime(Settings(data=folder, encoder="tiny"), database, FixedClock(NOON)))
        house.runtime.followers.append(house.follow)
        yield house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    gold = tmp_path / "bundled"
    gold.mkdir()
    with opened(tmp_path / "data", gold) as found:
        yield found


def issue(house: House, *entries: Any) -> int:
    desk = house.runtime.desk
    refs = []
    for one in entries:
        found = desk.standings([one.entry_id])
        version = desk.save(LI, one, expected=found[0].head.version if found else 0, reason="改")
        refs.append(Ref(kind="entry", item_id=one.entry_id, version=version))
    desk.submit(LI, refs)
    desk.approve(WANG, refs)
    return desk.publish(WANG, override="测试").release.number


def applied(house: House, name: str, text: str, expected: int = 0) -> int:
    version = house.runtime.rules.save(LI, name, text, expected=expected, reason="改")
    house.runtime.rules.apply(WANG, name, version)
    return version


def found(house: House, text: str) -> list[str]:
    return [one.entry_id for one in house.runtime.assistant.suggest(text, explain=True).candidates or ()]


def test_a_word_is_drafted_by_one_applied_by_another_and_answers_at_once(house: House) -> None:
    issue(house, PAY, METER)
    rules, before = house.runtime.rules, house.runtime.library
    assert rules.save(LI, SYNONYMS, WORDS, expected=0, reason="客户这样说") == 1
    said = house.runtime.library.analyser
    assert said.query(said.normalise("铁疙瘩")).expansions == ()
    with pytest.raises(SelfApproval):
        rules.apply(replace(WANG, name="李"), SYNONYMS, 1)
    rules.apply(WANG, SYNONYMS, 1)
    said = house.runtime.library.analyser
    assert said.query(said.normalise("铁疙瘩")).expansions == (("铁疙瘩", "电能表"),)
    assert house.runtime.library is not before
    assert house.runtime.library.shelf.snapshot.manifest.lexicon == said.lexicon.digest
    assert found(house, "铁疙瘩咋校验")[0] == "B"
    with house.runtime.database.read() as connection:
        noted = [(n.event.actor, n.event.action, n.event.target, n.event.version) for n in events(connection, limit=2)]
    assert noted == [("王", "rule.apply", SYNONYMS, 1), ("李", "rule.draft", SYNONYMS, 1)]


def test_it_answers_so_after_a_restart_without_building_the_index_again(tmp_path: Path) -> None:
    (tmp_path / "gold").mkdir()
    with opened(tmp_path / "data", tmp_path / "gold") as house:
        issue(house, METER)
        applied(house, SYNONYMS, WORDS)
    with opened(tmp_path / "data", tmp_path / "gold") as house:
        assert found(house, "铁疙瘩咋校验")[0] == "B"
        assert house.runtime.library.repaired == ""


def test_a_publication_after_new_words_is_seen_and_the_old_library_publishes_nothing(house: House) -> None:
    issue(house, PAY)
    old = house.runtime
    applied(house, SYNONYMS, WORDS)
    version = old.desk.save(LI, METER, expected=0, reason="改")
    ref = Ref(kind="entry", item_id="B", version=version)
    old.desk.submit(LI, [ref])
    old.desk.approve(WANG, [ref])
    with pytest.raises(StaleVersion):
        old.desk.publish(WANG)
    assert house.runtime.desk.publish(WANG).release.number == 2
    assert found(house, "铁疙瘩咋校验")[0] == "B"


def test_other_rules_take_over_without_another_index(house: House) -> None:
    issue(house, PAY)
    library = house.runtime.library
    applied(house, DEADLINES, LATER)
    assert house.runtime.library is library
    assert house.made == 1
    order = house.runtime.assistant.suggest("我要投诉你们的人骂我").work_order
    assert order.form == "投诉单"
    assert order.due is not None
    assert order.due["limit"] == "2026-11-26T12:00+08:00"


def test_a_draft_is_compare_and_set_and_changes_nothing(house: House) -> None:
    rules = house.runtime.rules
    assert rules.save(LI, DEADLINES, LATER, expected=0, reason="改") == 1
    with pytest.raises(StaleVersion) as caught:
        rules.save(LI, DEADLINES, LATER, expected=0, reason="改")
    assert caught.value.current == 1
    with pytest.raises(InvalidRecord, match="一样"):
        rules.save(LI, DEADLINES, RuleFiles().text(DEADLINES), expected=1, reason="改")
    with pytest.raises(InvalidRecord, match="原因"):
        rules.save(LI, DEADLINES, LATER, expected=1, reason=" ")
    with pytest.raises(RuleFileInvalid):
        rules.save(LI, DEADLINES, "x", expected=1, reason="改")
    assert rules.save(LI, DEADLINES, LATER, expected=1, reason="再改") == 2
    with pytest.raises(WrongState, match="不是草稿"):
        rules.apply(WANG, DEADLINES, 1)
    with pytest.raises(NotFound):
        rules.apply(WANG, DEADLINES, 9)
    page = rules.page(DEADLINES)
    assert [(one["version"], one["status"]) for one in page["history"]] == [(2, "draft"), (1, "superseded")]
    assert (page["own"], page["draft_text"], page["text"]) == (False, LATER, RuleFiles().text(DEADLINES))


def test_who_may_do_what(house: House) -> None:
    rules = house.runtime.rules
    for step in (
        lambda: rules.save(ZHAO, DEADLINES, LATER, expected=0, reason="改"),
        lambda: rules.apply(LI, DEADLINES, 1),
        lambda: rules.undo(LI, DEADLINES, reason="错"),
    ):
        with pytest.raises(NotAllowed):
            step()


def test_a_rule_is_in_force_only_within_its_validity(house: House) -> None:
    early = LATER.replace("valid_from = 2022-05-01", "valid_from = 2026-11-23")
    over = LATER.replace("valid_from = 2022-05-01", "valid_from = 2022-05-01\nvalid_to = 2026-11-22")
    rules = house.runtime.rules
    rules.save(LI, DEADLINES, early, expected=0, reason="改")
    with pytest.raises(WrongState, match="才生效"):
        rules.apply(WANG, DEADLINES, 1)
    rules.save(LI, DEADLINES, over, expected=1, reason="改")
    with pytest.raises(WrongState, match="已失效"):
        rules.apply(WANG, DEADLINES, 2)


def test_undo_puts_back_what_was_before_and_undo_again_puts_it_forward(house: House) -> None:
    rules = house.runtime.rules
    with pytest.raises(WrongState, match="无可撤销"):
        rules.undo(WANG, DEADLINES, reason="错")
    applied(house, DEADLINES, LATER)
    later = LATER.replace("workdays = 4", "workdays = 3")
    applied(house, DEADLINES, later, expected=1)
    assert rules.files.text(DEADLINES) == later
    assert rules.undo(WANG, DEADLINES, reason="错") == 3
    assert rules.files.text(DEADLINES) == LATER
    assert rules.undo(WANG, DEADLINES, reason="还是要") == 4
    assert rules.files.text(DEADLINES) == later
    assert rules.restore(LI, DEADLINES, 0, reason="用自带的") == 5
    rules.apply(WANG, DEADLINES, 5)
    assert rules.files.text(DEADLINES) == RuleFiles().text(DEADLINES)
    assert [one["status"] for one in rules.page(DEADLINES)["history"]] == ["applied"] + 4 * ["replaced"]


def test_undoing_the_first_change_takes_the_own_file_away(house: House) -> None:
    applied(house, DEADLINES, LATER)
    house.runtime.rules.undo(WANG, DEADLINES, reason="错")
    row = next(one for one in house.runtime.rules.rows() if one["name"] == DEADLINES)
    assert (row["own"], row["by_hand"], row["version"], row["applied"]) == (False, False, 2, 0)


def test_what_was_changed_in_the_folder_is_seen_and_kept_in_the_history(house: House) -> None:
    folder = house.runtime.settings.data / "rules"
    folder.mkdir()
    (folder / DEADLINES).write_text(LATER, encoding="utf-8")
    rules = house.runtime.rules
    row = next(one for one in rules.rows() if one["name"] == DEADLINES)
    assert (row["own"], row["by_hand"]) == (True, True)
    later = LATER.replace("workdays = 4", "workdays = 3")
    assert rules.save(LI, DEADLINES, later, expected=0, reason="改") == 2
    rules.apply(WANG, DEADLINES, 2)
    assert rules.undo(WANG, DEADLINES, reason="错") == 3
    assert rules.files.text(DEADLINES) == LATER
    (folder / DEADLINES).write_text("坏的", encoding="utf-8")
    assert "无法解析" in next(one for one in rules.rows() if one["name"] == DEADLINES)["problem"]
    assert rules.undo(WANG, DEADLINES, reason="改坏了") == 5
    assert rules.files.text(DEADLINES) == LATER


def test_a_file_changed_while_a_draft_waits_stops_it(house: House) -> None:
    rules, folder = house.runtime.rules, house.runtime.settings.data / "rules"
    rules.save(LI, DEADLINES, LATER, expected=0, reason="改")
    folder.mkdir()
    (folder / DEADLINES).write_text(LATER.replace("workdays = 4", "workdays = 2"), encoding="utf-8")
    with pytest.raises(StaleVersion, match="期间又改过"):
        rules.apply(WANG, DEADLINES, 1)
    assert house.made == 0


def test_a_kill_after_the_file_was_placed_loses_nothing(house: House) -> None:
    """The file is there, its note is not: the draft is still a draft, and applying it again notes it."""
    rules, folder = house.runtime.rules, house.runtime.settings.data / "rules"
    rules.save(LI, DEADLINES, LATER, expected=0, reason="改")
    folder.mkdir()
    (folder / DEADLINES).write_text(LATER, encoding="utf-8")
    rules.apply(WANG, DEADLINES, 1)
    row = next(one for one in rules.rows() if one["name"] == DEADLINES)
    assert (row["by_hand"], row["applied"]) == (False, 1)


def test_a_failed_note_leaves_file_index_and_library_as_they_were(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(house, PAY)
    house.runtime.rules.save(LI, SYNONYMS, WORDS, expected=0, reason="改")
    write: Callable[..., Any] = house.runtime.database.write

    def failing(job: Callable[..., Any]) -> Any:
        def broken(connection: Any) -> Any:
            job(connection)
            raise OSError("disk full")

        return write(broken)

    monkeypatch.setattr(house.runtime.database, "write", failing)
    with pytest.raises(OSError, match="disk full"):
        house.runtime.rules.apply(WANG, SYNONYMS, 1)
    monkeypatch.undo()
    assert not (house.runtime.settings.data / "rules" / SYNONYMS).exists()
    assert len([p for p in (house.runtime.settings.data / "index").iterdir() if p.is_dir()]) == 1
    assert house.made == 0
    assert issue(house, METER) == 2


def test_a_publication_meanwhile_stops_new_words(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    issue(house, PAY)
    rules = house.runtime.rules
    rules.save(LI, SYNONYMS, WORDS, expected=0, reason="改")
    tried = rules._tried

    def slow(*given: Any) -> Any:
        result = tried(*given)
        issue(house, METER)
        return result

    monkeypatch.setattr(rules, "_tried", slow)
    with pytest.raises(StaleVersion, match="期间已发布"):
        rules.apply(WANG, SYNONYMS, 1)
    assert issue(house, entry("C", "怎么过户")) == 3


def test_a_preview_names_tokens_rank_and_decision_and_changes_nothing(house: House, tmp_path: Path) -> None:
    golden(tmp_path / "bundled", 铁疙瘩咋校验=["B"], 电费怎么交=["A"], 我要投诉你们的人骂我=["A"])
    issue(house, PAY, METER)
    told: list[tuple[int, int]] = []
    report = house.runtime.rules.preview(SYNONYMS, WORDS, lambda done, total: told.append((done, total)))
    [line] = report["changed"]
    assert (line["text"], line["aspects"][0]) == ("铁疙瘩咋校验", "tokens")
    assert "铁疙瘩→电能表" in line["after"]["tokens"]
    assert "铁疙瘩→电能表" not in line["before"]["tokens"]
    assert (report["questions"], report["counts"]["分词"], told[-1]) == (3, 1, (3, 3))
    due = house.runtime.rules.preview(DEADLINES, LATER)["changed"]
    assert [(one["text"], one["aspects"]) for one in due] == [("我要投诉你们的人骂我", ["due"])]
    routing = RuleFiles().text("workorder.toml").replace('form = "投诉单"', 'form = "意见建议单"')
    orders = house.runtime.rules.preview("workorder.toml", routing)["changed"]
    assert "order" in orders[0]["aspects"]
    assert orders[0]["after"]["order"][1] == "意见建议单"
    data = house.runtime.settings.data
    assert not (data / "rules").exists()
    assert len([p for p in (data / "index").iterdir() if p.is_dir()]) == 1
    assert house.made == 0


def test_what_makes_golden_questions_worse_is_not_applied_without_a_word(house: House, tmp_path: Path) -> None:
    golden(tmp_path / "bundled", 电费怎么交=["A"], 我要投诉你们的人骂我=["A"])
    issue(house, PAY, METER)
    filler = RuleFiles().text("workorder.toml").replace("needed = false", 'needed = true\nform = "业务咨询单"')
    rules = house.runtime.rules
    rules.save(LI, "workorder.toml", filler, expected=0, reason="改")
    with pytest.raises(GateBlocked) as caught:
        rules.apply(WANG, "workorder.toml", 1)
    assert caught.value.report["worse"][0]["text"] == "电费怎么交"
    assert not rules.page("workorder.toml")["own"]
    rules.apply(WANG, "workorder.toml", 1, override="先这样")
    assert rules.page("workorder.toml")["history"][0]["note"] == "先这样"


def test_rules_that_break_an_answer_are_seen_as_errors(house: House, tmp_path: Path, analyser: Analyser) -> None:
    from assistant.rulebook.preview import Side, seen
    from eval.gold import load_gold

    golden(tmp_path / "bundled", 电费怎么交=["A"])

    class Broken:
        def suggest(self, text: str, **_given: Any) -> Any:
            raise KeyError(text)

    [question] = load_gold(tmp_path / "bundled" / "dev.jsonl").questions
    got = seen(Side(suggester=Broken(), analyser=analyser), question)
    assert got.held.error is not None
    assert got.aspects["band"] is None


def test_the_clock_of_a_comparison_stands_still(house: House, tmp_path: Path) -> None:
    """Due times of both sides count from one moment, or every order would differ."""
    golden(tmp_path / "bundled", 我要投诉你们的人骂我=["A"])
    issue(house, PAY)
    clock = house.runtime.clock
    assert isinstance(clock, FixedClock)
    original_now = FixedClock.now

    def ticking(self: FixedClock) -> dt.datetime:
        if self is clock:
            self.moment += dt.timedelta(seconds=61)
        return original_now(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FixedClock, "now", ticking)
        text = RuleFiles().text("live.toml").replace("window = 200", "window = 190")
        assert house.runtime.rules.preview("live.toml", text)["changed"] == []
