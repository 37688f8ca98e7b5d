"""Accounts and credentials in the records. Moments are kept as wall time in China, which has no summer time."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from assistant.accounts.types import Account, Action, Credential, CredentialKind, Role
from kb.domain.clock import from_wall, to_wall
from kb.store.schema import account, credential

# Asked by every request: written once, so that only the values change.
NAMED = select(account).where(account.c.name == bindparam("name"))
HELD = select(credential).where(
    credential.c.secret_hash == bindparam("secret_hash"),
    credential.c.kind == bindparam("kind"),
    credential.c.expires_at.is_(None) | (credential.c.expires_at > bindparam("at")),
)


def insert_account(connection: Connection, new: Account) -> None:
    """Add an account; its name must be free."""
    connection.execute(
        insert(account).values(
            name=new.name,
            role=new.role,
            disabled=int(new.disabled),
            created_at=to_wall(new.created_at),
            department=new.department,
            region=new.region,
        )
    )


def find_account(connection: Connection, name: str) -> Account | None:
    """Return the account called `name`."""
    row = connection.execute(NAMED, {"name": name}).one_or_none()
    return None if row is None else _account(row)


def all_accounts(connection: Connection) -> list[Account]:
    """Return every account, oldest first."""
    return [_account(row) for row in connection.execute(select(account).order_by(account.c.created_at, account.c.name))]


def set_disabled(connection: Connection, name: str, *, disabled: bool) -> None:
    """Disable or enable an account."""
    connection.execute(update(account).where(account.c.name == name).values(disabled=int(disabled)))


def set_place(connection: Connection, name: str, *, role: Role, department: str, region: str) -> None:
    """Give an account another role, department or region."""
    values = {"role": role, "department": department, "region": region}
    connection.execute(update(account).where(account.c.name == name).values(**values))


def set_password(connection: Connection, name: str, password_hash: str) -> None:
    """Keep a password's hash."""
    connection.execute(update(account).where(account.c.name == name).values(password_hash=password_hash))


def count_attempt(connection: Connection, name: str, *, at: dt.datetime) -> tuple[int, str | None] | None:
    """Count one password attempt; return how many there were and the stored hash, or `None` when none is admitted."""
    counted = connection.execute(
        update(account)
        .where(
            account.c.name == name,
            account.c.disabled == 0,
            account.c.locked_until.is_(None) | (account.c.locked_until <= to_wall(at)),
        )
        .values(failures=account.c.failures + 1)
    )
    if counted.rowcount != 1:
        return None
    row = connection.execute(select(account.c.failures, account.c.password_hash).where(account.c.name == name)).one()
    return row.failures, row.password_hash


def set_lock(connection: Connection, name: str, until: dt.datetime | None) -> None:
    """Lock an account until a moment, or open it; the count of attempts starts again."""
    stored = to_wall(until)
    connection.execute(update(account).where(account.c.name == name).values(failures=0, locked_until=stored))


def insert_credential(connection: Connection, new: Credential) -> None:
    """Add a credential."""
    connection.execute(
        insert(credential).values(
            secret_hash=new.secret_hash,
            kind=new.kind,
            account=new.account,
            created_at=to_wall(new.created_at),
            expires_at=to_wall(new.expires_at),
            label=new.label,
            scope=" ".join(new.scope),
            seen_at=to_wall(new.created_at),
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
            credential.c.expires_at > to_wall(at),
        )
        .values(used_at=to_wall(at))
    )
    if claimed.rowcount != 1:
        return None
    named = select(credential.c.account).where(credential.c.secret_hash == secret_hash)
    return str(connection.execute(named).scalar_one())


def held(
    connection: Connection, secret_hash: str, kind: CredentialKind, *, at: dt.datetime
) -> tuple[Account, Credential] | None:
    """Return an unexpired credential and the account behind it."""
    found = connection.execute(HELD, {"secret_hash": secret_hash, "kind": kind, "at": to_wall(at)}).one_or_none()
    if found is None:
        return None
    owner = find_account(connection, found.account)
    return None if owner is None else (owner, _credential(found))


def touch(connection: Connection, secret_hash: str, *, at: dt.datetime) -> None:
    """Note that a session was used."""
    connection.execute(update(credential).where(credential.c.secret_hash == secret_hash).values(seen_at=to_wall(at)))


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


def delete_sessions_of(connection: Connection, name: str) -> int:
    """Delete every session of an account; return how many."""
    found = delete(credential).where(credential.c.account == name, credential.c.kind == "session")
    return connection.execute(found).rowcount


def delete_expired(connection: Connection, *, at: dt.datetime) -> int:
    """Delete credentials whose time is over; return how many."""
    return connection.execute(delete(credential).where(credential.c.expires_at <= to_wall(at))).rowcount


def _account(row: Any) -> Account:  # noqa: ANN401 - a row of any select over the table
    return Account(
        name=row.name,
        role=cast("Role", row.role),
        disabled=bool(row.disabled),
        created_at=from_wall(row.created_at),
        department=row.department,
        region=row.region,
        has_password=row.password_hash is not None,
        locked_until=from_wall(row.locked_until),
    )


def _credential(row: Any) -> Credential:  # noqa: ANN401 - see above
    return Credential(
        secret_hash=row.secret_hash,
        kind=cast("CredentialKind", row.kind),
        account=row.account,
        created_at=from_wall(row.created_at),
        expires_at=from_wall(row.expires_at),
        used_at=from_wall(row.used_at),
        seen_at=from_wall(row.seen_at),
        label=row.label,
        scope=tuple(cast("list[Action]", row.scope.split())),
    )
