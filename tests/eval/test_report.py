"""The report: complete, self-contained, and safe with whatever a caller said."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from bs4 import BeautifulSoup

from eval.fakes import Reply, TableSuggester
from eval.gold import GoldSet
from eval.measures import MEASURES
from eval.metrics.ece import reliability
from eval.metrics.risk_coverage import risk_coverage
from eval.plots import bars, reliability_plot, risk_plot
from eval.report import faults, html, markdown, write_report
from eval.runner import Run, run
from eval.slices import DIMENSIONS
from eval.statistics import NOTHING, proportion

HOSTILE = "<script>alert(1)</script>|停电\n了"


def hostile(done: Run) -> Run:
    question = replace(done.outcomes[12].question, text=HOSTILE, categories=("<b>类",), style="a|b")
    return replace(done, outcomes=(*done.outcomes, replace(done.outcomes[12], question=question)))


def test_html_holds_every_figure_plot_and_fault(done: Run) -> None:
    page = BeautifulSoup(html(done), "html.parser")
    text = page.get_text()
    assert all(measure.label in text for measure in MEASURES)
    assert len(page.find_all("svg")) == 4
    assert len(page.find_all("details")) == len(faults(done.outcomes)) == 3
    assert not page.find_all(["script", "link", "img", "iframe"])
    assert "http://" not in html(done).replace("http://www.w3.org/2000/svg", "")


def test_callers_words_cannot_break_out(done: Run) -> None:
    page = BeautifulSoup(html(hostile(done)), "html.parser")
    assert not page.find_all("script")
    assert HOSTILE.split("\n", maxsplit=1)[0] in page.get_text()
    text = markdown(hostile(done))
    assert "<script>" not in text
    assert "&lt;script>alert(1)&lt;/script>\\|停电 了" in text


def test_markdown_tables_are_whole(done: Run) -> None:
    lines = markdown(hostile(done)).splitlines()
    for above, below in pairwise(lines):
        if above.startswith("|") and below.startswith("|"):
            assert above.replace("\\|", "").count("|") == below.replace("\\|", "").count("|"), below
    assert sum(line.startswith("|---") for line in lines) == 4 + len(DIMENSIONS)


def test_a_run_in_which_everything_failed_still_reports(gold: GoldSet) -> None:
    failed = run(TableSuggester(replies={}, default=Reply(fails="索引坏了")), gold)
    assert "索引坏了" in html(failed)
    assert "运行出错" in markdown(failed)


def test_files_are_written_beside_the_run(done: Run, tmp_path: Path) -> None:
    page, text = write_report(done, tmp_path)
    assert page == tmp_path / "eval" / f"{done.run_id}.html"
    assert page.read_text(encoding="utf-8") == html(done)
    assert text.read_text(encoding="utf-8").startswith("# 评测报告：小题集")


def test_worst_faults_come_first(gold: GoldSet, suggester: TableSuggester) -> None:
    replies = {**suggester.replies, gold.questions[3].text: Reply(ranked=(("E0", 0.99),), band="high")}
    found = faults(run(replace(suggester, replies=replies), gold).outcomes)
    assert found[0].outcome.question.id == "q04"
    assert found[0].failed == ("首位命中", "前三命中", "业务类型正确", "主类别正确", "工单判断正确")


def test_plots_are_well_formed_with_escaped_text() -> None:
    rows = [(0.9, True), (0.3, False), (0.3, True)]
    made = [
        bars([("<甲>&", proportion([True, False])), ("乙", NOTHING)], "a'b<c>"),
        reliability_plot(reliability(rows), "可靠性"),
        risk_plot(risk_coverage(rows), "风险"),
        bars([], "空"),
        reliability_plot((), "空"),
        risk_plot((), "空"),
    ]
    roots = [ET.fromstring(svg) for svg in made]  # noqa: S314 - our own text
    assert {root.tag for root in roots} == {"{http://www.w3.org/2000/svg}svg"}
    assert "<甲>&" in "".join(roots[0].itertext())
    assert "无题可算" in made[0]
