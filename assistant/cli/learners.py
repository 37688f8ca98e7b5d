"""What calls teach, opened for a command and the account it acts for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.accounts.types import Account
    from assistant.learning.service import Learning


@contextmanager
def learning_as(data: Path | None, account: str, *, write: bool = False) -> Iterator[tuple[Learning, Account]]:
    """Open the data folder; yield what a runtime learns from calls, and the account.

    Raises:
        AccountMissing: no such account, or it is disabled.
    """
    from assistant.cli.acting import acting
    from assistant.cli.opening import opened
    from assistant.services import learning_of

    with opened(data, write=write) as runtime:
        yield learning_of(runtime), acting(runtime, account)
