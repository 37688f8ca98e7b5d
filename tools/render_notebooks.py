"""Run notebooks and write what they show into docs/guide/notebooks: `python -m tools.render_notebooks [NAME…]`.

A percent script becomes Markdown: text cells as they are, code cells with what they print and the picture at the end.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eval.showing import Picture

NOTEBOOKS, OUT = Path("notebooks"), Path("docs/guide/notebooks")
RENDERED = ("confidence", "worst")
CELL = re.compile(r"^# %%(.*)$", re.MULTILINE)


def main(arguments: Sequence[str] | None = None) -> None:
    """Render the named notebooks, by default the two that are kept in the guide."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=RENDERED)
    given = parser.parse_args(arguments)
    OUT.mkdir(parents=True, exist_ok=True)
    for name in given.names:
        parts = list(render(NOTEBOOKS / f"{name}.py", name))
        head = f"<!-- 由 python -m tools.render_notebooks {name} 运行 notebooks/{name}.py 得到，请勿手改 -->"
        (OUT / f"{name}.md").write_text("\n\n".join([head, *parts]) + "\n", encoding="utf-8")
        print(OUT / f"{name}.md")


def render(path: Path, name: str) -> Iterator[str]:
    """Yield the Markdown of each cell, running the code cells in one namespace."""
    names: dict[str, Any] = {"__name__": "__main__"}
    pictures = 0
    for kind, source in cells(path.read_text(encoding="utf-8")):
        if kind == "[markdown]":
            yield "\n".join(re.sub(r"^# ?", "", line) for line in source.splitlines())
            continue
        yield f"```python\n{source}\n```"
        printed, shown = run(source, names)
        if printed:
            yield printed if printed.startswith("|") else f"```\n{printed}\n```"
        if isinstance(shown, Picture):
            pictures += 1
            (OUT / f"{name}-{pictures}.svg").write_text(shown.svg, encoding="utf-8")
            yield f"![{name}-{pictures}]({name}-{pictures}.svg)"


def cells(text: str) -> list[tuple[str, str]]:
    """Return (kind, source) per cell of a percent script; kind is empty for code."""
    parts = CELL.split(text)[1:]
    return [(kind.strip(), source.strip()) for kind, source in zip(parts[::2], parts[1::2], strict=True)]


def run(source: str, names: dict[str, Any]) -> tuple[str, object]:
    """Run one cell; return what it printed and the value of its last expression."""
    tree = ast.parse(source)
    end = tree.body[-1] if tree.body else None
    last = ast.Expression(end.value) if isinstance(end, ast.Expr) else None
    tree.body = tree.body[:-1] if last is not None else tree.body
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(tree, "<cell>", "exec"), names)  # noqa: S102 - the project's own notebooks
        value = eval(compile(last, "<cell>", "eval"), names) if last is not None else None  # noqa: S307
    return said.getvalue().strip(), value


if __name__ == "__main__":
    main()
