"""Paragraphs and phrases that copying and slides repeated."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ingest.clean.line import Line

MIN_REPEATED = 25
_MARKS = re.compile(r"[\s，。、；：！？,.;:!?（）()“”\"'《》【】\-—]")
_SENTENCE_END = re.compile(r"(?<=[。！？!?])")
_DIGEST = re.compile(r"[【\[]?(?:摘要|内容提要|导读)[】\]]?\s*[:：]")
_STUTTER = re.compile(r"((?:[^,，。；;！？\n]{4,30}[,，]){1,3})\1+")
_SPEAKER = re.compile(r"^[\u4e00-\u9fff]{2,6}\s*[:：]")


def without_repeats(lines: Sequence[Line]) -> list[Line]:
    """Drop long paragraphs seen before, lines that repeat the one above, digests of the text's own sentences."""
    prose = [line.text for line in lines if line.is_prose]
    digested = any(_DIGEST.match(text) for text in prose)
    counts = Counter(sentence for text in prose for sentence in _sentences(text)) if digested else Counter()
    seen: set[str] = set()
    kept: list[Line] = []
    for line in lines:
        key = _MARKS.sub("", line.text)
        if line.is_prose and (_repeats(line, key, seen, kept) or _is_digest(line.text, counts)):
            continue
        seen.add(key)
        kept.append(line.with_text(_STUTTER.sub(r"\1", line.text)) if line.is_prose else line)
    return kept


def _repeats(line: Line, key: str, seen: set[str], kept: Sequence[Line]) -> bool:
    if not key or _SPEAKER.match(line.text):
        return False
    above = _MARKS.sub("", kept[-1].text) if kept else ""
    return key == above or (len(key) >= MIN_REPEATED and key in seen)


def _sentences(text: str) -> list[str]:
    return [_MARKS.sub("", s) for s in _SENTENCE_END.split(text) if s.endswith(("。", "！", "？", "!", "?"))]


def _is_digest(text: str, counts: Counter[str]) -> bool:
    """Whether a line is marked as a digest and all its sentences stand elsewhere too."""
    label = _DIGEST.match(text)
    if not label:
        return False
    sentences = _sentences(text[label.end() :])
    return len(sentences) >= 2 and sum(counts[s] > 1 or _inside(s, counts) for s in sentences) >= len(sentences) - 1


def _inside(sentence: str, counts: Counter[str]) -> bool:
    return any(sentence != other and sentence in other for other in counts)
