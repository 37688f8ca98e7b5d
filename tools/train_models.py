"""Train everything the bundled judgement and ranking need: `python -m tools.train_models` (a few minutes, no network).

Learns from the project's own entries, clauses and training utterances; chooses on `eval/gold/dev.jsonl`; never reads
`eval/gold/test.jsonl`.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, replace
from pathlib import Path

from assistant.judge.linear import MODELS, save_classifier
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser, load_analyser
from tools.train import classifiers, ranking, sources
from tools.train.bases import index, make_bases
from tools.train.classifiers import Labelled

RANKER = Path("kb/search/models/ranker.json")
BORROWED = 0.3


def main() -> None:
    """Train, print the development figures, write the models."""
    started = time.monotonic()
    analyser = load_analyser(RuleFiles())
    train_classifiers(analyser)
    train_ranker(analyser)
    print(f"took {time.monotonic() - started:.0f} s")


def train_classifiers(analyser: Analyser) -> None:
    """Fit call type, category and rule; entries' phrasings teach categories, and consult calls at a lower weight."""
    calls, dev = sources.training_utterances(), sources.utterances(sources.GOLD / "dev.jsonl")
    phrasings = [(text, entry) for entry in sources.entries() for text in (entry.question, *entry.phrasings)]
    borrowed = [(t, "查询" if e.categories[0].endswith("查询") else "咨询") for t, e in phrasings]
    sets = {
        "call_type": (
            _labelled([(u.text, u.call_type) for u in calls], borrowed, weight=0.05),
            _labelled([(u.text, u.call_type) for u in dev]),
        ),
        "category": (
            _labelled(
                [(u.text, u.categories[0]) for u in calls],
                [(t, e.categories[0]) for t, e in phrasings],
                weight=BORROWED,
            ),
            _labelled([(u.text, u.categories[0]) for u in dev]),
        ),
        "rule": (_labelled([(u.text, u.rule) for u in calls]), _labelled([(u.text, u.rule) for u in dev])),
    }
    for name, (train, held) in sets.items():
        model = classifiers.fit(analyser, train, held)
        right = classifiers.accuracy(model, analyser, held)
        print(f"{name}: dev accuracy {right:.3f} (n={len(held.texts)}), temperature {model.temperature}")
        save_classifier(model, MODELS, name, {"train": len(train.texts), "dev": len(held.texts), "dev_accuracy": right})


def _labelled(
    own: list[tuple[str, str]], borrowed: list[tuple[str, str]] | None = None, *, weight: float = 1.0
) -> Labelled:
    pairs = [*own, *(borrowed or [])]
    weights = [1.0] * len(own) + [weight] * len(borrowed or [])
    return Labelled(texts=[t for t, _ in pairs], labels=[label for _, label in pairs], weights=weights)


def train_ranker(analyser: Analyser) -> None:
    """Fit weights on four bases, calibrate and cut on development calls over the whole bundled knowledge."""
    entries, clauses = sources.entries(), sources.clauses()
    bases = make_bases(analyser, entries, clauses, sources.training_utterances())
    weights = ranking.fit_weights(
        [
            (judged, base.weight)
            for base in bases
            for judged in ranking.judge_questions(analyser, base.snapshot, base.questions)
        ]
    )
    whole = index(analyser, entries, clauses.documents)
    dev = sources.utterances(sources.GOLD / "dev.jsonl")
    supports = {entry.entry_id: sources.cited_clauses(entry, clauses) for entry in entries}
    questions = [
        (u.text, frozenset(u.entries).union(*(supports.get(entry, set()) for entry in u.entries))) for u in dev
    ]
    judged = ranking.judge_questions(analyser, whole, questions)
    edited = ranking.judge_questions(analyser, whole, [(u.text, frozenset(u.entries)) for u in dev])
    draft = replace(
        ranking.neutral(),
        weights=weights,
        exact=0.985,
        prose_handicap=ranking.choose_handicap(edited, weights),
        made={"bases": {b.name: len(b.questions) for b in bases}, "dev": len(questions)},
    )
    draft = replace(draft, calibrations={"default": ranking.calibrate(judged, draft)})
    chances, right = ranking.first_chances(judged, draft, "default")
    _same, labelled = ranking.first_chances(edited, draft, "default")
    cuts = ranking.choose_cuts(chances, labelled, draft.exact)
    answerable = sum(bool(u.entries) for u in dev)
    print(f"ranker: dev hit@1 {right.sum() / answerable:.3f} (n={answerable}), cuts {cuts}")
    RANKER.parent.mkdir(parents=True, exist_ok=True)
    data = {**asdict(draft), "cuts": asdict(cuts)}
    RANKER.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
