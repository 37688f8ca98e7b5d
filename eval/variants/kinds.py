"""Every way a question is disturbed, as a pure function of its words and a seeded draw."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from eval.statistics import SEED
from eval.variants.sounds import alike

RULES = Path(__file__).with_name("rules.toml")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
DIGITS = "零一二三四五六七八九"
SCALES = ("", "十", "百", "千")
SPELT = 5
Rules = Mapping[str, Any]
Disturb = Callable[[str, random.Random, Rules], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of disturbance: its Chinese label and note, and the fall in hit@1 (0-1) that is still accepted."""

    name: str
    label: str
    note: str
    limit: float


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Return the rules of every kind."""
    return tomllib.loads(RULES.read_text(encoding="utf-8"))


def kinds() -> tuple[Kind, ...]:
    """Return every kind, in the order of the rules."""
    return tuple(
        Kind(name=name, label=rule["label"], note=rule["note"], limit=rule["limit"]) for name, rule in rules().items()
    )


def variant(kind: str, text: str, key: str, *, seed: int = SEED) -> str:
    """Return the disturbed text; the same text, key and seed always give the same one. Unchanged where nothing applies.

    Args:
        kind: a name of `kinds()`.
        text: the words.
        key: what else the draw depends on, usually the question's id.
        seed: of the draw.
    """
    draw = random.Random(f"{seed}:{kind}:{key}")  # noqa: S311 - a reproducible draw, nothing secret
    return DISTURBERS[kind](text, draw, rules()[kind])


def spoken(text: str) -> str:
    """Return a text with its numbers as they are said: 220 二百二十, 3.5 三点五; five digits and more one by one."""
    return NUMBER.sub(lambda match: _said(match[0]), text)


def _homophone(text: str, draw: random.Random, rule: Rules) -> str:
    places = [i for i, char in enumerate(text) if alike().get(char)]
    chars = list(text)
    for place in _pick(places, len(text), draw, rule):
        chars[place] = draw.choice(alike()[chars[place]])
    return "".join(chars)


def _dropped(text: str, draw: random.Random, rule: Rules) -> str:
    places = [i for i, char in enumerate(text) if CHINESE.match(char)]
    gone = set(_pick(places, len(text), draw, rule)) if len(places) > 1 else set()
    return "".join(char for i, char in enumerate(text) if i not in gone)


def _swapped(text: str, draw: random.Random, rule: Rules) -> str:
    chars = list(text)
    places = [i for i in range(len(text) - 1) if _swappable(text[i], text[i + 1])]
    for place in _pick(places, len(text), draw, rule):
        chars[place], chars[place + 1] = chars[place + 1], chars[place]
    return "".join(chars)


def _swappable(one: str, other: str) -> bool:
    return one != other and bool(CHINESE.match(one)) and bool(CHINESE.match(other))


def _filler(text: str, draw: random.Random, rule: Rules) -> str:
    places = [i for i in range(1, len(text)) if CHINESE.match(text[i - 1]) and CHINESE.match(text[i])]
    before, inside = draw.choice(rule["before"]), draw.choice(rule["inside"])
    place = draw.choice(places) if places else len(text)
    return f"{before}，{text[:place]}{inside}{text[place:]}"


def _traditional(text: str, _draw: random.Random, _rule: Rules) -> str:
    converted: str = _converter().convert(text)
    return converted


@lru_cache(maxsize=1)
def _converter() -> Any:  # noqa: ANN401 - opencc ships no types
    from opencc import OpenCC

    return OpenCC("s2t")


def _spoken(text: str, _draw: random.Random, _rule: Rules) -> str:
    return spoken(text)


def _pick(places: list[int], length: int, draw: random.Random, rule: Rules) -> list[int]:
    """Draw one place for every so many characters, at least one where there is any, never two side by side."""
    wanted = max(1, round(length / rule["every"]))
    chosen: list[int] = []
    for place in draw.sample(places, len(places)):
        if len(chosen) < wanted and all(abs(place - other) > 1 for other in chosen):
            chosen.append(place)
    return chosen


def _said(number: str) -> str:
    whole, _, rest = number.partition(".")
    name = _counted(int(whole)) if len(whole) < SPELT and (whole == "0" or whole[0] != "0") else _spelt(whole)
    return f"{name}点{_spelt(rest)}" if rest else name


def _spelt(digits: str) -> str:
    return "".join(DIGITS[int(digit)] for digit in digits)


def _counted(number: int) -> str:
    """Return a number below 10,000 as it is counted: 10 十, 105 一百零五, 3000 三千."""
    if number == 0:
        return DIGITS[0]
    said, digits = "", str(number)
    for place, digit in enumerate(digits):
        scale = SCALES[len(digits) - place - 1]
        if digit != "0":
            said += DIGITS[int(digit)] + scale
        elif said[-1:] != DIGITS[0]:
            said += DIGITS[0]
    said = said.rstrip(DIGITS[0])
    return said.removeprefix("一") if said.startswith("一十") else said


DISTURBERS: Mapping[str, Disturb] = {
    "homophone": _homophone,
    "dropped": _dropped,
    "swapped": _swapped,
    "filler": _filler,
    "traditional": _traditional,
    "spoken": _spoken,
}
