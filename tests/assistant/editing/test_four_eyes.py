"""Two accounts are not two people: `DATA/rules/people.toml` says who is behind an account, and approval asks that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.runtime import Runtime, build_runtime
from assistant.settings import Settings
from kb.curation.lifecycle import Ref
from kb.domain.clock import FixedClock
from kb.domain.errors import RuleFileInvalid, SelfApproval
from kb.store.database import Database
from kb.text.rulefiles import RuleFiles
from tests.assistant.editing.conftest import LI, person
from tests.conftest import NOON
from tests.kb.builders import entry
from tests.records import lay_records

PEOPLE = 'source = "账号登记"\nvalid_from = 2026-01-01\n[people]\n"李四" = ["李", "李-审核"]\n'
SECOND, OTHER = person("李-审核", "reviewer"), person("王", "reviewer")


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "people.toml").write_text(PEOPLE, encoding="utf-8")
    with Database(lay_records(tmp_path), write=True) as database:
        yield build_runtime(Settings(data=tmp_path, encoder="tiny"), database, FixedClock(NOON))


def test_an_approver_who_is_the_author_under_another_account_is_refused(runtime: Runtime) -> None:
    version = runtime.desk.save(LI, entry("A", "电费怎么交"), expected=0, reason="改")
    ref = Ref(kind="entry", item_id="A", version=version)
    runtime.desk.submit(LI, [ref])
    [refused] = runtime.desk.approve(SECOND, [ref])
    assert isinstance(refused.error, SelfApproval)
    assert "由您撰写，不能自己批准" in refused.error.message
    assert refused.error.hint == "请另一位审核人批准"
    assert runtime.desk.approve(OTHER, [ref])[0].error is None


def test_neither_do_they_apply_their_own_rules(runtime: Runtime) -> None:
    text = RuleFiles().text("deadlines.toml").replace("workdays = 5", "workdays = 4")
    runtime.rules.save(LI, "deadlines.toml", text, expected=0, reason="改")
    with pytest.raises(SelfApproval, match="不能自己应用"):
        runtime.rules.apply(SECOND, "deadlines.toml", 1)
    assert runtime.rules.apply(OTHER, "deadlines.toml", 1)["questions"] == 0


def test_a_category_in_use_is_not_lost_and_a_new_name_keeps_the_old(runtime: Runtime) -> None:
    one = entry("A", "电费怎么交", categories=("电价电费", "专业咨询"))
    version = runtime.desk.save(LI, one, expected=0, reason="改")
    ref = Ref(kind="entry", item_id="A", version=version)
    runtime.desk.submit(LI, [ref])
    runtime.desk.approve(OTHER, [ref])
    runtime.desk.publish(OTHER)
    bundled = RuleFiles().text("taxonomy.toml")
    for label, why in (("专业咨询", "「专业咨询」还有 1 条知识在用"), ("电价电费", "tree.toml .*标签：电价电费")):
        gone = bundled.replace(f'"{label}" = ', '"新的分类" = ')
        with pytest.raises(RuleFileInvalid, match=why):
            runtime.rules.save(LI, "taxonomy.toml", gone, expected=0, reason="改名")
    lost = bundled.replace('"电价电费" = ', '"新的分类" = ')
    kept = lost.replace('synonyms = ["电价", "电费"', 'synonyms = ["电价电费", "电价", "电费"')
    assert runtime.rules.save(LI, "taxonomy.toml", kept, expected=0, reason="改名") == 1
