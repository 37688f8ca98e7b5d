"""What an encoder learns from: families of wordings with one answer, calls with a topic, and general pairs."""

from __future__ import annotations

import csv
import gzip
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.domain.errors import EncoderUnavailable

MAX_CHARS = 160
GENERAL_CHARS = 90
READ_CHARS = 400
GENERAL_ROWS = {"docs_ms_zh": 100_000, "dialog_smile": 15_000, "statutes": 45_000}
GENERAL_SHARES = {"docs_ms_zh": 0.5, "dialog_smile": 0.1, "statutes": 0.4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Wordings that mean the same (`questions`) and the texts that answer them; `topic` marks its neighbours."""

    key: str
    topic: str
    questions: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two general texts that belong together; pairs of one `group` are no negatives of each other."""

    left: str
    right: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything a training run reads.

    Attributes:
        families: one per typical answer.
        calls: callers' words by topic, where only the topic is known.
        clauses: texts of clauses by topic.
        general: pairs of general Chinese by the name of their source.
        others: answers of other services, which teach how plain talk points at formal words.
        senses: expressions that mean the same; senses listed near one another are related, and not the same.
    """

    families: Sequence[Family]
    calls: Mapping[str, Sequence[str]]
    clauses: Mapping[str, Sequence[str]]
    general: Mapping[str, Sequence[Pair]]
    others: Sequence[Family] = ()
    senses: Sequence[Sequence[str]] = ()

    def texts(self) -> Iterable[str]:
        """Yield every text of our own, those of other services and of the thesaurus included."""
        for family in (*self.families, *self.others):
            yield from family.questions
            yield from family.answers
        for held in (self.calls, self.clauses):
            for texts in held.values():
                yield from texts
        for expressions in self.senses:
            yield from expressions


def read_general(folder: Path) -> dict[str, list[Pair]]:
    """Read the open text pairs (gzip TSV, two columns) of a folder, at most `GENERAL_ROWS` of each source.

    Raises:
        EncoderUnavailable: the folder holds none of them, or a file is damaged.
    """
    pairs: dict[str, list[Pair]] = {}
    for name, path in _files(folder).items():
        rows = itertools.islice(_rows(path), GENERAL_ROWS[name])
        pairs[name] = [Pair(left=one[:GENERAL_CHARS], right=two[:GENERAL_CHARS], group=one) for one, two in rows]
    if not pairs:
        raise EncoderUnavailable(f"没有找到通用训练语料：{folder}", hint="目录里应有 *.tsv.gz（两列，制表符分隔）")
    return pairs


def read_texts(folder: Path) -> list[str]:
    """Read all texts of the same files, each at most `READ_CHARS` long.

    Raises:
        EncoderUnavailable: a file is damaged.
    """
    return [text[:READ_CHARS] for path in _files(folder).values() for row in _rows(path) for text in row]


def _files(folder: Path) -> dict[str, Path]:
    paths = {path.name.split(".")[0]: path for path in sorted(folder.glob("*.tsv.gz"))}
    return {name: path for name, path in paths.items() if name in GENERAL_ROWS}


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
                if len(row) >= 2:
                    yield row[0], row[1]
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise EncoderUnavailable(f"训练语料读不出来：{path.name}（{error}）", hint="请重新下载该文件") from None
