"""The numbers of learning from calls, read from `learning.toml`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles

FILE = "learning.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRules:
    """How gaps are found: `distance` is 1 - likeness (0-2), `min_characters` without greetings.

    The `views` entries nearest to a question count for likeness, by exp(cosine / `warmth`). A gap set aside is listed
    again after `reopen` further calls. A file written before there was such a thing has none of these.
    """

    days: int
    min_calls: int
    distance: float
    min_characters: int
    most_texts: int
    shown: int
    examples: int
    nearest: int
    reopen: int = 10
    views: int = 0
    warmth: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class PhrasingRules:
    """How phrasings are suggested: from how many days, from how many calls on, and how long at most."""

    days: int
    min_calls: int
    most_characters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningRules:
    """`pause` separates questions being typed; within `follow` what an agent does belongs to the call before."""

    pause: dt.timedelta
    follow: dt.timedelta
    gaps: GapRules
    phrasings: PhrasingRules


def load_learning_rules(files: RuleFiles) -> LearningRules:
    """Read the rules in force.

    Raises:
        RuleFileInvalid: a number is missing, unknown or not a number.
    """
    data = files.toml(FILE)
    try:
        return LearningRules(
            pause=dt.timedelta(seconds=data["calls"]["pause_seconds"]),
            follow=dt.timedelta(minutes=data["calls"]["follow_minutes"]),
            gaps=GapRules(**data["gaps"]),
            phrasings=PhrasingRules(**data["phrasings"]),
        )
    except (KeyError, TypeError) as error:
        raise RuleFileInvalid(f"{FILE} 的内容不全或有误：{error}", hint="请对照随程序的同名文件") from None
