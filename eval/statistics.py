"""How sure a figure is, and whether two runs differ: intervals and paired tests, all seeded.

Proportions get Wilson score intervals (Wilson 1927; Brown, Cai & DasGupta 2001 recommend them for small n), everything
else percentile bootstrap over questions (Efron 1979). Two runs over the same questions are compared by the exact
McNemar test (McNemar 1947) for yes/no verdicts, and by paired randomisation (Fisher 1935; Smucker et al., CIKM 2007)
for means; several tests at once are corrected by Holm (1979). How small a difference a set of this size can show at all
follows Connor (Biometrics 1987).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeVar

import numpy as np

from eval.errors import BadArgument

SEED = 95598
LEVEL = 0.95
RESAMPLES = 1000
FLIPS = 10_000
ALPHA = 0.05
POWER = 0.8
BATCH = 500
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure with its 95 % interval. All three are `None` when there was nothing to measure (`n` = 0)."""

    value: float | None
    low: float | None
    high: float | None
    n: int


NOTHING = Estimate(value=None, low=None, high=None, n=0)


def proportion(trials: Sequence[bool], level: float = LEVEL) -> Estimate:
    """Return the share of true trials (0-1) with its Wilson score interval."""
    n = len(trials)
    if n == 0:
        return NOTHING
    low, high = wilson(sum(trials), n, level)
    return Estimate(value=sum(trials) / n, low=low, high=high, n=n)


def wilson(successes: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the Wilson score interval (0-1) of `successes` out of `n`.

    Raises:
        BadArgument: n below 1, or successes outside 0..n.
    """
    if n < 1 or not 0 <= successes <= n:
        raise BadArgument(f"次数不合理：{successes} / {n}")
    return _wilson(successes / n, n, level)


def _wilson(share: float, n: float, level: float) -> tuple[float, float]:
    z = NormalDist().inv_cdf((1 + level) / 2)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if share == 0.0 else centre - half
    high = 1.0 if share == 1.0 else centre + half
    return low, high


def weighted_share(trials: Sequence[bool], weights: Sequence[float], level: float = LEVEL) -> Estimate:
    """Return the weighted share of true trials (0-1) with a Wilson interval on the effective number of trials.

    Trials drawn with unequal chances are weighted by how many they stand for; together they are worth
    (sum of weights)^2 / (sum of squared weights) equal ones (Kish 1965). `n` is the number of trials.

    Raises:
        BadArgument: not one weight a trial, or a weight that is not positive.
    """
    if len(trials) != len(weights) or not all(weight > 0 for weight in weights):
        raise BadArgument("每次都要有一个正的权重")
    if not trials:
        return NOTHING
    total = sum(weights)
    share = sum(weight for held, weight in zip(trials, weights, strict=True) if held) / total
    low, high = _wilson(share, total**2 / sum(weight**2 for weight in weights), level)
    return Estimate(value=share, low=low, high=high, n=len(trials))


def mean(values: Sequence[float], *, level: float = LEVEL, seed: int = SEED) -> Estimate:
    """Return the mean with its bootstrap interval over the values.

    Shares that are all 0 or all 1 have nothing to resample; they get the Wilson interval instead of one of no width.
    """
    if not values:
        return NOTHING
    data = np.asarray(values, dtype=np.float64)
    if data.min() == data.max() and data[0] in {0.0, 1.0}:
        return proportion([bool(data[0])] * len(data), level)
    draws = np.random.default_rng(seed).integers(0, len(data), size=(RESAMPLES, len(data)))
    low, high = _percentiles(data[draws].mean(axis=1).tolist(), level)
    return Estimate(value=float(data.mean()), low=low, high=high, n=len(data))


def bootstrap(
    rows: Sequence[Row],
    statistic: Callable[[Sequence[Row]], float | None],
    *,
    level: float = LEVEL,
    seed: int = SEED,
) -> Estimate:
    """Return a statistic of the rows with its percentile bootstrap interval, over the resamples that have a value."""
    value = statistic(rows)
    if value is None:
        return Estimate(value=None, low=None, high=None, n=len(rows))
    draws = np.random.default_rng(seed).integers(0, len(rows), size=(RESAMPLES, len(rows))).tolist()
    found = (statistic([rows[i] for i in draw]) for draw in draws)
    low, high = _percentiles([resampled for resampled in found if resampled is not None], level)
    return Estimate(value=value, low=low, high=high, n=len(rows))


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value below which `share` (0-1) of the values lie, linearly interpolated; `None` without values."""
    return float(np.quantile(np.asarray(values, dtype=np.float64), share)) if values else None


def mcnemar(gained: int, lost: int) -> float:
    """Return the exact two-sided McNemar p-value: `gained` turned right, `lost` turned wrong; no change gives 1.

    Raises:
        BadArgument: a negative count.
    """
    if gained < 0 or lost < 0:
        raise BadArgument(f"次数不能为负：{gained}、{lost}")
    n = gained + lost
    tail = sum(math.comb(n, i) for i in range(min(gained, lost) + 1))
    return min(1.0, 2 * tail / (1 << n))


def paired_randomisation(before: Sequence[float], after: Sequence[float], *, seed: int = SEED) -> float:
    """Return the two-sided p-value that the mean difference is this large when signs are flipped at random.

    Uses `FLIPS` flips and counts the observed one (Phipson & Smyth 2010), so it is never 0.

    Raises:
        BadArgument: the two sequences differ in length.
    """
    if len(before) != len(after):
        raise BadArgument(f"两组长度不同：{len(before)} 与 {len(after)}")
    difference = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    observed = abs(float(difference.sum()))
    if observed == 0.0:
        return 1.0
    rng = np.random.default_rng(seed)
    beyond = 0
    for _ in range(FLIPS // BATCH):
        signs = rng.integers(0, 2, size=(BATCH, len(difference))) * 2 - 1
        beyond += int((np.abs(signs @ difference) >= observed - 1e-12).sum())
    return (beyond + 1) / (FLIPS + 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p-values corrected for being several (Holm 1979), in the order given; each at least what it was.

    Raises:
        BadArgument: a value outside 0-1.
    """
    if not all(0.0 <= p <= 1.0 for p in p_values):
        raise BadArgument("p 值须在 0 到 1 之间")
    corrected = [0.0] * len(p_values)
    running = 0.0
    for done, place in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        running = max(running, min(1.0, (len(p_values) - done) * p_values[place]))
        corrected[place] = running
    return corrected


def detectable(n: int, discordant: float, *, alpha: float = ALPHA, power: float = POWER) -> float | None:
    """Return the smallest difference (0-1) that McNemar's test on `n` pairs finds with the given power.

    Args:
        n: questions both runs answered.
        discordant: the share (0-1) of them whose verdict differs between the runs.
        alpha: two-sided level.
        power: chance (0-1) of finding a difference that large.

    Returns:
        `None` when even a change that is all one way would be missed.

    Raises:
        BadArgument: n below 1, or a share outside 0-1.
    """
    if n < 1 or not 0.0 <= discordant <= 1.0:
        raise BadArgument(f"题数或变化的比例不合理：{n}、{discordant}")
    level, strength = NormalDist().inv_cdf(1 - alpha / 2), NormalDist().inv_cdf(power)

    def needed(difference: float) -> float:
        spread = math.sqrt(max(0.0, discordant - difference**2))
        return ((level * math.sqrt(discordant) + strength * spread) / difference) ** 2

    if discordant == 0.0 or needed(discordant) > n:
        return None
    low, high = 0.0, discordant
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if needed(middle) > n else (low, middle)
    return high


def _percentiles(values: list[float], level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    low, high = np.quantile(np.asarray(values, dtype=np.float64), [tail, 1 - tail])
    return float(low), float(high)
