"""The page of figures that measuring commands write: one block a command, between markers, the rest left alone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs" / "guide" / "curation-figures.md"


def write_figures(name: str, figures: Mapping[str, Any], page: Path = PAGE) -> None:
    """Replace a block of the page by figures as JSON.

    Raises:
        ValueError: the page has no such block.
    """
    text = page.read_text(encoding="utf-8")
    block = re.compile(rf"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL)
    shown = "```json\n" + json.dumps(dict(figures), ensure_ascii=False, indent=1) + "\n```\n"
    changed, count = block.subn(lambda match: match[1] + shown + match[2], text)
    if count != 1:
        raise ValueError(f"no block {name} in {page.name}")
    page.write_text(changed, encoding="utf-8")
