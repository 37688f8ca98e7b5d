"""What each part of retrieval brings: the live assistant with some of the ranker's features silenced.

Drop-one ablation without refitting: the other weights stay, so a part that others can stand in for looks less needed
than it would after training without it. Ranks are comparable, probabilities are not: the calibration was made with all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from assistant.runtime import Runtime
from assistant.suggest.pipeline import Assistant
from kb.curation.encoders import EncoderChoice
from kb.curation.library import Library


def _both(*names: str) -> tuple[str, ...]:
    """Return features with how they stand among rivals."""
    return (*names, *(f"{name}_vs_rivals" for name in names))


PARTS: Mapping[str, tuple[str, ...]] = {
    "词": ("words_question", "words_answer"),
    "二字组": ("bigrams_question", "bigrams_answer", *_both("closest_dice")),
    "拼音": ("pinyin_question", *_both("closest_pinyin")),
    "向量": _both("dense_question", "dense_question_top3", "dense_question_mean", "dense_answer"),
    "词义": _both("title_meant", "closest_meant", "item_meant", "meant_by_title"),
    "覆盖": ("closest_covered", *_both("query_covered_question", "query_covered_item", "title_covered")),
    "少见词": ("rare_covered_question", "rare_covered_item"),
    "数字": ("number_agrees", "number_conflicts"),
    "次序": _both("in_order_covered", "in_order_held", "in_order_dice"),
    "型号": (*_both("codes_covered", "codes_alike", "codes_held"), "codes_conflict"),
    "类别": ("category_agrees",),
    "来电类型": ("names_call_type", "names_other_call_type"),
    "问过的来电": _both("asked_alike"),
    "落在哪条规则": _both("asked_under_rule"),
}


def without(runtime: Runtime, features: Collection[str]) -> Assistant:
    """Return the assistant over the newest release, blind to the named features.

    Raises:
        KeyError: a feature the ranker does not have.
    """
    live = runtime.library
    encoder = EncoderChoice(runtime.settings.encoder)
    library = Library(runtime.database, live.analyser, runtime.ranker.blind_to(features), encoder)
    return runtime.assistant.over(library.shelf)
