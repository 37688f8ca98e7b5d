"""What a notebook cell ends with: a table or a plot that shows itself in Jupyter and prints as text elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of anything."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]

    def _repr_markdown_(self) -> str:
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)

    def __str__(self) -> str:
        return self._repr_markdown_()
