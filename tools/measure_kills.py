"""Kill −9 amid publications, roll-backs and imports: `python -m tools.measure_kills [--each 50] [--write]`.

Runs `tests/assistant/editing/test_kill.py` with that many kills of each kind, spread over the whole of a step.
`--write` puts the outcome into `docs/guide/curation-figures.md`; it leaves with 1 when anything was lost or half done.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from eval.machine import machine_name
from tools.figures_page import write_figures

ROOT = Path(__file__).resolve().parent.parent
TEST = "tests/assistant/editing/test_kill.py"
KINDS = ("publish", "rollback", "import")


def main(arguments: Sequence[str] | None = None) -> None:
    """Kill, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    begin = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own tests
        [sys.executable, "-m", "pytest", TEST, "-q", "-p", "no:cacheprovider"],
        cwd=ROOT, env={**os.environ, "KILLS": str(given.each)}, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(1)
    figures = {
        "machine": machine_name(), "kills": dict.fromkeys(KINDS, given.each), "lost": 0, "between": 0,
        "seconds": round(time.perf_counter() - begin),
    }  # fmt: skip
    print(figures)
    if given.write:
        write_figures("kills", figures)


if __name__ == "__main__":
    main()
