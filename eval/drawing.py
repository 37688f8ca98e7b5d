"""One drawing at a time: matplotlib's settings and Python's warning filters belong to the whole process."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

TEXT_AS_TEXT: Mapping[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "zhida"}
_TURN = threading.Lock()


@contextmanager
def drawing(style: Mapping[Any, Any]) -> Iterator[None]:
    """Draw SVG with matplotlib settings: text stays text, so a glyph that is missing here is no fault.

    A page asks for several plots at once, in as many threads. Two that entered and left `rc_context` and
    `catch_warnings` crosswise would draw in each other's settings and leave them behind, so each waits for its turn.
    """
    import matplotlib as mpl

    with _TURN, mpl.rc_context({**TEXT_AS_TEXT, **style}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield
