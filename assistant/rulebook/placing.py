"""Rule files in the data folder: read as they stand, replaced by one rename."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from assistant.rulebook.store import RuleVersion
from kb.index.manifest import fsync


def on_disk(folder: Path, name: str) -> str | None:
    """Return the text of the data folder's own file, or `None` where the bundled one is in force."""
    try:
        return (folder / name).read_text(encoding="utf-8-sig", errors="replace")
    except FileNotFoundError:
        return None


def place(folder: Path, name: str, text: str | None) -> None:
    """Put a text into the data folder, whole or not at all and safe from a power cut; `None` takes the file away."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name
    if text is None:
        target.unlink(missing_ok=True)
    else:
        pending = folder / f".{name}.part"
        with pending.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        pending.replace(target)
    fsync(folder)


def tidy(text: str) -> str:
    """Return a text with the line ends and the beginning a file has when it is read back."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def hand_made(folder: Path, name: str, versions: Sequence[RuleVersion]) -> bool:
    """Whether the file says something else than the history: somebody changed it in the folder."""
    applied = next((one.text for one in reversed(versions) if one.status == "applied"), None)
    return on_disk(folder, name) != applied
