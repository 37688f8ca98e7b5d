"""From where on watchers report, and what words mean to them: `watch.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.curation.watch.aspects import Choice, Denials, Families, OrderWords
from kb.curation.watch.figures import Bounds, FigureReader, Point, Unit
from kb.curation.watch.grams import GramReader
from kb.curation.watch.words import Words
from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles

FILE = "watch.toml"
Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A thing said of something, and its opposite: 可以/不可以, 收费/免费; `sure` are double denials (不得拒绝)."""

    name: str
    sure: Words
    yes: Words
    no: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Payers:
    """How a text says who pays: a party with the act soon after it. `denied` is taken out first."""

    denied: Pattern
    company: Pattern
    customer: Pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRules:
    """Everything a watcher asks the rules.

    `limits` holds thresholds by table and name: shares and cosines 0-1, days, seconds, counts.
    `scopes` maps a group to its options' words; `steps` is one more group, looked for in the same short clause only,
    and `anchors` one that is looked for right before a figure.
    """

    limits: Mapping[str, Mapping[str, float]]
    figures: FigureReader
    cases: frozenset[str]
    grams: GramReader
    example: Pattern
    scopes: Mapping[str, Mapping[str, Words]]
    steps: Mapping[str, Words]
    anchors: Mapping[str, Words]
    verdicts: tuple[Verdict, ...]
    negated: Pattern
    attributive: Pattern
    scales: Mapping[str, Mapping[str, float]]
    conditional: Pattern
    payers: Payers
    denials: Denials
    asking: Pattern
    agreeing: Pattern
    choices: tuple[Choice, ...]
    orders: OrderWords
    families: Families
    missing: Pattern
    unless_missing: Pattern

    def limit(self, table: str, name: str) -> float:
        """Return one threshold."""
        return self.limits[table][name]


def load_watch_rules(files: RuleFiles) -> WatchRules:
    """Read the rules in force.

    Raises:
        RuleFileInvalid: a table or key is missing, of the wrong type, or a pattern does not compile.
    """
    data = files.toml(FILE)
    try:
        return WatchRules(
            limits={
                name: {key: float(value) for key, value in data[name].items()}
                for name in ("expiring", "aloud", "usage", "nearby", "duplicate", "contradiction")
            },
            figures=_figure_reader(data["figures"]),
            cases=frozenset(data["figures"]["case_dimensions"]),
            grams=GramReader(data["words"]["glue"], data["words"]["same"]),
            example=any_of(data["figures"]["examples"]),
            scopes={group: _options(options) for group, options in data["scopes"].items()},
            steps=_options(data["steps"]),
            anchors=_options(data["anchors"]),
            verdicts=tuple(_verdict(name, row) for name, row in data["verdicts"].items()),
            negated=_negated(data["negation"]),
            attributive=any_of(data["negation"]["attributive"]),
            scales=_scales(data["scales"]),
            conditional=any_of(data["negation"]["conditional"]),
            payers=_payers(data["payers"]),
            denials=Denials(marks=any_of(data["denials"]["marks"]), dropped=any_of(data["denials"]["dropped"])),
            asking=any_of(data["answers"]["asking"]),
            agreeing=any_of(data["answers"]["agreeing"]),
            choices=tuple(_choice(name, row) for name, row in data["choices"].items()),
            orders=_orders(data["orders"]),
            families=Families(data["families"]),
            missing=any_of(data["missing"]["patterns"]),
            unless_missing=any_of(data["missing"]["unless"]),
        )
    except (re.error, KeyError, TypeError, ValueError, AttributeError) as error:
        raise RuleFileInvalid(f"{FILE} 缺少一项或写错了：{error}", hint="请对照自带的 watch.toml 改正") from None


def _orders(data: Mapping[str, Any]) -> OrderWords:
    return OrderWords(
        patterns=tuple(re.compile(pattern) for pattern in data["patterns"]),
        starts=any_of(data["starts"]),
        goes_on=any_of(data["goes_on"]),
    )


def any_of(patterns: Sequence[str]) -> Pattern:
    """Return one pattern that matches where any of several does; nothing where there is none."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or "(?!)")


def _options(options: Mapping[str, Sequence[str]]) -> dict[str, Words]:
    return {name: Words(words) for name, words in options.items()}


def _verdict(name: str, row: Mapping[str, Any]) -> Verdict:
    return Verdict(name=name, sure=Words(row.get("sure", ())), yes=Words(row["yes"]), no=Words(row["no"]))


def _scales(data: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Return by sort of clash what each thing seen counts: those of its group, and its own `base`."""
    return {
        sort: {**{name: float(value) for name, value in data[group].items()}, "base": float(base)}
        for group, bases in data["base"].items()
        for sort, base in bases.items()
    }


def _choice(name: str, data: Mapping[str, Any]) -> Choice:
    """Return a choice: `says` are patterns with `{}` where the words of an answer stand."""
    every = "|".join(word for words in data["options"].values() for word in words)
    row = f"(?:(?:{every})(?:、|或者?|和|及|以及))*"
    options = {
        option: Words([pattern.replace("{}", f"{row}(?:{'|'.join(words)})") for pattern in data["says"]])
        for option, words in data["options"].items()
    }
    return Choice(name=name, named=re.compile(every), options=options)


def _payers(data: Mapping[str, Any]) -> Payers:
    act, between = any_of(data["act"]).pattern, int(data["between"])
    paying = {
        name: re.compile(f"(?:{any_of(data[name]).pattern})[^，。；]{{0,{between}}}?(?:{act})")
        for name in ("company", "customer")
    }
    return Payers(denied=any_of(data["denied"]), company=paying["company"], customer=paying["customer"])


def _negated(data: Mapping[str, Any]) -> Pattern:
    """Return the pattern of a negation; group 1 is what it denies, after words like 能 and 再: at most `reach` long."""
    modal, mark = any_of(data["modals"]).pattern, any_of(data["marks"]).pattern
    return re.compile(f"(?:{mark})(?:{modal})*(?![{''.join(data['except'])}])([\u4e00-\u9fff]{{1,{data['reach']}}})")


def _figure_reader(data: Mapping[str, Any]) -> FigureReader:
    units = [
        Unit(
            name=row["names"][0],
            called=name,
            dimension=row["dimension"],
            low=float(row["low"]),
            high=float(row.get("high", row["low"])),
            plus=float(row.get("plus", 0.0)),
        )
        for row in data["units"]
        for name in row["names"]
    ]
    bounds = Bounds(
        **{name: any_of(data[name]) for name in ("least_before", "least_after", "most_before", "most_after")}
    )
    points = [
        Point(pattern=any_of(row["patterns"]), dimension=row["dimension"], value=float(row["value"]))
        for row in data["points"]
    ]
    return FigureReader(units, points, bounds, protected=data["protected"], cases=data["case_dimensions"])
