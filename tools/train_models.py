"""Train the bundled judgement and ranking: `python -m tools.train_models` (minutes; after `tools.train_encoder`).

Learns from the project's own entries, clauses and training utterances; chooses on `eval/gold/dev.jsonl`; never reads
`eval/gold/test.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from assistant.judge.judge import Judge, load_judge
from assistant.judge.linear import MODELS, PART, LinearClassifier, load_classifier, save_classifier
from kb.domain.knowledge import Entry
from kb.encode.static import StaticEncoder
from kb.search.ranker import Ranker, load_ranker
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser, load_analyser
from tools.train import classifiers, network, ranking, sources
from tools.train.bases import HeldOut, index, make_bases, rights, second_half, with_calls
from tools.train.classifiers import Labelled
from tools.train_encoder import HOLDS

RANKER = Path("kb/search/models/ranker.json")
BORROWED = 0.1
APART = frozenset({"N04", "N05", "N07", "W02", "W15"})


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, print the development figures, write the models."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only-calibrate", action="store_true", help="keep classifiers and weights, calibrate again")
    parser.add_argument("--only-judge", action="store_true", help="fit the classifiers alone, keep the ranker")
    parser.add_argument("--only-ranker", action="store_true", help="keep classifiers, learn the weights again")
    given = parser.parse_args(arguments)
    started = time.monotonic()
    analyser = load_analyser(RuleFiles())
    if not (given.only_calibrate or given.only_ranker):
        train_classifiers(analyser)
    if not given.only_judge:
        calibrate_ranker(analyser, load_ranker(RANKER) if given.only_calibrate else train_weights(analyser))
    print(f"took {time.monotonic() - started:.0f} s")


def train_classifiers(analyser: Analyser) -> None:
    """Fit call type, category and rule; entries' phrasings teach categories at a lower weight."""
    calls, dev = sources.training_utterances(), sources.utterances(sources.GOLD / "dev.jsonl")
    sets = {
        "call_type": (
            _labelled([(u.text, kind_of_call(u)) for u in calls]),
            _labelled([(u.text, u.call_type) for u in dev]),
        ),
        "category": (_categories(calls), _labelled([(u.text, u.categories[0]) for u in dev])),
        "rule": (_labelled([(u.text, u.rule) for u in calls]), _labelled([(u.text, u.rule) for u in dev])),
    }
    for name, (train, held) in sets.items():
        model = classifiers.fit(analyser, train, held, balanced=name != "category")
        right = classifiers.accuracy(model, analyser, held)
        print(f"{name}: dev accuracy {right:.3f} (n={len(held.texts)}), temperature {model.temperature}")
        save_classifier(model, MODELS, name, {"train": len(train.texts), "dev": len(held.texts), "dev_accuracy": right})


def kind_of_call(call: sources.Utterance) -> str:
    """Return the call type, with the rule where calls of one type have little in common (nothing to ask, danger …)."""
    return f"{call.call_type}{PART}{call.rule}" if call.rule in APART else call.call_type


def _phrasings() -> list[tuple[str, Entry]]:
    return [(text, entry) for entry in sources.entries() for text in (entry.question, *entry.phrasings)]


def _categories(calls: Sequence[sources.Utterance]) -> Labelled:
    borrowed = [(text, entry.categories[0]) for text, entry in _phrasings()]
    return _labelled([(u.text, u.categories[0]) for u in calls], borrowed, weight=BORROWED)


def half_expectation(analyser: Analyser) -> ranking.Expect:
    """Return what classifiers that never saw the held-out calls expect."""
    known = [call for call in sources.training_utterances() if not second_half(call.text)]
    dev = sources.utterances(sources.GOLD / "dev.jsonl")
    categories = classifiers.fit(analyser, _categories(known), _labelled([(u.text, u.categories[0]) for u in dev]))
    types = classifiers.fit(
        analyser,
        _labelled([(u.text, kind_of_call(u)) for u in known]),
        _labelled([(u.text, u.call_type) for u in dev]),
        balanced=True,
    )
    return _expect(analyser, types, categories)


def _expect(analyser: Analyser, types: LinearClassifier, categories: LinearClassifier) -> ranking.Expect:
    judge = Judge(types, categories, types)
    return lambda text: judge.expected(analyser.query(analyser.normalise(text)))


def _labelled(
    own: list[tuple[str, str]], borrowed: list[tuple[str, str]] | None = None, *, weight: float = 1.0
) -> Labelled:
    pairs = [*own, *(borrowed or [])]
    weights = [1.0] * len(own) + [weight] * len(borrowed or [])
    return Labelled(texts=[t for t, _ in pairs], labels=[label for _, label in pairs], weights=weights)


def train_weights(analyser: Analyser) -> Ranker:
    """Fit the ranker on held-out calls and topics and on other services; return it uncalibrated."""
    entries, clauses, calls = sources.entries(), sources.clauses(), sources.training_utterances()
    held = HeldOut(calls=_encoder(analyser, "calls"), topics=_encoder(analyser, "topics"))
    half = half_expectation(analyser)
    bases = make_bases(analyser, entries, clauses, calls, held)
    judged = []
    for base in bases:
        print(f"{base.name}: {len(base.questions)} questions", flush=True)
        found = ranking.judge_questions(analyser, base.snapshot, base.questions, half if base.own else _none)
        judged += [(question, base.weight) for question in found]
    learned = network.fit(judged)
    made = {"bases": {base.name: len(base.questions) for base in bases}}
    return replace(ranking.neutral(), weights=learned.weights, hidden=learned.hidden, made=made)


def _none(_text: str) -> None:
    """Expect nothing: the labels of a foreign base are its own."""


def calibrate_ranker(analyser: Analyser, learned: Ranker) -> None:
    """Calibrate and cut on development calls over the bundled knowledge; write the ranker."""
    entries, clauses, calls = sources.entries(), sources.clauses(), sources.training_utterances()
    whole = index(analyser, with_calls(entries, calls), clauses.documents, _encoder(analyser, "none"))
    dev = sources.utterances(sources.GOLD / "dev.jsonl")
    expect = _expect(analyser, load_classifier("call_type"), load_classifier("category"))
    judge = load_judge()
    support = {entry.entry_id: sources.cited_clauses(entry, clauses) for entry in entries}
    judged = ranking.judge_questions(analyser, whole, [(u.text, rights(u, support)) for u in dev], expect)
    edited = ranking.judge_questions(analyser, whole, [(u.text, frozenset(u.entries)) for u in dev], expect)
    doubts = [judge.nothing_to_answer(analyser.query(analyser.normalise(question.text))) for question in judged]
    handicap = ranking.choose_handicap(edited, learned)
    draft = replace(learned, exact=0.985, prose_handicap=handicap, made={**learned.made, "dev": len(dev)})
    draft = replace(draft, calibrations={"default": ranking.calibrate(judged, doubts, draft)})
    chances, right = ranking.first_chances(judged, doubts, draft)
    _same, labelled = ranking.first_chances(edited, doubts, draft)
    cuts = ranking.choose_cuts(chances, labelled, draft.exact)
    answerable = sum(bool(u.entries) for u in dev)
    print(f"ranker: dev hit@1 {right.sum() / answerable:.3f} (n={answerable}), cuts {cuts}")
    RANKER.parent.mkdir(parents=True, exist_ok=True)
    data = {**asdict(draft), "cuts": asdict(cuts)}
    RANKER.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _encoder(analyser: Analyser, hold: str) -> StaticEncoder:
    return StaticEncoder.load(analyser, HOLDS[hold])


if __name__ == "__main__":
    main()
