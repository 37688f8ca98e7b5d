"""What can be done with accounts. Every function takes a connection and runs in its caller's one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from assistant.accounts import store
from assistant.accounts.errors import AccountExists, AccountMissing
from assistant.accounts.rules import check_label, check_name, check_place, check_role, check_scope
from assistant.accounts.tokens import hash_token, new_token
from assistant.accounts.types import Account, Action, Credential, CredentialKind, SessionKind
from assistant.errors import LinkInvalid

MOST_FAILURES = 5
LOCKED_FOR = dt.timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A sign-in: the account, and the secret that goes into the cookie and nowhere else."""

    account: Account
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An admitted or refused password attempt: the hash to compare with, and whether it locks the account."""

    password_hash: str | None
    locks: bool


def create_account(
    connection: Connection, name: str, role: str, *, at: dt.datetime, department: str = "", region: str = ""
) -> Account:
    """Add an account.

    Raises:
        AccountInvalid: a name, role, department or region that cannot be used.
        AccountExists: the name is taken.
    """
    new = Account(
        name=check_name(name),
        role=check_role(role),
        disabled=False,
        created_at=at,
        department=check_place(department, "部门"),
        region=check_place(region, "地区"),
    )
    if store.find_account(connection, name) is not None:
        raise AccountExists(f"账号已存在：{name}")
    store.insert_account(connection, new)
    return new


def change_account(connection: Connection, name: str, *, role: str, department: str, region: str) -> None:
    """Give an account another role, department or region; its open sessions follow at once.

    Raises:
        AccountInvalid: a role, department or region that cannot be used.
        AccountMissing: no such account.
    """
    existing(connection, name)
    store.set_place(
        connection,
        name,
        role=check_role(role),
        department=check_place(department, "部门"),
        region=check_place(region, "地区"),
    )


def list_accounts(connection: Connection) -> list[Account]:
    """Return every account, oldest first."""
    return store.all_accounts(connection)


def disable_account(connection: Connection, name: str) -> None:
    """Disable an account; its links, sessions and keys stop working at once and for good.

    Raises:
        AccountMissing: no such account.
    """
    existing(connection, name)
    store.set_disabled(connection, name, disabled=True)
    store.delete_credentials_of(connection, name)


def enable_account(connection: Connection, name: str) -> None:
    """Let a disabled account sign in again, by a new link.

    Raises:
        AccountMissing: no such account.
    """
    existing(connection, name)
    store.set_disabled(connection, name, disabled=False)


def issue_link(connection: Connection, name: str, *, at: dt.datetime, minutes: int) -> str:
    """Return a fresh one-time sign-in secret that expires after `minutes`.

    Raises:
        AccountMissing: no such account, or it is disabled.
    """
    return _issue(connection, name, "link", at=at, lasts=dt.timedelta(minutes=minutes))


def redeem_link(connection: Connection, token: str, *, at: dt.datetime, hours: int) -> Session:
    """Turn a link into a session of `hours`; two clicks give one session.

    Raises:
        LinkInvalid: used, expired, unknown, or of a disabled account.
    """
    name = store.claim_link(connection, hash_token(token), at=at)
    account = store.find_account(connection, name) if name else None
    if account is None or account.disabled:
        raise LinkInvalid("登录链接不能用了")
    return open_session(connection, account, "link", at=at, hours=hours)


def open_session(
    connection: Connection, account: Account, opened_by: SessionKind, *, at: dt.datetime, hours: int
) -> Session:
    """Open a session of `hours` and sweep what has expired; whatever lock there was is lifted.

    Raises:
        AccountMissing: the account is disabled by now.
    """
    token = _issue(connection, account.name, "session", at=at, lasts=dt.timedelta(hours=hours), label=opened_by)
    store.set_lock(connection, account.name, None)
    store.delete_expired(connection, at=at)
    return Session(account=account, token=token)


def admit_attempt(connection: Connection, name: str, *, at: dt.datetime) -> Attempt:
    """Count a password attempt before it is looked at, so that guesses side by side count too.

    The attempt that fills the measure still counts; the account is locked behind it.
    """
    counted = store.count_attempt(connection, name, at=at)
    if counted is None:
        return Attempt(password_hash=None, locks=False)
    failures, password_hash = counted
    locks = failures >= MOST_FAILURES
    if locks:
        store.set_lock(connection, name, at + LOCKED_FOR)
    return Attempt(password_hash=password_hash, locks=locks)


def set_password(connection: Connection, name: str, password_hash: str, keep: str) -> None:
    """Keep a new password and end every other session; `keep` is the token of the one that asks.

    Raises:
        AccountMissing: no such account.
    """
    existing(connection, name)
    store.set_password(connection, name, password_hash)
    for session in store.credentials_of(connection, name, "session"):
        if session.secret_hash != hash_token(keep):
            store.delete_credential(connection, session.secret_hash, "session")


def issue_key(connection: Connection, name: str, label: str, *, at: dt.datetime, scope: Iterable[str] = ()) -> str:
    """Return a fresh API key; it is shown this once and does not expire. `scope` confines it to some actions.

    Raises:
        AccountInvalid: no label, or an unknown action.
        AccountMissing: no such account, or it is disabled.
    """
    return _issue(connection, name, "key", at=at, lasts=None, label=check_label(label), scope=check_scope(scope))


def list_keys(connection: Connection, name: str) -> list[Credential]:
    """Return an account's keys, without their secrets.

    Raises:
        AccountMissing: no such account.
    """
    existing(connection, name)
    return store.credentials_of(connection, name, "key")


def revoke_key(connection: Connection, name: str, public_id: str) -> bool:
    """Delete one key of an account by its public id; whether there was one.

    Raises:
        AccountMissing: no such account.
    """
    found = next((key for key in list_keys(connection, name) if key.public_id == public_id), None)
    return found is not None and store.delete_credential(connection, found.secret_hash, "key")


def held_by(
    connection: Connection, token: str, kind: CredentialKind, *, at: dt.datetime, idle: dt.timedelta
) -> tuple[Account, Credential] | None:
    """Return the enabled account behind a session or key; `None` when it opens nothing.

    A session that was not used for `idle` opens nothing either; keys do not tire.
    """
    found = store.held(connection, hash_token(token), kind, at=at)
    if found is None or found[0].disabled:
        return None
    seen = found[1].seen_at or found[1].created_at
    return None if kind == "session" and at - seen >= idle else found


def sign_out(connection: Connection, token: str) -> None:
    """End one session; harmless when it has ended already."""
    store.delete_credential(connection, hash_token(token), "session")


def sign_out_everywhere(connection: Connection, name: str) -> int:
    """End every session of an account; return how many there were.

    Raises:
        AccountMissing: no such account.
    """
    existing(connection, name)
    return store.delete_sessions_of(connection, name)


def existing(connection: Connection, name: str) -> Account:
    """Return an account.

    Raises:
        AccountMissing: no such account.
    """
    account = store.find_account(connection, name)
    if account is None:
        raise AccountMissing("没有这个账号")
    return account


def _issue(
    connection: Connection,
    name: str,
    kind: CredentialKind,
    *,
    at: dt.datetime,
    lasts: dt.timedelta | None,
    label: str = "",
    scope: tuple[Action, ...] = (),
) -> str:
    if existing(connection, name).disabled:
        raise AccountMissing("账号已停用")
    token = new_token()
    store.insert_credential(
        connection,
        Credential(
            secret_hash=hash_token(token),
            kind=kind,
            account=name,
            created_at=at,
            expires_at=at + lasts if lasts else None,
            label=label,
            scope=scope,
        ),
    )
    return token
