"""Any order of steps and clock moves: what may be answered is what a model of a few lines says, on every path."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, cast

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assistant.suggest import pipeline
from assistant.suggest.compose import nearby_titles
from assistant.suggest.pipeline import Assistant
from kb.curation.library import Candidate, Library
from kb.curation.lifecycle import Ref
from kb.domain.errors import EditConflict
from kb.domain.knowledge import Branch, Entry, Release
from kb.domain.validity import Scope, Validity
from kb.index import growth
from kb.index.lexical import TantivyIndex
from kb.index.vector import JoinedVectors
from kb.search.query import Query, prepare
from kb.search.retrieve import ANSWERABLE, Retriever
from tests.assistant.editing.conftest import LI, WANG, Office

ITEMS = ("甲", "乙", "丙")
SIGNS = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏"
SPANS = (Validity(), Validity(valid_to=dt.date(2026, 11, 24)), Validity(valid_from=dt.date(2026, 11, 24)))
Maker = Callable[[ExitStack, Path, Path], Office]
pytestmark = pytest.mark.slow


@dataclass
class Told:
    """What the model keeps of one version."""

    entry: Entry | None
    open: bool = True
    due: dt.datetime | None = None


@dataclass
class Model:
    """Versions of every item and, for each release, which entry answers for it."""

    versions: dict[str, list[Told]] = field(default_factory=lambda: {item: [] for item in ITEMS})
    releases: list[dict[str, Entry]] = field(default_factory=lambda: [{}])

    def publish(self, now: dt.datetime) -> None:
        after = dict(self.releases[-1])
        changed = False
        for item, versions in self.versions.items():
            ready = [n for n, told in enumerate(versions) if told.open and told.due is not None and told.due <= now]
            if not ready:
                continue
            changed = True
            for told in versions[: ready[-1] + 1]:
                told.open = False
            self._place(after, item, versions[ready[-1]].entry)
        if changed:
            self.releases.append(after)

    def roll_back(self, number: int) -> None:
        now, then = self.releases[-1], self.releases[number]
        moved = [item for item in ITEMS if now.get(item) != then.get(item)]
        for item in moved:
            for told in self.versions[item]:
                told.open = False
            self.versions[item].append(Told(then.get(item), open=False))
        if moved:
            self.releases.append(dict(then))

    def allowed(self, number: int, day: dt.date) -> dict[str, Entry]:
        return {item: entry for item, entry in self.releases[number].items() if entry.validity.covers(day)}

    @staticmethod
    def _place(after: dict[str, Entry], item: str, entry: Entry | None) -> None:
        if entry is None:
            after.pop(item, None)
        else:
            after[item] = entry


class Curating(RuleBasedStateMachine):
    """Steps taken at a real desk and in the model alike."""

    make: ClassVar[Maker]

    @initialize()
    def start(self) -> None:
        self.stack = ExitStack()
        self.folder = Path(tempfile.mkdtemp())
        self.stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.office = type(self).make(self.stack, self.folder / "data", self.folder)
        self.model = Model()
        self.made: list[Entry] = []

    def teardown(self) -> None:
        self.stack.close()

    @rule(item=st.sampled_from(ITEMS), span=st.sampled_from(SPANS), other=st.sampled_from(ITEMS))
    def edit(self, item: str, span: Validity, other: str) -> None:
        sign = SIGNS[len(self.made) % len(SIGNS)] + SIGNS[(len(self.made) * 5 + 3) % len(SIGNS)] + str(len(self.made))
        new = Entry(
            entry_id=item, kind="标问", question=f"{item}的{sign}怎么办", phrasings=(f"怎样办{sign}",),
            branches=(Branch(answer=f"口径{sign}到此。"),), hints=(other,), validity=span,
        )  # fmt: skip
        versions = self.model.versions[item]
        assert self.office.desk.save(LI, new, expected=len(versions), reason="改") == len(versions) + 1
        versions.append(Told(new))
        self.made.append(new)

    @rule(item=st.sampled_from(ITEMS))
    def edit_what_is_old(self, item: str) -> None:
        if self.model.versions[item] and self.made:
            old = Entry(entry_id=item, kind="标问", question="旧的底稿", branches=(Branch(answer="不应出现"),))
            with pytest.raises(EditConflict):
                self.office.desk.save(LI, old, expected=len(self.model.versions[item]) - 1, reason="改")

    @rule(item=st.sampled_from(ITEMS), days=st.sampled_from([0, 0, 1, 3]))
    def approve(self, item: str, days: int) -> None:
        versions = self.model.versions[item]
        if not versions or not versions[-1].open or versions[-1].due is not None:
            return
        ref = Ref(kind="entry", item_id=item, version=len(versions))
        at = self.office.clock.now() + dt.timedelta(days=days)
        assert self.office.desk.submit(LI, [ref])[0].error is None
        assert self.office.desk.approve(WANG, [ref], publish_at=at)[0].error is None
        versions[-1].due = at

    @rule()
    def publish(self) -> None:
        self.office.desk.publish(WANG)
        self.model.publish(self.office.clock.now())

    @rule(item=st.sampled_from(ITEMS), span=st.sampled_from(SPANS), other=st.sampled_from(ITEMS))
    def issue(self, item: str, span: Validity, other: str) -> None:
        self.edit(item, span, other)
        self.approve(item, 0)
        self.publish()

    @rule(item=st.sampled_from(ITEMS), now=st.booleans())
    def withdraw(self, item: str, now: bool) -> None:
        versions = self.model.versions[item]
        if not versions or versions[-1].entry is None:
            return
        for told in versions:
            told.due = None
        if now:
            self.office.desk.withdraw_now(WANG, item, reason="错")
            for told in versions:
                told.open = False
            versions.append(Told(None, open=False))
            self.model.releases.append({k: v for k, v in self.model.releases[-1].items() if k != item})
        else:
            self.office.desk.withdraw(LI, item, expected=len(versions), reason="不用了")
            versions.append(Told(None))

    @rule(item=st.sampled_from(ITEMS), pick=st.integers(0, 30))
    def restore(self, item: str, pick: int) -> None:
        versions = self.model.versions[item]
        whole = [n for n, told in enumerate(versions, 1) if told.entry is not None]
        if not whole:
            return
        number = whole[pick % len(whole)]
        self.office.desk.restore(LI, item, number, reason="恢复")
        versions.append(Told(versions[number - 1].entry))

    @precondition(lambda self: len(self.model.releases) > 1)
    @rule(pick=st.integers(0, 30))
    def roll_back(self, pick: int) -> None:
        number = pick % len(self.model.releases)
        self.office.desk.roll_back(WANG, number, reason="回滚")
        self.model.roll_back(number)

    @rule(days=st.integers(1, 3))
    def wait(self, days: int) -> None:
        self.office.clock.moment += dt.timedelta(days=days)
        if self.office.desk.publish_due() is not None:
            self.model.publish(self.office.clock.now())

    @precondition(lambda self: len(self.model.releases) > 1)
    @rule(pick=st.integers(0, 30), ahead=st.integers(-3, 3))
    def replay(self, pick: int, ahead: int) -> None:
        number = pick % len(self.model.releases)
        day = self.office.clock.now().date() + dt.timedelta(days=ahead)
        shelf = self.office.library.open(number)
        self.compare(self.office.over(shelf), number, day)

    @invariant()
    def the_same_may_be_answered(self) -> None:
        if not hasattr(self, "office"):
            return
        number, today = len(self.model.releases) - 1, self.office.clock.now().date()
        for day in (today, today + dt.timedelta(days=2), today):
            self.compare(self.office.assistant, number, day)

    def compare(self, assistant: Assistant, number: int, day: dt.date) -> None:
        allowed = self.model.allowed(number, day)
        for entry in self.made:
            held = allowed.get(entry.entry_id) == entry
            for said in (entry.question, entry.branches[0].answer):
                found = assistant.suggest(said, as_of=day.isoformat(), explain=True)
                assert found.release == number
                check(asdict(found), allowed, self.made, said)
                assert not held or entry.entry_id in {c.entry_id for c in found.candidates or ()}
        retriever = assistant._shelf().retriever
        for said in (*(f"{item}怎么办" for item in ITEMS), *(entry.question for entry in self.made[-4:])):
            pool = retriever.pool(prepare(said, retriever.analyser), Scope(as_of=day), ANSWERABLE)
            items = retriever._snapshot.table.items
            sides = [*pool.lexical.values(), dict.fromkeys(pool.items, 0.0), dict.fromkeys(pool.exact, 0.0)]
            assert {items[number].item_id for side in sides for number in side} <= set(allowed)


def check(found: dict[str, Any], allowed: dict[str, Entry], made: list[Entry], said: str) -> None:
    """Nothing in a suggestion names or quotes what may not be answered."""
    named = [*found["answers"], *(found["candidates"] or ()), *found["nearby"], *found["hints"]]
    assert {one["entry_id"] for one in named} <= set(allowed)
    shown = json.dumps([{k: v for k, v in one.items() if k != "why"} for one in named], ensure_ascii=False)
    for entry in made:
        if allowed.get(entry.entry_id) != entry:
            assert entry.branches[0].answer not in shown, said
            assert entry.question not in shown, said


SETTINGS = settings(
    max_examples=20, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@pytest.mark.parametrize("share", [growth.MAX_DEAD_SHARE, 1_000.0], ids=["rebuilt", "grown"])
def test_what_may_be_answered_is_what_the_model_says(
    open_office: Maker, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of so few entries every index is built anew, unless growing is allowed whatever dies."""
    monkeypatch.setattr(growth, "MAX_DEAD_SHARE", share)
    Curating.make = staticmethod(open_office)
    run_state_machine_as_test(Curating, settings=SETTINGS)


def forget_at_the_start(patch: pytest.MonkeyPatch, kept: dict[Any, Any]) -> None:
    """Empty a cache with each new sequence of steps, so that what fails once fails again."""
    made = Model.__init__

    def afresh(self: Model) -> None:
        kept.clear()
        made(self)

    patch.setattr(Model, "__init__", afresh)


def no_lexical_filter(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(TantivyIndex, "_conditions", lambda _self, _want: [])
    patch.setattr(TantivyIndex, "_mask", lambda _self, _want: None)


def no_dense_filter(patch: pytest.MonkeyPatch) -> None:
    search = JoinedVectors.search
    patch.setattr(JoinedVectors, "search", lambda self, vector, _allowed, k: search(self, vector, everything(self), k))


def everything(vectors: JoinedVectors) -> npt.NDArray[np.bool_]:
    return np.ones(vectors.size, dtype=np.bool_)


def no_exact_filter(patch: pytest.MonkeyPatch) -> None:
    def found(self: Retriever, query: Query, _allowed: object) -> list[int]:
        return self._snapshot.exact.find(query.text)

    patch.setattr(Retriever, "_exact_items", found)


def a_cache_that_knows_no_day(patch: pytest.MonkeyPatch) -> None:
    made = Retriever.__init__

    def init(self: Retriever, *given: Any) -> None:
        made(self, *given)
        kept: dict[Query, Any] = {}
        fresh = self._find_hits
        self._hits = lambda query, scope: kept.setdefault(query, fresh(query, scope))  # type: ignore[assignment]

    patch.setattr(Retriever, "__init__", init)


def a_cache_that_outlives_a_release(patch: pytest.MonkeyPatch) -> None:
    kept: dict[tuple[Query, Scope], Any] = {}
    forget_at_the_start(patch, kept)
    fresh = Retriever._find_hits

    def remembered(self: Retriever, query: Query, scope: Scope) -> Any:
        hits = kept.setdefault((query, scope), fresh(self, query, scope))
        whole = len(self._snapshot.table.items)
        return hits if all(item < whole for item in hits.nearest) else fresh(self, query, scope)

    patch.setattr(Retriever, "_find_hits", remembered)


def no_filter_of_hints(patch: pytest.MonkeyPatch) -> None:
    goals = pipeline._goals
    wide = SimpleNamespace(admits=lambda *_given: True)
    patch.setattr(pipeline, "_goals", lambda shown, catalogue, _scope: goals(shown, catalogue, cast("Any", wide)))


def titles_that_stay(patch: pytest.MonkeyPatch) -> None:
    kept: dict[str, Any] = {}
    forget_at_the_start(patch, kept)

    def staying(answers: Any, shown: set[str]) -> Any:
        kept.update({one.question: one for one in nearby_titles(answers, shown)})
        return tuple(kept.values())

    patch.setattr(pipeline, "nearby_titles", staying)


def what_is_gone_stays_in_the_index(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(growth, "MAX_DEAD_SHARE", 1_000.0)
    patch.setattr(growth, "_dead", lambda _snapshot, _gone: np.zeros(0, dtype=np.int64))


def the_old_shelf_stays(patch: pytest.MonkeyPatch) -> None:
    commit = Library.commit

    def kept(self: Library, candidate: Candidate) -> Release:
        before = self._shelf
        done = commit(self, candidate)
        self._shelf = before
        return done

    patch.setattr(Library, "commit", kept)


@pytest.mark.parametrize(
    "broken",
    [
        no_lexical_filter, no_dense_filter, no_exact_filter, a_cache_that_knows_no_day, a_cache_that_outlives_a_release,
        no_filter_of_hints, titles_that_stay, what_is_gone_stays_in_the_index, the_old_shelf_stays,
    ],
)  # fmt: skip
def test_the_model_notices_every_path_that_leaks(
    open_office: Maker, broken: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each filter taken away, each cache kept too long: some sequence of steps turns red."""
    broken(monkeypatch)
    Curating.make = staticmethod(open_office)
    once = settings(SETTINGS, phases=[Phase.generate], report_multiple_bugs=False, max_examples=60)
    with pytest.raises((AssertionError, KeyError, IndexError)):
        run_state_machine_as_test(Curating, settings=once)
