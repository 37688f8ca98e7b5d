"""Call type and categories: linear models on the words, joined with what was retrieved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.judge.linear import LinearClassifier, load_classifier
from assistant.judge.taxonomy import Taxonomy
from kb.domain.suggestion import Scored
from kb.search.evidence import Expectation
from kb.text.tokens import Tokens

NOTHING = frozenset({"N04", "N07", "W15", "W16"})
MAX_CATEGORIES = 2
SECOND_AT_LEAST = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What kind of call this is. `rules` is the model's view of the work-order rules, most probable first."""

    call_type: Scored
    categories: tuple[Scored, ...]
    rules: tuple[Scored, ...]


class Judge:
    """Applies the three classifiers."""

    def __init__(self, call_types: LinearClassifier, categories: LinearClassifier, rules: LinearClassifier) -> None:
        self._call_types = call_types
        self._categories = categories
        self._rules = rules

    def expected(self, tokens: Tokens) -> Expectation:
        """Return the probability of every category and call type as far as the words alone tell."""
        return Expectation(categories=_chances(self._categories, tokens), call_types=_chances(self._call_types, tokens))

    def nothing_to_answer(self, tokens: Tokens) -> float:
        """Return the probability (0-1) that the words ask for nothing the knowledge holds, as far as they tell."""
        return min(1.0, sum(item.confidence for item in self._rules.classify(tokens) if item.label in NOTHING))

    def judge(
        self, tokens: Tokens, retrieved: Mapping[str, float], taxonomy: Taxonomy, *, settled: str | None = None
    ) -> Verdict:
        """Return the verdict on one utterance.

        Args:
            tokens: the utterance.
            retrieved: category label -> probability (0-1) that an answer of this category is right.
            settled: the call type that a named rule read off the words; the model is not asked then.
            taxonomy: the labels in force; 查询 calls take 查询 categories, the others never do.
        """
        call_type = self._call_type(tokens, settled)
        allowed = taxonomy.query if call_type.label == "查询" else taxonomy.consult
        categories = _mix(self._categories.classify(tokens), retrieved, allowed)
        return Verdict(call_type=call_type, categories=categories, rules=tuple(self._rules.classify(tokens)))

    def _call_type(self, tokens: Tokens, settled: str | None) -> Scored:
        scored = self._call_types.classify(tokens)
        if settled is None:
            return scored[0]
        seen = next((item.confidence for item in scored if item.label == settled), 0.0)
        return Scored(label=settled, confidence=max(seen, scored[0].confidence))


def _chances(model: LinearClassifier, tokens: Tokens) -> dict[str, float]:
    return {item.label: item.confidence for item in model.classify(tokens)}


def _mix(scored: list[Scored], retrieved: Mapping[str, float], allowed: tuple[str, ...]) -> tuple[Scored, ...]:
    """Average the words' and the retrieval's view, the latter as far as it is certain; keep at most two."""
    certain = min(1.0, max(retrieved.values(), default=0.0)) * 0.5
    words = {item.label: item.confidence for item in scored if item.label in allowed}
    total = sum(words.values()) or 1.0
    mass = sum(value for label, value in retrieved.items() if label in allowed) or 1.0
    joined = {
        label: (1 - certain) * words.get(label, 0.0) / total + certain * retrieved.get(label, 0.0) / mass
        for label in allowed
    }
    ranked = sorted(joined.items(), key=lambda item: (-item[1], allowed.index(item[0])))
    kept = [item for place, item in enumerate(ranked[:MAX_CATEGORIES]) if place == 0 or item[1] >= SECOND_AT_LEAST]
    return tuple(Scored(label=label, confidence=round(value, 4)) for label, value in kept)


def load_judge() -> Judge:
    """Load the bundled classifiers."""
    return Judge(load_classifier("call_type"), load_classifier("category"), load_classifier("rule"))
