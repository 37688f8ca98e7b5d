"""Write docs/guide/finding.md: what each part brings and where it fails: `python -m tools.describe_finding`.

The ablation runs on the development calls; the plots and the forty worst queries come from the test calls, which nobody
chose anything by.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.ablation import PARTS, without
from assistant.cli.measuring import gold_set
from assistant.jobs import BUNDLED, ingest_and_publish
from assistant.runtime import Runtime, open_runtime
from assistant.settings import load_settings
from eval import plots
from eval.metrics.ece import reliability
from eval.metrics.risk_coverage import risk_coverage
from eval.outcome import Outcome
from eval.runner import Run, run
from eval.statistics import wilson
from eval.verdicts import confidence_rows
from kb.domain.suggestion import Answer, Suggestion
from kb.search.features import FEATURES
from kb.search.ranker import Ranker

PAGE, IMAGES, HEAD = Path("docs/guide/finding.md"), Path("docs/images"), Path("tools/train/finding_head.md")
WORST = 40


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write."""
    argparse.ArgumentParser(description=__doc__).parse_args(arguments)
    place = tempfile.TemporaryDirectory(prefix="zhida-finding-")
    with place as folder, open_runtime(load_settings(data=Path(folder)), write=True) as runtime:
        ingest_and_publish(runtime, [BUNDLED], note="bundled")
        ablation = ablation_rows(runtime)
        whole = run(runtime.assistant, gold_set("test"))
        worst = worst_rows(runtime, whole)
    confident = confidence_rows(whole.outcomes)
    for name, drawn in (
        (
            "finding-reliability",
            plots.reliability_plot(reliability(confident), "可靠性图：置信度与实际正确率（测试集）"),
        ),
        ("finding-risk", plots.risk_plot(risk_coverage(confident), "风险—作答比例曲线（测试集）")),
    ):
        (IMAGES / f"{name}.svg").write_text(drawn, encoding="utf-8")
    parts = [
        HEAD.read_text(encoding="utf-8").strip(),
        "## 每一部分带来多少",
        "开发集；逐一关掉一组特征，不重新训练，能互相替代的部分看起来不那么要紧。",
        table(("关掉", "首位命中", "95% 区间", "前三命中"), ablation),
        "## 置信度可信吗",
        "![可靠性图](../images/finding-reliability.svg)",
        "![风险—作答比例](../images/finding-risk.svg)",
        f"## 最差的 {WORST} 句（测试集）和原因",
        "按「给错的那条有多自信」排。原因由程序从特征得出：错的一条在哪几个特征上占了便宜。",
        table(("客户的话", "应答", "答成", "置信", "对的排第几", "原因"), worst),
    ]
    PAGE.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def ablation_rows(runtime: Runtime) -> list[tuple[str, ...]]:
    """Return (what is silenced, hit@1, interval, hit@3) on the development calls, everything first."""
    gold = gold_set("dev")
    only = {
        "只留词与二字组（BM25）": [n for n in FEATURES if not n.startswith(("words_", "bigrams_"))],
        "只留向量": [n for n in FEATURES if not n.startswith("dense_")],
    }
    asked: dict[str, Sequence[str]] = {
        "什么都不关": (),
        **{f"关掉{name}": part for name, part in PARTS.items()},
        **only,
    }
    rows: list[tuple[str, ...]] = []
    for label, silent in asked.items():
        found = run(without(runtime, silent), gold)
        hits = [outcome for outcome in found.outcomes if outcome.question.entries]
        first, three = (sum(_rank(outcome) < limit for outcome in hits) for limit in (1, 3))
        low, high = wilson(first, len(hits))
        rows.append((label, f"{first / len(hits):.3f}", f"{low:.3f}–{high:.3f}", f"{three / len(hits):.3f}"))
    return rows


def worst_rows(runtime: Runtime, whole: Run) -> list[tuple[str, ...]]:
    """Return the test queries whose wrong first answer was surest, each with what spoke for the wrong one."""
    titles = {item: entry.question for item, entry in runtime.library.shelf.catalogue.entries.items()}
    wrong = [outcome for outcome in whole.outcomes if outcome.question.entries and _rank(outcome) > 0]
    found = [(outcome, runtime.assistant.suggest(outcome.question.text, explain=True)) for outcome in wrong]
    found.sort(key=lambda pair: -_sureness(pair[1]))
    return [_row(outcome, suggestion, runtime.ranker, titles) for outcome, suggestion in found[:WORST]]


def _row(outcome: Outcome, found: Suggestion, ranker: Ranker, titles: Mapping[str, str]) -> tuple[str, ...]:
    ranked = list(found.candidates or ())
    right = next((answer for answer in ranked if answer.entry_id in outcome.question.entries), None)
    place = "十名外" if right is None else str(ranked.index(right) + 1)
    gold = " / ".join(titles.get(item, item) for item in sorted(outcome.question.entries))
    first = ranked[0] if ranked else None
    return (
        found.text,
        gold,
        first.question if first else "（没有候选）",
        f"{first.confidence:.2f}" if first else "",
        place,
        reason(first, right, ranker),
    )


def reason(first: Answer | None, right: Answer | None, ranker: Ranker) -> str:
    """Return why the wrong answer leads: what it has more of, by the ranker's linear weights."""
    if first is None or right is None:
        return "对的一条没有进前十：字面和语义都搭不上"
    mine, theirs = _features(first), _features(right)
    if not mine or not theirs:
        return "价格表的单元格直接应答"
    gains = {name: ranker.weights[name] * (mine[name] - theirs[name]) for name in FEATURES}
    leading = sorted(gains, key=lambda name: -gains[name])[:2]
    near = "；两条只差一点" if first.confidence - right.confidence < 0.1 else ""
    return f"错的一条占优：{'、'.join(leading)}{near}"


def _features(answer: Answer) -> Mapping[str, float]:
    found: Mapping[str, Any] = answer.why
    features: Mapping[str, float] = found.get("features", {})
    return features


def _sureness(found: Suggestion) -> float:
    return found.candidates[0].confidence if found.candidates else 0.0


def _rank(outcome: Outcome) -> int:
    """Return where the first right entry stands, counted from 0; far behind where there is none."""
    return 10**6 if outcome.rank is None else outcome.rank - 1


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; bars and line breaks inside a cell are made harmless."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "／").replace("\n", " ") for cell in row) + " |" for row in lines
    )


if __name__ == "__main__":
    main()
