"""Plain text: one paragraph block per run of lines; blank lines separate. Broken lines are mended by cleaning."""

from __future__ import annotations

import re

from ingest.loaders.encoding import decode
from ingest.loaders.reading import Source
from ingest.types import Block, FileKind, Limits, LoadedFile

_BLANK = re.compile(r"\n[ \t\u3000\xa0]*\n")


def load(source: Source, kind: FileKind, limits: Limits) -> LoadedFile:  # noqa: ARG001 - one signature for all loaders
    """Read paragraphs, their line breaks kept.

    Raises:
        FileRefused: `binary`.
    """
    text = decode(source.data)
    runs = (run.strip("\n") for run in _BLANK.split(text))
    blocks = tuple(Block(kind="paragraph", text=run) for run in runs if run.strip())
    return LoadedFile(name=source.name, kind=kind, blocks=blocks)
