"""Call types and categories in force, with their place in the current business tree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.judge.words import any_match, compile_all
from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles

FILE = "taxonomy.toml"
TREE_FILE = "tree.toml"
ROOT = "一般诉求 › "
CONSULTING = frozenset({"咨询", "查询"})
CONDITIONS = {"call_type", "category", "words", "not_words", "tree"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A node of the business tree, its levels parted by ` › `, and what the words and labels must be to stand there."""

    tree: str
    call_types: tuple[str, ...]
    categories: tuple[str, ...]
    words: tuple[re.Pattern[str], ...]
    not_words: tuple[re.Pattern[str], ...]

    def holds(self, call_type: str, category: str, text: str) -> bool:
        """Whether the labels are among those named and the words call for it."""
        labels = call_type in self.call_types and (not self.categories or category in self.categories)
        return labels and any_match(self.words, text) and not any_match(self.not_words, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """Labels and where each belongs in the current business tree."""

    call_types: Mapping[str, str]
    consult: tuple[str, ...]
    query: tuple[str, ...]
    tree: Mapping[str, str]
    synonyms: Mapping[str, str]
    places: tuple[Place, ...] = ()

    @property
    def categories(self) -> tuple[str, ...]:
        """All 21 category labels."""
        return (*self.consult, *self.query)

    def place(self, call_type: str, category: str, text: str) -> str:
        """Return the deepest node of the business tree that the rules name for a call, its levels parted by ` › `.

        Args:
            call_type: one of the ten.
            category: the first category, which places 咨询 and 查询 where no rule is more exact.
            text: the normalised words.
        """
        for place in self.places:
            if place.holds(call_type, category, text):
                return place.tree
        if call_type in CONSULTING and category in self.tree:
            return ROOT + self.tree[category]
        return self.call_types.get(call_type, "")


def load_taxonomy(files: RuleFiles) -> Taxonomy:
    """Read the taxonomy in force.

    Raises:
        RuleFileInvalid: a place names an unknown condition or label, or a pattern does not compile.
    """
    data = files.toml(FILE)
    categories = {**data["consult"], **data["query"]}
    synonyms = {synonym: label for label, rule in categories.items() for synonym in rule["synonyms"]}
    known = {**synonyms, **{label: label for label in (*data["call_types"], *categories)}}
    return Taxonomy(
        call_types=dict(data["call_types"]),
        consult=tuple(data["consult"]),
        query=tuple(data["query"]),
        tree={label: rule["tree"] for label, rule in categories.items()},
        synonyms=synonyms,
        places=tuple(_place(rule, known) for rule in files.toml(TREE_FILE)["place"]),
    )


def _place(data: Mapping[str, Any], known: Mapping[str, str]) -> Place:
    """Return a place; `known` maps labels to themselves, and a category's former name to the one it has now."""
    call_types, categories = tuple(data["call_type"]), tuple(data.get("category", ()))
    strange = [*(set(data) - CONDITIONS), *(label for label in (*call_types, *categories) if label not in known)]
    if strange:
        message = f"{TREE_FILE} 的「{data['tree']}」有不认识的条件或标签：{'、'.join(sorted(strange))}"
        raise RuleFileInvalid(message, hint="分类改名时，把旧名写进新分类的 synonyms")
    return Place(
        tree=data["tree"],
        call_types=call_types,
        categories=tuple(known[label] for label in categories),
        words=compile_all(data["words"], TREE_FILE),
        not_words=compile_all(data.get("not_words", ()), TREE_FILE),
    )
