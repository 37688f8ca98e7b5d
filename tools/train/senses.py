"""A thesaurus of what callers of any service say: expressions that mean the same, worded by hand, for training alone.

Each line of `thesaurus/*.txt` is one sense, its expressions separated by `|`, the written one first; related senses
stand together. Nothing of it is shipped, and nothing is measured on it.
"""

from __future__ import annotations

from pathlib import Path

THESAURUS = Path(__file__).parent / "thesaurus"


def senses(folder: Path = THESAURUS) -> list[tuple[str, ...]]:
    """Return the senses, file by file."""
    return [
        tuple(line.split("|"))
        for path in sorted(folder.glob("*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line
    ]
