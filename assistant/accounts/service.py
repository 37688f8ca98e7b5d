"""What can be done with accounts. Every function takes a connection and runs in its caller's one transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection

from assistant.accounts import store
from assistant.accounts.errors import AccountExists, AccountMissing
from assistant.accounts.rules import check_label, check_name, check_role
from assistant.accounts.tokens import hash_token, new_token
from assistant.accounts.types import Account, Credential, CredentialKind
from assistant.errors import LinkInvalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A sign-in: the account, and the secret that goes into the cookie and nowhere else."""

    account: Account
    token: str


def create_account(connection: Connection, name: str, role: str, *, at: dt.datetime) -> Account:
    """Add an account.

    Raises:
        AccountInvalid: a name or role that cannot be used.
        AccountExists: the name is taken.
    """
    new = Account(name=check_name(name), role=check_role(role), disabled=False, created_at=at)
    if store.find_account(connection, name) is not None:
        raise AccountExists(f"账号已存在：{name}")
    store.insert_account(connection, new)
    return new


def list_accounts(connection: Connection) -> list[Account]:
    """Return every account, oldest first."""
    return store.all_accounts(connection)


def disable_account(connection: Connection, name: str) -> None:
    """Disable an account; its links, sessions and keys stop working at once and for good.

    Raises:
        AccountMissing: no such account.
    """
    _existing(connection, name)
    store.set_disabled(connection, name, disabled=True)
    store.delete_credentials_of(connection, name)


def enable_account(connection: Connection, name: str) -> None:
    """Let a disabled account sign in again, by a new link.

    Raises:
        AccountMissing: no such account.
    """
    _existing(connection, name)
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
    session = _issue(connection, account.name, "session", at=at, lasts=dt.timedelta(hours=hours))
    store.delete_expired(connection, at=at)
    return Session(account=account, token=session)


def issue_key(connection: Connection, name: str, label: str, *, at: dt.datetime) -> str:
    """Return a fresh API key; it is shown this once and does not expire.

    Raises:
        AccountInvalid: no label.
        AccountMissing: no such account, or it is disabled.
    """
    return _issue(connection, name, "key", at=at, lasts=None, label=check_label(label))


def list_keys(connection: Connection, name: str) -> list[Credential]:
    """Return an account's keys, without their secrets.

    Raises:
        AccountMissing: no such account.
    """
    _existing(connection, name)
    return store.credentials_of(connection, name, "key")


def revoke_keys(connection: Connection, name: str, label: str) -> int:
    """Delete an account's keys of one label; return how many there were.

    Raises:
        AccountMissing: no such account.
    """
    keys = [key for key in list_keys(connection, name) if key.label == label.strip()]
    return sum(store.delete_credential(connection, key.secret_hash, "key") for key in keys)


def account_behind(connection: Connection, token: str, kind: CredentialKind, *, at: dt.datetime) -> Account | None:
    """Return the enabled account behind a session or key; `None` when it opens nothing."""
    account = store.holder(connection, hash_token(token), kind, at=at)
    return None if account is None or account.disabled else account


def sign_out(connection: Connection, token: str) -> None:
    """End one session; harmless when it has ended already."""
    store.delete_credential(connection, hash_token(token), "session")


def _existing(connection: Connection, name: str) -> Account:
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
) -> str:
    if _existing(connection, name).disabled:
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
        ),
    )
    return token
