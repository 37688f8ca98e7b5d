"""Finding on knowledge nobody tuned for: `python -m tools.measure_foreign water`, or `… faq DIR`.

Builds an empty data folder, ingests the knowledge as a customer would, asks every query through the same suggest, and
prints hit@1 and hit@3 with 95 % intervals. A FAQ folder: `{id, question, answer(s)}` and `{query, kb_id}`; entries with
the same answer count as the same; the first 500 queries after a shuffle with seed 0.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.jobs import ingest_and_publish
from assistant.runtime import Runtime, open_runtime
from assistant.settings import load_settings
from eval.statistics import wilson

WATER = Path("eval/foreign/water")
QUERIES = 500
Right = Callable[[str], bool]


def NOTHING(_item: str) -> bool:  # noqa: N802 - a constant that happens to be callable
    """No item is right: the knowledge holds nothing on the question."""
    return False


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure one foreign base."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("water", "faq"))
    parser.add_argument("folder", type=Path, nargs="?", default=WATER)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="zhida-foreign-") as place:
        scratch = Path(place)
        source = given.folder / "knowledge" if given.kind == "water" else _faq(given.folder, scratch)
        with open_runtime(load_settings(data=scratch / "data"), write=True) as runtime:
            ingest_and_publish(runtime, [source], note="foreign")
            questions = water(given.folder, runtime) if given.kind == "water" else faq(given.folder)
            report(runtime, questions)


def report(runtime: Runtime, questions: Sequence[tuple[str, Right]]) -> None:
    """Ask and print."""
    first = three = 0
    for text, right in (asked for asked in questions if asked[1] is not NOTHING):
        found = [answer.entry_id for answer in runtime.assistant.suggest(text, explain=True).candidates or ()]
        first += any(right(item) for item in found[:1])
        three += any(right(item) for item in found[:3])
    silent = [text for text, right in questions if right is NOTHING]
    calm = sum(not runtime.assistant.suggest(text).answers for text in silent)
    counted = (("hit@1", first, len(questions) - len(silent)), ("hit@3", three, len(questions) - len(silent)))
    for name, hits, asked in (*counted, ("no answer shown where there is none", calm, len(silent))):
        if asked:
            low, high = wilson(hits, asked)
            print(f"{name} {hits / asked:.3f} ({low:.3f}–{high:.3f}), n={asked}")


def water(folder: Path, runtime: Runtime) -> list[tuple[str, Right]]:
    """Return the wordings; a right answer is named by its question, or by document and clause or row.

    Raises:
        SystemExit: a wording names what the knowledge does not hold; it would count as missed for ever.
    """
    catalogue = runtime.library.shelf.catalogue
    names = {entry.question: entry.entry_id for entry in catalogue.entries.values()}
    for found in catalogue.passages.values():
        names[f"{found.document.title} {found.passage.locator.split(' › ')[-1]}"] = found.passage.passage_id
    rows = _rows(folder / "queries.jsonl")
    unknown = sorted({name for row in rows for name in row["answers"]} - set(names))
    if unknown:
        raise SystemExit(f"unknown answers: {'; '.join(unknown)}")
    return [
        (row["text"], _among(frozenset(names[name] for name in row["answers"])) if row["answers"] else NOTHING)
        for row in rows
    ]


def faq(folder: Path) -> list[tuple[str, Right]]:
    """Return the shuffled queries; entries with the same answer are the same."""
    answers = {str(row["id"]): _answer(row) for row in _rows(folder / "kb.jsonl")}
    rows = _rows(folder / "queries.jsonl")
    random.Random(0).shuffle(rows)
    return [(row["query"], _same(answers, answers[str(row["kb_id"])])) for row in rows[:QUERIES]]


def _among(known: frozenset[str]) -> Right:
    return lambda item: item in known


def _same(answers: dict[str, str], wanted: str) -> Right:
    return lambda item: answers.get(item) == wanted


def _faq(folder: Path, scratch: Path) -> Path:
    path = scratch / "kb.jsonl"
    rows = [
        {"id": str(row["id"]), "question": row["question"][:190] or "?", "answer": _answer(row)[:3000] or "无"}
        for row in _rows(folder / "kb.jsonl")
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def _answer(row: dict[str, Any]) -> str:
    held = row.get("answer") or row.get("answers")
    return " ".join(dict.fromkeys(held.values())) if isinstance(held, dict) else str(held)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    main()
