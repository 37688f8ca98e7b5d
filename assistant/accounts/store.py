"""Accounts and credentials in the records. Moments are kept as wall time in China, which has no summer time."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from sqlalchemy import Connection, delete, insert, select, update

from assistant.accounts.types import Account, Credential, CredentialKind, Role
from kb.domain.clock import CHINA
from kb.store.schema import account, credential


def insert_account(connection: Connection, new: Account) -> None:
    """Add an account; its name must be free."""
    connection.execute(
        insert(account).values(
            name=new.name, role=new.role, disabled=int(new.disabled), created_at=_stored(new.created_at)
        )
    )


def find_account(connection: Connection, name: str) -> Account | None:
    """Return the account called `name`."""
    row = connection.execute(select(account).where(account.c.name == name)).one_or_none()
    return None if row is None else _account(row)


def all_accounts(connection: Connection) -> list[Account]:
    """Return every account, oldest first."""
    return [_account(row) for row in connection.execute(select(account).order_by(account.c.created_at, account.c.name))]


def set_disabled(connection: Connection, name: str, *, disabled: bool) -> None:
    """Disable or enable an account."""
    connection.execute(update(account).where(account.c.name == name).values(disabled=int(disabled)))


def insert_credential(connection: Connection, new: Credential) -> None:
    """Add a credential."""
    connection.execute(
        insert(credential).values(
            secret_hash=new.secret_hash,
            kind=new.kind,
            account=new.account,
            created_at=_stored(new.created_at),
            expires_at=_stored(new.expires_at) if new.expires_at else None,
            label=new.label,
        )
    )


def claim_link(connection: Connection, secret_hash: str, *, at: dt.datetime) -> str | None:
    """Mark an unused, unexpired link as used and return its account's name: compare-and-set on `used_at`."""
    claimed = connection.execute(
        update(credential)
        .where(
            credential.c.secret_hash == secret_hash,
            credential.c.kind == "link",
            credential.c.used_at.is_(None),
            credential.c.expires_at > _stored(at),
        )
        .values(used_at=_stored(at))
    )
    if claimed.rowcount != 1:
        return None
    named = select(credential.c.account).where(credential.c.secret_hash == secret_hash)
    return str(connection.execute(named).scalar_one())


def holder(connection: Connection, secret_hash: str, kind: CredentialKind, *, at: dt.datetime) -> Account | None:
    """Return the account behind an unexpired credential."""
    query = (
        select(account)
        .join(credential, credential.c.account == account.c.name)
        .where(
            credential.c.secret_hash == secret_hash,
            credential.c.kind == kind,
            credential.c.expires_at.is_(None) | (credential.c.expires_at > _stored(at)),
        )
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _account(row)


def credentials_of(connection: Connection, name: str, kind: CredentialKind) -> list[Credential]:
    """Return an account's credentials of one kind, oldest first."""
    query = (
        select(credential)
        .where(credential.c.account == name, credential.c.kind == kind)
        .order_by(credential.c.created_at, credential.c.secret_hash)
    )
    return [_credential(row) for row in connection.execute(query)]


def delete_credential(connection: Connection, secret_hash: str, kind: CredentialKind) -> bool:
    """Delete one credential; whether there was one."""
    found = delete(credential).where(credential.c.secret_hash == secret_hash, credential.c.kind == kind)
    return connection.execute(found).rowcount == 1


def delete_credentials_of(connection: Connection, name: str) -> None:
    """Delete every link, session and key of an account."""
    connection.execute(delete(credential).where(credential.c.account == name))


def delete_expired(connection: Connection, *, at: dt.datetime) -> int:
    """Delete credentials whose time is over; return how many."""
    return connection.execute(delete(credential).where(credential.c.expires_at <= _stored(at))).rowcount


def _stored(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(CHINA).replace(tzinfo=None)


def _moment(stored: dt.datetime | None) -> dt.datetime | None:
    return None if stored is None else stored.replace(tzinfo=CHINA)


def _account(row: Any) -> Account:  # noqa: ANN401 - a row of any select over the table
    return Account(
        name=row.name,
        role=cast("Role", row.role),
        disabled=bool(row.disabled),
        created_at=row.created_at.replace(tzinfo=CHINA),
    )


def _credential(row: Any) -> Credential:  # noqa: ANN401 - see above
    return Credential(
        secret_hash=row.secret_hash,
        kind=cast("CredentialKind", row.kind),
        account=row.account,
        created_at=row.created_at.replace(tzinfo=CHINA),
        expires_at=_moment(row.expires_at),
        used_at=_moment(row.used_at),
        label=row.label,
    )
