"""Fit the ranker: a listwise softmax over each question's candidates, linear in the features plus a hidden layer.

The loss of a question is `-log sum(softmax(score) of the right ones)`: with weak labels (any entry of the topic) the
model itself picks which of them answers (conditional logit, McFadden 1974). Every candidate is a rival; choosing rivals
by a feature would teach the opposite of that feature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.search.features import FEATURES
from kb.search.ranker import Hidden
from tools.train.ranking import Judged

Weighed = Sequence[tuple[Judged, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to fit. `members` networks with different seeds are averaged: one alone depends on its seed."""

    units: int = 16
    members: int = 6
    epochs: int = 30
    batch: int = 128
    rate: float = 3e-3
    decay: float = 1e-3
    seed: int = 95598


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """Linear weights and the hidden layer, by feature name."""

    weights: dict[str, float]
    hidden: Hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lists:
    rows: Any
    absent: Any
    right: Any
    weights: Any


def fit(questions: Weighed, options: Options | None = None) -> Learned:
    """Fit on questions with their weights; those without a right and a wrong candidate teach nothing."""
    options = options or Options()
    lists = _lists([(q, weight) for q, weight in questions if q.right.any() and not q.right.all()])
    return _averaged([_member(lists, options, options.seed + number) for number in range(options.members)])


def _lists(questions: Weighed) -> _Lists:
    import torch

    shape = (len(questions), max(len(q.rows) for q, _ in questions))
    rows = np.zeros((*shape, len(FEATURES)), dtype=np.float32)
    absent, right = np.full(shape, -1e9, dtype=np.float32), np.zeros(shape, dtype=np.float32)
    for place, (question, _weight) in enumerate(questions):
        count = len(question.rows)
        rows[place, :count], absent[place, :count], right[place, :count] = question.rows, 0.0, question.right
    weights = np.array([weight for _q, weight in questions], dtype=np.float32)
    return _Lists(
        rows=torch.from_numpy(rows),
        absent=torch.from_numpy(absent),
        right=torch.from_numpy(right),
        weights=torch.from_numpy(weights / weights.mean()),
    )


def _member(lists: _Lists, options: Options, seed: int) -> list[npt.NDArray[np.float32]]:
    """Return one network's (linear, inputs, bias, outputs)."""
    import torch

    torch.manual_seed(seed)
    linear = torch.nn.Parameter(torch.randn(len(FEATURES)) * 0.1)
    inputs = torch.nn.Parameter(torch.randn(len(FEATURES), options.units) / len(FEATURES) ** 0.5)
    bias, outputs = torch.nn.Parameter(torch.zeros(options.units)), torch.nn.Parameter(torch.zeros(options.units))
    parameters = [linear, inputs, bias, outputs]
    optimiser = torch.optim.AdamW(parameters, lr=options.rate, weight_decay=options.decay)

    def loss(chosen: Any) -> Any:  # noqa: ANN401 - torch is optional
        table = lists.rows[chosen]
        scores = 10 * (table @ linear) + 3 * (torch.tanh(table @ inputs + bias) @ outputs) + lists.absent[chosen]
        chances = torch.log_softmax(scores, dim=1) + torch.log(lists.right[chosen] + 1e-30)
        return -(lists.weights[chosen] * torch.logsumexp(chances, dim=1)).mean()

    for epoch in range(options.epochs):
        for group in optimiser.param_groups:
            group["lr"] = options.rate * (1 - epoch / options.epochs)
        for chosen in torch.randperm(len(lists.rows)).split(options.batch):
            optimiser.zero_grad()
            loss(chosen).backward()
            optimiser.step()
    scaled = (10 * linear, inputs, bias, 3 * outputs)
    return [part.detach().numpy() for part in scaled]


def _averaged(members: Sequence[Sequence[npt.NDArray[np.float32]]]) -> Learned:
    """Join networks into one whose score is the mean of theirs."""
    linear = np.mean([member[0] for member in members], axis=0)
    inputs, bias = np.hstack([member[1] for member in members]), np.hstack([member[2] for member in members])
    outputs = np.hstack([member[3] for member in members]) / len(members)
    return Learned(
        weights={name: round(float(value), 4) for name, value in zip(FEATURES, linear, strict=True)},
        hidden=Hidden(
            inputs={name: _rounded(row) for name, row in zip(FEATURES, inputs, strict=True)},
            bias=_rounded(bias),
            outputs=_rounded(outputs),
        ),
    )


def _rounded(values: npt.NDArray[np.floating]) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in values)
