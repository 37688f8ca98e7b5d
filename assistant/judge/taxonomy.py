"""Call types and categories in force, with their place in the business tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.text.rulefiles import RuleFiles

FILE = "taxonomy.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """Labels and where each belongs in the current business tree."""

    call_types: Mapping[str, str]
    consult: tuple[str, ...]
    query: tuple[str, ...]
    tree: Mapping[str, str]
    synonyms: Mapping[str, str]

    @property
    def categories(self) -> tuple[str, ...]:
        """All 21 category labels."""
        return (*self.consult, *self.query)


def load_taxonomy(files: RuleFiles) -> Taxonomy:
    """Read the taxonomy in force."""
    data = files.toml(FILE)
    categories = {**data["consult"], **data["query"]}
    return Taxonomy(
        call_types=dict(data["call_types"]),
        consult=tuple(data["consult"]),
        query=tuple(data["query"]),
        tree={label: rule["tree"] for label, rule in categories.items()},
        synonyms={synonym: label for label, rule in categories.items() for synonym in rule["synonyms"]},
    )
