"""What the caller's words already give for the order form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from assistant.judge.words import compile_all
from kb.text.normalise import printable
from kb.text.rulefiles import RuleFiles

FILE = "slots.toml"


class Slots:
    """Extraction patterns in force."""

    def __init__(self, patterns: Mapping[str, tuple[re.Pattern[str], ...]]) -> None:
        self._patterns = patterns

    def extract(self, said: str) -> dict[str, str]:
        """Return slot -> value, taken from the words as said (width folded, nothing else changed)."""
        text = unicodedata.normalize("NFKC", printable(said))
        found: dict[str, str] = {}
        for slot, patterns in self._patterns.items():
            value = next((match[1] for pattern in patterns if (match := pattern.search(text))), None)
            if value:
                found[slot] = re.sub(r"(?<=\d)[ -](?=\d)", "", value).strip()
        return found


def load_slots(files: RuleFiles) -> Slots:
    """Read the extraction patterns in force."""
    return Slots({slot: compile_all(patterns, FILE) for slot, patterns in files.toml(FILE)["slots"].items()})
