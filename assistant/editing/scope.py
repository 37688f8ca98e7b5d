"""What an account may see and change, by department, region and visibility: the one place that decides."""

from __future__ import annotations

from typing import Protocol

from assistant.accounts.types import Account


class Placed(Protocol):
    """Anything that belongs to a department and a region."""

    @property
    def owner(self) -> str:
        """The department that keeps it; empty when it is everybody's."""
        ...

    @property
    def region(self) -> str | None:
        """Where it holds; empty when everywhere."""
        ...

    @property
    def visibility(self) -> str:
        """对外 or 内部."""
        ...


def may_see(account: Account, thing: Placed) -> bool:
    """Whether an account may read what is in force."""
    return account.in_region(thing.region) and (thing.visibility != "内部" or account.may("internal"))


def may_edit(account: Account, thing: Placed) -> bool:
    """Whether an account may read drafts of it and past versions, and write new ones."""
    return account.may("edit") and may_see(account, thing) and account.covers(thing.owner)


def confined(account: Account) -> bool:
    """Whether an account is confined to a department or a region."""
    return bool(account.department or account.region)
