"""The bundled encoder: numpy and sentence-transformers agree, damage is named, what it learns is repeatable."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

import kb
from kb.curation.encoders import BUNDLED
from kb.domain.errors import EncoderUnavailable
from kb.encode import static
from kb.encode.protocol import unit_rows
from kb.encode.static import KEY, MODULE, TOKENIZER, WEIGHTS, StaticEncoder, is_static, views
from kb.encode.train.batches import Draws, OwnDraw
from kb.encode.train.distribution import Start
from kb.encode.train.export import write_directory
from kb.encode.train.material import Family, Material, read_general, read_texts
from kb.encode.train.static import Options, train_static
from kb.encode.train.vocabulary import Vocabulary, tokenise
from kb.text.tokens import Analyser

SOURCES = Path(str(kb.__file__)).parent / "corpus" / "sources" / "entries"
FAMILIES = (
    Family(key="a", topic="T", questions=("停电了怎么办", "家里没电了找谁"), answers=("请先看看邻居家有没有电。",)),
    Family(key="b", topic="P", questions=("电费怎么交", "在哪里交电费"), answers=("可以在手机上交电费。",)),
    Family(key="c", topic="B", questions=("过户要什么资料", "换名字带什么证"), answers=("请带身份证和房产证。",)),
)
OPTIONS = Options(dim=16, steps=120, batch=12, rate=0.02, threads=1)


def trained(analyser: Analyser) -> tuple[Vocabulary, np.ndarray]:
    pytest.importorskip("torch", reason="the `models` extra is not installed")
    material = Material(families=FAMILIES, calls={"T": ["黑灯瞎火的"]}, clauses={"T": ["停电应当通知。"]}, general={})
    tokens = [tokenise(analyser, text) for text in material.texts()]
    vocabulary = Vocabulary.of(tokens * 2, [])
    draws = Draws(own=OwnDraw(material, lambda text: vocabulary.ids(tokenise(analyser, text)), seed=1))
    start = Start(words={}, characters={}).rows(vocabulary.tokens, OPTIONS.dim, OPTIONS.seed)
    return vocabulary, train_static(vocabulary, start, draws, OPTIONS, lambda _step, _loss: None)


@pytest.fixture(scope="module")
def folder(analyser: Analyser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    vocabulary, weights = trained(analyser)
    path = tmp_path_factory.mktemp("model") / "zhida-static"
    write_directory(path, vocabulary.tokens, weights, "card")
    return path


def test_training_brings_wordings_of_one_answer_together_and_repeats(analyser: Analyser, folder: Path) -> None:
    vectors = StaticEncoder.load(analyser, folder).encode(["停电了怎么办", "家里没电了找谁", "电费怎么交"])
    assert vectors[0] @ vectors[1] > 0.5 > vectors[0] @ vectors[2]
    again = trained(analyser)
    assert StaticEncoder(analyser, again[0].tokens, again[1]).encode(["停电了"]) == pytest.approx(
        StaticEncoder.load(analyser, folder).encode(["停电了"])
    )


def test_sentence_transformers_gives_the_same_vectors(analyser: Analyser, folder: Path) -> None:
    library = pytest.importorskip("sentence_transformers", reason="the `models` extra is not installed")
    texts = ["停电了怎么办", "没见过的词语", "电费在哪里交呢", "过户"]
    ours = StaticEncoder.load(analyser, folder).encode(texts)
    model = library.SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    theirs = model.encode([" ".join(views(analyser.tokens(text))) for text in texts])
    assert np.abs(ours - theirs).max() < 2e-3


def test_unknown_words_give_zeros_and_no_text_no_rows(analyser: Analyser, folder: Path) -> None:
    encoder = StaticEncoder.load(analyser, folder)
    assert not encoder.encode(["qqqqqq"]).any()
    assert encoder.encode([]).shape == (0, OPTIONS.dim)


@pytest.mark.parametrize("name", [WEIGHTS, TOKENIZER])
def test_a_missing_file_is_named(analyser: Analyser, folder: Path, tmp_path: Path, name: str) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path.name != name:
            copy = tmp_path / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    with pytest.raises(EncoderUnavailable, match="自带编码器"):
        StaticEncoder.load(analyser, tmp_path)


def test_a_vocabulary_of_another_model_is_refused(analyser: Analyser, folder: Path, tmp_path: Path) -> None:
    module = tmp_path / MODULE
    module.mkdir()
    (module / WEIGHTS).write_bytes((folder / MODULE / WEIGHTS).read_bytes())
    data = json.loads((folder / MODULE / TOKENIZER).read_text(encoding="utf-8"))
    data["model"]["vocab"]["w:多余"] = len(data["model"]["vocab"])
    (module / TOKENIZER).write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(EncoderUnavailable, match="对不上"):
        StaticEncoder.load(analyser, tmp_path)


def test_ours_is_told_from_other_directories(folder: Path, tmp_path: Path) -> None:
    assert is_static(folder)
    assert not is_static(tmp_path)


def test_general_pairs_missing_or_damaged(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="没有找到"):
        read_general(tmp_path)
    assert read_texts(tmp_path) == []
    (tmp_path / "statutes.public-domain.tsv.gz").write_bytes(b"not gzip")
    for read in (read_general, read_texts):
        with pytest.raises(EncoderUnavailable, match="statutes"):
            read(tmp_path)


@pytest.mark.parametrize("many", [0, 10**9])
def test_sums_are_those_of_the_views_one_by_one_to_the_last_bit(
    analyser: Analyser, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    """Vectors are cached and compared between processes: a sum in another order would be another vector."""
    monkeypatch.setattr(static, "MANY", many)
    encoder = StaticEncoder.load(analyser, BUNDLED)
    data = json.loads((BUNDLED / MODULE / TOKENIZER).read_text(encoding="utf-8"))
    rows, weights = data["model"]["vocab"], load_file(BUNDLED / MODULE / WEIGHTS)[KEY]
    lines = [json.loads(line) for path in SOURCES.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    texts = ["", "qqqqqq", "c:电", "。", *(t for e in lines for t in (e["question"], *e["phrasings"]))][:1500]
    expected = np.zeros((len(texts), encoder.dim), dtype=np.float32)
    for number, text in enumerate(texts):
        for token in views(analyser.tokens(text)):
            if token in rows:
                expected[number] += weights[rows[token]].astype(np.float32)
    assert encoder.encode(texts).tobytes() == unit_rows(expected).tobytes()


@pytest.mark.parametrize("many", [0, 10**9])
def test_no_text_gives_no_row(analyser: Analyser, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(static, "MANY", many)
    assert StaticEncoder.load(analyser, BUNDLED).encode([]).shape == (0, 256)
