"""How well gaps are grouped: `python -m tools.measure_gaps [题集.jsonl] --data 目录`, on a folder made by `zhida init`.

Questions that share an answer should be in one group. A gap has no answer in the knowledge it is seen against, so half
of the entries (by a hash of their ids) are taken out, and the questions that only those answer are grouped; then the
other half.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.learning.cluster import Known, groups
from assistant.learning.known import known_questions
from assistant.learning.rules import load_learning_rules
from assistant.runtime import Runtime, open_runtime
from assistant.settings import load_settings
from eval.gold import load_gold

Answered = Sequence[tuple[str, frozenset[str]]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the share of grouped pairs that are right, and of right pairs that are grouped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path, nargs="?", default=Path("eval/gold/dev.jsonl"))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--distance", type=float, help="instead of the one in learning.toml")
    given = parser.parse_args(arguments)
    questions = [(one.text, frozenset(one.entries)) for one in load_gold(given.gold).questions if one.entries]
    with open_runtime(load_settings(data=given.data)) as runtime:
        report(runtime, questions, given.distance)


def report(runtime: Runtime, questions: Answered, distance: float | None) -> None:
    """Print what is told of each way of grouping."""
    rules, shelf = load_learning_rules(runtime.files).gaps, runtime.library.shelf
    ways: dict[str, list[tuple[int, int, int]]] = {}
    for part in (0, 1):
        gone = {entry for entry in shelf.catalogue.entries if hashlib.sha256(entry.encode()).digest()[0] % 2 == part}
        gaps = [(text, entries) for text, entries in questions if entries <= gone]
        normal = [runtime.library.analyser.normalise(text).text for text, _entries in gaps]
        vectors = shelf.snapshot.encoder.encode(normal)
        known: dict[str, Known | None] = {
            "vectors alone": None,
            "and knowledge, answers taken out": known_questions(shelf, rules, without=gone),
            "and knowledge, answers left in": known_questions(shelf, rules),
        }
        for name, seen in known.items():
            found = groups(vectors, distance or rules.distance, seen)
            ways.setdefault(name, []).append(counted(found, [entries for _text, entries in gaps]))
    for name, counts in ways.items():
        right, together, same = (sum(column) for column in zip(*counts, strict=True))
        print(f"{name}: {right}/{together} grouped pairs right ({right / max(1, together):.3f}), "
              f"{right}/{same} right pairs grouped ({right / max(1, same):.3f})")  # fmt: skip


def counted(found: Sequence[int], answers: Sequence[frozenset[str]]) -> tuple[int, int, int]:
    """Return how many pairs are grouped and share an answer, are grouped, and share an answer."""
    upper = np.triu_indices(len(found), 1)
    labels = np.array(found)
    together: npt.NDArray[np.bool_] = labels[upper[0]] == labels[upper[1]]
    ends = zip(upper[0].tolist(), upper[1].tolist(), strict=True)
    same: npt.NDArray[np.bool_] = np.array([not answers[a].isdisjoint(answers[b]) for a, b in ends], dtype=np.bool_)
    return int((together & same).sum()), int(together.sum()), int(same.sum())


if __name__ == "__main__":
    main()
