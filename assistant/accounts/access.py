"""The edge of accounts: one transaction per call, with the clock and the lifetimes in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from assistant.accounts import service
from assistant.accounts.service import Session
from assistant.accounts.types import Account, CredentialKind
from assistant.errors import NotSignedIn
from kb.domain.clock import Clock
from kb.store.database import Database

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Signs in, recognises and signs out. `database` must be open for writing to sign anybody in or out.

    Attributes:
        session_hours: how long a sign-in lasts.
        link_minutes: how long a one-time link lasts.
    """

    database: Database
    clock: Clock
    session_hours: int
    link_minutes: int

    def issue_link(self, name: str) -> str:
        """Return a one-time sign-in secret; see `service.issue_link`."""
        return self._write(
            lambda connection: service.issue_link(connection, name, at=self.clock.now(), minutes=self.link_minutes)
        )

    def sign_in(self, token: str) -> Session:
        """Turn a link into a session.

        Raises:
            LinkInvalid: used, expired, unknown, or of a disabled account.
        """
        return self._write(
            lambda connection: service.redeem_link(connection, token, at=self.clock.now(), hours=self.session_hours)
        )

    def recognise(self, token: str, kind: CredentialKind) -> Account:
        """Return the account behind a session or key.

        Raises:
            NotSignedIn: unknown, expired, or of a disabled account.
        """
        with self.database.read() as connection:
            account = service.account_behind(connection, token, kind, at=self.clock.now())
        if account is None:
            raise NotSignedIn("没有登录，或登录已过期")
        return account

    def sign_out(self, token: str) -> None:
        """End one session."""
        self._write(lambda connection: service.sign_out(connection, token))

    def _write(self, job: Callable[[Connection], T]) -> T:
        return self.database.write(job)
