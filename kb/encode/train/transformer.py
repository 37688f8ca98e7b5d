"""A small transformer over characters, trained from scratch with the static encoder's draws and loss.

BERT's architecture (Devlin et al. 2019) with few narrow layers, mean pooling (Reimers & Gurevych 2019), in-batch
negatives (InfoNCE both ways). Written as a sentence-transformers directory, it plugs in by the encoder setting.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.encode.protocol import Matrix, unit_rows
from kb.encode.train.batches import Batch, GeneralDraw, OwnDraw
from kb.encode.train.export import UNKNOWN, write_json, write_modules
from kb.encode.train.static import Report, info_nce, schedule
from kb.encode.train.vocabulary import Ids

FAMILY = "transformer"
PADDING, START = "[PAD]", "[CLS]"
SPECIAL = (PADDING, UNKNOWN, START)
MAX_CHARACTERS = 6_000
BUCKETS = 6
ENCODED_AT_ONCE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to train.

    Attributes:
        dim: length of the vectors, a multiple of `heads`.
        longest: characters read of a text, the start mark included; what follows is cut off.
        batch, general: pairs of our own and of general Chinese in a step.
        own_share: weight of our own pairs in the loss where there are general ones.
        hidden: share of characters hidden while training; `dropout` that of activations.
    """

    dim: int = 128
    layers: int = 2
    heads: int = 4
    longest: int = 64
    steps: int = 400
    batch: int = 128
    general: int = 24
    own_share: float = 0.75
    rate: float = 0.002
    hidden: float = 0.1
    dropout: float = 0.1
    temperature: float = 0.05
    seed: int = 95598
    threads: int = 1


class Characters:
    """The tokeniser: NFKC, lower case, one token per character. Training and the exported model use this very one."""

    def __init__(self, known: Sequence[str], longest: int) -> None:
        from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

        vocabulary = {token: place for place, token in enumerate((*SPECIAL, *known))}
        self.size = len(vocabulary)
        self.longest = longest
        self.tokenizer: Any = Tokenizer(models.WordLevel(vocabulary, unk_token=UNKNOWN))
        self.tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
        self.tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split(Regex("."), "isolated")]
        )
        self.tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{START} $A", special_tokens=[(START, vocabulary[START])]
        )
        self.tokenizer.enable_truncation(longest)

    @classmethod
    def of(cls, texts: Iterable[str], longest: int) -> Characters:
        """Learn the most frequent characters of some texts."""
        import unicodedata

        counts = Counter(
            character
            for text in texts
            for character in unicodedata.normalize("NFKC", text).lower()
            if not character.isspace()
        )
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return cls([character for character, _n in ranked[:MAX_CHARACTERS]], longest)

    def ids(self, text: str) -> Ids:
        """Return a text's tokens: the start mark, then its characters."""
        return np.array(self.tokenizer.encode(text).ids, dtype=np.int64)


class TransformerEncoder:
    """The network as it was trained, behind the encoder's Protocol."""

    def __init__(self, characters: Characters, network: Any) -> None:  # noqa: ANN401 - transformers is optional
        self.characters = characters
        self.network = network
        self.dim = int(network.config.hidden_size)
        self.name = f"{FAMILY}-{self.dim}-{_fingerprint(network)}"

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return one unit vector per text."""
        import torch

        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        self.network.eval()
        with torch.inference_mode():
            for start in range(0, len(texts), ENCODED_AT_ONCE):
                part = [self.characters.ids(text) for text in texts[start : start + ENCODED_AT_ONCE]]
                rows[start : start + len(part)] = pooled(self.network, part).numpy()
        return unit_rows(rows)

    def save(self, folder: Path, card: str) -> None:
        """Write a sentence-transformers directory: transformer, mean pooling, normaliser, model card."""
        from transformers import PreTrainedTokenizerFast

        folder.mkdir(parents=True, exist_ok=True)
        _whole(self.network).save_pretrained(folder)
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=self.characters.tokenizer,
            unk_token=UNKNOWN,
            pad_token=PADDING,
            cls_token=START,
            model_max_length=self.characters.longest,
        )
        tokenizer.save_pretrained(folder)
        longest = {"max_seq_length": self.characters.longest, "do_lower_case": False}
        write_json(folder / "sentence_bert_config.json", longest)
        write_modules(folder, (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")))
        pooling = {"word_embedding_dimension": self.dim, "pooling_mode_mean_tokens": True}
        write_json(folder / "1_Pooling" / "config.json", pooling)
        (folder / "README.md").write_text(card, encoding="utf-8")


def train_transformer(
    characters: Characters, own: OwnDraw, general: GeneralDraw | None, options: Options, report: Report
) -> TransformerEncoder:
    """Train from random weights. `report` hears (step, loss) a hundred times; equal inputs give equal weights."""
    import torch

    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    network = _network(characters, options)
    optimiser = torch.optim.AdamW(network.parameters(), lr=options.rate, weight_decay=0.01)
    chance = np.random.default_rng(options.seed)
    share = options.own_share if general is not None else 1.0
    for step in range(options.steps):
        for group in optimiser.param_groups:
            group["lr"] = options.rate * schedule(step, options.steps)
        loss = share * _loss(network, own.draw(options.batch), options, chance)
        if general is not None:
            loss = loss + (1 - share) * _loss(network, general.draw(options.general), options, chance)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        if step % max(1, options.steps // 100) == 0:
            report(step, loss.item())
    return TransformerEncoder(characters, network)


def pooled(network: Any, texts: Sequence[Ids]) -> Any:  # noqa: ANN401 - tensors are untyped where torch is missing
    """Return the mean of each text's token states, shape `(len(texts), dim)`.

    Texts of like length go through together: padding costs as much as text.
    """
    import torch

    order = np.argsort([len(ids) for ids in texts], kind="stable")
    parts = []
    for places in np.array_split(order, min(BUCKETS, len(order))):
        width = max(len(texts[place]) for place in places)
        ids = torch.zeros((len(places), width), dtype=torch.long)
        mask = torch.zeros((len(places), width), dtype=torch.long)
        for row, place in enumerate(places):
            ids[row, : len(texts[place])] = torch.from_numpy(texts[place])
            mask[row, : len(texts[place])] = 1
        states = network(input_ids=ids, attention_mask=mask).last_hidden_state
        parts.append((states * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True))
    return torch.cat(parts)[torch.from_numpy(np.argsort(order, kind="stable"))]


def _network(characters: Characters, options: Options) -> Any:  # noqa: ANN401 - see above
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=characters.size,
        hidden_size=options.dim,
        num_hidden_layers=options.layers,
        num_attention_heads=options.heads,
        intermediate_size=4 * options.dim,
        max_position_embeddings=options.longest,
        hidden_dropout_prob=options.dropout,
        attention_probs_dropout_prob=options.dropout,
        type_vocab_size=1,
        pad_token_id=SPECIAL.index(PADDING),
    )
    return BertModel(config, add_pooling_layer=False).train()


def _loss(network: Any, batch: Batch, options: Options, chance: np.random.Generator) -> Any:  # noqa: ANN401 - see above
    import torch

    texts = [hide(ids, options.hidden, chance) for ids in (*batch.left, *batch.right)]
    vectors = torch.nn.functional.normalize(pooled(network, texts), dim=1)
    return info_nce(vectors[: len(batch.left)], vectors[len(batch.left) :], batch.same, options.temperature)


def _whole(network: Any) -> Any:  # noqa: ANN401 - see above
    """Return the network with BERT's pooling layer, at zero: nobody reads it, but who loads the model misses it."""
    import torch
    from transformers import BertModel

    whole = BertModel(network.config)
    whole.load_state_dict(network.state_dict(), strict=False)
    for weights in whole.pooler.parameters():
        torch.nn.init.zeros_(weights)
    return whole


def hide(ids: Ids, share: float, chance: np.random.Generator) -> Ids:
    """Replace a share of the characters by the unknown token; the start mark stays."""
    if not share:
        return ids
    hidden: npt.NDArray[np.bool_] = chance.random(len(ids)) < share
    hidden[0] = False
    return np.where(hidden, SPECIAL.index(UNKNOWN), ids)


def _fingerprint(network: Any) -> str:  # noqa: ANN401 - see above
    sha = hashlib.sha256()
    for name, tensor in sorted(network.state_dict().items()):
        sha.update(name.encode())
        sha.update(np.ascontiguousarray(tensor.numpy()).tobytes())
    return sha.hexdigest()[:10]
