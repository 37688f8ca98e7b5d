"""A walk through calls that went wrong, as stored JSON: what the assistant puts before the agent, turn by turn."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any

from eval.cases import Case, Suggest
from kb.domain.clock import CHINA
from kb.domain.suggestion import Suggestion, WorkOrderAdvice

MOMENT = dt.datetime(2026, 11, 22, 12, 0, tzinfo=CHINA)
"""When the stored calls come in: due times hang on it, so it stands still."""
SHOWN = ("02", "05", "08", "11", "16", "17")
SHORT = 120


def chosen(cases: Sequence[Case], numbers: Sequence[str] = SHOWN) -> list[Case]:
    """Return the cases of these numbers, in the order of the file."""
    return [case for case in cases if case.name[:2] in numbers]


def walk(case: Case, suggest: Suggest, marks: Callable[[str], Sequence[str]]) -> str:
    """Return one case as indented JSON: the caller's words, what is known so far, and what the agent is shown.

    Args:
        case: the call.
        suggest: the assistant; facts learned in earlier turns go in again.
        marks: the script checker, asked about the reply the agent gave at the time.
    """
    known: dict[str, str] = {}
    turns = []
    for turn in case.turns:
        known |= turn.gives
        turns.append(
            {
                "客户": turn.caller,
                "已知": dict(known),
                "当时座席说": turn.agent_said,
                "当时说法的毛病": list(marks(turn.agent_said)) if turn.agent_said else [],
                "现在的提示": shown(suggest(turn.caller, facts=dict(known))),
            }
        )
    return json.dumps({"案例": case.name, "教训": case.lesson, "轮次": turns}, ensure_ascii=False, indent=1) + "\n"


def shown(suggestion: Suggestion) -> dict[str, Any]:
    """Return what the agent sees, without figures that change with every training."""
    return {
        "业务类型": suggestion.call_type.label,
        "类别": [item.label for item in suggestion.categories],
        "业务树": suggestion.business,
        "把握": suggestion.band,
        "先说": list(suggestion.say),
        "先问": [f"{ask.fact}：{ask.ask}" for ask in suggestion.must_ask],
        "核实身份": list(suggestion.identity.read_back) if suggestion.identity.required else [],
        "答案": [
            {"编号": answer.entry_id, "问题": answer.question, "开头": answer.answer[:SHORT]}
            for answer in suggestion.answers
        ],
        "不要这样说": [{"错": guard.utterance, "改": guard.instead} for guard in suggestion.avoid],
        "接着可问": [hint.question for hint in suggestion.hints],
        "工单": _order(suggestion.work_order),
    }


def _order(order: WorkOrderAdvice) -> dict[str, Any]:
    told = {"要开": order.needed, "规则": list(order.rules), "理由": order.reason}
    if not order.needed:
        return told
    return {
        **told,
        "表单": order.form,
        "部门": order.department,
        "时限": dict(order.due or {}),
        "已填": dict(order.draft),
        "还要问": list(order.missing),
    }
