"""Duplicates with one thing changed: contradictions in nearly the same words, to fit the watchers' judges on.

Whoever is asked for contradictions words them afresh and short, so that worded pairs alone teach that what is worded
alike never contradicts. These are for fitting only; nothing is measured on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from eval.pairs import PlantedPair

PREFIX = "altered"
UNIT = "(?=个?(?:工作日|小时|分钟|天|日|年|个月|月|元|块|倍|米|千瓦|千伏安|度|次|%|成|档))"
DIGITS = re.compile(rf"(?<![\d.月第])(\d{{1,4}})(?:\.\d+)?{UNIT}")
NUMERALS = re.compile(rf"(?<![零一二两三四五六七八九十百千万第每同任])([二两三四五六七八九十]){UNIT}")
OTHER = dict(zip("二两三四五六七八九十", "五五五八十九五三四六", strict=True))
TURNED = (
    *(("不收费", "要收费"), ("免费", "收费"), ("不收", "要收"), ("不用", "必须"), ("不需要", "需要")),
    *(("不能", "可以"), ("不可以", "可以"), ("不得", "可以"), ("必须", "不用"), ("由供电公司", "由您自己")),
    *(("需要", "不需要"), ("可以", "不可以"), ("先", "不用先"), ("要", "不用")),
)


def altered(pairs: Sequence[PlantedPair]) -> Iterator[PlantedPair]:
    """Yield of each duplicate one with another figure and one with a verdict turned, where there is such a thing."""
    for pair in pairs:
        if pair.label == "duplicate":
            made = {"f": other_figure(pair.answer), "v": other_verdict(pair.answer)}
            for how, answer in made.items():
                if answer != pair.answer:
                    yield replace(
                        pair, pair_id=f"{PREFIX}-{how}-{pair.pair_id}", label="contradiction", kind=how, answer=answer
                    )


def other_figure(text: str) -> str:
    """Return a text with its first figure changed; the same text when it has none."""
    changed = DIGITS.sub(lambda match: _other(match[1]), text, count=1)
    return changed if changed != text else NUMERALS.sub(lambda match: OTHER[match[1]], text, count=1)


def _other(digits: str) -> str:
    value = int(digits)
    return str(value * 2 + 1 if value < 50 else value // 2)


def other_verdict(text: str) -> str:
    """Return a text with its first verdict turned round; the same text when it has none."""
    for said, turned in TURNED:
        if said in text:
            return text.replace(said, turned, 1)
    return text
