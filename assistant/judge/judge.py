"""Call type and categories: linear models on the words, joined with what was retrieved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.judge.likeness import Likeness, load_likeness
from assistant.judge.linear import LinearClassifier, Panel, features_of, load_classifier
from assistant.judge.taxonomy import Taxonomy
from kb.domain.suggestion import Scored
from kb.search.evidence import Expectation
from kb.text.tokens import Tokens

FILES = "W"
"""Rules that file an order are numbered W…, those that do not N…."""
NOTHING = frozenset({"N04", "N07", "W15", "W16"})
GRAVE, EVEN = frozenset({"投诉", "举报", "意见", "催办"}), 0.5
"""Types that set something in motion against somebody are taken only at even odds: below, one in six was right
(`dev` and `hard` together, n = 6)."""
PRAISE = "表扬"
MAX_CATEGORIES = 2
SECOND_AT_LEAST = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What kind of call this is. `rules` is the model's view of the work-order rules, most probable first.

    `needs_order` is the probability (0-1) that an order is needed: the rules that file one, added up.
    """

    call_type: Scored
    categories: tuple[Scored, ...]
    rules: tuple[Scored, ...]

    @property
    def needs_order(self) -> float:
        """The probability (0-1) that some rule files an order."""
        return min(1.0, sum(item.confidence for item in self.rules if item.label.startswith(FILES)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the three classifiers say of one utterance, most probable first; and of stored questions.

    `questions`: how like their calls it is (0-1); `under`: how probably they are asked under its rule (0-1).
    """

    tokens: Tokens
    call_types: list[Scored]
    categories: list[Scored]
    rules: list[Scored]
    questions: dict[str, float]
    under: dict[str, float]


class Judge:
    """Applies the classifiers; what they said of the last utterance is kept, since it is asked for in turns."""

    def __init__(
        self,
        call_types: LinearClassifier,
        categories: LinearClassifier,
        rules: LinearClassifier,
        likeness: Likeness | None = None,
    ) -> None:
        self._panel = Panel((call_types, categories, rules))
        self._likeness = likeness
        self._last: Heard | None = None

    def expected(self, tokens: Tokens) -> Expectation:
        """Return what is to be expected as far as the words alone tell."""
        heard = self._hear(tokens)
        return Expectation(
            categories=_chances(heard.categories),
            call_types=_chances(heard.call_types),
            questions=heard.questions,
            under=heard.under,
        )

    def nothing_to_answer(self, tokens: Tokens) -> float:
        """Return the probability (0-1) that the words ask for nothing the knowledge holds, as far as they tell."""
        return min(1.0, sum(item.confidence for item in self._hear(tokens).rules if item.label in NOTHING))

    def _hear(self, tokens: Tokens) -> Heard:
        last = self._last
        if last is None or last.tokens != tokens:
            features = features_of(tokens)
            call_types, categories, rules = self._panel.score(features)
            last = Heard(
                tokens=tokens,
                call_types=call_types,
                categories=categories,
                rules=rules,
                questions={} if self._likeness is None else self._likeness.of(features),
                under={} if self._likeness is None else self._likeness.under(_chances(rules)),
            )
            self._last = last
        return last

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
        heard = self._hear(tokens)
        call_type = _call_type(heard.call_types, settled)
        allowed = taxonomy.query if call_type.label == "查询" else taxonomy.consult
        categories = _mix(heard.categories, retrieved, allowed)
        return Verdict(call_type=call_type, categories=categories, rules=tuple(heard.rules))


def _call_type(scored: list[Scored], settled: str | None) -> Scored:
    """Return the likeliest type that may be taken; who may be complaining is never heard as praising instead."""
    if settled is None:
        if scored[0].label not in GRAVE or scored[0].confidence >= EVEN:
            return scored[0]
        return next((item for item in scored if item.label not in GRAVE and item.label != PRAISE), scored[0])
    seen = next((item.confidence for item in scored if item.label == settled), 0.0)
    return Scored(label=settled, confidence=max(seen, scored[0].confidence))


def _chances(scored: list[Scored]) -> dict[str, float]:
    return {item.label: item.confidence for item in scored}


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
    call_types, categories, rules = (load_classifier(name) for name in ("call_type", "category", "rule"))
    return Judge(call_types, categories, rules, load_likeness())
