"""`zhida.toml` beside the files: what the curator knows about them that they do not say themselves.

[files."电价表.xlsx"]
visibility = "内部"
valid_from = 2025-01-01
valid_to = 2026-01-01
region = "江城"
kind = "电价表"
title = "销售电价表"
"""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

from ingest.errors import FileRefused
from kb.domain.knowledge import DOCUMENT_KINDS
from kb.domain.validity import VISIBILITIES

NAME = "zhida.toml"
_KEYS = frozenset({"visibility", "valid_from", "valid_to", "region", "kind", "title", "number"})


def overrides_for(path: Path) -> dict[str, str]:
    """Return what the sidecar in a file's folder says about it; empty without one.

    Raises:
        FileRefused: `sidecar`; a mistake here could publish what is internal, so the file is not read at all.
    """
    sidecar = path.parent / NAME
    try:
        if sidecar.is_symlink() or not sidecar.is_file():
            return {}
        tables = tomllib.loads(sidecar.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise refused(f"读不懂（{error}）") from None
    files = tables.get("files", {})
    own = files.get(path.name, {}) if isinstance(files, dict) else {}
    if not isinstance(own, dict):
        raise refused(f'[files."{path.name}"] 应是一个表')
    return {key: checked(key, value) for key, value in own.items()}


def checked(key: str, value: object) -> str:
    """Return a setting as text.

    Raises:
        FileRefused: `sidecar` for an unknown key or value.
    """
    if key not in _KEYS:
        raise refused(f"不认识的键 {key}")
    text = value.isoformat() if isinstance(value, dt.date) else str(value)
    if key == "visibility" and text not in VISIBILITIES:
        raise refused(f"visibility 只能是 {'、'.join(VISIBILITIES)}，写的是 {text}")
    if key == "kind" and text not in DOCUMENT_KINDS:
        raise refused(f"kind 只能是 {'、'.join(DOCUMENT_KINDS)}，写的是 {text}")
    return text


def refused(detail: str) -> FileRefused:
    """Return the refusal of a file whose sidecar is wrong."""
    return FileRefused(
        "sidecar", f"同目录的 {NAME} 有误：{detail}；为免误公开，此文件没有载入", hint=f"请改好 {NAME} 再导入一次"
    )
