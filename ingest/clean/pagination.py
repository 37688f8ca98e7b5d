"""Page numbers that cut sentences: 「…应借助\\n\\n2、电话、网络…」, 「— 3 —」, 「第 3 页 / 共 51 页」."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import mean

from ingest.clean.line import Line
from ingest.rulebook import pattern

TAIL = 80
MIN_PAGE = 40
LONG_PAGE = 120
CUT_SHARE = 0.6
MIN_BARE_RUN = 3


def is_cut(text: str) -> bool:
    """Whether a line ends in the middle of a sentence."""
    end = text[-TAIL:].rstrip()
    return (
        bool(end) and not pattern("cleaning", "lines_break", "terminal").search(end) and end[-1] not in "）)”』」】》"
    )


def without_page_numbers(lines: Sequence[Line]) -> list[Line]:
    """Drop page numbers on lines of their own and page markers in front of lines; join the sentences they cut."""
    return _without_markers(_without_lone_numbers(list(lines)))


def _without_lone_numbers(lines: list[Line]) -> list[Line]:
    lone = pattern("cleaning", "pages", "alone")
    bare = _bare_page_numbers(lines)
    kept: list[Line] = []
    skipped = False
    for index, line in enumerate(lines):
        if line.is_prose and (lone.match(line.text) or index in bare):
            skipped = True
        elif skipped and kept and _joinable(kept[-1], line):
            kept[-1] = kept[-1].with_text(kept[-1].text.rstrip() + line.text.lstrip())
            skipped = False
        else:
            kept.append(line)
            skipped = False
    return kept


def _joinable(above: Line, line: Line) -> bool:
    starts = pattern("cleaning", "lines_break", "starts")
    heading = pattern("cleaning", "lines_break", "heading")
    return (
        above.is_prose
        and line.is_prose
        and is_cut(above.text)
        and not starts.search(line.text.lstrip())
        and not heading.search(above.text.strip())
    )


def _bare_page_numbers(lines: list[Line]) -> frozenset[int]:
    """Tell bare numbers that are page numbers: they rise by one, at least three of them, with text between."""
    bare = pattern("cleaning", "pages", "bare")
    found = [(i, int(m[1])) for i, line in enumerate(lines) if line.is_prose and (m := bare.match(line.text))]
    runs: list[list[tuple[int, int]]] = []
    for index, number in found:
        if runs and number == runs[-1][-1][1] + 1 and index > runs[-1][-1][0] + 1:
            runs[-1].append((index, number))
        else:
            runs.append([(index, number)])
    return frozenset(index for run in runs if len(run) >= MIN_BARE_RUN for index, _ in run)


def _without_markers(lines: list[Line]) -> list[Line]:
    run = marker_run(lines)
    if not run:
        return lines
    marker = pattern("cleaning", "pages", "marker")
    kept: list[Line] = []
    for index, line in enumerate(lines):
        if index not in run:
            kept.append(line)
            continue
        text = marker.sub("", line.text, count=1)
        if kept and kept[-1].is_prose and is_cut(kept[-1].text) and index != min(run):
            kept[-1] = kept[-1].with_text(kept[-1].text.rstrip() + text)
        else:
            kept.append(line.with_text(text))
    return kept


def marker_run(lines: Sequence[Line]) -> frozenset[int]:
    """Return the lines whose leading 「N、」 is a page number, not a list number.

    Page markers count up by one over long stretches and mostly follow a sentence that was cut; items of a list are
    short, or end with their sentence.
    """
    run = _rising(lines)
    if len(run) < 2:
        return frozenset()
    bounds = [*run, len(lines)]
    sizes = [sum(len(line.text) for line in lines[a:b]) for a, b in pairwise(bounds)]
    cuts = [is_cut(lines[index - 1].text) for index in run[1:]]
    share = sum(cuts) / len(cuts)
    whole_sentences = all(re.search(r"[。，,；]", lines[index - 1].text) for index in run[1:])
    long_enough = mean(sizes[:-1]) >= LONG_PAGE or (mean(sizes[:-1]) >= MIN_PAGE and share == 1 and whole_sentences)
    return frozenset(run) if share >= CUT_SHARE and long_enough else frozenset()


def _rising(lines: Sequence[Line]) -> list[int]:
    """Return the lines that carry 1、2、3、… in turn, preferring those after a cut sentence."""
    marker = pattern("cleaning", "pages", "marker")
    numbered = [(i, int(m[1])) for i, line in enumerate(lines) if line.is_prose and (m := marker.match(line.text))]
    start = next((i for i, number in numbered if number == 1), None)
    if start is None:
        return []
    run, expected = [start], 2
    while True:
        later = [i for i, number in numbered if number == expected and i > run[-1]]
        if not later:
            return run
        run.append(next((i for i in later if is_cut(lines[i - 1].text)), later[0]))
        expected += 1
