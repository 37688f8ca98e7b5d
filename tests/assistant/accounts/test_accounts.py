from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select

from assistant.accounts import service
from assistant.accounts.access import Accounts
from assistant.accounts.errors import AccountExists, AccountInvalid, AccountMissing
from assistant.accounts.policy import load_policy
from assistant.accounts.types import ROLE_NAMES, ROLES
from assistant.errors import LinkInvalid, NotSignedIn
from kb.domain.clock import CHINA, FixedClock
from kb.store.database import Database
from kb.store.schema import credential
from kb.text.rulefiles import RuleFiles
from tests.records import lay_records

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=CHINA)


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    with Database(lay_records(tmp_path), write=True) as database:
        found = Accounts(database=database, clock=FixedClock(NOON), session_hours=12, idle_minutes=120, link_minutes=30)
        database.write(lambda c: service.create_account(c, "张三", "agent", at=NOON))
        yield found


def later(accounts: Accounts, **span: float) -> None:
    assert isinstance(accounts.clock, FixedClock)
    accounts.clock.moment += dt.timedelta(**span)


def settle(accounts: Accounts) -> None:
    """Wait until queued writes are done: whatever is queued behind them is done after them."""
    accounts.database.write(lambda _connection: None)


def credentials(accounts: Accounts, kind: str) -> int:
    query = select(func.count()).select_from(credential).where(credential.c.kind == kind)
    with accounts.database.read() as connection:
        return connection.execute(query).scalar_one()


def test_every_role_has_a_name_and_a_row_in_the_table() -> None:
    assert set(ROLES) == set(ROLE_NAMES) == set(load_policy(RuleFiles()).actions)


def test_an_account_comes_back_as_it_was_made(accounts: Accounts) -> None:
    with accounts.database.read() as connection:
        (only,) = service.list_accounts(connection)
    assert (only.name, only.role, only.disabled, only.created_at) == ("张三", "agent", False, NOON)


def test_a_name_is_taken_once(accounts: Accounts) -> None:
    with pytest.raises(AccountExists):
        accounts.database.write(lambda c: service.create_account(c, "张三", "admin", at=NOON))


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 81, "<b>", "a\u202eb", "\ud800"])
def test_a_name_that_cannot_be_shown_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(AccountInvalid):
        accounts.database.write(lambda c: service.create_account(c, name, "agent", at=NOON))


def test_an_unknown_role_is_refused_and_the_hint_lists_the_known(accounts: Accounts) -> None:
    with pytest.raises(AccountInvalid) as caught:
        accounts.database.write(lambda c: service.create_account(c, "李四", "god", at=NOON))
    assert "agent（坐席）" in caught.value.hint


def test_a_link_opens_one_session(accounts: Accounts) -> None:
    token = accounts.issue_link("张三")
    session = accounts.sign_in(token)
    assert accounts.recognise(session.token, "session").name == "张三"
    with pytest.raises(LinkInvalid):
        accounts.sign_in(token)


def test_two_clicks_at_once_give_one_session(accounts: Accounts) -> None:
    token, start = accounts.issue_link("张三"), Barrier(8)

    def click(_n: int) -> bool:
        start.wait()
        try:
            accounts.sign_in(token)
        except LinkInvalid:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(click, range(8))) == 1
    assert credentials(accounts, "session") == 1


def test_a_link_expires(accounts: Accounts) -> None:
    token = accounts.issue_link("张三")
    later(accounts, minutes=30)
    with pytest.raises(LinkInvalid):
        accounts.sign_in(token)


def test_a_session_expires_and_its_trace_is_swept(accounts: Accounts) -> None:
    session = accounts.sign_in(accounts.issue_link("张三"))
    for _hour in range(11):
        later(accounts, hours=1)
        assert accounts.recognise(session.token, "session").name == "张三"
        settle(accounts)
    later(accounts, minutes=59)
    assert accounts.recognise(session.token, "session").name == "张三"
    later(accounts, minutes=1)
    with pytest.raises(NotSignedIn):
        accounts.recognise(session.token, "session")
    accounts.sign_in(accounts.issue_link("张三"))
    assert credentials(accounts, "session") == 1


def test_signing_out_ends_the_session_and_twice_is_harmless(accounts: Accounts) -> None:
    session = accounts.sign_in(accounts.issue_link("张三"))
    accounts.sign_out(session.token)
    accounts.sign_out(session.token)
    with pytest.raises(NotSignedIn):
        accounts.recognise(session.token, "session")


def test_secrets_are_kept_as_hashes_only(accounts: Accounts) -> None:
    link = accounts.issue_link("张三")
    key = accounts.database.write(lambda c: service.issue_key(c, "张三", "电话平台", at=NOON))
    with accounts.database.read() as connection:
        stored = repr(connection.execute(select(credential)).all())
    assert link not in stored
    assert key not in stored


def test_a_secret_opens_only_what_it_was_made_for(accounts: Accounts) -> None:
    key = accounts.database.write(lambda c: service.issue_key(c, "张三", "电话平台", at=NOON))
    assert accounts.recognise(key, "key").name == "张三"
    with pytest.raises(NotSignedIn):
        accounts.recognise(key, "session")
    with pytest.raises(LinkInvalid):
        accounts.sign_in(key)


def test_a_revoked_key_opens_nothing(accounts: Accounts) -> None:
    key = accounts.database.write(lambda c: service.issue_key(c, "张三", "电话平台", at=NOON))
    (listed,) = accounts.database.write(lambda c: service.list_keys(c, "张三"))
    assert not accounts.database.write(lambda c: service.revoke_key(c, "张三", "别的"))
    assert accounts.database.write(lambda c: service.revoke_key(c, "张三", listed.public_id))
    with pytest.raises(NotSignedIn):
        accounts.recognise(key, "key")


def test_a_key_needs_a_purpose(accounts: Accounts) -> None:
    with pytest.raises(AccountInvalid):
        accounts.database.write(lambda c: service.issue_key(c, "张三", " ", at=NOON))


def test_disabling_ends_everything_at_once_and_for_good(accounts: Accounts) -> None:
    database = accounts.database
    session = accounts.sign_in(accounts.issue_link("张三"))
    key = database.write(lambda c: service.issue_key(c, "张三", "电话平台", at=NOON))
    pending = accounts.issue_link("张三")
    database.write(lambda c: service.disable_account(c, "张三"))
    for token, kind in ((session.token, "session"), (key, "key")):
        with pytest.raises(NotSignedIn):
            accounts.recognise(token, "session" if kind == "session" else "key")
    with pytest.raises(LinkInvalid):
        accounts.sign_in(pending)
    with pytest.raises(AccountMissing):
        accounts.issue_link("张三")
    database.write(lambda c: service.enable_account(c, "张三"))
    with pytest.raises(NotSignedIn):
        accounts.recognise(session.token, "session")
    assert accounts.sign_in(accounts.issue_link("张三")).account.role == "agent"


def test_nobody_is_missing_politely(accounts: Accounts) -> None:
    with pytest.raises(AccountMissing):
        accounts.database.write(lambda c: service.disable_account(c, "无名"))
    with pytest.raises(AccountMissing):
        accounts.issue_link("无名")


@pytest.mark.parametrize("token", ["", "x", "\ud800", "\x00", "x" * 10_000])
def test_any_text_may_be_offered_as_a_secret(accounts: Accounts, token: str) -> None:
    with pytest.raises(LinkInvalid):
        accounts.sign_in(token)
    with pytest.raises(NotSignedIn):
        accounts.recognise(token, "session")
