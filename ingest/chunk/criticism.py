"""Cases become guards: what the agent said wrongly, why, and what to say instead, from the case's own analysis."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.chunk.context import Context, Harvest
from ingest.chunk.dialogue import Case, take_cases
from ingest.ids import entry_id
from ingest.rulebook import pattern, rules
from ingest.types import Block, Finding
from kb.domain.knowledge import MAX_PHRASING, MAX_QUESTION, Entry, GuardText, Source

MIN_OVERLAP = 0.35
MIN_QUOTE = 6
MAX_UTTERANCE = 200
MAX_ANALYSIS = 2_000
_QUOTE = re.compile(r"[“\"「『]([^”\"」』]{6,})[”\"」』]")
_SENTENCE = re.compile(r"[^。！？!?]+[。！？!?]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing an agent said and the kind of fault its words show, if any."""

    utterance: str
    about: str = ""


def take_guards(context: Context, blocks: Sequence[Block]) -> tuple[list[Block], Harvest]:
    """Return the blocks outside bad examples, and the guards made of those examples."""
    found = take_cases(blocks)
    entries = {guard.entry_id: guard for case in found.cases for guard in guards_of(context, case)}
    findings = (unjudged(context, found.unjudged),) if found.unjudged else ()
    return found.rest, Harvest(entries=tuple(entries.values()), findings=findings)


def unjudged(context: Context, count: int) -> Finding:
    """Return the warning about dialogues nobody has judged: they might be right or wrong, so they are not loaded."""
    return context.finding(
        "unjudged_dialogue",
        f"有 {count} 段对话没有写出分析，分不清说得对不对，没有载入",
        hint="反面案例请加上「案例分析：」；好的说法请整理成标准问和答案",
        severity="warning",
    )


def guards_of(context: Context, case: Case) -> Iterator[Entry]:
    """Yield one guard per criticised utterance, at least one per case."""
    question, phrasings = asked(case)
    place = f"案例{case.number}：{case.title}" if case.number else case.title or question
    for fault in faults_of(case):
        if not fault.utterance:
            continue
        why = reason(case, fault)
        text = GuardText(
            utterance=fault.utterance, why=why, instead=advice(case, fault, why), analysis=remainder(case, why)
        )
        yield Entry(
            entry_id=entry_id(context.name, place + fault.utterance),
            kind="guard",
            question=question or fault.utterance,
            phrasings=phrasings,
            sources=(Source(document=context.head.title, locator=place),),
            region=context.head.region,
            visibility=context.head.visibility,
            validity=context.head.validity,
            guard=text,
        )


def asked(case: Case) -> tuple[str, tuple[str, ...]]:
    """Return what the customer asked, and the other questions of the same call."""
    empty, question, wants = (pattern("cases", "turns", name) for name in ("empty", "question", "wants"))
    said = [turn.text for turn in case.turns if not turn.agent and not empty.match(turn.text)]
    main = next((text for text in said if wants.search(text)), next(iter(said), ""))
    main = main or case.title or case.narrative
    others = [text for text in said if text != main and question.search(text)]
    if not said and case.narrative:
        others = [case.narrative[:MAX_PHRASING]]
    return main[:MAX_QUESTION], tuple(dict.fromkeys(text[:MAX_PHRASING] for text in others))


def faults_of(case: Case) -> list[Fault]:
    """Return the criticised utterances: by their words, by being quoted, or by what the analysis talks about."""
    spoken = list(dict.fromkeys(substance(turn.text) for turn in case.turns if turn.agent))
    spoken = [text for text in spoken if text]
    found = [fault for text in spoken if (fault := judged(case, text))]
    if found:
        return found
    if spoken:
        return [Fault(utterance=max(spoken, key=lambda text: overlap(text, " ".join(case.analysis))))]
    first = next((turn.text for turn in case.turns if turn.agent), "")
    return [Fault(utterance=(first or conduct(case))[:MAX_UTTERANCE])]


def substance(text: str) -> str:
    """Return an utterance without courtesy formulas."""
    return "".join(kept for s in _SENTENCE.findall(text) if (kept := without_formulas(s))).strip()[:MAX_UTTERANCE]


def without_formulas(sentence: str) -> str:
    """Return a sentence without the formulas it ends with; empty when it is nothing else."""
    formula = pattern("cases", "turns", "formula")
    if formula.match(sentence.strip()) and not re.search(r"[,，]", sentence):
        return ""
    clauses = re.split(r"(?<=[,，])", sentence)
    whole = len(clauses)
    while clauses and formula.match(clauses[-1].strip()):
        clauses.pop()
    text = "".join(clauses)
    return text if len(clauses) == whole else text.rstrip("，, ") + "。" if text else ""


def judged(case: Case, text: str) -> Fault | None:
    """Return an utterance as a fault when rules, quotation marks or the analysis point at it."""
    for fault in rules("cases")["faults"]:
        confirmed = not case.analysis or any(re.search(fault["about"], sentence) for sentence in case.analysis)
        if confirmed and re.search(fault["pattern"], text):
            return Fault(utterance=text, about=fault["about"])
    whole = " ".join(case.analysis)
    quoted = any(overlap(quote, text) > 0.6 for quote in _QUOTE.findall(whole))
    pointed = max((overlap(text, sentence) for sentence in case.analysis), default=0.0) >= MIN_OVERLAP
    return Fault(utterance=text) if quoted or pointed else None


def conduct(case: Case) -> str:
    """Return what the agent did, from a case told without dialogue."""
    agents = "|".join(rules("cases")["speakers"]["agent"])
    told = [s.strip() for s in _SENTENCE.findall(case.narrative) if re.search(agents, s)]
    return "".join(told) or case.narrative or case.title


def overlap(part: str, whole: str) -> float:
    """Return the share (0-1) of a text's character pairs that another text has too."""
    pairs = {part[i : i + 2] for i in range(len(part) - 1)}
    return sum(pair in whole for pair in pairs) / len(pairs) if pairs else 0.0


def reason(case: Case, fault: Fault) -> str:
    """Return the sentence of the analysis that says what was wrong."""
    if not case.analysis:
        return str(rules("cases")["fallback"]["why"])
    about = [s for s in case.analysis if fault.about and re.search(fault.about, s)]
    return max(about or case.analysis, key=lambda s: overlap(fault.utterance, s)) + "。"


def remainder(case: Case, why: str) -> str:
    """Return what the analysis says beside the reason, without a sentence that repeats the agent's words."""
    said = [turn.text for turn in case.turns if turn.agent]
    kept = [s + "。" for s in case.analysis if s + "。" != why and not quotes_any(s, said)]
    return "".join(kept)[:MAX_ANALYSIS]


def advice(case: Case, fault: Fault, why: str) -> str:
    """Return what to do instead: the analysis' own advice, else its reproach turned round; never the agent's words."""
    said = [turn.text for turn in case.turns if turn.agent]
    plain = [s for s in case.analysis if not quotes_any(s, said)]
    should = pattern("cases", "advice", "should")
    direct = sorted((s for s in plain if should.search(s)), key=lambda s: -overlap(why + fault.utterance, s))[:2]
    if direct:
        return "".join(advice_part(s) + "。" for s in plain if s in direct)
    here = next((i for i, s in enumerate(plain) if s + "。" == why), 0)
    nearest = sorted(range(len(plain)), key=lambda i: abs(i - here))
    turned = (turned_round(plain[i]) for i in nearest)
    return next((text + "。" for text in turned if text), str(rules("cases")["fallback"]["instead"]))


def advice_part(sentence: str) -> str:
    """Return the part of a sentence that says what to do, with the condition before it."""
    clauses = re.split(r"(?<=[,，])", sentence)
    should, condition = pattern("cases", "advice", "should"), pattern("cases", "advice", "condition")
    start = next((i for i, clause in enumerate(clauses) if should.search(clause)), 0)
    while start and condition.match(clauses[start - 1].strip()):
        start -= 1
    return until_stop(clauses[start:])


def until_stop(clauses: Sequence[str]) -> str:
    """Return clauses up to the one that goes back to what went wrong."""
    stop = pattern("cases", "advice", "stop")
    kept = [clause for i, clause in enumerate(clauses) if not any(stop.match(c.strip()) for c in clauses[1 : i + 1])]
    while len(kept) > 1 and pattern("cases", "advice", "dangling").match(kept[-1].strip()):
        kept.pop()
    return "".join(kept).rstrip("，, ")


def turned_round(sentence: str) -> str:
    """Return 「没有询问…」 as 「应询问…」, or an empty text when there is nothing to turn."""
    reproach, lacking = pattern("cases", "advice", "reproach"), pattern("cases", "advice", "lacking")
    if found := reproach.match(sentence):
        return until_stop(re.split(r"(?<=[,，])", f"应{found['how'] or ''}{sentence[found.end() :]}"))
    if found := lacking.match(sentence):
        return until_stop(re.split(r"(?<=[,，])", f"应使用{sentence[found.end() :]}"))
    return ""


def quotes_any(sentence: str, said: Sequence[str]) -> bool:
    """Whether a sentence repeats a stretch of what the agent said."""
    return any(text[i : i + MIN_QUOTE] in sentence for text in said for i in range(max(len(text) - MIN_QUOTE + 1, 0)))
