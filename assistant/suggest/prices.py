"""Price tables: a cell is read out only when the facts that divide the rows are known (case 11: 0.57 元 to anybody)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.judge.facts import FactBook
from assistant.judge.words import PriceRule
from kb.search.catalogue import FoundPassage

TARIFF = "电价表"


class PriceGate:
    """Drops tariff rows that contradict what is known, and names the facts that still divide the rest."""

    def __init__(self, rules: Sequence[PriceRule], book: FactBook) -> None:
        self._rules = rules
        self._book = book

    def contradicts(self, found: FoundPassage, facts: Mapping[str, str]) -> bool:
        """Whether a tariff row is about another option of a known fact."""
        if found.document.kind != TARIFF:
            return False
        stated = self._book.stated(self._label(found))
        return any(facts.get(name, value) != value for name, value in stated.items())

    def open_facts(self, rows: Sequence[FoundPassage], facts: Mapping[str, str]) -> list[str]:
        """Return the facts to ask before a price from one of `rows` may be read out."""
        tariff = [row for row in rows if row.document.kind == TARIFF]
        stated = [self._book.stated(self._label(row)) for row in tariff]
        open_names = []
        for rule in self._rules:
            applies = all(facts.get(name) == value for name, value in rule.when.items())
            options = {row[rule.fact] for row in stated if rule.fact in row}
            if applies and rule.fact not in facts and len(options) > 1:
                open_names.append(rule.fact)
        return open_names

    def _label(self, found: FoundPassage) -> str:
        return found.passage.heading or found.passage.text
