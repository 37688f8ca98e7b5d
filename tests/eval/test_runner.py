"""Running a set: what is asked, what is kept, and that failures are counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count

import pytest

from eval.errors import BadArgument, GoldEmpty
from eval.fakes import Reply, TableSuggester
from eval.gold import GoldSet
from eval.measures import figures
from eval.outcome import outcome_of
from eval.runner import Run, run
from kb.domain.suggestion import Suggester, Suggestion


@dataclass(frozen=True, slots=True)
class Recorder:
    """Passes on, and remembers what it was asked."""

    inner: Suggester
    calls: list[tuple[str, object, str | None, bool]] = field(default_factory=list)

    def suggest(
        self, text: str, *, facts: Mapping[str, str] | None = None, as_of: str | None = None, explain: bool = False
    ) -> Suggestion:
        self.calls.append((text, facts, as_of, explain))
        return self.inner.suggest(text, facts=facts, as_of=as_of, explain=explain)


@dataclass(frozen=True, slots=True)
class Publishing:
    """A base that somebody publishes to after every question."""

    inner: TableSuggester
    numbers: count[int]

    def suggest(
        self, text: str, *, facts: Mapping[str, str] | None = None, as_of: str | None = None, explain: bool = False
    ) -> Suggestion:
        return replace(self.inner.suggest(text, explain=explain), release=next(self.numbers))


def test_run_knows_what_it_measured(done: Run, gold: GoldSet) -> None:
    assert done.run_id == "20250301-093000-小题集-r7"
    assert (done.release, done.set_hash, len(done.outcomes)) == (7, gold.hash, len(gold.questions))
    assert done.settings == {"encoder": "tfidf"}
    assert done.code_version
    assert "Python" in done.machine
    assert done.errors == ()


def test_questions_are_asked_as_an_agent_would(gold: GoldSet, suggester: TableSuggester) -> None:
    recorder = Recorder(suggester)
    progress: list[tuple[int, int]] = []
    run(recorder, gold, progress=lambda done, total: progress.append((done, total)))
    assert recorder.calls[2] == (gold.questions[2].text, None, "2023-08-01", True)
    assert progress == [(i, len(gold.questions)) for i in range(1, len(gold.questions) + 1)]


def test_outcome_keeps_ranking_hidden_by_band_low(done: Run) -> None:
    hidden = done.outcomes[4]
    assert hidden.band == "low"
    assert hidden.shown == ()
    assert hidden.ranked == ("E1",)
    second = done.outcomes[12]
    assert (second.rank, second.shown[0].entry_id, second.shown[0].excerpt) == (2, "E1", "答案 E1")


def test_without_candidates_the_answers_are_the_ranking(gold: GoldSet, suggester: TableSuggester) -> None:
    plain = suggester.suggest(gold.questions[0].text)
    assert outcome_of(gold.questions[0], plain, 1.0).ranked == ("E1", "E0")


def test_failures_are_counted_against_every_measure(gold: GoldSet, suggester: TableSuggester) -> None:
    failing = replace(suggester, replies={**suggester.replies, gold.questions[3].text: Reply(fails="索引坏了")})
    made = run(failing, gold)
    assert [outcome.question.id for outcome in made.errors] == ["q04"]
    assert made.errors[0].error == "kb.not_found：索引坏了"
    before = {figure.name: figure for figure in figures(run(suggester, gold).outcomes)}
    after = {figure.name: figure for figure in figures(made.outcomes)}
    assert after["errors"].value == 1
    for name in ("hit@1", "call_type_accuracy", "category_accuracy", "work_order_recall", "answer_rate"):
        assert (after[name].value or 0) < (before[name].value or 0), name
        assert after[name].n == before[name].n, name


def test_a_system_that_always_fails_scores_nothing(gold: GoldSet) -> None:
    made = run(TableSuggester(replies={}, default=Reply(fails="坏了")), gold)
    values = {figure.name: figure.value for figure in figures(made.outcomes)}
    assert (made.release, len(made.errors)) == (None, len(gold.questions))
    assert (values["hit@1"], values["no_answer_rate"], values["call_type_accuracy"]) == (0.0, 0.0, 0.0)
    assert values["ece"] is None
    assert values["took_p50"] is None


@pytest.mark.parametrize("confidence", [1.2, -0.1, float("nan")])
def test_a_confidence_that_is_no_probability_is_a_failure(gold: GoldSet, confidence: float) -> None:
    broken = TableSuggester(replies={}, default=Reply(ranked=(("E1", confidence),), band="high"))
    made = run(broken, gold)
    assert made.errors[0].error is not None
    assert made.errors[0].error.startswith(BadArgument.code)


def test_publishing_meanwhile_is_noticed(gold: GoldSet, suggester: TableSuggester) -> None:
    made = run(Publishing(suggester, count(1)), replace(gold, questions=gold.questions[:3]))
    assert made.releases == (1, 2, 3)


def test_an_empty_set_is_refused(gold: GoldSet, suggester: TableSuggester) -> None:
    with pytest.raises(GoldEmpty, match="小题集"):
        run(suggester, replace(gold, questions=()))
