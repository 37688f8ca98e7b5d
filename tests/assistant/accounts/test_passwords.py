"""Passwords, lockout, idle sessions, scoped keys, and what an administrator may do to whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from assistant.accounts import service
from assistant.accounts.access import Accounts
from assistant.accounts.errors import AccountInvalid, AccountMissing, LastManager, PasswordWeak, PasswordWrong
from assistant.accounts.managing import Manager
from assistant.accounts.policy import load_policy
from assistant.accounts.service import LOCKED_FOR, MOST_FAILURES
from assistant.audit import chain
from assistant.audit.store import newest
from assistant.errors import NotSignedIn
from kb.domain.clock import CHINA, FixedClock
from kb.domain.errors import RuleFileInvalid
from kb.store.database import Database
from kb.store.schema import account
from kb.text.rulefiles import RuleFiles
from tests.records import lay_records

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=CHINA)
GOOD = "一句好记的话2026年"


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    with Database(lay_records(tmp_path), write=True) as database:
        found = Accounts(database=database, clock=FixedClock(NOON), session_hours=12, idle_minutes=60, link_minutes=30)
        manager = Manager(accounts=found, actor="测试")
        manager.create("张三", "agent")
        manager.create("老板", "admin")
        session = found.sign_in(found.issue_link("张三"))
        found.set_password(session.token, "", GOOD)
        yield found


def later(accounts: Accounts, **span: float) -> None:
    assert isinstance(accounts.clock, FixedClock)
    accounts.clock.moment += dt.timedelta(**span)


def actions(accounts: Accounts) -> list[str]:
    with accounts.database.read() as connection:
        return [noted.event.action for noted in newest(connection, limit=50)]


def test_a_password_is_kept_as_argon2id_only(accounts: Accounts) -> None:
    with accounts.database.read() as connection:
        stored = repr(connection.execute(select(account)).all())
    assert "$argon2id$v=19$" in stored
    assert GOOD not in stored


def test_name_and_password_sign_in(accounts: Accounts) -> None:
    session = accounts.sign_in_with_password("张三", GOOD)
    assert accounts.recognise(session.token, "session").name == "张三"


@pytest.mark.parametrize(("name", "password"), [("张三", "x"), ("张三", ""), ("无名", GOOD), ("老板", ""), ("", GOOD)])
def test_what_does_not_fit_never_says_why(accounts: Accounts, name: str, password: str) -> None:
    with pytest.raises(PasswordWrong) as caught:
        accounts.sign_in_with_password(name, password)
    assert caught.value.message == "账号或密码不对，或暂时不能登录"


def test_too_many_failures_lock_for_a_while_even_with_the_right_password(accounts: Accounts) -> None:
    for _ in range(MOST_FAILURES):
        with pytest.raises(PasswordWrong):
            accounts.sign_in_with_password("张三", "不对不对不对")
    with pytest.raises(PasswordWrong):
        accounts.sign_in_with_password("张三", GOOD)
    assert "session.locked" in actions(accounts)
    later(accounts, seconds=LOCKED_FOR.total_seconds())
    assert accounts.sign_in_with_password("张三", GOOD).account.name == "张三"


def test_guesses_side_by_side_are_counted_each(accounts: Accounts) -> None:
    def guess(number: int) -> bool:
        try:
            accounts.sign_in_with_password("张三", GOOD if number == 11 else f"不对{number}")
        except PasswordWrong:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(guess, range(11)))
    assert guess(11) is False


def test_the_lock_is_in_the_records_not_in_the_process(accounts: Accounts, tmp_path: Path) -> None:
    for _ in range(MOST_FAILURES):
        with pytest.raises(PasswordWrong):
            accounts.sign_in_with_password("张三", "不对不对不对")
    with accounts.database.read() as connection:
        row = connection.execute(select(account).where(account.c.name == "张三")).one()
    assert row.locked_until is not None


def test_a_link_lifts_the_lock(accounts: Accounts) -> None:
    for _ in range(MOST_FAILURES):
        with pytest.raises(PasswordWrong):
            accounts.sign_in_with_password("张三", "不对不对不对")
    accounts.sign_in(accounts.issue_link("张三"))
    assert accounts.sign_in_with_password("张三", GOOD).account.name == "张三"


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaa", "我是张三我是张三啊", "x" * 201])
def test_a_password_that_would_be_guessed_is_refused(accounts: Accounts, password: str) -> None:
    session = accounts.sign_in(accounts.issue_link("张三"))
    with pytest.raises(PasswordWeak):
        accounts.set_password(session.token, GOOD, password)


def test_changing_it_needs_the_old_one_and_ends_the_other_sessions(accounts: Accounts) -> None:
    here, there = accounts.sign_in_with_password("张三", GOOD), accounts.sign_in_with_password("张三", GOOD)
    with pytest.raises(PasswordWrong):
        accounts.set_password(here.token, "不是这个密码啊", "另一句好记的话啊啊啊")
    accounts.set_password(here.token, GOOD, "另一句很好记的话语啊")
    assert accounts.recognise(here.token, "session").name == "张三"
    with pytest.raises(NotSignedIn):
        accounts.recognise(there.token, "session")


def test_a_link_opens_without_the_old_password(accounts: Accounts) -> None:
    session = accounts.sign_in(accounts.issue_link("张三"))
    accounts.set_password(session.token, "", "忘了以后另设的新密码")
    assert accounts.sign_in_with_password("张三", "忘了以后另设的新密码").account.name == "张三"


def test_an_unused_session_ends_and_a_used_one_goes_on(accounts: Accounts) -> None:
    used, unused = accounts.sign_in_with_password("张三", GOOD), accounts.sign_in_with_password("张三", GOOD)
    later(accounts, minutes=59)
    accounts.recognise(used.token, "session")
    accounts.write(lambda _connection: None)
    later(accounts, minutes=1)
    assert accounts.recognise(used.token, "session").name == "张三"
    with pytest.raises(NotSignedIn):
        accounts.recognise(unused.token, "session")


def test_a_key_does_not_tire(accounts: Accounts) -> None:
    key = Manager(accounts=accounts, actor="测试").issue_key("张三", "电话平台")
    later(accounts, days=400)
    assert accounts.recognise(key, "key").name == "张三"


def test_a_keys_scope_narrows_and_never_widens(accounts: Accounts) -> None:
    manager = Manager(accounts=accounts, actor="测试")
    narrow = accounts.recognise(manager.issue_key("张三", "电话平台", ["suggest", "manage"]), "key")
    assert narrow.actions == {"suggest"}
    with pytest.raises(AccountInvalid):
        manager.issue_key("张三", "电话平台", ["fly"])


def test_signing_out_everywhere(accounts: Accounts) -> None:
    sessions = [accounts.sign_in_with_password("张三", GOOD) for _ in range(3)]
    assert accounts.sign_out_everywhere("张三", actor="张三") == 4
    for session in sessions:
        with pytest.raises(NotSignedIn):
            accounts.recognise(session.token, "session")


def test_somebody_must_be_left_to_manage(accounts: Accounts) -> None:
    manager = Manager(accounts=accounts, actor="老板")
    with pytest.raises(LastManager):
        manager.set_disabled("老板", disabled=True)
    with pytest.raises(LastManager):
        manager.change("老板", role="agent", department="", region="")
    with pytest.raises(LastManager):
        manager.change("老板", role="admin", department="城东", region="")
    assert manager.one("老板").role == "admin"


def test_a_confined_administrator_stays_in_its_department(accounts: Accounts) -> None:
    confined = Manager(accounts=accounts, actor="小老板", department="城东")
    assert confined.create("李四", "agent", department="城西").department == "城东"
    assert [found.name for found in confined.all()] == ["李四"]
    for act in (lambda: confined.link("老板"), lambda: confined.issue_key("张三", "x"), lambda: confined.one("张三")):
        with pytest.raises(AccountMissing):
            act()


def test_every_act_leaves_its_trace_and_no_secret(accounts: Accounts) -> None:
    manager = Manager(accounts=accounts, actor="老板")
    key = manager.issue_key("张三", "电话平台", ["suggest"])
    manager.revoke_key("张三", manager.keys("张三")[0].public_id)
    manager.change("张三", role="lead", department="城东", region="")
    manager.set_disabled("张三", disabled=True)
    manager.set_disabled("张三", disabled=False)
    link = manager.link("张三")
    with accounts.database.read() as connection:
        events = newest(connection, limit=50)
    assert [noted.event.action for noted in events[:6]] == [
        "account.link", "account.enable", "account.disable", "account.change", "key.revoke", "key.issue",
    ]  # fmt: skip
    assert {noted.event.actor for noted in events[:6]} == {"老板"}
    assert not any(secret in repr(events) for secret in (key, link, GOOD))
    assert chain.verify(reversed(events)).broken_at is None


def test_what_fails_leaves_no_trace(accounts: Accounts) -> None:
    before = actions(accounts)
    with pytest.raises(LastManager):
        Manager(accounts=accounts, actor="老板").set_disabled("老板", disabled=True)
    assert actions(accounts) == before


ROLES = RuleFiles().path("roles.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('auditor = ["profile", "audit"]', ""),
        ('auditor = ["profile", "audit"]', 'auditor = ["profile", "fly"]'),
        ('"manage", "audit"]', '"audit"]'),
        ('manage = "', 'rule = "'),
    ],
)
def test_a_broken_role_table_is_refused(tmp_path: Path, old: str, new: str) -> None:
    assert old in ROLES
    (tmp_path / "roles.toml").write_text(ROLES.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleFileInvalid):
        load_policy(RuleFiles(override=tmp_path))


def test_a_changed_role_table_holds_at_once(accounts: Accounts, tmp_path: Path) -> None:
    changed = ROLES.replace('agent = ["profile", "suggest", ', 'agent = ["profile", ')
    (tmp_path / "roles.toml").write_text(changed, encoding="utf-8")
    policy = load_policy(RuleFiles(override=tmp_path))
    with accounts.database.read() as connection:
        agent = policy.equip(service.existing(connection, "张三"))
    assert not agent.may("suggest")
    assert agent.may("order")
