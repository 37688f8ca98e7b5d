"""Contrastive training of static embeddings: in-batch negatives, InfoNCE both ways (van den Oord et al. 2018)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.encode.train.batches import Batch, Draws
from kb.encode.train.distribution import Floats
from kb.encode.train.vocabulary import Ids, Vocabulary

Report = Callable[[int, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to train.

    Attributes:
        own_share: the weight of our own pairs in the loss; `other_share`: what part of them is of other services,
            `sense_share`: what part is of the thesaurus. `together`: how many services a batch is drawn from.
        dropout: the share of tokens hidden.
    """

    dim: int = 256
    steps: int = 2000
    batch: int = 768
    own_share: float = 0.7
    other_share: float = 0.35
    sense_share: float = 0.3
    together: int = 3
    rate: float = 0.002
    dropout: float = 0.4
    temperature: float = 0.07
    seed: int = 95598
    threads: int = 2


def train_static(
    vocabulary: Vocabulary,
    start: Floats,
    draws: Draws,
    options: Options,
    report: Report,
) -> npt.NDArray[np.float16]:
    """Return one trained row per token, shape `(len(vocabulary), dim)`; a token's weight is the row's length.

    Training sets out from `start`, of the same shape.

    `report` hears (step, loss) a hundred times. Equal inputs and options give equal weights on one machine.
    """
    import torch

    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    model = _model(vocabulary, start)
    optimiser = torch.optim.Adam(model.parameters(), lr=options.rate, betas=(0.9, 0.99))
    chance = np.random.default_rng(options.seed)
    for step in range(options.steps):
        for group in optimiser.param_groups:
            group["lr"] = options.rate * schedule(step, options.steps)
        share = options.own_share if draws.general is not None else 1.0
        loss = share * _loss(model, draws.own.draw(options.batch // 2), options, chance)
        if draws.general is not None:
            loss = loss + (1 - share) * _loss(model, draws.general.draw(options.batch), options, chance)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % max(1, options.steps // 100) == 0:
            report(step, loss.item())
    with torch.no_grad():
        rows = model.rows * model.scale.exp()[:, None]
    weights: npt.NDArray[np.float16] = rows.numpy().astype(np.float16)
    return weights


def _model(vocabulary: Vocabulary, start: Floats) -> Any:  # noqa: ANN401 - torch is optional
    import torch

    class Model(torch.nn.Module):  # type: ignore[misc]  # torch is untyped where it is not installed
        """Rows and the logarithm of each token's weight, which starts at its idf."""

        def __init__(self) -> None:
            super().__init__()
            self.rows = torch.nn.Parameter(torch.from_numpy(start.copy()))
            self.scale = torch.nn.Parameter(torch.from_numpy(vocabulary.idf).log())

        def forward(self, texts: list[Ids]) -> torch.Tensor:
            flat = torch.from_numpy(np.concatenate(texts))
            starts = torch.from_numpy(np.cumsum([0] + [len(ids) for ids in texts[:-1]]))
            summed = torch.nn.functional.embedding_bag(
                flat, self.rows, starts, mode="sum", per_sample_weights=self.scale[flat].exp()
            )
            return torch.nn.functional.normalize(summed, dim=1)

    return Model()


def _loss(model: Any, batch: Batch, options: Options, chance: np.random.Generator) -> Any:  # noqa: ANN401 - see above
    left, right = (model(_hide(side, options.dropout, chance)) for side in (batch.left, batch.right))
    return info_nce(left, right, batch.same, options.temperature)


def info_nce(left: Any, right: Any, same: npt.NDArray[np.bool_], temperature: float) -> Any:  # noqa: ANN401 - see above
    """Return the contrastive loss of unit rows, left to right and right to left; `same` marks what is no negative."""
    import torch

    mask = same.copy()
    np.fill_diagonal(mask, val=False)
    scores = (left @ right.T / temperature).masked_fill(torch.from_numpy(mask), -1e4)
    target = torch.arange(len(same))
    both = torch.nn.functional.cross_entropy(scores, target) + torch.nn.functional.cross_entropy(scores.T, target)
    return both / 2


def _hide(texts: list[Ids], share: float, chance: np.random.Generator) -> list[Ids]:
    """Hide a share of each text's tokens, never all: short and broken utterances must still be understood."""
    if not share:
        return texts
    kept = []
    for ids in texts:
        left = ids[chance.random(len(ids)) > share]
        kept.append(left if len(left) else ids)
    return kept


def schedule(step: int, steps: int) -> float:
    """Warm up over fifty steps, then half a cosine down to nothing."""
    return min(1.0, (step + 1) / 50) * (0.5 + 0.5 * math.cos(math.pi * step / max(1, steps)))
