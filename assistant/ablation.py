"""What each part of retrieval brings: the live assistant with some of the ranker's features silenced.

Drop-one ablation without refitting: the other weights stay, so a part that others can stand in for looks less needed
than it would after training without it. Ranks are comparable, probabilities are not: the calibration was made with all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from assistant.runtime import Runtime
from assistant.suggest.pipeline import Assistant
from kb.curation.encoders import EncoderChoice
from kb.curation.library import Library
from kb.search.features import FEATURES

PARTS: Mapping[str, tuple[str, ...]] = {
    "词": ("words_question", "words_answer"),
    "二字组": ("bigrams_question", "bigrams_answer", "closest_dice"),
    "拼音": ("pinyin_question", "closest_pinyin"),
    "向量": ("dense_question", "dense_question_top3", "dense_question_mean", "dense_answer"),
    "覆盖": ("query_covered_question", "query_covered_item", "closest_covered", "title_covered"),
    "少见词": ("rare_covered_question", "rare_covered_item"),
    "数字": ("number_agrees", "number_conflicts"),
    "类别": ("category_agrees",),
}


def without(runtime: Runtime, features: Collection[str]) -> Assistant:
    """Return the assistant over the newest release, blind to the named features.

    Raises:
        KeyError: a feature the ranker does not have.
    """
    unknown = sorted(set(features) - set(FEATURES))
    if unknown:
        raise KeyError(f"no such feature: {', '.join(unknown)}")
    weights = {name: 0.0 if name in features else weight for name, weight in runtime.ranker.weights.items()}
    live = runtime.library
    encoder = EncoderChoice(runtime.settings.encoder)
    library = Library(runtime.database, live.analyser, replace(runtime.ranker, weights=weights), encoder)
    return runtime.assistant.over(library.shelf)
