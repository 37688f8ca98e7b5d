"""Gold files on disk: written whole, never over something else, and grown one question at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from eval.errors import GoldInvalid, Problem, SetExists
from eval.gold import GoldSet, load_gold
from eval.labels import Labels
from eval.question import Question
from eval.sameness import plain
from eval.storage import write_whole


def gold_text(questions: Sequence[Question]) -> str:
    """Return the questions as JSON lines, fields in their usual order."""
    return "".join(json.dumps(question.to_dict(), ensure_ascii=False) + "\n" for question in questions)


def write_gold(questions: Sequence[Question], path: Path) -> None:
    """Write a new gold file.

    Raises:
        SetExists: there is a file of that name.
        GoldMissing: the folder is not there or not writable.
    """
    if path.exists():
        raise SetExists(f"已有这个文件：{path}")
    _write(questions, path)


def add_question(question: Question, path: Path, labels: Labels | None = None) -> GoldSet:
    """Add one question to a gold file, which is made when missing, and return the grown set.

    Raises:
        GoldInvalid: the file is wrong, or already holds this id or these words.
    """
    held = load_gold(path, labels).questions if path.exists() else ()
    for number, other in enumerate(held, start=1):
        if other.id == question.id or plain(other.text) == plain(question.text):
            message = f"题集里已有这句话或这个编号：{other.id}「{other.text}」"
            raise GoldInvalid.of((Problem(code="duplicate_id", file=path.name, line=number, message=message),))
    grown = GoldSet(name=path.stem, questions=(*held, question))
    _write(grown.questions, path)
    return grown


def _write(questions: Sequence[Question], path: Path) -> None:
    try:
        write_whole(path, gold_text(questions))
    except OSError as error:
        raise SetExists(
            f"题集写不进去：{path}（{error.strerror or error}）", hint="请检查文件夹是否存在、是否可写"
        ) from None
