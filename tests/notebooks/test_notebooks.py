"""Every notebook runs from top to bottom on the bundled knowledge and shows something in every table and plot."""

from __future__ import annotations

import ast
import runpy
import shutil
from pathlib import Path

import pytest

from eval.showing import Grid, Picture

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.py"))
LOGIC = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.While, ast.Try)
ALLOWED_LAMBDAS = 1


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, bundled: Path) -> Path:
    """The bundled knowledge, published."""
    return Path(shutil.copytree(bundled, tmp_path_factory.mktemp("notebooks") / "data"))


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_something(path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIDA_DATA", str(data))
    names = runpy.run_path(str(path))
    grids = [value for value in names.values() if isinstance(value, Grid)]
    pictures = [value for value in names.values() if isinstance(value, Picture)]
    assert grids or pictures
    assert all(grid.rows and len(grid.columns) == len(grid.rows[0]) for grid in grids)
    assert all("<text" in picture.svg for picture in pictures)


def test_there_are_five_and_all_are_listed() -> None:
    listed = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert len(NOTEBOOKS) == 5
    assert [path.name for path in NOTEBOOKS if f"({path.name})" not in listed] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_holds_no_logic(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, LOGIC)]
    assert len(found) <= ALLOWED_LAMBDAS
    assert text.startswith("# %% [markdown]\n# # ")
