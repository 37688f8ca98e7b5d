"""Small cases to break on purpose, an assistant that answers everything alike, and a reader of replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.cases import Case, load_cases
from kb.domain.suggestion import Answer, Avoid, Identity, MustAsk, Nearby, Scored, Suggestion, WorkOrderAdvice

Row = dict[str, Any]
Writer = Callable[..., Path]

SUGGESTION = Suggestion(
    text="",
    release=1,
    as_of="2025-01-01",
    took_ms=0.1,
    band="high",
    call_type=Scored(label="服务申请", confidence=0.9),
    categories=(Scored(label="计量装置", confidence=0.9), Scored(label="收费标准", confidence=0.1)),
    answers=(
        Answer(
            entry_id="M03-1",
            kind="标问",
            question="电表停走怎么办",
            answer="5个工作日内派人核实，换表不收费。",
            branch={},
            confidence=0.9,
            citations=(),
            why={},
        ),
    ),
    must_ask=(MustAsk(fact="用户类别", ask="请问是哪种户？", options=()),),
    identity=Identity(required=True),
    say=("感谢您反映，给您带来不便，非常抱歉。",),
    avoid=(Avoid(utterance="您凭什么说它坏了？", why="反问", instead="谢谢"),),
    hints=(Nearby(entry_id="M03-4", question="少计的电量怎么补"),),
    work_order=WorkOrderAdvice(needed=True, form="业务申请单", missing=("户号", "联系电话")),
)


def turn(**changes: object) -> Row:
    return {"caller": "表不走了", "expect": {"order": True}, "axes": {"业务": "派单"}, **changes}


def row(*turns: Row, **changes: object) -> Row:
    return {"case": "01 电表", "lesson": "先问清", "turns": list(turns) or [turn(), turn()], **changes}


def one(write: Writer, *turns: Row) -> Case:
    (case,) = load_cases(write(row(*turns)))
    return case


@dataclass
class Fake:
    """Answers everything alike and remembers what it was asked."""

    reply: Suggestion = SUGGESTION
    asked: list[tuple[str, dict[str, str], str | None]] = field(default_factory=list)

    def __call__(self, text: str, *, facts: Mapping[str, str] | None = None, as_of: str | None = None) -> Suggestion:
        self.asked.append((text, dict(facts or {}), as_of))
        return self.reply


class Checker:
    """Finds 反问 in questions that begin with 凭什么 and 缺结束语 after a bare 再见."""

    def check(self, text: str) -> Sequence[str]:
        found = {"反问": text.startswith("凭什么"), "缺结束语": text.endswith("再见") and "感谢" not in text}
        return [mark for mark, there in found.items() if there]
