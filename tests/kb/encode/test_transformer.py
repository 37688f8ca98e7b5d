"""The small transformer: learns, repeats, and gives the same vectors from its sentence-transformers directory."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kb.encode.sentence import SentenceTransformerEncoder
from kb.encode.train.batches import GeneralDraw, OwnDraw
from kb.encode.train.material import Family, Material
from kb.encode.train.transformer import (
    SPECIAL,
    Characters,
    Options,
    TransformerEncoder,
    hide,
    pooled,
    train_transformer,
)

pytest.importorskip("torch", reason="the `models` extra is not installed")
pytest.importorskip("sentence_transformers", reason="the `models` extra is not installed")

MATERIAL = Material(
    families=(
        Family(key="a", topic="T", questions=("停电了怎么办", "家里没电了找谁"), answers=("请先看看邻居有没有电。",)),
        Family(key="b", topic="P", questions=("电费怎么交", "在哪里缴费"), answers=("可以在手机上交电费。",)),
        Family(key="c", topic="B", questions=("过户要什么资料", "换名字带什么证"), answers=("请带身份证和房产证。",)),
    ),
    calls={"T": ["黑灯瞎火的"]},
    clauses={"T": ["停电应当通知。"]},
    general={},
)
OPTIONS = Options(dim=32, heads=2, longest=24, steps=60, batch=12, general=6, rate=0.003)
TEXTS = [
    "停电了怎么办",
    "ＡＢＣ 没见过的字：𠮷龘",
    "电费在哪里交呢",
    "",
    "  ",
    "过户",
    "电" * 300,
    "Kv和kV",
    "第一行\n第二行",
]


def trained(general: GeneralDraw | None = None) -> TransformerEncoder:
    characters = Characters.of(MATERIAL.texts(), OPTIONS.longest)
    return train_transformer(characters, OwnDraw(MATERIAL, characters.ids, 1), general, OPTIONS, lambda _s, _l: None)


@pytest.fixture(scope="module")
def encoder() -> TransformerEncoder:
    return trained()


@pytest.fixture(scope="module")
def folder(encoder: TransformerEncoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "zhida-transformer"
    encoder.save(path, "card")
    return path


def test_the_loaded_directory_gives_the_trained_vectors(encoder: TransformerEncoder, folder: Path) -> None:
    loaded = SentenceTransformerEncoder(folder)
    assert loaded.dim == encoder.dim == OPTIONS.dim
    assert np.abs(loaded.encode(TEXTS) - encoder.encode(TEXTS)).max() < 1e-5


def test_saving_and_loading_say_nothing(
    encoder: TransformerEncoder, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The library would print a progress bar and a report on missing weights into every command's output."""
    encoder.save(tmp_path / "model", "card")
    capfd.readouterr()
    SentenceTransformerEncoder(tmp_path / "model")
    assert capfd.readouterr() == ("", "")


def test_the_same_weights_are_saved_alike(encoder: TransformerEncoder, tmp_path: Path) -> None:
    """What nobody reads must not differ by chance: the vectors' cache goes by the files' checksums."""
    for name in ("one", "two"):
        encoder.save(tmp_path / name / "model", "card")
    one, two = (SentenceTransformerEncoder(tmp_path / name / "model").name for name in ("one", "two"))
    assert one == two


def test_a_text_has_one_vector_whatever_stands_beside_it(encoder: TransformerEncoder) -> None:
    """Padding, buckets by length and their order must not show."""
    alone = np.vstack([encoder.encode([text]) for text in TEXTS])
    assert np.abs(encoder.encode(TEXTS) - alone).max() < 1e-5


def test_wordings_of_one_answer_come_together(encoder: TransformerEncoder) -> None:
    vectors = encoder.encode(["停电了怎么办", "家里没电了找谁", "电费怎么交"])
    assert vectors[0] @ vectors[1] > 0.5 > vectors[0] @ vectors[2]


def test_training_repeats_and_general_pairs_change_it(encoder: TransformerEncoder) -> None:
    again = trained()
    assert again.name == encoder.name
    assert np.array_equal(again.encode(TEXTS), encoder.encode(TEXTS))
    ids = Characters.of(MATERIAL.texts(), OPTIONS.longest).ids
    rows = [(ids("如何打开文件"), ids("点击文件菜单"), str(place)) for place in range(8)]
    assert trained(GeneralDraw({"docs_ms_zh": rows}, 1)).name != encoder.name


def test_characters_are_folded_split_and_cut() -> None:
    characters = Characters.of(["电费 Ｋv", "电表"], longest=4)
    known = json.loads(characters.tokenizer.to_str())["model"]["vocab"]
    assert set(known) == {*SPECIAL, "电", "费", "k", "v", "表"}
    assert characters.ids("电费KV表").tolist() == [known[token] for token in ("[CLS]", "电", "费", "k")]
    assert characters.ids("油\n电").tolist() == [known[token] for token in ("[CLS]", "[UNK]", "电")]
    assert characters.ids("").tolist() == [known["[CLS]"]]


def test_the_most_frequent_characters_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.encode.train.transformer.MAX_CHARACTERS", 1)
    assert Characters.of(["费电电"], longest=4).size == len(SPECIAL) + 1


def test_hiding_never_hides_the_start(encoder: TransformerEncoder) -> None:
    ids = encoder.characters.ids("停电了怎么办")
    hidden = hide(ids, 1.0, np.random.default_rng(0))
    assert hidden[0] == ids[0]
    assert set(hidden[1:].tolist()) == {SPECIAL.index("[UNK]")}
    assert hide(ids, 0.0, np.random.default_rng(0)) is ids


def test_pooling_is_the_mean_over_a_texts_own_tokens(encoder: TransformerEncoder) -> None:
    import torch

    ids = encoder.characters.ids("过户")
    longer = encoder.characters.ids("过户要什么资料")
    with torch.inference_mode():
        states = encoder.network(input_ids=torch.from_numpy(ids)[None]).last_hidden_state[0].mean(dim=0)
        assert torch.allclose(pooled(encoder.network, [longer, ids])[1], states, atol=1e-5)
