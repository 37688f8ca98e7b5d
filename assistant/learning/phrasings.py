"""Phrasings suggested by what agents chose: tried on the golden questions first, drafted only when none gets worse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection

from assistant.accounts.types import Account
from assistant.audit.chain import Event
from assistant.audit.store import append
from assistant.editing.desk import Desk
from assistant.errors import RequestInvalid
from assistant.learning import store
from assistant.learning.permission import require_edit
from assistant.learning.rules import LearningRules
from assistant.learning.store import Verdict
from kb.curation.lifecycle import Ref
from kb.domain.clock import Clock
from kb.domain.codec import entry_from_dict
from kb.domain.errors import NotFound
from kb.domain.knowledge import Entry
from kb.search.catalogue import Catalogue
from kb.store.database import Database

CHOSEN = "chosen"
TAKEN, REFUSED, DISMISSED = "已采用", "未采用", "不要"
MASK = "〔"
FEW = 5
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasings:
    """All that faces do with suggested phrasings. `normal` folds a text so that equal questions compare equal."""

    database: Database
    desk: Desk
    catalogue: Callable[[], Catalogue]
    normal: Callable[[str], str]
    masker: Callable[[str], str]
    clock: Clock
    rules: LearningRules

    def report(self) -> Json:
        """Return suggestions, those of most calls first, and what became of earlier ones."""
        with self.database.read() as connection:
            settled = store.verdicts(connection)
        done = {(verdict.entry_id, self.normal(verdict.text)) for verdict in settled}
        rows = [row for row in self._suggested() if (row["entry_id"], self.normal(row["text"])) not in done]
        return {"phrasings": rows, "settled": [verdict_to_dict(verdict) for verdict in settled]}

    def accept(self, account: Account, entry_id: str, text: str) -> Json:
        """Draft a suggested phrasing and put it forward for review, unless a golden question would get worse.

        Refused ones are kept with the reason; nothing is drafted then.

        Raises:
            NotAllowed: the account may not.
            NotFound: no such entry, or nobody's choice suggests this.
            RequestInvalid: the words cannot be a phrasing; the message says why.
        """
        require_edit(account)
        row = self._row(entry_id, text)
        if row["problem"]:
            raise RequestInvalid(row["problem"])
        entry, version = self._newest(entry_id)
        wanted = replace(entry, phrasings=(*entry.phrasings, row["text"]))
        report = self.desk.trial(wanted)
        if report.worse:
            reasons = "；".join(f"“{one['text']}”{one['reason']}" for one in report.worse[:FEW])
            more = f"；另有 {len(report.worse) - FEW} 处" if len(report.worse) > FEW else ""
            self._keep(account, row, REFUSED, f"有 {len(report.worse)} 道黄金题会变差：{reasons}{more}")
            return {**row, "state": REFUSED, "gate": report.to_dict()}
        reason = f"坐席 {row['calls']} 次采用：{row['text']}"
        made = self.desk.save(account, wanted, expected=version, reason=reason)
        [decision] = self.desk.submit(account, [Ref(kind="entry", item_id=entry_id, version=made)])
        self._keep(account, row, TAKEN, f"第 {made} 版草稿已送审，{report.questions} 道黄金题无一变差")
        return {**row, "state": TAKEN, "version": made, "submitted": decision.error is None, "gate": report.to_dict()}

    def dismiss(self, account: Account, entry_id: str, text: str, *, reason: str) -> Json:
        """Put a suggestion away for good.

        Raises:
            NotAllowed: the account may not.
            NotFound: nobody's choice suggests this.
            RequestInvalid: no reason is given.
        """
        require_edit(account)
        if not reason.strip():
            raise RequestInvalid("请写明为什么不要")
        row = self._row(entry_id, text)
        self._keep(account, row, DISMISSED, self.masker(reason.strip())[:400])
        return {**row, "state": DISMISSED}

    def _suggested(self) -> list[Json]:
        since = self.clock.now() - dt.timedelta(days=self.rules.phrasings.days)
        with self.database.read() as connection:
            chosen = [said for said in store.said_since(connection, since) if said.kind == CHOSEN and said.entry_id]
        calls: dict[str, dict[str, list[store.Said]]] = {}
        for said in chosen:
            calls.setdefault(self.normal(self.masker(said.text)), {}).setdefault(said.entry_id, []).append(said)
        catalogue, held = self.catalogue(), self._held()
        rows = []
        for words, by_entry in calls.items():
            for entry_id, group in by_entry.items():
                entry = catalogue.entries.get(entry_id)
                if entry is None or entry.kind == "guard" or held.get(words) == entry_id:
                    continue
                others = {other: len(found) for other, found in by_entry.items() if other != entry_id}
                rows.append(self._as_row(entry, group, others, held.get(words)))
        enough = [row for row in rows if row["calls"] >= self.rules.phrasings.min_calls]
        return sorted(enough, key=lambda row: (-row["calls"], row["entry_id"], row["text"]))

    def _as_row(self, entry: Entry, group: list[store.Said], others: dict[str, int], holder: str | None) -> Json:
        text = self.masker(group[-1].text).strip()
        return {
            "entry_id": entry.entry_id,
            "question": entry.question,
            "text": text,
            "calls": len(group),
            "agents": len({said.account for said in group}),
            "others": others,
            "problem": self._problem(text, others, holder),
        }

    def _problem(self, text: str, others: dict[str, int], holder: str | None) -> str:
        """Return why words cannot be a phrasing; empty when they can."""
        if MASK in text:
            return "话里有客户的个人信息，不能作相似问"
        if len(text) > self.rules.phrasings.most_characters:
            return f"话太长（上限 {self.rules.phrasings.most_characters} 字）"
        if holder:
            return f"这句话已经是 {holder} 的相似问"
        if others:
            return f"同一句话也有人选了 {'、'.join(sorted(others))}"
        return ""

    def _row(self, entry_id: str, text: str) -> Json:
        wanted = (entry_id, self.normal(text))
        for row in self._suggested():
            if (row["entry_id"], self.normal(row["text"])) == wanted:
                return row
        raise NotFound("没有这条相似问建议", hint="用 zhida phrasing list 查看")

    def _held(self) -> dict[str, str]:
        """Return every phrasing in force with the entry it belongs to."""
        return {
            self.normal(text): entry.entry_id
            for entry in self.catalogue().entries.values()
            if entry.kind != "guard"
            for text in (entry.question, *entry.phrasings)
        }

    def _newest(self, entry_id: str) -> tuple[Entry, int]:
        found = self.desk.standings([entry_id])
        if not found or found[0].head.removal:
            raise NotFound("没有这个条目，或正在下线", hint="用 zhida entry show 编号 查看")
        return entry_from_dict(found[0].head.payload), found[0].head.version

    def _keep(self, account: Account, row: Json, state: str, detail: str) -> None:
        at, release = self.clock.now(), self.catalogue().release
        verdict = Verdict(
            entry_id=row["entry_id"],
            text=row["text"],
            state=state,
            at=at,
            account=account.name,
            release=release,
            detail=detail,
        )
        event = Event(
            actor=account.name, action="phrasing.verdict", target=row["entry_id"], release=release, detail=state
        )

        def job(connection: Connection) -> None:
            store.put_verdict(connection, verdict)
            append(connection, event, at=at)

        self.database.write(job)


def verdict_to_dict(verdict: Verdict) -> Json:
    """Return a verdict as JSON."""
    return {**asdict(verdict), "at": verdict.at.isoformat(timespec="minutes")}
