"""Train the bundled sentence encoder: `python -m tools.train_encoder [--general DIR]` (about ten minutes on two cores).

Learns from the project's own entries, clauses and training utterances and, when `--general` names a folder of open
text pairs, from general Chinese; prints development figures; never reads `eval/gold/test.jsonl`.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kb.encode.protocol import Encoder
from kb.encode.static import StaticEncoder
from kb.encode.train.batches import GeneralDraw, OwnDraw
from kb.encode.train.export import write_directory
from kb.encode.train.material import MAX_CHARS, Family, Material, read_general
from kb.encode.train.static import Options, train_static
from kb.encode.train.vocabulary import Vocabulary, tokenise
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser, load_analyser
from tools.train import sources

OUT = Path("kb/encode/models/zhida-static")
CARD = Path("tools/train/encoder_card.md")


def own_material() -> Material:
    """Return the project's own families, calls and clauses."""
    held, calls = sources.clauses(), sources.training_utterances()
    passages = {p.passage_id: p.text[:MAX_CHARS] for document in held.documents for p in document.passages}
    said: dict[str, list[str]] = defaultdict(list)
    by_topic: dict[str, list[str]] = defaultdict(list)
    for call in calls:
        for entry_id in call.entries:
            said[entry_id].append(call.text)
        if call.topics:
            by_topic[call.topics[0]].append(call.text)
    clauses: dict[str, list[str]] = defaultdict(list)
    for passage_id, topics in held.topics.items():
        for topic in topics:
            clauses[topic].append(passages[passage_id])
    families = [
        Family(
            key=entry.entry_id,
            topic=entry.topics[0],
            questions=(entry.question, *entry.phrasings, *said[entry.entry_id]),
            answers=(
                *(branch.answer[:MAX_CHARS] for branch in entry.branches),
                *(passages[clause] for clause in sorted(sources.cited_clauses(entry, held))),
            ),
        )
        for entry in sources.entries()
    ]
    return Material(families=families, calls=by_topic, clauses=clauses, general={})


def train(analyser: Analyser, material: Material, options: Options) -> tuple[Vocabulary, np.ndarray]:
    """Tokenise, draw and train; print progress."""
    own = list(dict.fromkeys(material.texts()))
    general = list(dict.fromkeys(t for rows in material.general.values() for p in rows for t in (p.left, p.right)))
    tokens = {text: tokenise(analyser, text) for text in (*own, *general)}
    vocabulary = Vocabulary.of([tokens[t] for t in own], [tokens[t] for t in general])
    print(f"{len(own)} own and {len(general)} general texts, {len(vocabulary.tokens)} tokens", flush=True)
    pairs = {
        name: [
            (left, right, pair.group)
            for pair in rows
            if len(left := vocabulary.ids(tokens[pair.left])) and len(right := vocabulary.ids(tokens[pair.right]))
        ]
        for name, rows in material.general.items()
    }
    draws = OwnDraw(material, lambda text: vocabulary.ids(tokens[text]), options.seed)
    spoken = GeneralDraw(pairs, options.seed) if pairs else None
    started = time.monotonic()
    weights = train_static(
        vocabulary,
        draws,
        spoken,
        options,
        lambda step, loss: print(
            f"\r步 {step}/{options.steps} 损失 {loss:.3f} {time.monotonic() - started:.0f} 秒", end="", flush=True
        ),
    )
    print()
    return vocabulary, weights


def development_hits(encoder: Encoder) -> dict[str, float]:
    """Return hit@1 and hit@3 of the encoder alone on development calls (best wording, best answer, mean wording)."""
    entries = sources.entries()
    calls = [call for call in sources.utterances(sources.GOLD / "dev.jsonl") if call.entries]
    asked = encoder.encode([call.text for call in calls])
    scores = np.zeros((len(calls), len(entries)), dtype=np.float32)
    for column, entry in enumerate(entries):
        questions = asked @ encoder.encode([entry.question, *entry.phrasings]).T
        answers = asked @ encoder.encode([branch.answer[:MAX_CHARS] for branch in entry.branches]).T
        scores[:, column] = questions.max(axis=1) + 0.7 * answers.max(axis=1) + questions.mean(axis=1)
    best = np.argsort(-scores, axis=1)[:, :3]
    found = [[entries[place].entry_id for place in row] for row in best.tolist()]
    first = [row[0] in call.entries for row, call in zip(found, calls, strict=True)]
    three = [bool(set(row) & set(call.entries)) for row, call in zip(found, calls, strict=True)]
    return {"n": len(calls), "hit@1": round(float(np.mean(first)), 4), "hit@3": round(float(np.mean(three)), 4)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, measure on development calls, write the directory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--general", type=Path, help="folder of open text pairs (*.tsv.gz)")
    parser.add_argument("--out", type=Path, default=OUT)
    for name in ("dim", "steps", "batch"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Options(), name))
    given = parser.parse_args(arguments)
    started = time.monotonic()
    analyser = load_analyser(RuleFiles())
    material = own_material()
    if given.general:
        material = Material(
            families=material.families,
            calls=material.calls,
            clauses=material.clauses,
            general=read_general(given.general),
        )
    options = Options(dim=given.dim, steps=given.steps, batch=given.batch)
    vocabulary, weights = train(analyser, material, options)
    figures = development_hits(StaticEncoder(analyser, vocabulary.tokens, weights))
    print(figures)
    card = CARD.read_text(encoding="utf-8").format(
        n=figures["n"],
        hit1=figures["hit@1"],
        hit3=figures["hit@3"],
        dim=options.dim,
        tokens=len(vocabulary.tokens),
        steps=options.steps,
        minutes=round((time.monotonic() - started) / 60, 1),
    )
    write_directory(given.out, vocabulary.tokens, weights, card)
    print(f"wrote {given.out} in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
