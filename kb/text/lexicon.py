"""The lexicon as data: domain words, synonyms with their direction, fillers, character variants, units."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles

DICTIONARY, SYNONYMS, TEXT = FILES = ("dictionary.txt", "synonyms.tsv", "text.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Synonym:
    """What callers say and the term the knowledge uses for it; a two-way pair is stored as two."""

    said: str
    term: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Everything `kb.text` needs to know about the language of the trade."""

    words: tuple[tuple[str, int], ...] = ()
    synonyms: tuple[Synonym, ...] = ()
    fillers: tuple[str, ...] = ()
    variants: dict[str, str] = field(default_factory=dict)
    units: tuple[tuple[str, str], ...] = ()
    numeral_units: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    stopwords: frozenset[str] = frozenset()
    digest: str = ""


def load_lexicon(files: RuleFiles) -> Lexicon:
    """Read the lexicon.

    Raises:
        RuleFileInvalid: a line is not in the documented form, or a table breaks its schema; the message names the file
            and the line or key.
    """
    text = files.toml(TEXT)
    return Lexicon(
        words=tuple(_word(number, line) for number, line in files.numbered_lines(DICTIONARY)),
        synonyms=tuple(pair for number, line in files.numbered_lines(SYNONYMS) for pair in _synonyms(number, line)),
        fillers=_longest_first(text, "fillers"),
        variants=_variants(text),
        units=_units(text),
        numeral_units=_longest_first(text, "numeral_units"),
        protected=_longest_first(text, "protected"),
        stopwords=frozenset(_longest_first(text, "stopwords")),
        digest=files.digest(*FILES),
    )


def _word(number: int, line: str) -> tuple[str, int]:
    parts = line.split()
    if len(parts) < 2 or not parts[1].isdecimal():
        raise RuleFileInvalid(f"{DICTIONARY} 第 {number} 行不合格式：{line!r}", hint="每行写：词 频次")
    return parts[0], int(parts[1])


def _synonyms(number: int, line: str) -> list[Synonym]:
    parts = line.split("\t")
    if len(parts) < 3 or parts[2] not in {"->", "<->"} or not parts[0] or not parts[1]:
        raise RuleFileInvalid(
            f"{SYNONYMS} 第 {number} 行不合格式：{line!r}", hint="每行写：说法<TAB>术语<TAB>-> 或 <->"
        )
    pairs = [Synonym(said=parts[0], term=parts[1])]
    if parts[2] == "<->":
        pairs.append(Synonym(said=parts[1], term=parts[0]))
    return pairs


def _longest_first(text: dict[str, Any], key: str) -> tuple[str, ...]:
    values = text.get(key)
    if not isinstance(values, list) or not all(isinstance(value, str) and value for value in values):
        raise RuleFileInvalid(f"{TEXT} 的 {key} 缺失或有误", hint=f'请写成：{key} = ["…", "…"]，每项都不能为空')
    return tuple(sorted(values, key=len, reverse=True))


def _pairs(text: dict[str, Any], key: str) -> dict[str, str]:
    table = text.get(key)
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise RuleFileInvalid(f"{TEXT} 的 [{key}] 缺失或有误", hint="每行写：'说法' = \"写法\"")
    return table


def _variants(text: dict[str, Any]) -> dict[str, str]:
    table = _pairs(text, "variants")
    for said in table:
        if len(said) != 1:
            raise RuleFileInvalid(f"{TEXT} 的 [variants] 里 {said!r} 不是单个字", hint="左边只写一个字")
    return table


def _units(text: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    table = _pairs(text, "units")
    for said, term in table.items():
        try:
            re.compile(said).sub(term, "")  # reads the replacement too, though nothing matches
        except (re.error, IndexError) as error:
            raise RuleFileInvalid(f"{TEXT} 的 [units] 里 {said!r} 无法使用：{error}", hint="请改正正则表达式") from None
    return tuple(table.items())
