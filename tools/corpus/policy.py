"""Policy sources: markdown with TOML front matter, one paragraph per clause, topic tags at the end of each clause."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

_CLAUSE = re.compile(r"第([一二三四五六七八九十]+)条 (.+)\{([A-Z0-9,]+)\}")
_CHAPTER = re.compile(r"## (第[一二三四五六七八九十]+章 .+)")
_META = ("title", "number", "file", "format", "visibility", "valid_from")
_DIGITS = "零一二三四五六七八九"
COMPANY = "示例省电力公司"


class SourceError(ValueError):
    """A source file that cannot be built; the message names the file and the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One 第X条: its label, its text without the tag, and the topics it answers."""

    label: str
    text: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One 第X章 with its clauses in order."""

    title: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy document ready to be written in any format."""

    title: str
    number: str
    file: str
    format: str
    visibility: str
    valid_from: date
    valid_to: date | None
    chapters: tuple[Chapter, ...]

    @property
    def masthead(self) -> tuple[str, ...]:
        """The lines printed under the title: document number, validity, visibility."""
        until = f"至{chinese_date(self.valid_to)}止" if self.valid_to else ""
        return (
            f"文号：{self.number}",
            f"施行日期：自{chinese_date(self.valid_from)}起施行{until}",
            f"公开范围：{self.visibility}",
        )


def chinese_date(day: date) -> str:
    """2025年7月1日, as printed in official documents."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_number(number: int) -> str:
    """1-99 in Chinese numerals, as clauses are numbered (十一, 二十, 二十一)."""
    tens, ones = divmod(number, 10)
    lead = "" if tens < 2 else _DIGITS[tens]
    return lead + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def _clause(line: str, expected: int, where: str) -> Clause:
    match = _CLAUSE.fullmatch(line)
    if match is None:
        raise SourceError(f"{where}: not a clause with a topic tag: {line[:30]}")
    if match[1] != chinese_number(expected):
        raise SourceError(f"{where}: expected 第{chinese_number(expected)}条, found 第{match[1]}条")
    return Clause(label=f"第{match[1]}条", text=match[2], topics=tuple(match[3].split(",")))


def _chapters(body: str, name: str) -> tuple[Chapter, ...]:
    found: list[tuple[str, list[Clause]]] = []
    count = 0
    for line in (raw.strip() for raw in body.splitlines()):
        heading = _CHAPTER.fullmatch(line)
        if heading is not None:
            found.append((heading[1], []))
        elif line.startswith("第"):
            count += 1
            if not found:
                raise SourceError(f"{name}: clause before the first chapter")
            found[-1][1].append(_clause(line, count, name))
        elif line and not line.startswith("# "):
            raise SourceError(f"{name}: stray line: {line[:30]}")
    return tuple(Chapter(title=title, clauses=tuple(clauses)) for title, clauses in found)


def read_policy(path: Path) -> Policy:
    """Read one source.

    Raises SourceError when the front matter is missing, clauses are not numbered 1..n, or a line is neither
    heading nor clause.
    """
    parts = path.read_text(encoding="utf-8").split("+++\n", 2)
    if len(parts) != 3:
        raise SourceError(f"{path.name}: no TOML front matter between +++ lines")
    meta = tomllib.loads(parts[1])
    missing = [key for key in _META if key not in meta]
    if missing:
        raise SourceError(f"{path.name}: front matter lacks {', '.join(missing)}")
    return Policy(
        title=meta["title"],
        number=meta["number"],
        file=meta["file"],
        format=meta["format"],
        visibility=meta["visibility"],
        valid_from=meta["valid_from"],
        valid_to=meta.get("valid_to"),
        chapters=_chapters(parts[2], path.name),
    )
