"""Small knowledge for the watchers: subjects in one line each, and two of them compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from kb.curation.encoders import EncoderChoice, choose_encoder
from kb.curation.watch.claims import ClaimReader, Claims, fold
from kb.curation.watch.comparing import Comparer
from kb.curation.watch.contradictions import finding_of
from kb.curation.watch.duplicates import duplicates
from kb.curation.watch.judging import Judged, Judging, worth_comparing
from kb.curation.watch.meaning import Meaning
from kb.curation.watch.nearby import Pair
from kb.curation.watch.profiles import Profiler
from kb.curation.watch.rules import WatchRules, load_watch_rules
from kb.curation.watch.types import Finding, Statement, Subject
from kb.curation.watch.weighing import Weigher
from kb.curation.watch.weights import Weights
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import load_analyser

RULES: WatchRules = load_watch_rules(RuleFiles())
MEANING = Meaning(choose_encoder(EncoderChoice(), load_analyser(RuleFiles()), []).encode)
NEAR = 0.8
COMMON = (
    "请您到营业厅或者网上国网申请，我为您登记。",
    "如果有疑问，请提供户号，我核实身份后帮您查询。",
    "工作人员会与您联系。",
    "供电公司按规定办理。",
    "请您放心，我马上为您派单。",
    "具体以当地营业厅告知为准。",
)


def subject(subject_id: str, title: str, *texts: str, **more: Any) -> Subject:
    statements = tuple(Statement(text=text) for text in texts)
    return Subject(subject_id=subject_id, kind=more.pop("kind", "entry"), title=title, statements=statements, **more)


def _weights(*subjects: Subject) -> Weights:
    return Weights(RULES.grams(fold(text)) for text in (*COMMON, *(one.text for one in subjects)))


def clash(one: Subject, other: Subject, near: float = NEAR) -> list[Finding]:
    """What two neighbours' clauses alone say surely enough: the surest clash, as it would be shown."""
    if not worth_comparing(one, other):
        return []
    read = reading(one, other)
    mine, yours = read(one.subject_id), read(other.subject_id)
    pair = Pair(one=one.subject_id, other=other.subject_id, asked=near, answered=near, told=near)
    found = max(comparer(one, other).surest(mine, yours, pair).values(), key=lambda each: each.score, default=None)
    if found is None or found.score < RULES.limit("contradiction", "guards"):
        return []
    return [finding_of(mine, yours, found, found.score)]


def judged(one: Subject, other: Subject, asked: float = 0.85, answered: float = 0.9, told: float = 0.8) -> list[Judged]:
    """What the judges say of two neighbours."""
    pair = Pair(one=one.subject_id, other=other.subject_id, asked=asked, answered=answered, told=told)
    judging = Judging(
        comparer=comparer(one, other),
        profiler=Profiler(RULES, MEANING),
        subjects=by_id(one, other),
        read=reading(one, other),
    )
    return judging([pair])


def same(one: Subject, other: Subject) -> list[Finding]:
    """What the duplicate finder says of two neighbours."""
    return list(duplicates(judged(one, other), RULES, _weights(one, other)))


def comparer(*subjects: Subject) -> Comparer:
    return Comparer(rules=RULES, weigher=Weigher(_weights(*subjects), RULES.scales, MEANING))


def by_id(*subjects: Subject) -> dict[str, Subject]:
    return {subject.subject_id: subject for subject in subjects}


def reading(*subjects: Subject) -> Callable[[str], Claims]:
    read = ClaimReader(RULES)
    return {subject.subject_id: read(subject) for subject in subjects}.__getitem__


def unit(*values: float) -> Any:
    row = np.array(values, dtype=np.float32)
    return row / np.linalg.norm(row)
