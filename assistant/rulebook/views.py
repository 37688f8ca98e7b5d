"""Rule files and their history as plain JSON values: what the command line prints and the API sends."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.rulebook.checking import Head, head_of
from assistant.rulebook.names import TITLES
from assistant.rulebook.placing import hand_made, on_disk
from assistant.rulebook.store import RuleVersion
from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles

Json = dict[str, Any]


def row(folder: Path, name: str, versions: Sequence[RuleVersion]) -> Json:
    """Return one line of the list of rule files."""
    text = RuleFiles(override=folder).text(name)
    draft = next((one for one in versions if one.status == "draft"), None)
    try:
        head, problem = head_of(name, text), ""
    except RuleFileInvalid as error:
        head, problem = Head(), error.message
    return {
        "name": name,
        "title": TITLES[name],
        "version": versions[-1].version if versions else 0,
        "applied": next((one.version for one in versions if one.status == "applied" and one.text is not None), 0),
        "own": on_disk(folder, name) is not None,
        "by_hand": hand_made(folder, name, versions),
        "draft": history_row(draft) if draft else None,
        "source": head.source,
        "valid_from": head.valid_from.isoformat() if head.valid_from else None,
        "valid_to": head.valid_to.isoformat() if head.valid_to else None,
        "problem": problem,
    }


def history_row(one: RuleVersion) -> Json:
    """Return one line of a rule file's history."""
    return {
        "version": one.version,
        "status": one.status,
        "bundled": one.text is None,
        "author": one.author,
        "reason": one.reason,
        "at": one.at.isoformat(timespec="seconds"),
        "decided_by": one.decided_by,
        "decided_at": one.decided_at.isoformat(timespec="seconds") if one.decided_at else None,
        "note": one.note,
        "text": one.text,
    }
