"""Knowledge bases of any size out of real texts: real entries first, then recombinations of different real sentences.

A recombined entry asks with two real questions joined, and answers with sentences of different real answers; no two
are alike. Its words are real but the vocabulary does not grow with the base, so that posting lists get longer than
natural ones: searching it is harder than searching as many real entries, never easier.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from eval.errors import BadArgument
from kb.domain.knowledge import MAX_QUESTION, Branch, Entry, FoundPassage
from kb.domain.validity import Validity

SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
SHORTEST = 6
PHRASINGS = 2
ANSWER_SENTENCES = 3
HOW = (
    "前 {real} 条为真实条目（典型问答 {entries}、条款 {clauses}）；其余 {mixed} 条由真实句子重新组合："
    "标准问与两句相似问各由两句不同的真实问法连成，答案由三句出自不同处的真实句子连成，互不相同。词汇不随规模增长，检索比同样多的真实条目更难。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Real texts: whole entries, how many of them were clauses, question-side texts, and single answer sentences."""

    entries: tuple[Entry, ...]
    clauses: int
    questions: tuple[str, ...]
    sentences: tuple[str, ...]

    def real(self, size: int) -> int:
        """Return how many entries of a base of `size` are real."""
        return min(size, len(self.entries))

    def statement(self, size: int) -> str:
        """Say in Chinese what a base of `size` is made of."""
        real = self.real(size)
        clauses = max(0, real - (len(self.entries) - self.clauses))
        return HOW.format(real=real, entries=real - clauses, clauses=clauses, mixed=size - real)


def material_of(entries: Iterable[Entry], passages: Iterable[FoundPassage]) -> Material:
    """Gather real texts; a passage becomes an entry asked by its heading, guards and expired texts stay out.

    Raises:
        BadArgument: fewer than two questions or answer sentences: nothing could be recombined.
    """
    asked = [replace(e, validity=Validity(), visibility="对外") for e in entries if e.kind != "guard"]
    clauses = [_as_entry(found) for found in passages]
    every = (*asked, *clauses)
    questions = dict.fromkeys(
        text.strip() for entry in every for text in (entry.question, *entry.phrasings) if len(text) <= MAX_QUESTION // 2
    )
    sentences = dict.fromkeys(
        part for entry in every for branch in entry.branches for part in sentences_in(branch.answer)
    )
    if len(questions) < 2 or len(sentences) < ANSWER_SENTENCES:
        raise BadArgument("文字太少，组不成知识库", hint="请给出更多文件，或不用 --texts")
    return Material(entries=every, clauses=len(clauses), questions=tuple(questions), sentences=tuple(sentences))


def sentences_in(text: str) -> list[str]:
    """Cut a text into sentences worth keeping."""
    return [part.strip() for part in SENTENCE.findall(text) if len(part.strip()) >= SHORTEST]


def entries_of(material: Material, size: int, *, seed: int = 95598) -> Iterator[Entry]:
    """Yield `size` different entries, the real ones first; the same seed gives the same entries.

    Raises:
        BadArgument: more entries than the questions can be paired to.
    """
    real = material.real(size)
    pairs = len(material.questions) * (len(material.questions) - 1) // 2
    if (size - real) * (1 + PHRASINGS) > pairs // 2:
        raise BadArgument(
            f"{len(material.questions)} 句问法组不成 {size} 条", hint="请减小 --sizes，或用 --texts 给更多文字"
        )
    for number, entry in enumerate(material.entries[:real]):
        yield replace(entry, entry_id=f"R{number:06d}", sources=(), hints=(), topics=())
    generator, used = random.Random(seed), set[tuple[int, int]]()  # noqa: S311 - texts, not secrets
    for number in range(real, size):
        question, *phrasings = (_pair(material.questions, generator, used) for _ in range(1 + PHRASINGS))
        yield Entry(
            entry_id=f"M{number:06d}",
            kind="标问",
            question=question,
            phrasings=tuple(phrasings),
            branches=(Branch(answer="".join(generator.sample(material.sentences, ANSWER_SENTENCES))),),
            categories=generator.choice(material.entries).categories,
        )


def fresh_question(material: Material, number: int, seed: int = 12398) -> str:
    """Return a question of three real ones, which no entry of `entries_of` holds."""
    return "，".join(random.Random(seed + number).sample(material.questions, 3))[:MAX_QUESTION]  # noqa: S311


def _pair(questions: Sequence[str], generator: random.Random, used: set[tuple[int, int]]) -> str:
    while True:
        first, second = generator.sample(range(len(questions)), 2)
        key = (min(first, second), max(first, second))
        if key not in used:
            used.add(key)
            return f"{questions[first].rstrip('。？！')}，{questions[second]}"


def _as_entry(found: FoundPassage) -> Entry:
    passage = found.passage
    question = (passage.heading or f"{found.document.title} {passage.locator}")[:MAX_QUESTION]
    return Entry(entry_id=passage.passage_id, kind="标问", question=question, branches=(Branch(answer=passage.text),))
