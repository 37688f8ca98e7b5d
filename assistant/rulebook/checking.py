"""Whether a rule text may be stored: it parses, has the bundled file's shape, a source and a validity, and loads."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.calls.live import load_live_rules
from assistant.judge.asking import load_ask_rules
from assistant.judge.facts import load_facts
from assistant.judge.script import load_script_checker
from assistant.judge.taxonomy import load_taxonomy
from assistant.judge.words import load_word_rules
from assistant.learning.request_rules import load_request_rules
from assistant.learning.rules import load_learning_rules
from assistant.outage.match import load_outage_matcher
from assistant.rulebook.names import LINES, known_name
from assistant.rulebook.shape import misfits, shape_of
from assistant.suggest.following import load_follow_rules
from assistant.suggest.tables import load_tables
from assistant.workorder.advice import load_adviser
from assistant.workorder.calendar import load_workdays
from kb.curation.watch.rules import load_watch_rules
from kb.domain.errors import RuleFileInvalid, ZhidaError
from kb.text.lexicon import load_lexicon
from kb.text.normalise import Normaliser
from kb.text.rulefiles import RuleFiles

MOST = 200_000
SHOWN = 5
SOURCE = re.compile(r"^#\s*来源\s*[:：]\s*(\S.*)$", re.MULTILINE)
SINCE = re.compile(r"^#\s*生效\s*[:：]\s*(\S+)", re.MULTILINE)
UNTIL = re.compile(r"^#\s*失效\s*[:：]\s*(\S+)", re.MULTILINE)
IN_LINES = "在文件开头写：# 来源：依据的文件  和  # 生效：2026-12-01"
IN_TOML = '在文件开头写：source = "依据的文件" 和 valid_from = 2026-12-01'
TIMES = frozenset({"hours", "workdays", "by"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a rule file says about itself: where its rules come from and on which days `[valid_from, valid_to)`."""

    source: str = ""
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


def check_rule(files: RuleFiles, name: str, text: str) -> Head:
    """Return the head of a text that may stand in for a rule file beside the others in force.

    Raises:
        NotFound: no such rule file.
        RuleFileInvalid: what is wrong and where, in Chinese; at most five places.
    """
    known_name(name)
    if len(text) > MOST:
        raise RuleFileInvalid(f"{name} 超过 {MOST} 字", hint="请去掉不用的内容")
    trying = files.trying(name, text)
    head = head_of(name, text)
    _demand(name, head)
    if name not in LINES:
        given = trying.toml(name)
        bundled = files.trying(name, None).toml(name)
        _refuse(name, list(misfits(shape_of([bundled]), given)))
    try:
        load_everything(trying, name)
    except RuleFileInvalid as error:
        raise RuleFileInvalid(error.message, hint=error.hint or "请对照自带的内容改") from None
    _refuse(name, list(loose_ends(trying)))
    return head


def head_of(name: str, text: str) -> Head:
    """Return what a text says about itself; what it does not say is empty.

    Raises:
        RuleFileInvalid: it does not parse, or a day cannot be read.
    """
    if name in LINES:
        found = {key: pattern.search(text) for key, pattern in (("from", SINCE), ("to", UNTIL))}
        source = SOURCE.search(text)
        days = {key: _day(name, match[1]) if match else None for key, match in found.items()}
        return Head(source=source[1].strip() if source else "", valid_from=days["from"], valid_to=days["to"])
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleFileInvalid(f"规则文件 {name} 无法解析：{error}", hint="请按提示的行列修正") from None
    return Head(
        source=_text(data.get("source")),
        valid_from=_day(name, data.get("valid_from")),
        valid_to=_day(name, data.get("valid_to")),
    )


def load_everything(files: RuleFiles, name: str = "") -> None:
    """Read every rule file as a start would, `name` being the one that changed.

    Raises:
        RuleFileInvalid: one of them cannot be used.
    """
    try:
        normaliser = Normaliser(load_lexicon(files))
        load_facts(files, normaliser)
        for load in (
            load_ask_rules, load_word_rules, load_script_checker, load_adviser, load_taxonomy, load_tables,
            load_live_rules, load_outage_matcher, load_follow_rules, load_learning_rules, load_watch_rules,
        ):  # fmt: skip
            load(files)
        load_request_rules(files, load_workdays(files))
    except ZhidaError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, re.error) as error:
        raise RuleFileInvalid(f"{name} 读不进来：{error}", hint="请对照 zhida rules show 的自带内容改") from None


def loose_ends(files: RuleFiles) -> Iterator[str]:
    """Yield what one rule file names and another does not have."""
    facts = files.toml("facts.toml")["facts"]
    forms = files.toml("forms.toml")["forms"]
    deadlines = files.toml("deadlines.toml")["deadlines"]
    for rule in files.toml("ask.toml")["ask"]:
        if rule["fact"] not in facts:
            yield f"ask.toml {rule['id']} 要问的「{rule['fact']}」不在 facts.toml 里"
    for rule in files.toml("workorder.toml")["rules"]:
        form = rule.get("form")
        if rule["needed"] and form not in forms:
            yield f"workorder.toml {rule['id']} 的工单「{form}」不在 forms.toml 里"
    for form in forms:
        if form not in deadlines:
            yield f"deadlines.toml 没有「{form}」的时限"
    for form, rule in deadlines.items():
        yield from _spans(form, rule, facts)


def _spans(form: str, rule: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[str]:
    for which in ("target", "limit"):
        span = rule[which]
        if not {"hours", "workdays"} & set(span):
            yield f"deadlines.toml「{form}」的 {which} 没有写 hours 或 workdays"
        if any(value <= 0 for name, value in span.items() if name != "by"):
            yield f"deadlines.toml「{form}」的 {which} 要大于 0"
        by = span.get("by")
        if by is not None and by not in facts:
            yield f"deadlines.toml「{form}」按「{by}」分，facts.toml 里没有这个事实"
        options = facts.get(by, {}).get("options", ()) if by else ()
        unknown = [name for name in span if name not in TIMES and name not in options]
        if unknown:
            yield f"deadlines.toml「{form}」的 {which} 里「{'、'.join(unknown)}」不是「{by or '—'}」的取值"


def _demand(name: str, head: Head) -> None:
    hint = IN_LINES if name in LINES else IN_TOML
    if not head.source:
        raise RuleFileInvalid(f"{name} 没有写来源", hint=hint)
    if head.valid_from is None:
        raise RuleFileInvalid(f"{name} 没有写生效日期", hint=hint)
    if head.valid_to is not None and head.valid_to <= head.valid_from:
        raise RuleFileInvalid(f"{name} 的失效日期 {head.valid_to} 不晚于生效日期 {head.valid_from}", hint=hint)


def _refuse(name: str, wrong: list[str]) -> None:
    if wrong:
        more = f"；另有 {len(wrong) - SHOWN} 处" if len(wrong) > SHOWN else ""
        raise RuleFileInvalid(f"{name} 有误：{'；'.join(wrong[:SHOWN])}{more}", hint="请对照自带的内容改")


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _day(name: str, value: object) -> dt.date | None:
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise RuleFileInvalid(f"{name} 的日期读不懂：{value}", hint="写成 2026-12-01") from None
