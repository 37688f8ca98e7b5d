"""Train the bundled judgement and ranking: `python -m tools.train_models` (minutes; after `tools.train_encoder`).

Learns from the project's own entries, clauses and training utterances; chooses on `eval/gold/dev.jsonl`; never reads
`eval/gold/test.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from assistant.judge.judge import Judge, load_judge
from assistant.judge.likeness import Likeness, save_likeness
from assistant.judge.linear import MODELS, PART, LinearClassifier, save_classifier
from kb.domain.knowledge import Entry
from kb.encode.static import StaticEncoder
from kb.search.ranker import Ranker, load_ranker
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser, load_analyser
from tools.train import classifiers, likeness, network, ranking, sources
from tools.train.bases import Base, HeldOut, added_later, fold, index, make_bases, rights, second_half, with_calls
from tools.train.classifiers import Labelled
from tools.train_encoder import HOLDS

RANKER = Path("kb/search/models/ranker.json")
BORROWED = 0.1
FOLDS = 3
APART = frozenset({"N04", "N05", "N07", "W02", "W15"})


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, print the development figures, write the models."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only-calibrate", action="store_true", help="keep classifiers and weights, calibrate again")
    parser.add_argument("--only-judge", action="store_true", help="fit the classifiers alone, keep the ranker")
    parser.add_argument("--only-likeness", action="store_true", help="fit likeness to earlier calls alone")
    parser.add_argument("--only-ranker", action="store_true", help="keep classifiers, learn the weights again")
    given = parser.parse_args(arguments)
    started = time.monotonic()
    analyser = load_analyser(RuleFiles())
    if not (given.only_calibrate or given.only_ranker or given.only_likeness):
        train_classifiers(analyser)
    if not (given.only_calibrate or given.only_ranker or given.only_judge):
        train_likeness(analyser)
    if not (given.only_judge or given.only_likeness):
        calibrate_ranker(analyser, load_ranker(RANKER) if given.only_calibrate else None)
    print(f"took {time.monotonic() - started:.0f} s")


def train_classifiers(analyser: Analyser) -> None:
    """Fit call type, category and rule; entries' phrasings teach categories at a lower weight."""
    for name, (train, held) in _lessons(sources.training_utterances()).items():
        model = _fitted(analyser, name, train, held)
        right = classifiers.accuracy(model, analyser, held)
        print(f"{name}: dev accuracy {right:.3f} (n={len(held.texts)}), temperature {model.temperature}")
        save_classifier(model, MODELS, name, {"train": len(train.texts), "dev": len(held.texts), "dev_accuracy": right})


def _lessons(calls: Sequence[sources.Utterance]) -> dict[str, tuple[Labelled, Labelled]]:
    """Return what each classifier learns from calls, and the development calls it is chosen on."""
    dev = sources.utterances(sources.GOLD / "dev.jsonl")
    return {
        "call_type": (
            _labelled([(u.text, kind_of_call(u)) for u in calls]),
            _labelled([(u.text, u.call_type) for u in dev]),
        ),
        "category": (_categories(calls), _labelled([(u.text, u.categories[0]) for u in dev])),
        "rule": (_labelled([(u.text, u.rule) for u in calls]), _labelled([(u.text, u.rule) for u in dev])),
    }


def _fitted(analyser: Analyser, name: str, train: Labelled, held: Labelled) -> LinearClassifier:
    return classifiers.fit(analyser, train, held, balanced=name != "category")


def train_likeness(analyser: Analyser) -> None:
    """Fit which stored question a call asks, on all phrasings and training calls."""
    entries, dev = sources.entries(), sources.utterances(sources.GOLD / "dev.jsonl")
    pairs = likeness.asked(entries, sources.training_utterances())
    model = likeness.fit(analyser, pairs)
    right = _first_right(analyser, model, entries, [call for call in dev if call.entries])
    print(f"likeness: dev hit@1 alone {right:.3f}, {len(model.weights)} weights over {len(model.features)} features")
    save_likeness(model, MODELS, {"train": len(pairs), "dev_hit_1": right})


def _first_right(
    analyser: Analyser, model: Likeness, entries: Sequence[Entry], calls: Sequence[sources.Utterance]
) -> float:
    questions = {entry.entry_id: entry.question for entry in entries}
    firsts = []
    for call in calls:
        found = model.of(classifiers.features(analyser, call.text))
        firsts.append(max(found, key=found.__getitem__) in {questions[entry] for entry in call.entries})
    return round(sum(firsts) / len(firsts), 4)


def kind_of_call(call: sources.Utterance) -> str:
    """Return the call type, with the rule where calls of one type have little in common (nothing to ask, danger …)."""
    return f"{call.call_type}{PART}{call.rule}" if call.rule in APART else call.call_type


def _phrasings() -> list[tuple[str, Entry]]:
    return [(text, entry) for entry in sources.entries() for text in (entry.question, *entry.phrasings)]


def _categories(calls: Sequence[sources.Utterance]) -> Labelled:
    borrowed = [(text, entry.categories[0]) for text, entry in _phrasings()]
    return _labelled([(u.text, u.categories[0]) for u in calls], borrowed, weight=BORROWED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Halves:
    """What models that never saw the held-out calls expect; `asked` with the likeness to the calls they saw."""

    plain: ranking.Expect
    asked: ranking.Expect

    def of(self, base: Base) -> ranking.Expect:
        """Return what may be expected of a base: of a foreign one nothing, its labels are its own."""
        if not base.own:
            return lambda _text: None
        return self.asked if base.asked else self.plain


def half_expectation(analyser: Analyser) -> Halves:
    """Return what is expected by models fitted without the held-out calls.

    A tenth of the questions stays unknown to the likeness, as questions are that curators add later.
    """
    calls = sources.training_utterances()
    known = [call for call in calls if not second_half(call.text)]
    types, categories, rules = (_fitted(analyser, name, *sets) for name, sets in _lessons(known).items())
    judges = [Judge(types, categories, rules, _without(analyser, calls, number)) for number in range(FOLDS)]
    folds = [_expect(analyser, judge) for judge in judges]
    return Halves(
        plain=_expect(analyser, Judge(types, categories, rules)), asked=lambda text: folds[fold(text, FOLDS)](text)
    )


def _without(analyser: Analyser, calls: Sequence[sources.Utterance], number: int) -> Likeness:
    """Return the likeness to every call but the held-out ones of one fold: with less to go by, it would seem weaker."""
    pairs = likeness.asked(
        sources.entries(), [u for u in calls if not second_half(u.text) or fold(u.text, FOLDS) != number]
    )
    return likeness.fit(analyser, [pair for pair in pairs if not added_later(pair.question)])


def _expect(analyser: Analyser, judge: Judge) -> ranking.Expect:
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
        found = ranking.judge_questions(analyser, base.snapshot, base.questions, half.of(base))
        judged += [(question, base.weight) for question in found]
    learned = network.fit(judged)
    made = {"bases": {base.name: len(base.questions) for base in bases}}
    return replace(ranking.neutral(), weights=learned.weights, hidden=learned.hidden, made=made)


def calibrate_ranker(analyser: Analyser, kept: Ranker | None) -> None:
    """Calibrate and cut on development calls over the bundled knowledge; write the ranker, `kept` or learnt anew."""
    learned = kept or train_weights(analyser)
    entries, clauses, calls = sources.entries(), sources.clauses(), sources.training_utterances()
    whole = index(analyser, with_calls(entries, calls), clauses.documents, _encoder(analyser, "none"))
    dev = sources.utterances(sources.GOLD / "dev.jsonl")
    judge = load_judge()
    expect = _expect(analyser, judge)
    support = {entry.entry_id: sources.cited_clauses(entry, clauses) for entry in entries}
    judged = ranking.judge_questions(analyser, whole, [(u.text, rights(u, support)) for u in dev], expect)
    edited = ranking.judge_questions(analyser, whole, [(u.text, frozenset(u.entries)) for u in dev], expect)
    doubts = [judge.nothing_to_answer(analyser.query(analyser.normalise(question.text))) for question in judged]
    learned = kept or ranking.choose_trust(edited, learned)
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
