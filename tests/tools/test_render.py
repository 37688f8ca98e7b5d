"""Notebooks become Markdown with what they print and draw, and the kept ones are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import render_notebooks
from tools.render_notebooks import RENDERED, cells, render, run

SCRIPT = """# %% [markdown]
# # 标题
# 一段话。

# %%
from eval.showing import Grid, Picture
print(Grid(("甲",), [(1,)]))

# %%
picture = Picture("<svg><text>图</text></svg>")
picture
"""


def test_cells_keep_their_kind() -> None:
    assert [kind for kind, _source in cells(SCRIPT)] == ["[markdown]", "", ""]


def test_a_cell_gives_what_it_prints_and_ends_with() -> None:
    names: dict[str, object] = {}
    assert run("n = 2\nprint(n)\nn + 1", names) == ("2", 3)
    assert run("m = n", names) == ("", None)


def test_a_notebook_becomes_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_notebooks, "OUT", tmp_path)
    (tmp_path / "n.py").write_text(SCRIPT, encoding="utf-8")
    page = "\n".join(render(tmp_path / "n.py", "n"))
    assert page.startswith("# 标题\n一段话。")
    assert "| 甲 |" in page
    assert "![n-1](n-1.svg)" in page
    assert (tmp_path / "n-1.svg").read_text(encoding="utf-8").startswith("<svg>")


def test_the_kept_pages_are_of_the_notebooks_as_they_are() -> None:
    root = Path(__file__).resolve().parents[2]
    for name in RENDERED:
        page = (root / "docs/guide/notebooks" / f"{name}.md").read_text(encoding="utf-8")
        for kind, source in cells((root / "notebooks" / f"{name}.py").read_text(encoding="utf-8")):
            assert kind or source in page, f"run `python -m tools.render_notebooks {name}`"
