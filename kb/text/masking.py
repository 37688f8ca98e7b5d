"""Personal data leaves no trace: phones, 户号, id and bank cards, house numbers become placeholders before logging."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles

FILE = "personal_data.toml"


@dataclass(frozen=True, slots=True)
class Mask:
    """One kind of personal data and what stands in its place."""

    name: str
    pattern: re.Pattern[str]
    placeholder: str


class Masker:
    """Replaces every kind of personal data, most specific first."""

    def __init__(self, masks: tuple[Mask, ...]) -> None:
        self.masks = masks

    def __call__(self, text: str) -> str:
        """Return `text` without personal data."""
        for mask in self.masks:
            text = mask.pattern.sub(mask.placeholder, text)
        return text


def load_masker(files: RuleFiles) -> Masker:
    """Read the masks in force.

    Raises:
        RuleFileInvalid: a pattern does not compile.
    """
    try:
        return Masker(
            tuple(
                Mask(name=name, pattern=re.compile(rule["pattern"]), placeholder=rule["placeholder"])
                for name, rule in files.toml(FILE)["masks"].items()
            )
        )
    except (re.error, KeyError) as error:
        raise RuleFileInvalid(f"{FILE} 里的规则有误：{error}") from None
