"""What can go wrong with runs and scores in the console.

The tree::

    AssistantError
    ├── RunBusy         409  a run is under way already
    ├── SheetMissing    404  no such scoring sheet
    └── ScoreClosed     409  not blind any more: results before one's own scores are in, or scores after the results
"""

from __future__ import annotations

from assistant.errors import AssistantError


class RunBusy(AssistantError):
    """One run at a time: they share the processor with everybody's calls."""

    code = "measuring.run_busy"
    status = 409
    hint = "等它跑完，或先取消"


class SheetMissing(AssistantError):
    """No such sheet."""

    code = "measuring.sheet_not_found"
    status = 404
    hint = "在打分页重新选一份卷子"


class ScoreClosed(AssistantError):
    """The score would not be blind."""

    code = "measuring.score_closed"
    status = 409
    hint = "盲评：先打完自己的分，再看结果；看过结果就不能再改"
