"""Comparing encoders: what counts as unseen is unseen, hits are counted as said, the page keeps its words."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from eval.statistics import Estimate, proportion
from kb.encode.protocol import TinyEncoder
from tests.kb.builders import entry
from tools.compare_encoders import milliseconds, spliced
from tools.train.encoder_page import BEGIN, END, PAGE, Row, table, write_page
from tools.train.material import own_material
from tools.train.scoring import Asked, development, hits, unseen_topics
from tools.train.sources import Utterance
from tools.train.transformer import Note

NOTE = Note(minutes=11.6, cpu=5.2, steps=400, loss=1.9, batch=128, general=24)
DAY = dt.date(2026, 11, 22)


def call(text: str, *entries: str) -> Utterance:
    return Utterance(text=text, call_type="咨询", categories=("电价电费",), rule="N01", entries=entries)


def row(name: str = "静态") -> Row:
    dev = (proportion([True, False]), proportion([True, True]))
    none = Estimate(value=None, low=None, high=None, n=0)
    return Row(name=name, dev=dev, unseen=(none, none), single_ms=0.123, batch_ms=0.046, megabytes=22.44)


def test_unseen_topics_were_never_shown() -> None:
    asked = unseen_topics()
    shown = set(own_material("topics").texts())
    assert len(asked.calls) > 500
    assert len(asked.entries) > 100
    assert [text for text in (c.text for c in asked.calls) if text in shown] == []
    assert [e.question for e in asked.entries if e.question in shown or e.phrasings] == []
    known = {e.entry_id for e in asked.entries}
    assert all(known.issuperset(c.entries) for c in asked.calls)


def test_development_calls_all_have_an_answer() -> None:
    assert all(c.entries for c in development().calls)


def test_hits_are_counted_by_best_wording_answer_and_mean_wording() -> None:
    asked = Asked(
        entries=[
            entry("A", "电费怎么交", answer="手机缴费"),
            entry("B", "停电了找谁", "家里没电", answer="拨打热线"),
            entry("C", "过户带什么", answer="身份证"),
            entry("D", "光伏并网", answer="营业厅"),
        ],
        calls=[call("家里没电", "B"), call("过户带什么", "C", "D"), call("电费怎么交", "D"), call("手机缴费", "A")],
    )
    found = hits(TinyEncoder(512), asked)
    assert found.first == [True, True, False, True]
    assert len(found.three) == 4
    assert all(three >= first for first, three in zip(found.first, found.three, strict=True))
    assert hits(TinyEncoder(512), Asked(entries=asked.entries[::-1][:1], calls=asked.calls[2:3])).first == [True]


def test_timed_texts_are_new_and_of_real_length() -> None:
    texts = ["电费怎么交啊", "停电了找谁呢", "电费怎么交啊", "停电了找谁呢"]
    assert spliced(texts) == ["电费怎找谁呢", "停电了么交啊"]
    single, batch = milliseconds(TinyEncoder(), [f"第{place}句话" for place in range(1500)])
    assert single > 0
    assert batch > 0


def test_the_page_keeps_its_words(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"前\n{BEGIN}\n旧\n{END}\n后\n", encoding="utf-8")
    write_page(page, [row()], [NOTE, NOTE], machine="某机器", day=DAY)
    text = page.read_text(encoding="utf-8")
    assert text == f"前\n{BEGIN}\n{table([row()], [NOTE, NOTE], '某机器', DAY)}\n{END}\n后\n"
    assert "| 静态 | 0.500（0.095–0.905） | 1.000（0.342–1.000） | — | — | 0.12 | 0.05 | 22.4 |" in text
    assert "某机器，2026-11-22" in text


def test_a_page_without_markers_is_refused(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("没有标记", encoding="utf-8")
    with pytest.raises(ValueError, match="unpack"):
        write_page(tmp_path / "page.md", [row()], [NOTE, NOTE], machine="", day=DAY)


def test_the_stored_page_has_a_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [line for line in text.split(BEGIN)[1].split(END)[0].splitlines() if line.startswith("| ")]
    assert len(rows) >= 4
    assert {line.count("|") for line in rows} == {9}
