"""The page of speeds says what was measured, what was missed and what could not be measured."""

from __future__ import annotations

import json
from pathlib import Path

from tests.eval.bench.test_result import LARGE, SMALL, result
from tools import describe_bench
from tools.describe_bench import GUIDE, PAGE, RESULT, page

OPTIONS = {"effort": {"clients": 8}}


def test_every_figure_of_the_result_is_on_the_page() -> None:
    said = page(result(SMALL, LARGE, options=OPTIONS, load_at_start=[0.1, 0.2, 0.3]))
    assert "| 作答 p50 ms | 2 | 5 |" in said
    assert "| suggest p99，1 万条，单核 | ≤ 25 | 26.0 | ms | 否 |" in said
    assert "| 1,000 | Haystack 内存 BM25 | p50 ms | 2 | 8 | 0.25 |" in said
    assert "没有测成：sizes 10000 fill：磁盘满" in said
    assert "没有做完" not in said
    assert "没有做完" in page(result(SMALL, options=OPTIONS, load_at_start=None) | {"partial": True})


def test_the_stored_page_is_the_stored_results() -> None:
    root = Path(describe_bench.__file__).parent.parent
    stored = json.loads((root / GUIDE / RESULT).read_text(encoding="utf-8"))
    assert (root / GUIDE / PAGE).read_text(encoding="utf-8") == page(stored)
    assert [size["entries"] for size in stored["sizes"]][:3] == [1_000, 10_000, 100_000]
