"""Gold sets: load with every error named, hash, and check against the knowledge base."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.errors import GoldEmpty, GoldInvalid, GoldMissing, Problem, UnknownEntries
from eval.gold_rows import BadRow, parse_row
from eval.labels import Labels, load_labels
from eval.question import Question
from eval.sameness import plain
from kb.domain.codec import digest

__all__ = ["GoldCheck", "GoldSet", "Question", "decode_text", "load_gold", "parse_gold", "set_hash", "validate"]

SHOWN_UNKNOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldSet:
    """A named set of questions. `hash` changes when any word or label does, and not with the order of lines."""

    name: str
    questions: tuple[Question, ...]

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the questions."""
        return set_hash(self.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldCheck:
    """What `validate` found.

    `unknown` pairs (question id, unknown entry id). `unfilled` are ids of questions with topics but no entries: their
    gold may not be filled in yet, and until then they count as "nothing to answer". `repeated` are ids of questions
    worded and labelled exactly like an earlier one: they count twice.
    """

    unknown: tuple[tuple[str, str], ...]
    unfilled: tuple[str, ...]
    repeated: tuple[str, ...]

    def require(self) -> None:
        """Refuse unknown ids.

        Raises:
            UnknownEntries: gold names what the knowledge base does not have.
        """
        if self.unknown:
            named = "、".join(f"{question} → {entry}" for question, entry in self.unknown[:SHOWN_UNKNOWN])
            raise UnknownEntries(f"题集里有 {len(self.unknown)} 个知识编号不存在：{named}")


def set_hash(questions: Iterable[Question]) -> str:
    """Return the SHA-256 (hex) of the questions, whatever their order."""
    return digest({question.id: question.to_dict() for question in questions})


def load_gold(path: Path, labels: Labels | None = None) -> GoldSet:
    """Load a `.jsonl` gold file (UTF-8 with or without BOM, or GB18030); blank lines are skipped.

    Args:
        path: the file; its stem names the set.
        labels: legal labels; by default those of the taxonomy in force.

    Raises:
        GoldMissing: no such file, or it cannot be read.
        GoldEmpty: no question in it.
        GoldInvalid: broken lines, missing columns, unknown labels, one id twice, or one text with different gold.
    """
    return parse_gold(path, list(_lines(decode_text(path))), labels)


def parse_gold(path: Path, rows: Sequence[tuple[int, str]], labels: Labels | None = None) -> GoldSet:
    """Check the numbered JSON lines of a file and return them as a set; see `load_gold`."""
    if not rows:
        raise GoldEmpty(f"{path.name} 是空的，没有题")
    questions, problems = _parse(path.name, rows, labels or load_labels())
    problems += _clashes(path.name, questions)
    if problems:
        raise GoldInvalid.of(tuple(sorted(problems, key=lambda problem: problem.line)))
    return GoldSet(name=path.stem, questions=tuple(question for _, question in questions))


def validate(questions: Sequence[Question], known_ids: Collection[str]) -> GoldCheck:
    """Check gold against the knowledge base.

    Args:
        questions: the set.
        known_ids: every id that can be an answer: entries and passages.
    """
    known = frozenset(known_ids)
    unknown = tuple((q.id, entry) for q in questions for entry in q.entries if entry not in known)
    unfilled = tuple(q.id for q in questions if q.topics and not q.entries)
    seen: set[str] = set()
    repeated = []
    for question in questions:
        key = plain(question.text)
        if key in seen:
            repeated.append(question.id)
        seen.add(key)
    return GoldCheck(unknown=unknown, unfilled=unfilled, repeated=tuple(repeated))


def decode_text(path: Path) -> str:
    """Return the text of a UTF-8 (with or without BOM) or GB18030 file.

    Raises:
        GoldMissing: no such file, or it cannot be read.
        GoldInvalid: it is no text in either.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise GoldMissing(f"题集读不到：{path}（{error.strerror or error}）") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise GoldInvalid(f"{path.name} 不是文本文件，或编码既非 UTF-8 也非 GB18030", hint="请另存为 UTF-8 的 .jsonl")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    # split on newlines alone: splitlines() also cuts at U+2028 and U+0085, which a caller's text may hold
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line


Numbered = list[tuple[int, Question]]


def _parse(file: str, rows: Sequence[tuple[int, str]], labels: Labels) -> tuple[Numbered, list[Problem]]:
    questions: Numbered = []
    problems: list[Problem] = []
    for number, line in rows:
        try:
            questions.append((number, parse_row(line, labels)))
        except BadRow as error:
            problems.append(Problem(code=error.code, file=file, line=number, message=error.message))
    return questions, problems


def _clashes(file: str, questions: Numbered) -> list[Problem]:
    ids: dict[str, int] = {}
    texts: dict[str, tuple[int, Question]] = {}
    problems = []
    for number, question in questions:
        first = ids.setdefault(question.id, number)
        before, same = texts.setdefault(plain(question.text), (number, question))
        if first != number:
            problems.append(_problem("duplicate_id", file, number, f"id {question.id} 与第 {first} 行重复"))
        elif same.gold() != question.gold():
            message = f"与第 {before} 行是同一句话，标注却不同（{same.id}、{question.id}）"
            problems.append(_problem("conflicting_gold", file, number, message))
    return problems


def _problem(code: str, file: str, line: int, message: str) -> Problem:
    return Problem(code=code, file=file, line=line, message=message)
