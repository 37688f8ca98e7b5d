"""Fill the figures of docs/guide/judging.md: classes, confusions, rule hits (`python -m tools.describe_judging`).

Both bundled sets are measured over freshly installed bundled knowledge: dev was chosen by, test was not.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from assistant.cli.measuring import gold_set
from assistant.jobs import BUNDLED, ingest_and_publish
from assistant.rulehits import Hits, rule_hits
from assistant.runtime import open_runtime
from assistant.settings import load_settings
from eval import plots
from eval.measures import figures
from eval.metrics.accuracy import LabelRow
from eval.metrics.confusion import confusion
from eval.metrics.f1 import per_class
from eval.runner import Run, run
from eval.summary import COLUMNS, summary_rows
from eval.verdicts import call_type_rows, category_rows
from tools.describe_finding import IMAGES, table

PAGE = Path("docs/guide/judging.md")
SETS = {"dev": "开发集", "test": "测试集"}
JUDGED = ("业务类型", "类别", "工单", "必问", "通话类型")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure both sets and write the two blocks."""
    argparse.ArgumentParser(description=__doc__).parse_args(arguments)
    place = tempfile.TemporaryDirectory(prefix="zhida-judging-")
    with place as folder, open_runtime(load_settings(data=Path(folder)), write=True) as runtime:
        ingest_and_publish(runtime, [BUNDLED], note="bundled")
        golds = {name: gold_set(name) for name in SETS}
        runs = {name: run(runtime.assistant, gold) for name, gold in golds.items()}
        hits = {name: rule_hits(runtime, gold.questions, lambda: None) for name, gold in golds.items()}
    blocks = {"judging": "\n\n".join(_classes(runs)), "rules": _rules(hits)}
    text = PAGE.read_text(encoding="utf-8")
    for name, body in blocks.items():
        before, begin, rest = text.partition(f"<!-- {name}:begin -->\n")
        _old, end, after = rest.partition(f"<!-- {name}:end -->")
        text = f"{before}{begin}{body}\n{end}{after}"
    PAGE.write_text(text, encoding="utf-8")


def _classes(runs: Mapping[str, Run]) -> list[str]:
    parts = []
    for name, label in SETS.items():
        rows = [row.cells() for row in summary_rows(figures(runs[name].outcomes)) if row.name.startswith(JUDGED)]
        parts += [f"{label}（{len(runs[name].outcomes)} 句）：", table(COLUMNS, rows)]
    for kind, rows_of in (("业务类型", call_type_rows), ("类别", category_rows)):
        parts.append(_per_class(kind, {name: rows_of(made.outcomes) for name, made in runs.items()}))
    for file, title, rows_of in (
        ("judging-calltype", "业务类型混淆（测试集）", call_type_rows),
        ("judging-category", "类别混淆（测试集）", category_rows),
    ):
        drawn = plots.confusion_plot(confusion(rows_of(runs["test"].outcomes)), title)
        (IMAGES / f"{file}.svg").write_text(drawn, encoding="utf-8")
        parts.append(f"![{title}](../images/{file}.svg)")
    return parts


def _per_class(kind: str, rows: Mapping[str, Sequence[LabelRow]]) -> str:
    scored = {name: {one.label: one for one in per_class(found)} for name, found in rows.items()}
    labels = sorted(scored["test"], key=lambda label: -scored["test"][label].support)
    lines = []
    for label in labels:
        cells = [label]
        for name in SETS:
            one = scored[name].get(label)
            cells += (
                [str(one.support), *(f"{100 * v:.1f}" for v in (one.precision, one.recall, one.f1))]
                if one
                else ["0", "", "", ""]
            )
        lines.append(cells)
    head = [kind, *(f"{SETS[name]}{part}" for name in SETS for part in ("题数", "精确率", "召回率", "F1"))]
    return table(head, lines)


def _rules(hits: Mapping[str, Sequence[Hits]]) -> str:
    test = {(one.kind, one.rule_id): one for one in hits["test"]}
    rows = []
    for one in hits["dev"]:
        there = test[one.kind, one.rule_id]
        rows.append((one.kind, one.rule_id, *map(str, (one.hits, one.right, there.hits, there.right)), one.does))
    idle = sum(row[2] == row[4] == "0" for row in rows)
    head = ("种类", "规则", "开发集命中", "其中对", "测试集命中", "其中对", "做什么")
    return f"共 {len(rows)} 条，{idle} 条在两个集上都没有命中：\n\n{table(head, rows)}"


if __name__ == "__main__":
    main()
