"""A line on its way through cleaning, with the place it came from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ingest.types import Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a paragraph block. `fresh` says that it begins a block (after a blank line), not just a line."""

    text: str
    block: Block
    fresh: bool = True

    @property
    def is_prose(self) -> bool:
        """Whether the line is paragraph text, which may be joined and split; headings and tables are not."""
        return self.block.kind == "paragraph"

    def with_text(self, text: str) -> Line:
        """Return the line with other words."""
        return replace(self, text=text)
