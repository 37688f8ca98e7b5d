"""The edge of accounts: one transaction per call, with the clock and the lifetimes in force, and a trace of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Connection

from assistant.accounts import service, store
from assistant.accounts.errors import PasswordWrong
from assistant.accounts.passwords import check_password, hash_password, verify_password
from assistant.accounts.policy import Policy, load_policy
from assistant.accounts.service import Session
from assistant.accounts.tokens import hash_token
from assistant.accounts.types import Account, Credential, CredentialKind
from assistant.audit.chain import Event
from assistant.audit.store import append
from assistant.errors import NotSignedIn
from kb.domain.clock import Clock
from kb.store.database import Database
from kb.text.rulefiles import RuleFiles

T = TypeVar("T")
TOUCH_EVERY = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Signs in, recognises and signs out. `database` must be open for writing to sign anybody in or out.

    Attributes:
        session_hours: how long a sign-in lasts at most.
        idle_minutes: how long it lasts unused.
        link_minutes: how long a one-time link lasts.
        policy: who may do what.
    """

    database: Database
    clock: Clock
    session_hours: int
    link_minutes: int
    idle_minutes: int = 120
    policy: Policy = field(default_factory=lambda: load_policy(RuleFiles()))

    def issue_link(self, name: str, *, actor: str = "") -> str:
        """Return a one-time sign-in secret; see `service.issue_link`."""
        at = self.clock.now()

        def job(connection: Connection) -> str:
            append(connection, Event(actor=actor or name, action="account.link", target=name), at=at)
            return service.issue_link(connection, name, at=at, minutes=self.link_minutes)

        return self.write(job)

    def sign_in(self, token: str) -> Session:
        """Turn a link into a session.

        Raises:
            LinkInvalid: used, expired, unknown, or of a disabled account.
        """
        at = self.clock.now()

        def job(connection: Connection) -> Session:
            session = service.redeem_link(connection, token, at=at, hours=self.session_hours)
            name = session.account.name
            append(connection, Event(actor=name, action="session.open", target=name, detail="链接"), at=at)
            return session

        return self.write(job)

    def sign_in_with_password(self, name: str, password: str) -> Session:
        """Turn a name and a password into a session. Attempts are counted in the records before they are looked at.

        Raises:
            PasswordWrong: they do not fit, there is no such account, it is disabled, or it is locked.
        """
        at = self.clock.now()
        attempt = self.write(lambda connection: service.admit_attempt(connection, name, at=at))
        if not verify_password(attempt.password_hash, password):
            if attempt.password_hash is not None:
                action = "session.locked" if attempt.locks else "session.refused"
                self.write(lambda c: append(c, Event(actor=name, action=action, target=name), at=at))
            raise PasswordWrong("账号或密码不对，或暂时不能登录")

        def job(connection: Connection) -> Session:
            account = service.existing(connection, name)
            session = service.open_session(connection, account, "password", at=at, hours=self.session_hours)
            append(connection, Event(actor=name, action="session.open", target=name, detail="密码"), at=at)
            return session

        return self.write(job)

    def recognise(self, token: str, kind: CredentialKind) -> Account:
        """Return the account behind a session or key, with the actions open to it.

        Raises:
            NotSignedIn: unknown, expired, unused for too long, or of a disabled account.
        """
        return self.recognised(token, kind)[0]

    def recognised(self, token: str, kind: CredentialKind) -> tuple[Account, Credential]:
        """Return the account and the trace of what it came with.

        Raises:
            NotSignedIn: see `recognise`.
        """
        at, idle = self.clock.now(), dt.timedelta(minutes=self.idle_minutes)
        with self.database.read() as connection:
            found = service.held_by(connection, token, kind, at=at, idle=idle)
        if found is None:
            raise NotSignedIn("没有登录，或登录已过期")
        account, credential = found
        if at - (credential.seen_at or credential.created_at) >= TOUCH_EVERY:
            self.database.write_later(lambda connection: store.touch(connection, credential.secret_hash, at=at))
        return self.policy.equip(account, credential.scope), credential

    def set_password(self, token: str, old: str, new: str) -> None:
        """Give the session's account a new password and end its other sessions.

        The old one is asked for unless there is none yet or a one-time link opened the session.

        Raises:
            NotSignedIn: the session has ended.
            PasswordWeak: the new one would be guessed.
            PasswordWrong: the old one does not fit.
        """
        account, session = self.recognised(token, "session")
        at = self.clock.now()
        check_password(account.name, new)
        if account.has_password and session.label != "link":
            attempt = self.write(lambda connection: service.admit_attempt(connection, account.name, at=at))
            if not verify_password(attempt.password_hash, old):
                raise PasswordWrong("现在的密码不对")
        hashed = hash_password(new)

        def job(connection: Connection) -> None:
            service.set_password(connection, account.name, hashed, token)
            store.set_lock(connection, account.name, None)
            append(connection, Event(actor=account.name, action="account.password", target=account.name), at=at)

        self.write(job)

    def sessions(self, name: str, token: str) -> list[tuple[Credential, bool]]:
        """Return an account's open sessions and whether each is the one of `token`, oldest first."""
        at, idle = self.clock.now(), dt.timedelta(minutes=self.idle_minutes)
        with self.database.read() as connection:
            every = store.credentials_of(connection, name, "session")
        alive = [s for s in every if (s.expires_at or at) > at and at - (s.seen_at or s.created_at) < idle]
        return [(session, session.secret_hash == hash_token(token)) for session in alive]

    def sign_out(self, token: str) -> None:
        """End one session."""
        at = self.clock.now()

        def job(connection: Connection) -> None:
            found = store.held(connection, hash_token(token), "session", at=at)
            service.sign_out(connection, token)
            if found is not None:
                name = found[0].name
                append(connection, Event(actor=name, action="session.close", target=name), at=at)

        self.write(job)

    def sign_out_everywhere(self, name: str, *, actor: str) -> int:
        """End every session of an account; return how many there were.

        Raises:
            AccountMissing: no such account.
        """
        at = self.clock.now()

        def job(connection: Connection) -> int:
            ended = service.sign_out_everywhere(connection, name)
            event = Event(actor=actor, action="session.close_all", target=name, detail=f"{ended} 处")
            append(connection, event, at=at)
            return ended

        return self.write(job)

    def write(self, job: Callable[[Connection], T]) -> T:
        """Run a job in one transaction."""
        return self.database.write(job)
