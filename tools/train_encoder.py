"""Train the bundled sentence encoder: `python -m tools.train_encoder [--general DIR]` (half an hour on two cores).

Learns from the project's own entries, clauses and training utterances, from other services' and from a thesaurus, and,
when `--general` names a folder of open text pairs, from general Chinese. Prints development figures; never reads
`eval/gold/test.jsonl`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.curation.encoders import BUNDLED
from kb.encode.protocol import Encoder
from kb.encode.static import StaticEncoder
from kb.encode.train.batches import Drawing, Draws, Encode, GeneralDraw, MixedDraw, OwnDraw, SenseDraw
from kb.encode.train.distribution import Start
from kb.encode.train.export import write_directory
from kb.encode.train.material import Material, read_general, read_texts
from kb.encode.train.static import Options, train_static
from kb.encode.train.vocabulary import Vocabulary, tokenise
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser, load_analyser
from tools.train.material import own_material
from tools.train.scoring import development, hits

HOLDS = {"none": BUNDLED, "calls": Path("build/train/calls"), "topics": Path("build/train/topics")}
CARD = Path("tools/train/encoder_card.md")


Tokenise = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the three encoders share: how texts are read, and where words of general Chinese begin."""

    analyser: Analyser
    tokens_of: Tokenise
    start: Start

    @classmethod
    def prepared(cls, general: Path | None, dim: int) -> Ground:
        """Read which company words keep in a folder of general texts; without one, every word begins anywhere."""
        analyser = load_analyser(RuleFiles())
        start = Start.of(read_texts(general), analyser.words, dim) if general else Start(words={}, characters={})
        print(f"{len(start.words)} words and {len(start.characters)} characters known by their company", flush=True)
        return cls(analyser=analyser, tokens_of=remembering(analyser), start=start)


def remembering(analyser: Analyser) -> Tokenise:
    """Return a tokeniser that remembers: the three encoders read the same texts."""
    known: dict[str, tuple[str, ...]] = {}

    def tokens_of(text: str) -> tuple[str, ...]:
        if text not in known:
            known[text] = tuple(map(sys.intern, tokenise(analyser, text)))
        return known[text]

    return tokens_of


def train(ground: Ground, material: Material, options: Options) -> tuple[Vocabulary, npt.NDArray[np.float16]]:
    """Tokenise, draw and train; print progress."""
    tokens_of = ground.tokens_of
    own = list(dict.fromkeys(material.texts()))
    general = list(dict.fromkeys(t for rows in material.general.values() for p in rows for t in (p.left, p.right)))
    vocabulary = Vocabulary.of([tokens_of(t) for t in own], [tokens_of(t) for t in general])
    print(f"{len(own)} own and {len(general)} general texts, {len(vocabulary.tokens)} tokens", flush=True)
    started = time.monotonic()
    weights = train_static(
        vocabulary,
        ground.start.rows(vocabulary.tokens, options.dim, options.seed),
        _draws(material, lambda text: vocabulary.ids(tokens_of(text)), options),
        options,
        lambda step, loss: print(
            f"\r步 {step}/{options.steps} 损失 {loss:.3f} {time.monotonic() - started:.0f} 秒", end="", flush=True
        ),
    )
    print()
    return vocabulary, weights


def _draws(material: Material, encode: Encode, options: Options) -> Draws:
    ours = 1.0 - options.other_share - options.sense_share
    own: list[tuple[Drawing, float]] = [(OwnDraw(material, encode, options.seed), ours)]
    if material.others:
        others = Material(families=material.others, calls={}, clauses={}, general={})
        own.append((OwnDraw(others, encode, options.seed + 1, together=options.together), options.other_share))
    if material.senses:
        own.append((SenseDraw(material.senses, encode, options.seed + 2), options.sense_share))
    pairs = {
        name: [
            (left, right, pair.group)
            for pair in rows
            if len(left := encode(pair.left)) and len(right := encode(pair.right))
        ]
        for name, rows in material.general.items()
    }
    return Draws(own=MixedDraw(own), general=GeneralDraw(pairs, options.seed) if pairs else None)


def development_hits(encoder: Encoder) -> dict[str, float]:
    """Return hit@1 and hit@3 of the encoder alone on development calls."""
    found = hits(encoder, development())
    return {
        "n": len(found.first),
        "hit@1": round(float(np.mean(found.first)), 4),
        "hit@3": round(float(np.mean(found.three)), 4),
    }


def build(ground: Ground, material: Material, options: Options, out: Path) -> None:
    """Train one encoder, measure it on development calls and write its directory."""
    started = time.monotonic()
    vocabulary, weights = train(ground, material, options)
    figures = development_hits(StaticEncoder(ground.analyser, vocabulary.tokens, weights))
    card = CARD.read_text(encoding="utf-8").format(
        n=figures["n"],
        hit1=figures["hit@1"],
        hit3=figures["hit@3"],
        dim=options.dim,
        tokens=len(vocabulary.tokens),
        steps=options.steps,
        threads=options.threads,
        minutes=max(1, round((time.monotonic() - started) / 60)),
    )
    write_directory(out, vocabulary.tokens, weights, card)
    print(f"{out}: {figures}, {time.monotonic() - started:.0f} s")


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the bundled encoder and the two that saw less, which the ranker is trained with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--general", type=Path, help="folder of open text pairs (*.tsv.gz)")
    parser.add_argument("--hold", choices=(*HOLDS, "all"), default="all", help="which of the three to train")
    for name in ("dim", "steps", "batch", "threads"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Options(), name))
    given = parser.parse_args(arguments)
    options = Options(dim=given.dim, steps=given.steps, batch=given.batch, threads=given.threads)
    general = read_general(given.general) if given.general else {}
    ground = Ground.prepared(given.general, options.dim)
    for hold in HOLDS if given.hold == "all" else (given.hold,):
        build(ground, replace(own_material(hold), general=general), options, HOLDS[hold])


if __name__ == "__main__":
    main()
