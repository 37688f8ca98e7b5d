"""How a request from an agent may go: kinds, stages with their clocks, and steps, read from `requests.toml`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from assistant.accounts.types import ACTIONS, Account, Action
from assistant.workorder.calendar import Workdays
from assistant.workorder.due import Deadlines
from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles

FILE = "requests.toml"
FIRST, CLOSED = "班组长审核", "办结"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One way from a stage to the next. `own`: only for whoever handed it in; `say`: words are due; `reply`: they are
    the answer the agent reads."""

    name: str
    before: str
    after: str
    who: Action
    own: bool = False
    say: bool = False
    reply: bool = False

    def open_to(self, account: Account, *, own: bool) -> bool:
        """Whether an account may take the step on a request that is its own or not."""
        return account.may(self.who) and (own or not self.own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Until when a stage should be left (`target`) and must be (`limit`); `provisional` where holidays are guessed."""

    target: dt.datetime
    limit: dt.datetime
    provisional: bool


class RequestRules:
    """The rules in force. `kinds` maps the trade's names to what the desk sends."""

    def __init__(self, data: Mapping[str, Any], workdays: Workdays) -> None:
        self.kinds: Mapping[str, str] = data["kinds"]
        self.steps = tuple(_step(row) for row in data["steps"])
        self.stages = (*data["deadlines"], CLOSED)
        self._texts = {stage: (rule["target_text"], rule["limit_text"]) for stage, rule in data["deadlines"].items()}
        self._deadlines = Deadlines(data, workdays)
        places = {place for step in self.steps for place in (step.before, step.after)}
        if not places <= set(self.stages) or FIRST not in self.stages:
            raise RuleFileInvalid(f"{FILE} 的步骤提到没有时限的环节", hint=f"环节：{'、'.join(self.stages)}")

    def kind_of(self, feedback: str) -> str | None:
        """Return the kind a feedback opens a request of, or `None` when it opens none."""
        return next((kind for kind, sent in self.kinds.items() if sent == feedback), None)

    def step(self, stage: str, name: str) -> Step | None:
        """Return a step that can be taken from a stage."""
        return next((step for step in self.steps if step.before == stage and step.name == name), None)

    def open_steps(self, stage: str, account: Account, *, own: bool) -> list[Step]:
        """Return the steps an account may take from a stage."""
        return [step for step in self.steps if step.before == stage and step.open_to(account, own=own)]

    def clocks(self, stage: str, at: dt.datetime) -> Clocks | None:
        """Return the clocks of a stage entered at a moment; none once it is closed."""
        if stage == CLOSED:
            return None
        due = self._deadlines.due(stage, at, {})
        target, limit = (dt.datetime.fromisoformat(due[name]) for name in ("target", "limit"))
        return Clocks(target=target, limit=limit, provisional=bool(due["provisional"]))

    def text(self, stage: str) -> tuple[str, str]:
        """Return the words of a stage's target and limit."""
        return self._texts.get(stage, ("", ""))


def load_request_rules(files: RuleFiles, workdays: Workdays) -> RequestRules:
    """Read the rules in force.

    Raises:
        RuleFileInvalid: something is missing, or a step names an unknown action or stage.
    """
    try:
        return RequestRules(files.toml(FILE), workdays)
    except (KeyError, TypeError) as error:
        raise RuleFileInvalid(f"{FILE} 的内容不全或有误：{error}", hint="请对照随程序的同名文件") from None


def _step(row: Mapping[str, Any]) -> Step:
    if row["who"] not in ACTIONS:
        raise RuleFileInvalid(f"{FILE} 里有不认识的权限：{row['who']}", hint=f"可用：{' '.join(ACTIONS)}")
    return Step(
        name=row["name"],
        before=row["from"],
        after=row["to"],
        who=cast("Action", row["who"]),
        own=bool(row.get("own", False)),
        say=bool(row.get("say", False)),
        reply=bool(row.get("reply", False)),
    )
