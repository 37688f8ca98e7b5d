"""Figures go into their block and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.figures_page import PAGE, write_figures


def test_a_block_is_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text(
        "前\n<!-- a:begin -->\n旧\n<!-- a:end -->\n<!-- b:begin -->\n<!-- b:end -->\n后\n", encoding="utf-8"
    )
    write_figures("a", {"机器": "x\\1"}, page)
    write_figures("a", {"机器": "y"}, page)
    text = page.read_text(encoding="utf-8")
    assert '"机器": "y"' in text
    assert "旧" not in text
    assert text.startswith("前\n")
    assert text.endswith("<!-- b:begin -->\n<!-- b:end -->\n后\n")
    with pytest.raises(ValueError, match="no block c"):
        write_figures("c", {}, page)


def test_the_page_has_a_block_for_every_command() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in ("volume", "withdrawn", "kills"):
        assert text.count(f"<!-- {name}:begin -->\n") == text.count(f"<!-- {name}:end -->\n") == 1
    assert '"leaks": 0' in text
