"""Gaps a curator set aside with a reason. They come back when enough further calls ask the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.accounts.types import Account
from assistant.audit.chain import Event
from assistant.audit.store import append
from assistant.errors import RequestInvalid
from assistant.learning.permission import require_edit
from kb.domain.clock import Clock
from kb.domain.errors import NotFound
from kb.store.database import Database
from kb.store.dismissals import Dismissal, drop_dismissal, put_dismissal
from kb.text.normalise import printable

if TYPE_CHECKING:
    from assistant.learning.gaps import Signal

KIND, PREFIX = "gap", "gap-"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Sets gaps aside and takes them back. `asked` tells whether calls asked some masked words of late."""

    database: Database
    clock: Clock
    asked: Callable[[str], bool]

    def put(self, account: Account, text: str, *, reason: str) -> Json:
        """Set the gap aside whose most asked words are `text`; the words of its group keep it aside.

        Raises:
            NotAllowed: the account may not edit knowledge.
            RequestInvalid: no reason is given.
            NotFound: no call asked these words.
        """
        require_edit(account)
        reason = printable(reason).strip()
        if not reason:
            raise RequestInvalid("请写明为什么不用补", hint="写一句，别的采编会看到")
        if not self.asked(text):
            raise NotFound("没有这个缺口", hint="请重新读取；用 zhida gaps 查看")
        gap_id, at = gap_id_of(text), self.clock.now()
        new = Dismissal(finding_id=PREFIX + gap_id, kind=KIND, digest=gap_id, account=account.name,
                        reason=reason, at=at)  # fmt: skip
        event = Event(actor=account.name, action="gap.aside", target=gap_id, detail=new.reason)

        def job(connection: Any) -> None:  # noqa: ANN401 - a Connection
            put_dismissal(connection, new)
            append(connection, event, at=at)

        self.database.write(job)
        return {"gap_id": gap_id}

    def take_back(self, account: Account, gap_id: str) -> Json:
        """List a gap again; one that does not stand aside stays as it is, so that a second press changes nothing.

        Raises:
            NotAllowed: the account may not edit knowledge.
        """
        require_edit(account)
        event = Event(actor=account.name, action="gap.back", target=gap_id)

        def job(connection: Any) -> None:  # noqa: ANN401 - a Connection
            if drop_dismissal(connection, PREFIX + gap_id):
                append(connection, event, at=self.clock.now())

        self.database.write(job)
        return {"gap_id": gap_id}


def gap_id_of(text: str) -> str:
    """Return what names a gap: a digest of its words."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def set_aside(group: Sequence[Signal], dismissed: Mapping[str, Dismissal], reopen: int) -> Json | None:
    """Return who set a group of signals aside and why, or nothing when it stands open.

    Any words of the group keep it aside, because which of them is asked most changes with every call; `reopen` calls
    after it was set aside open it again.
    """
    names = {PREFIX + gap_id_of(signal.text) for signal in group}
    found = [one for name, one in dismissed.items() if name in names and one.kind == KIND]
    if not found:
        return None
    newest = max(found, key=lambda one: one.at)
    since = {signal.call for signal in group if signal.at > newest.at}
    if len(since) >= reopen:
        return None
    return {
        "gap_id": newest.digest,
        "account": newest.account,
        "reason": newest.reason,
        "at": newest.at.isoformat(timespec="minutes"),
        "since": len(since),
    }
