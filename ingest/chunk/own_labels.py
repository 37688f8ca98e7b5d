"""Another company's categories: a file mostly labelled in its own way keeps that; a stray unknown label is a slip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from ingest.chunk import fields
from ingest.chunk.context import Context
from ingest.types import Finding

MOSTLY = 0.5
SHOWN = 8


def label_policy(context: Context, labels: Iterable[str]) -> tuple[Context, tuple[Finding, ...]]:
    """Return the context to read `labels` with.

    When more than half of them are unknown, the file follows a classification of its own: everything is accepted, with
    one warning that names the labels. Otherwise unknown labels stay errors, because they are slips.
    """
    counts = Counter(labels)
    strange = [name for name in counts if not _known(context, name)]
    if sum(counts[name] for name in strange) <= MOSTLY * sum(counts.values()):
        return context, ()
    named = "、".join(strange[:SHOWN]) + ("…" if len(strange) > SHOWN else "")
    warning = context.finding(
        "own_categories",
        f"这份文件用的是自己的分类（{named}），已原样保留",
        hint="需要并入标准分类时，可先在表里改成标准分类的名称",
        severity="warning",
    )
    return replace(context, categories=frozenset()), (warning,)


def _known(context: Context, name: str) -> bool:
    try:
        fields.categories(name, context.categories)
    except fields.UnknownValue:
        return False
    return True
