"""Train the small transformer on the project's material and keep it with a note of what that took."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from kb.encode.train.batches import GeneralDraw, OwnDraw
from kb.encode.train.material import Material, Pair
from kb.encode.train.transformer import Characters, Options, TransformerEncoder, train_transformer
from kb.encode.train.vocabulary import Ids

CARD = Path("tools/train/transformer_card.md")
NOTE = "training.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a training took: wall and processor minutes, steps, mean loss over the last tenth, pairs in a step."""

    minutes: float
    cpu: float
    steps: int
    loss: float
    batch: int
    general: int


def train(material: Material, options: Options, out: Path) -> None:
    """Train, print progress and write the sentence-transformers directory with its note."""
    began, worked = time.monotonic(), time.process_time()
    general = [text for rows in material.general.values() for pair in rows for text in (pair.left, pair.right)]
    characters = Characters.of([*material.texts(), *general], options.longest)
    losses: list[float] = []

    def report(step: int, loss: float) -> None:
        losses.append(loss)
        print(f"\r步 {step}/{options.steps} 损失 {loss:.3f} {time.monotonic() - began:.0f} 秒", end="", flush=True)

    encoder = train_transformer(
        characters,
        OwnDraw(material, characters.ids, options.seed),
        _general(characters, material.general, options),
        options,
        report,
    )
    print()
    last = losses[-max(1, len(losses) // 10) :]
    note = Note(
        minutes=round((time.monotonic() - began) / 60, 1),
        cpu=round((time.process_time() - worked) / 60, 1),
        steps=options.steps,
        loss=round(sum(last) / len(last), 3),
        batch=options.batch,
        general=options.general if general else 0,
    )
    _save(encoder, options, note, out)


def read_note(folder: Path) -> Note:
    """Read what training a directory took."""
    return Note(**json.loads((folder / NOTE).read_text(encoding="utf-8")))


def _general(characters: Characters, pairs: Mapping[str, Sequence[Pair]], options: Options) -> GeneralDraw | None:
    if not pairs:
        return None
    known: dict[str, Ids] = {}

    def ids(text: str) -> Ids:
        if text not in known:
            known[text] = characters.ids(text)
        return known[text]

    return GeneralDraw(
        {name: [(ids(pair.left), ids(pair.right), pair.group) for pair in rows] for name, rows in pairs.items()},
        options.seed,
    )


def _save(encoder: TransformerEncoder, options: Options, note: Note, out: Path) -> None:
    said = asdict(options) | asdict(note) | {"characters": encoder.characters.size}
    encoder.save(out, CARD.read_text(encoding="utf-8").format(**said))
    (out / NOTE).write_text(json.dumps(asdict(note)) + "\n", encoding="utf-8")
