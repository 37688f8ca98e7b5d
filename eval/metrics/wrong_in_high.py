"""Wrong-in-high rate: of the answers shown in band high, how many are wrong?

An answer is wrong when the first one shown is none of the right ids; a question with nothing to answer makes any answer
wrong.
Synonyms: selective risk at the high cut, 1 - precision of band high, false confidence rate.
Source: selective risk of El-Yaniv & Wiener (2010), taken at one threshold.
Default: the denominator is the shown answers of band high; without any, `None`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

ShownRow = tuple[str, str | None, Collection[str]]
"""(band, first id shown or `None`, right ids)."""


def wrong_trials(rows: Sequence[ShownRow], band: str = "high") -> list[bool]:
    """Return, for each row of the band that shows an answer, whether it is wrong."""
    return [shown not in right for name, shown, right in rows if name == band and shown is not None]


def wrong_rate(rows: Sequence[ShownRow], band: str = "high") -> float | None:
    """Return the share (0-1) of wrong answers among those shown in the band."""
    trials = wrong_trials(rows, band)
    return sum(trials) / len(trials) if trials else None
