"""Rate limits: one token bucket per user, key or address, in the memory of the one serving process."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_BUCKETS = 10_000


class Limiter:
    """Token buckets: each holds `burst` tokens and gains `rate` a second; a request takes one.

    Args:
        rate: requests a second that may go on for ever.
        burst: how many may come at once.
        now: monotonic seconds.
    """

    def __init__(self, rate: float, burst: float, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, who: str) -> int:
        """Take a token for `who`; return 0, or the whole seconds until there is one again."""
        with self._lock:
            at = self._now()
            level, since = self._buckets.pop(who, (self._burst, at))
            level = min(self._burst, level + (at - since) * self._rate)
            taken = level >= 1
            self._buckets[who] = (level - 1 if taken else level, at)
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        return 0 if taken else max(1, math.ceil((1 - level) / self._rate))
