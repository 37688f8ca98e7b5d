"""What an administrator does with accounts and keys: within its own department, each act with its trace."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from assistant.accounts import service, store
from assistant.accounts.access import Accounts
from assistant.accounts.errors import AccountMissing, LastManager
from assistant.accounts.types import Account, Credential
from assistant.audit.chain import Event
from assistant.audit.store import append


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """Acts on accounts in somebody's name.

    Attributes:
        actor: who acts, as it stands in the audit.
        department: what the actor is confined to; empty for everything. Accounts of no department lie outside a
            confined actor's scope, or it could make itself unconfined through them.
    """

    accounts: Accounts
    actor: str
    department: str = ""

    def all(self) -> list[Account]:
        """Return the accounts in scope, oldest first."""
        with self.accounts.database.read() as connection:
            return [account for account in store.all_accounts(connection) if self._mine(account)]

    def one(self, name: str) -> Account:
        """Return one account in scope.

        Raises:
            AccountMissing: no such account, or it lies outside the scope.
        """
        with self.accounts.database.read() as connection:
            return self._existing(connection, name)

    def name_of(self, user_id: str) -> str:
        """Return the name of the account in scope that addresses call `user_id`.

        Raises:
            AccountMissing: no such account, or it lies outside the scope.
        """
        found = next((one.name for one in self.all() if user_id_of(one.name) == user_id), None)
        if found is None:
            raise AccountMissing("没有这个账号")
        return found

    def create(self, name: str, role: str, *, department: str = "", region: str = "") -> Account:
        """Add an account; a confined actor adds to its own department only.

        Raises:
            AccountInvalid: a name, role, department or region that cannot be used.
            AccountExists: the name is taken.
        """

        def job(connection: Connection) -> Account:
            made = service.create_account(
                connection,
                name,
                role,
                at=self.accounts.clock.now(),
                department=self.department or department,
                region=region,
            )
            self._note(connection, "account.create", name, _place(made))
            return made

        return self.accounts.write(job)

    def change(self, name: str, *, role: str, department: str, region: str) -> None:
        """Give an account another role, department or region.

        Raises:
            AccountInvalid: a value that cannot be used.
            AccountMissing: no such account in scope.
            LastManager: nobody else could manage accounts.
        """

        def job(connection: Connection) -> None:
            before = self._existing(connection, name)
            place = self.department or department
            service.change_account(connection, name, role=role, department=place, region=region)
            after = service.existing(connection, name)
            self._keep_one_manager(connection)
            self._note(connection, "account.change", name, f"{_place(before)} → {_place(after)}")

        self.accounts.write(job)

    def set_disabled(self, name: str, *, disabled: bool) -> None:
        """Disable an account with everything that opens it, or let it sign in again by a new link.

        Raises:
            AccountMissing: no such account in scope.
            LastManager: nobody else could manage accounts.
        """

        def job(connection: Connection) -> None:
            self._existing(connection, name)
            act = service.disable_account if disabled else service.enable_account
            act(connection, name)
            self._keep_one_manager(connection)
            self._note(connection, "account.disable" if disabled else "account.enable", name)

        self.accounts.write(job)

    def link(self, name: str) -> str:
        """Return a one-time sign-in secret.

        Raises:
            AccountMissing: no such account in scope, or it is disabled.
        """
        self.one(name)
        return self.accounts.issue_link(name, actor=self.actor)

    def keys(self, name: str) -> list[Credential]:
        """Return an account's keys, without their secrets.

        Raises:
            AccountMissing: no such account in scope.
        """
        self.one(name)
        with self.accounts.database.read() as connection:
            return service.list_keys(connection, name)

    def issue_key(self, name: str, label: str, scope: Iterable[str] = ()) -> str:
        """Return a fresh key, shown this once.

        Raises:
            AccountInvalid: no label, or an unknown action.
            AccountMissing: no such account in scope, or it is disabled.
        """
        actions = tuple(scope)

        def job(connection: Connection) -> str:
            self._existing(connection, name)
            key = service.issue_key(connection, name, label, at=self.accounts.clock.now(), scope=actions)
            self._note(connection, "key.issue", name, f"{label.strip()}（{'、'.join(actions) or '全部权限'}）")
            return key

        return self.accounts.write(job)

    def revoke_key(self, name: str, public_id: str) -> None:
        """Delete one key.

        Raises:
            AccountMissing: no such account in scope, or no such key.
        """

        def job(connection: Connection) -> None:
            self._existing(connection, name)
            if not service.revoke_key(connection, name, public_id):
                raise AccountMissing("没有这把密钥", hint="它可能已经被吊销，请刷新列表")
            self._note(connection, "key.revoke", name, public_id)

        self.accounts.write(job)

    def sign_out_everywhere(self, name: str) -> int:
        """End every session of an account; return how many there were.

        Raises:
            AccountMissing: no such account in scope.
        """
        self.one(name)
        return self.accounts.sign_out_everywhere(name, actor=self.actor)

    def _mine(self, account: Account) -> bool:
        return not self.department or account.department == self.department

    def _existing(self, connection: Connection, name: str) -> Account:
        account = service.existing(connection, name)
        if not self._mine(account):
            raise AccountMissing("没有这个账号")
        return account

    def _keep_one_manager(self, connection: Connection) -> None:
        equipped = map(self.accounts.policy.equip, store.all_accounts(connection))
        if not any(account.may("manage") and not account.department for account in equipped):
            raise LastManager("这样就没有人能管理账号了")

    def _note(self, connection: Connection, action: str, target: str, detail: str = "") -> None:
        event = Event(actor=self.actor, action=action, target=target, detail=detail)
        append(connection, event, at=self.accounts.clock.now())


def user_id_of(name: str) -> str:
    """Return what stands for an account in an address, where a person's name has no place: addresses are logged."""
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16]


def _place(account: Account) -> str:
    return "/".join(filter(None, (account.role, account.department, account.region)))
