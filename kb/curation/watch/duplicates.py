"""Near-duplicate entries: asked alike, and each says most of what the other says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from kb.curation.watch.claims import apart, fold
from kb.curation.watch.judging import Judged
from kb.curation.watch.rules import WatchRules
from kb.curation.watch.subjects import side_of
from kb.curation.watch.types import Finding, Remedy, Span, Subject
from kb.curation.watch.weights import Weights

SHORTEST_SAME = 2


def duplicates(judged: Iterable[Judged], rules: WatchRules, weights: Weights) -> Iterator[Finding]:
    """Yield entries that say the same among judged pairs; what contradicts each other is left out."""
    least = rules.limits["duplicate"]
    for pair in judged:
        if pair.repeats < least["sure"] or pair.contradicts >= least["clash"]:
            continue
        one, other = pair.one.subject, pair.other.subject
        if one.kind == other.kind == "entry" and not apart(pair.one.title_scopes, pair.other.title_scopes):
            alike = weights.alike(rules.grams(fold(one.text)), rules.grams(fold(other.text)))
            yield _finding(one, other, alike, pair.repeats)


def _finding(one: Subject, other: Subject, alike: float, score: float) -> Finding:
    texts = one.text, other.text
    left, right = differing(*texts)
    return Finding(
        kind="duplicate",
        sides=(side_of(one, texts[0], left), side_of(other, texts[1], right)),
        why=f"问法相近，答案有 {alike:.0%} 相同",
        remedies=tuple(_remedies(one, other)),
        score=score,
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
