"""Price tables: a cell is read out only when the facts that divide the rows are known (case 11: 0.57 元 to anybody)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.judge.facts import FactBook
from assistant.judge.words import PriceRule
from kb.domain.knowledge import FoundPassage

TARIFF = "电价表"


class PriceGate:
    """Drops tariff rows that contradict what is known, and names the facts that still divide the rest."""

    def __init__(self, rules: Sequence[PriceRule], book: FactBook) -> None:
        self._rules = rules
        self._book = book

    def contradicts(self, found: FoundPassage, facts: Mapping[str, str]) -> bool:
        """Whether a tariff row is about another option of a known fact."""
        return any(facts.get(name, value) != value for name, value in self.options(found).items())

    def options(self, row: FoundPassage) -> dict[str, str]:
        """Return the facts a tariff row is about; other passages state none."""
        return self._book.stated(self._label(row)) if row.document.kind == TARIFF else {}

    def open_facts(self, options: Sequence[tuple[str, str]], facts: Mapping[str, str]) -> list[str]:
        """Return the facts to ask before a price may be read out.

        Args:
            options: (fact, option) of every row and branch that was found near the question.
            facts: what is known.
        """
        open_names = []
        for rule in self._rules:
            applies = all(facts.get(name) == value for name, value in rule.when.items())
            found = {option for name, option in options if name == rule.fact}
            if applies and rule.fact not in facts and len(found) > 1:
                open_names.append(rule.fact)
        return open_names

    def _label(self, found: FoundPassage) -> str:
        return found.passage.heading or found.passage.text
