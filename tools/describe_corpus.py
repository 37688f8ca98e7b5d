"""What the bundled knowledge and its utterances hold: counts, and a seeded draw to read. A page of docs/reference."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from kb.domain.knowledge import Entry
from tools.corpus.spoken import spoken_phrasings
from tools.train import sources

SEED = 20261122
ENTRIES, UTTERANCES = 20, 40
SETS = {"训练": "train", "开发": "dev", "测试": "test"}


def corpus_sections() -> list[str]:
    """Return the page's parts in Markdown."""
    entries, clauses = sources.entries(), sources.clauses()
    said = spoken_phrasings(sources.UTTERANCES, (text for e in entries for text in (e.question, *e.phrasings)))
    calls = {name: _calls(key) for name, key in SETS.items()}
    written = sum(len(entry.phrasings) for entry in entries)
    spoken = sum(len(texts) for texts in said.values())
    cited = sum(len(sources.cited_clauses(entry, clauses)) for entry in entries)
    lists = sorted(len(entry.phrasings) + len(said.get(entry.entry_id, ())) for entry in entries)
    return [
        (
            f"{len(entries)} 条典型问答；相似问 {written} 条手写，另有 {spoken} 条取自训练用的来电说法"
            f"（每条答案 {lists[0]}～{lists[-1]} 条，中位数 {lists[len(lists) // 2]}）。"
        ),
        f"{len(clauses.cited)} 条制度条款；问答引用条款 {cited} 处，测试逐条核对存在。",
        "## 典型问答，按类别",
        _table(("类别", "条数"), Counter(entry.categories[0] for entry in entries).most_common()),
        "## 典型问答，按主题",
        _inline(Counter(entry.topics[0] for entry in entries)),
        "## 来电说法",
        _table(("集合", "句数", "有答案", "没有可答", "要工单"), [_sizes(name, rows) for name, rows in calls.items()]),
        *_by("通话类型", {name: Counter(call.call_type for call in rows) for name, rows in calls.items()}),
        *_by("说法风格", {name: Counter(call.style for call in rows) for name, rows in calls.items()}),
        *_by("首个类别", {name: Counter(call.categories[0] for call in rows) for name, rows in calls.items()}),
        f"## 抽样：{ENTRIES} 条问答（种子 {SEED}）",
        *_drawn_entries(entries),
        f"## 抽样：{UTTERANCES} 句来电（种子 {SEED}，训练、开发集）",
        _drawn_calls([*calls["训练"], *calls["开发"]]),
    ]


def _calls(key: str) -> list[sources.Utterance]:
    if key == "train":
        return sources.training_utterances()
    return sources.utterances(sources.GOLD / f"{key}.jsonl")


def _sizes(name: str, rows: Sequence[sources.Utterance]) -> Sequence[object]:
    answered = sum(bool(call.entries) for call in rows)
    nothing = sum(call.rule in ("N04", "N05", "N07", "W15", "W16") for call in rows)
    return (
        name,
        len(rows),
        answered,
        f"{nothing}（{nothing / len(rows):.0%}）",
        sum(call.rule[0] == "W" for call in rows),
    )


def _by(title: str, counts: Mapping[str, Counter[str]]) -> Iterable[str]:
    labels = sorted({label for counter in counts.values() for label in counter}, key=lambda x: (-counts["训练"][x], x))
    yield f"### {title}"
    yield _table((title, *counts), [(label, *(counter[label] for counter in counts.values())) for label in labels])


def _drawn_entries(entries: Sequence[Entry]) -> Iterable[str]:
    for entry in random.Random(SEED).sample(list(entries), ENTRIES):
        answers = "\n".join(f"> {_facts(branch.when)}{branch.answer}\n>" for branch in entry.branches)
        said = "；".join(entry.phrasings[:4])
        named = "；".join(source.document for source in entry.sources)
        yield f"**{entry.entry_id} {entry.question}**（{said}…）\n\n{answers}\n\n来源：{named}"


def _facts(when: Mapping[str, str]) -> str:
    return "、".join(f"{name}＝{option}" for name, option in when.items()) + "：" if when else ""


def _drawn_calls(calls: Sequence[sources.Utterance]) -> str:
    drawn = random.Random(SEED).sample(list(calls), UTTERANCES)
    rows = [(c.text, c.call_type, c.categories[0], c.rule, "、".join(c.entries) or "—", c.style) for c in drawn]
    return _table(("来电", "类型", "类别", "规则", "知识", "风格"), rows)


def _inline(counter: Counter[str]) -> str:
    return "　".join(f"{label} {count}" for label, count in sorted(counter.items()))


def _table(columns: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines
    )
