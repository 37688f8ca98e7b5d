"""Write docs/guide/speed.md from a bench result: `python -m tools.describe_bench RESULT.json`.

The result comes from `zhida bench --peers` on a quiet machine; it is stored whole beside the page, with its drawing.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from eval.bench.chart import write_chart
from eval.bench.peers import PEERS
from eval.bench.result import COMPARED, Figures, bars, failures, ratios, size_table
from tools.describe_finding import table

GUIDE = Path("docs/guide")
PAGE, RESULT, CHART = "speed.md", "speed.json", Path("docs/images/speed.svg")
HEAD = """# 速度：多大、多快、和别家比

<!-- 由 python -m tools.describe_bench 结果.json 生成，请勿手改本页 -->

`zhida bench --peers` 在本机跑一遍：各规模的作答、导入、发布到可答、冷启动、服务与并发、内存，
并在同一场里用同样的文字问 {peers}
（要先 `.venv/bin/pip install -c constraints.txt -e '.[bench]'`，没装的不比）。
每一项都在自己的进程里测。原始结果：[speed.json](speed.json)。
耗时是一句话从进到出，单进程；HTTP 用 {clients} 个并发。
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the page, the result and the drawing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("result", type=Path)
    given = parser.parse_args(arguments)
    result = json.loads(given.result.read_text(encoding="utf-8"))
    (GUIDE / PAGE).write_text(page(result), encoding="utf-8")
    if given.result.resolve() != (GUIDE / RESULT).resolve():
        shutil.copyfile(given.result, GUIDE / RESULT)
    write_chart(result, CHART)


def page(result: Figures) -> str:
    """Return the page for a result."""
    columns, rows = size_table(result)
    effort = result["options"]["effort"]
    cut = "\n**这次测量没有做完。**\n" if result["partial"] else ""
    parts = [
        HEAD.format(peers="、".join(peer.title for peer in PEERS.values()), clients=effort["clients"]),
        _where(result) + cut,
        f"![各规模的耗时、建成、发布与内存](../images/{CHART.name})",
        "## 各规模",
        table([str(name) for name in columns], [[str(cell) for cell in row] for row in rows]),
        *(f"{size['entries']:,} 条：{size['texts']['made_of']}" for size in result["sizes"] if "texts" in size),
        "## 目标线",
        table(
            ("目标", "线", "实测", "单位", "达到"),
            [[str(cell) for cell in _bar(bar)] for bar in bars(result)],
        ),
        "## 同场比较",
        "知答除以对手，小于 1 为知答更快或更省。对手只返回段落：不判断、不选分支、不说把握多大。",
        table(
            ("条目数", "对手", "项目", "知答", "对手", "知答÷对手"),
            [
                [f"{row['entries']:,}", PEERS[row["peer"]].title, COMPARED[row["figure"]],
                 f"{row['ours']:g}", f"{row['theirs']:g}", f"{row['ratio']:.3g}"]
                for row in ratios(result)
            ],
        ),
        *(f"没有测成：{line}" for line in failures(result)),
    ]  # fmt: skip
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _where(result: Figures) -> str:
    version = result["versions"]["zhida"]
    return f"机器：{result['machine']}；开始时负载 {result['load_at_start']}；知答 {version}，{result['date'][:10]}。"


def _bar(bar: Figures) -> tuple[object, ...]:
    line = f"≤ {bar['most']}" if "most" in bar else f"≥ {bar['least']}"
    return bar["what"], line, bar["value"], bar["unit"], "是" if bar["met"] else "否"


if __name__ == "__main__":
    main()
