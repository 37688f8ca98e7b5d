"""How fast it is: pure timing of any function of a text, one call at a time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.errors import BadArgument
from eval.machine import machine_name
from eval.statistics import percentile

WARM_UP = 10
P99_NEEDS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Latency of `n` calls in milliseconds, calls per second of one caller, and the machine they ran on.

    `p99_ms` is None below 100 calls: the slowest of a few calls is no percentile.
    """

    n: int
    p50_ms: float
    p90_ms: float
    p99_ms: float | None
    mean_ms: float
    max_ms: float
    first_ms: float
    per_second: float
    machine: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def measure(
    suggest: Callable[[str], object],
    texts: Sequence[str],
    repeats: int = 1,
    *,
    warm_up: int = WARM_UP,
    budget: float = math.inf,
    timer: Callable[[], float] = time.perf_counter,
) -> Timing:
    """Time `suggest` over all texts, `repeats` times, in order.

    Args:
        suggest: what to time; its errors are not caught.
        texts: inputs.
        repeats: passes over the texts.
        warm_up: untimed calls before; the very first is kept as `first_ms`.
        budget: seconds after which no further call is begun; at least one call is timed.
        timer: seconds, monotonic.

    Raises:
        BadArgument: no texts, or fewer than one repeat.
    """
    if not texts or repeats < 1:
        raise BadArgument("测速至少要一句话、跑一遍", hint="请给出非空的题集，repeats 不小于 1")
    first = _timed(suggest, texts[0], timer)
    for place in range(max(0, warm_up - 1)):
        suggest(texts[place % len(texts)])
    begin = timer()
    times: list[float] = []
    for text in (text for _ in range(repeats) for text in texts):
        if times and timer() - begin >= budget:
            break
        times.append(_timed(suggest, text, timer))
    return timing_of(times, first=first, seconds=timer() - begin)


def _timed(suggest: Callable[[str], object], text: str, timer: Callable[[], float]) -> float:
    begin = timer()
    suggest(text)
    return (timer() - begin) * 1000


def timing_of(times: Sequence[float], *, first: float, seconds: float) -> Timing:
    """Summarise the milliseconds of calls that took `seconds` together."""
    p50, p90, p99 = (percentile(times, share) or 0.0 for share in (0.5, 0.9, 0.99))
    return Timing(
        n=len(times),
        p50_ms=p50,
        p90_ms=p90,
        p99_ms=p99 if len(times) >= P99_NEEDS else None,
        mean_ms=sum(times) / len(times),
        max_ms=max(times),
        first_ms=first,
        per_second=len(times) / seconds if seconds > 0 else 0.0,
        machine=machine_name(),
    )
