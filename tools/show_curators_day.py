"""Run the curator's day on a fresh data folder and store what it prints: `python -m tools.show_curators_day`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "docs" / "examples" / "curators-day.sh"
PAGE = ROOT / "docs" / "guide" / "curators-day.md"
HEAD = """# 知识采编的一天

`docs/examples/curators-day.sh 新目录` 从空库走一遍：导入、改好、送审、发布、改词典、被门禁拦下、取回、回滚、撤销。
用到的表在 `docs/examples/curators-day/`。下面是它印出来的原文（时间、耗时和校验值换成了〔…〕），
由 `python -m tools.show_curators_day` 写入。
"""
CHANGING = (
    (re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:\+\d{2}:\d{2})?"), "〔时刻〕"),
    (re.compile(r"\d+(?:\.\d+)? ?ms"), "〔耗时〕"),
    (re.compile(r"\b[0-9a-f]{40,64}\b"), "〔校验值〕"),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(transcript()), encoding="utf-8")


def transcript() -> str:
    """Run the script on a folder of its own, with default settings, and return what it prints.

    Raises:
        CalledProcessError: the script itself failed.
    """
    with tempfile.TemporaryDirectory(prefix="zhida-day-") as place:
        done = subprocess.run(  # noqa: S603 - our own script
            ["/bin/bash", str(SCRIPT), str(Path(place) / "data")],
            env=surroundings(os.environ),
            capture_output=True, text=True, check=True, encoding="utf-8",
        )  # fmt: skip
        return done.stdout.replace(str(Path(place).resolve()), "〔目录〕").replace(place, "〔目录〕")


def surroundings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment for the script without the settings of whoever runs this."""
    kept = {name: value for name, value in environment.items() if not name.startswith("ZHIDA_")}
    return {**kept, "ZHIDA": f"{sys.executable} -m assistant.cli.main", "PYTHONPATH": str(ROOT)}


def page(printed: str) -> str:
    """Return the page for a transcript: what changes from run to run is left out, each step gets its heading."""
    for pattern, instead in CHANGING:
        printed = pattern.sub(instead, printed)
    parts = [HEAD]
    for step in printed.strip().split("\n\n# "):
        title, _, lines = step.removeprefix("# ").partition("\n")
        parts.append(f"## {title}\n\n```text\n{lines.strip()}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    main()
