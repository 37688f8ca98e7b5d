"""Outage notices: tables, forms, definition lists and field lines; times and validity normalised."""

from __future__ import annotations

import datetime as dt

import pytest

from ingest.moments import span
from tests.ingest.conftest import Parse, Texts

TABLE = """<html><body><h1>停电公告</h1><table>
<tr><th>停电编号</th><th>停电类型</th><th>停电区域</th><th>停电线路</th><th>停电时间</th><th>预计送电时间</th><th>停电原因</th></tr>
<tr><td>TD-1</td><td>计划停电</td><td>北京路一带</td><td>10千伏北京路线</td><td>2026年11月25日8时00分</td>
<td>2026-11-25 18:00</td><td>检修</td></tr></table>
<dl><dt>停电编号</dt><dd>TD-2</dd><dt>停电范围</dt><dd>南湖小区</dd>
<dt>停电时间</dt><dd>11月26日 08:00至12:00</dd><dt>停电原因</dt><dd>换表</dd></dl>
<p>停电编号：TD-3</p><p>停电范围：西林小区</p><p>停电时间：2026-11-27 09:00-17:30</p><p>停电原因：检修</p>
<p>停电编号：TD-4</p><p>停电范围：东湖小区</p><p>停电时间：2026-12-31 22:00</p><p>送电时间：次日</p>
</body></html>"""


def test_every_form_of_notice_on_one_page(parse: Parse) -> None:
    (document,) = parse("停电.html", TABLE).documents
    assert (document.kind, document.title) == ("停电公告", "停电公告")
    assert [p.kind for p in document.passages] == ["notice"] * 4
    assert [p.cells["编号"] for p in document.passages] == ["TD-1", "TD-2", "TD-3", "TD-4"]
    assert document.passages[0].cells == {
        "编号": "TD-1",
        "类型": "计划停电",
        "区域": "北京路一带",
        "线路": "10千伏北京路线",
        "停电时间": "2026-11-25T08:00",
        "送电时间": "2026-11-25T18:00",
        "原因": "检修",
    }
    assert document.passages[1].cells["停电时间"] == "2026-11-26T08:00"
    assert document.passages[1].cells["送电时间"] == "2026-11-26T12:00"


def test_a_notice_holds_until_the_day_after_its_end(parse: Parse) -> None:
    first, *_, last = parse("停电.html", TABLE).documents[0].passages
    assert first.validity.valid_to == dt.date(2026, 11, 26)
    assert first.validity.covers(dt.date(2026, 11, 25))
    assert last.validity.valid_to == dt.date(2027, 1, 1)


def test_notice_sheets(parse: Parse) -> None:
    text = "停电区域,停电时间,停电原因\n北京路,2026/11/25 8:00,检修\n南湖,,检修\n"
    parsed = parse("停电.csv", text)
    assert [p.cells["停电时间"] for p in parsed.documents[0].passages] == ["2026-11-25T08:00"]
    (finding,) = parsed.findings
    assert (finding.code, finding.row, finding.column) == ("bad_date", 3, "停电时间")


def test_field_lines_in_word_processors_order(parse: Parse) -> None:
    text = "停电公告\n\n停电区域：北京路；停电线路：10千伏北京路线；停电时间：2026年11月25日上午8点至下午6点半。\n"
    (passage,) = parse("a.txt", text).documents[0].passages
    assert (passage.cells["停电时间"], passage.cells["送电时间"]) == ("2026-11-25T08:00", "2026-11-25T18:30")
    assert passage.cells["区域"] == "北京路"


def test_outages_told_in_sentences(parse: Parse) -> None:
    told = "因更换老旧导线，定于2026年11月25日8:00至18:00对10千伏北京路线停电，停电范围：北京路一带。敬请谅解。"
    (document,) = parse("a.txt", f"计划停电公告\n\n{told}\n").documents
    assert document.kind == "停电公告"
    cells = document.passages[0].cells
    assert (cells["停电时间"], cells["送电时间"]) == ("2026-11-25T08:00", "2026-11-25T18:00")
    assert (cells["区域"], cells["线路"], cells["原因"]) == ("北京路一带", "10千伏北京路线", "更换老旧导线")


def test_an_incomplete_notice_stays_text(parse: Parse, texts: Texts) -> None:
    text = (
        "停电公告\n\n停电区域：北京路\n\n停电时间：2026-11-25 08:00\n\n停电原因：检修\n\n停电区域：南湖一带的居民小区\n"
    )
    parsed = parse("a.txt", text)
    assert [p.kind for p in parsed.documents[0].passages] == ["notice", "section"]
    assert "南湖一带的居民小区" in texts(parsed)[1]


def test_two_field_lines_alone_make_no_notice(parse: Parse) -> None:
    text = "说明\n\n停电时间：以公告为准，请客户关注网上国网发布的停电信息。\n"
    (document,) = parse("a.txt", text).documents
    assert document.passages[0].kind == "section"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-11-25 08:00至18:00", "2026-11-25T08:00", "2026-11-25T18:00"),
        ("2026年11月25日8时30分—11月26日6时", "2026-11-25T08:30", "2026-11-26T06:00"),
        ("1月3日 9:00到11:00", "2027-01-03T09:00", "2027-01-03T11:00"),
        ("2026-11-25 20:00-24:00", "2026-11-25T20:00", "2026-11-25T23:59"),
        ("2026年13月1日", None, None),
        ("尽快", None, None),
    ],
)
def test_spans(text: str, start: str | None, end: str | None, today: dt.date) -> None:
    found = span(text, today)
    assert tuple(moment.isoformat(timespec="minutes") if moment else None for moment in found) == (start, end)
