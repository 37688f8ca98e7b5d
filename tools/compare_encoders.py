"""Compare encoders on the same material: `OMP_NUM_THREADS=1 python -m tools.compare_encoders [--general DIR]`.

Each stands alone: TF-IDF + SVD, static embeddings, a small transformer from scratch, and any sentence-transformers
directory given by `--also`. What is trained already (`make encoder`; `build/encoders`) is loaded, what is missing is
trained. Writes the table of docs/guide/encoders.md; never reads `eval/gold/test.jsonl`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
import platform
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

from eval.statistics import Estimate, proportion
from kb.encode.protocol import Encoder
from kb.encode.sentence import SentenceTransformerEncoder
from kb.encode.static import StaticEncoder, is_static
from kb.encode.tfidf_svd import TfidfSvdEncoder
from kb.encode.train.material import Material, Pair, read_general
from kb.encode.train.static import Options as StaticOptions
from kb.encode.train.transformer import Options
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser, load_analyser
from tools import train_encoder
from tools.train import sources, transformer
from tools.train.encoder_page import PAGE, Row, write_page
from tools.train.material import own_material
from tools.train.scoring import Asked, Hits, development, hits, unseen_topics

OUT = Path("build/encoders")
FIGURES = OUT / "figures.json"
HOLDS = ("none", "topics")
SINGLE, BATCH, ROUNDS = 200, 256, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One method: the encoder that may know everything, the one that saw no held-out topic, and its size on disk.

    Without `topics` the method stays unmeasured on them.
    """

    name: str
    full: Encoder
    topics: Encoder | None
    megabytes: float


def tfidf(analyser: Analyser, material: Material, base: Asked) -> Trial:
    """Fit on our own knowledge, and on the unseen base itself: fitting on a base's texts is how it is used."""
    full = TfidfSvdEncoder.fit(analyser, list(replace(material, others=(), senses=()).texts()))
    with tempfile.TemporaryDirectory() as folder:
        size = sum(path.stat().st_size for path in full.save(Path(folder)))
    fitted = TfidfSvdEncoder.fit(analyser, base.texts())
    return Trial(name=f"TF-IDF + SVD（{full.dim} 维）", full=full, topics=fitted, megabytes=size / 1e6)


def static(analyser: Analyser, general: Mapping[str, Sequence[Pair]], folder: Path | None) -> Trial:
    """Load the bundled encoder and the one without the held-out topics; train what is missing."""
    missing = [hold for hold in HOLDS if not is_static(train_encoder.HOLDS[hold])]
    if missing:
        options = StaticOptions()
        ground = train_encoder.Ground.prepared(folder, options.dim)
        for hold in missing:
            material = replace(own_material(hold), general=general)
            train_encoder.build(ground, material, options, train_encoder.HOLDS[hold])
    full, topics = (StaticEncoder.load(analyser, train_encoder.HOLDS[hold]) for hold in HOLDS)
    size = _size(train_encoder.HOLDS["none"])
    return Trial(name=f"静态向量（{full.dim} 维，自带）", full=full, topics=topics, megabytes=size)


def small_transformer(general: Mapping[str, Sequence[Pair]], options: Options, holds: Sequence[str] = HOLDS) -> Trial:
    """Load the two transformers; train what is missing, of `holds` only."""
    folders = {hold: OUT / f"transformer-{hold}" for hold in HOLDS}
    for hold in holds:
        if not (folders[hold] / transformer.NOTE).is_file():
            transformer.train(replace(own_material(hold), general=general), options, folders[hold])
    full = SentenceTransformerEncoder(folders["none"])
    topics = SentenceTransformerEncoder(folders["topics"]) if "topics" in holds else None
    name = f"字符 transformer（{options.layers} 层 {full.dim} 维）"
    return Trial(name=name, full=full, topics=topics, megabytes=_size(folders["none"]))


def local(folder: Path) -> Trial:
    """Load somebody's model; it has seen nothing of ours, so one serves both."""
    encoder = SentenceTransformerEncoder(folder)
    return Trial(name=folder.name, full=encoder, topics=encoder, megabytes=_size(folder))


def spliced(texts: Sequence[str]) -> list[str]:
    """Return texts nobody has seen, of the length of real ones: one's first half before the next one's second."""
    halves = itertools.pairwise(texts)
    return list(dict.fromkeys(left[: len(left) // 2] + right[len(right) // 2 :] for left, right in halves))


def milliseconds(encoder: Encoder, texts: Sequence[str]) -> tuple[float, float]:
    """Return processor milliseconds per text one by one (median) and in batches of 256 (best of five).

    Processor time, so that neighbours on the machine do not count. Every text is new to the encoder: a tokeniser that
    remembers must not gain.
    """
    encoder.encode(texts[:1])
    alone = [_spent(encoder, [text]) for text in texts[1 : SINGLE + 1]]
    rest = texts[SINGLE + 1 :]
    batches = [rest[place * BATCH : (place + 1) * BATCH] for place in range(ROUNDS)]
    return median(alone), min(_spent(encoder, batch) / len(batch) for batch in batches)


def measure(trial: Trial, dev: Asked, unseen: Asked, texts: Sequence[str]) -> Row:
    """Return one line of the table."""
    single, batch = milliseconds(trial.full, texts)
    seen = hits(trial.full, dev)
    new = hits(trial.topics, unseen) if trial.topics else Hits(first=[], three=[])
    row = Row(
        name=trial.name,
        dev=(proportion(seen.first), proportion(seen.three)),
        unseen=(proportion(new.first), proportion(new.three)),
        single_ms=single,
        batch_ms=batch,
        megabytes=trial.megabytes,
    )
    print(f"{row.name}: dev {_said(row.dev)}, unseen {_said(row.unseen)}, {single:.2f}/{batch:.3f} ms", flush=True)
    return row


def main(arguments: Sequence[str] | None = None) -> None:
    """Train or load, measure, write the page and the figures."""
    given = _arguments(arguments)
    general = read_general(given.general) if given.general else {}
    options = Options(steps=given.steps)
    holds = HOLDS[:1] if given.dev_only else HOLDS
    dev, unseen = development(), unseen_topics()
    texts = spliced([call.text for call in sources.training_utterances()])[: SINGLE + 1 + ROUNDS * BATCH]
    trials = [
        tfidf(load_analyser(RuleFiles()), own_material("none"), unseen),
        static(load_analyser(RuleFiles()), general, given.general),
        small_transformer(general, options, holds),
        *map(local, given.also),
    ]
    rows = [measure(trial, dev, unseen, texts) for trial in trials]
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    notes = [transformer.read_note(OUT / f"transformer-{hold}") for hold in holds]
    write_page(PAGE, rows, notes, machine=machine(), day=dt.datetime.now(tz=dt.UTC).date())
    print(f"{PAGE}, {FIGURES}")


def machine() -> str:
    """Return the processor's name as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--general", type=Path, help="folder of open text pairs (*.tsv.gz)")
    parser.add_argument("--also", type=Path, nargs="*", default=[], help="sentence-transformers directories")
    parser.add_argument("--dev-only", action="store_true", help="no transformer without the held-out topics")
    parser.add_argument("--steps", type=int, default=Options().steps, help="training steps of a missing transformer")
    return parser.parse_args(arguments)


def _spent(encoder: Encoder, texts: Sequence[str]) -> float:
    started = time.process_time()
    encoder.encode(texts)
    return (time.process_time() - started) * 1000


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def _said(figures: tuple[Estimate, Estimate]) -> str:
    shares = ("—" if figure.value is None else f"{figure.value:.3f}" for figure in figures)
    return f"{'/'.join(shares)} (n={figures[0].n})"


if __name__ == "__main__":
    main()
