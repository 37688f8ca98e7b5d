"""The lexicon as data: domain words, synonyms with their direction, fillers, character variants, units."""

from __future__ import annotations

from dataclasses import dataclass, field

from kb.domain.errors import RuleFileInvalid
from kb.text.rulefiles import RuleFiles

FILES = ("dictionary.txt", "synonyms.tsv", "text.toml")


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
        RuleFileInvalid: a line is not in the documented form; the message names file and line.
    """
    text = files.toml("text.toml")
    return Lexicon(
        words=tuple(_word(line) for line in files.lines("dictionary.txt")),
        synonyms=tuple(pair for line in files.lines("synonyms.tsv") for pair in _synonyms(line)),
        fillers=tuple(sorted(text["fillers"], key=len, reverse=True)),
        variants=dict(text["variants"]),
        units=tuple((said, term) for said, term in text["units"].items()),
        numeral_units=tuple(sorted(text["numeral_units"], key=len, reverse=True)),
        protected=tuple(sorted(text["protected"], key=len, reverse=True)),
        stopwords=frozenset(text["stopwords"]),
        digest=files.digest(*FILES),
    )


def _word(line: str) -> tuple[str, int]:
    parts = line.split()
    if len(parts) < 2 or not parts[1].isdigit():
        raise RuleFileInvalid(f"词典行不合格式：{line!r}", hint="每行写：词 频次")
    return parts[0], int(parts[1])


def _synonyms(line: str) -> list[Synonym]:
    parts = line.split("\t")
    if len(parts) < 3 or parts[2] not in {"->", "<->"} or not parts[0] or not parts[1]:
        raise RuleFileInvalid(f"同义词行不合格式：{line!r}", hint="每行写：说法<TAB>术语<TAB>-> 或 <->")
    pairs = [Synonym(said=parts[0], term=parts[1])]
    if parts[2] == "<->":
        pairs.append(Synonym(said=parts[1], term=parts[0]))
    return pairs
