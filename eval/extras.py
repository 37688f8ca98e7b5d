"""What is measured beside runs (typing, robustness): one JSON file each under `DATA/eval/KIND/`, by set and release."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from eval.gold import GoldSet
from eval.machine import code_version, machine_name
from eval.runner import safe_name
from eval.storage import FOLDER, write_whole
from kb.domain.clock import Clock, SystemClock

Extra = Literal["typing", "robustness"]


def save_extra(
    kind: Extra, payload: Mapping[str, Any], data: Path, gold: GoldSet, release: int, clock: Clock | None = None
) -> Path:
    """Write a measurement with all it was made of, replacing the earlier one of this set and release."""
    path = extra_path(kind, data, gold.name, release)
    path.parent.mkdir(parents=True, exist_ok=True)
    head = {
        "set_name": gold.name,
        "set_hash": gold.hash,
        "release": release,
        "code_version": code_version(),
        "machine": machine_name(),
        "made_at": (clock or SystemClock()).now().isoformat(timespec="seconds"),
    }
    write_whole(path, json.dumps({**head, **payload}, ensure_ascii=False, indent=1))
    return path


def find_extra(kind: Extra, data: Path, set_name: str, set_hash: str, release: int | None) -> dict[str, Any] | None:
    """Return the measurement of exactly this set and release, or `None`; a damaged file counts as none."""
    try:
        found: object = json.loads(extra_path(kind, data, set_name, release or 0).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("set_hash") == set_hash else None


def extra_path(kind: Extra, data: Path, set_name: str, release: int) -> Path:
    """Return where a measurement is kept."""
    return data / FOLDER / kind / f"{safe_name(set_name)}-r{release}.json"
