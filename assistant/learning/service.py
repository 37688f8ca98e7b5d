"""All of learning from calls, as faces get it."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.learning.aside import Aside
from assistant.learning.board import Board
from assistant.learning.gaps import Gaps
from assistant.learning.phrasings import Phrasings
from assistant.learning.promotion import Promotion
from assistant.learning.requests import Requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """Requests from agents, gaps, phrasings, drafts from orders, and the outage board."""

    requests: Requests
    gaps: Gaps
    aside: Aside
    phrasings: Phrasings
    promotion: Promotion
    board: Board
