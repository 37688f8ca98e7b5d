"""Near-duplicate entries: asked alike, and each says most of what the other says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from kb.curation.watch.claims import Claims, apart, fold
from kb.curation.watch.contradictions import Comparer, worth_comparing
from kb.curation.watch.grams import GramReader, Grams
from kb.curation.watch.nearby import Pair
from kb.curation.watch.subjects import side_of
from kb.curation.watch.types import Finding, Remedy, Span, Subject

SHORTEST_SAME = 2
Read = Callable[[str], Claims]


def duplicates(
    subjects: Mapping[str, Subject], pairs: Sequence[Pair], comparer: Comparer, read: Read
) -> Iterator[Finding]:
    """Yield neighbouring entries that say the same, contradicting pairs left out.

    Claims are read (`read`, by id) of those only that are worded alike, which are few.
    """
    rules, least = comparer.rules, comparer.rules.limits["duplicate"]
    known: dict[str, Grams] = {}
    for pair in pairs:
        if pair.asked < least["question"] or pair.answered < least["answer"]:
            continue
        one, other = subjects.get(pair.one), subjects.get(pair.other)
        if one is None or other is None or not comparable_length(one, other, least["length"]):
            continue
        alike = comparer.weigher.weights.alike(_said(one, known, rules.grams), _said(other, known, rules.grams))
        if alike >= least["covered"] and _goes_together(read(pair.one), read(pair.other), pair, comparer):
            yield _finding(one, other, alike)


def comparable_length(one: Subject, other: Subject, least: float) -> bool:
    """Whether two subjects are entries that hold together, the shorter at least so long (share of the longer)."""
    if {one.kind, other.kind} != {"entry"} or not worth_comparing(one, other):
        return False
    shorter, longer = sorted((len(one.text), len(other.text)))
    return shorter >= least * longer


def _goes_together(one: Claims, other: Claims, pair: Pair, comparer: Comparer) -> bool:
    return not apart(one.title_scopes, other.title_scopes) and (
        comparer.worst(one, other, pair, comparer.rules.limit("duplicate", "clash")) is None
    )


def _said(subject: Subject, known: dict[str, Grams], read: GramReader) -> Grams:
    found = known.get(subject.subject_id)
    if found is None:
        found = known[subject.subject_id] = read(fold(subject.text))
    return found


def _finding(one: Subject, other: Subject, alike: float) -> Finding:
    texts = one.text, other.text
    left, right = differing(*texts)
    return Finding(
        kind="duplicate",
        sides=(side_of(one, texts[0], left), side_of(other, texts[1], right)),
        why=f"问法相近，答案有 {alike:.0%} 相同",
        remedies=tuple(_remedies(one, other)),
        score=alike,
    )


def _remedies(one: Subject, other: Subject) -> Iterator[Remedy]:
    entries = [subject for subject in (one, other) if subject.kind == "entry"]
    if len(entries) == 2:
        for kept, gone in ((one, other), (other, one)):
            yield Remedy(
                action="merge",
                item_id=gone.subject_id,
                into=kept.subject_id,
                label=f"把 {gone.subject_id} 的问法并入 {kept.subject_id}",
            )
    for subject in entries:
        yield Remedy(action="edit", item_id=subject.subject_id, label=f"修改 {subject.subject_id}")
        yield Remedy(action="withdraw", item_id=subject.subject_id, label=f"下线 {subject.subject_id}")
    yield Remedy(action="dismiss", item_id=one.subject_id, label="不是问题")


def differing(one: str, other: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return the spans of each text that the other does not have; equal stretches of two characters and more count."""
    left, right, ends = [], [], (0, 0)
    for a, b, size in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        if 0 < size < SHORTEST_SAME:
            continue
        left.append(Span(start=ends[0], end=a))
        right.append(Span(start=ends[1], end=b))
        ends = (a + size, b + size)
    return tuple(s for s in left if s.end > s.start), tuple(s for s in right if s.end > s.start)
