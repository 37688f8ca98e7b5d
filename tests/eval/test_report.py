"""The report: complete, self-contained, and safe with whatever a caller said."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from eval.extras import save_extra
from eval.fakes import Reply, TableSuggester
from eval.gold import GoldSet
from eval.measures import MEASURES
from eval.metrics.confusion import confusion
from eval.metrics.ece import reliability
from eval.metrics.risk_coverage import risk_coverage
from eval.plots import bars, confusion_plot, latency_plot, reliability_plot, risk_plot, typing_plot
from eval.report import faults, html, markdown, write_report
from eval.runner import Run, run
from eval.slices import DIMENSIONS
from eval.statistics import NOTHING, Estimate, proportion

HOSTILE = "<script>alert(1)</script>|停电\n了"


def hostile(done: Run) -> Run:
    question = replace(done.outcomes[12].question, text=HOSTILE, categories=("<b>类",), style="a|b")
    return replace(done, outcomes=(*done.outcomes, replace(done.outcomes[12], question=question)))


def test_html_holds_every_figure_plot_and_fault(done: Run) -> None:
    page = BeautifulSoup(html(done), "html.parser")
    text = page.get_text()
    assert all(measure.label in text for measure in MEASURES)
    assert len(page.find_all("svg")) == 7
    assert len(page.find_all("details")) == len(faults(done.outcomes)) == 3
    assert not page.find_all(["script", "link", "img", "iframe"])
    bare = html(done).replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xlink", "")
    assert "http" not in bare


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
        confusion_plot(confusion([("<甲>&", "乙"), ("乙", "乙"), ("乙", "")]), "混淆"),
        typing_plot([0.1, 0.5], "逐字"),
        latency_plot([1.0, 2.0, 30.0], "耗时"),
        bars([], "空"),
        reliability_plot((), "空"),
        risk_plot((), "空"),
        confusion_plot(confusion([]), "空"),
        typing_plot([], "空"),
        latency_plot([], "空"),
    ]
    roots = [ET.fromstring(svg) for svg in made]  # noqa: S314 - our own text
    assert {root.tag for root in roots} == {"{http://www.w3.org/2000/svg}svg"}
    assert "<甲>&" in "".join(roots[0].itertext())
    assert "无题可算" in made[0]
    assert "a'b<c>" in "".join(roots[0].itertext())
    assert all("<text" in svg and "base64" not in svg and "<metadata" not in svg for svg in made)
    assert bars(rows_of(), "同样") == bars(rows_of(), "同样")


def rows_of() -> list[tuple[str, Estimate]]:
    return [("甲", proportion([True, False, True]))]


def test_plots_write_text_as_text_even_without_a_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.plots._font", lambda: "DejaVu Sans")
    made = bars(rows_of(), "首位命中率")
    assert "甲" in "".join(ET.fromstring(made).itertext())  # noqa: S314 - our own text
    assert "Noto Sans CJK SC" in made


def test_the_keystroke_curve_and_robustness_join_where_they_were_measured(
    done: Run, gold: GoldSet, tmp_path: Path
) -> None:
    drop = {"label": "漏字", "note": "每十个字漏一个", "before": 0.9, "after": 0.5, "drop": 0.4, "limit": 0.1, "n": 9}
    save_extra("typing", {"shares": [0.1, 0.9]}, tmp_path, gold, 7)
    save_extra("robustness", {"sample": 9, "seed": 1, "drops": [{**drop, "beyond": True}]}, tmp_path, gold, 7)
    page, text = write_report(done, tmp_path)
    shown = page.read_text(encoding="utf-8")
    assert shown.count("<svg") == 8
    assert "漏字 ▼" in shown
    assert "漏字 ▼" in text.read_text(encoding="utf-8")
    assert "受干扰后" not in html(done)


def test_markdown_shows_plots_that_exist(done: Run, tmp_path: Path) -> None:
    _, text = write_report(done, tmp_path)
    images = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text.read_text(encoding="utf-8"))
    assert len(images) == 7
    assert all((text.parent / image).read_text(encoding="utf-8").startswith("<svg") for image in images)


def test_the_error_browser_says_why_and_can_be_narrowed(done: Run) -> None:
    why = {"matched": "最像的那句", "features": {"dense_question": 0.91}, "expansions": ["没电→停电"]}
    first = done.outcomes[12]
    explained = replace(
        first,
        candidates=(replace(first.candidates[0], why=why), replace(first.candidates[1], why={"matched": "另一句"})),
    )
    page = BeautifulSoup(html(replace(done, outcomes=(explained,))), "html.parser")
    fault = page.select_one("details.fault.hit1")
    assert fault is not None
    assert all(said in fault.get_text() for said in ("最像的那句", "dense_question 0.91", "没电→停电"))
    assert page.select_one("#f-hit1") is not None
    assert "#f-hit1:checked~details:not(.hit1){display:none}" in str(page.style)


def test_a_small_set_says_that_nothing_can_be_told(done: Run) -> None:
    assert "能测出的最小差异" in html(done) or "测不准" in html(done)
    assert "测不准" in html(replace(done, outcomes=done.outcomes[:4]))
