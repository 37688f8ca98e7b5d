"""The rules of ingest, kept as TOML beside the code: what to clean away, what columns are called, what is a fault."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from kb.domain.errors import RuleFileInvalid


@cache
def rules(name: str) -> Mapping[str, Any]:
    """Return `ingest/rules/<name>.toml` as a mapping.

    Raises:
        RuleFileInvalid: the file is missing or is not TOML.
    """
    try:
        return tomllib.loads(files("ingest").joinpath("rules", f"{name}.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RuleFileInvalid(f"规则文件 {name}.toml 无法读取：{error}") from None


@cache
def pattern(name: str, *path: str) -> re.Pattern[str]:
    """Return the compiled regular expression at `path` of a rule file; a list means alternatives.

    Raises:
        RuleFileInvalid: no such key, or not a regular expression.
    """
    try:
        value: Any = rules(name)
        for key in path:
            value = value[key]
        return re.compile(value if isinstance(value, str) else "|".join(f"(?:{part})" for part in value))
    except (KeyError, TypeError, re.error) as error:
        raise RuleFileInvalid(f"规则 {name}.toml {'.'.join(path)} 无效：{error}") from None
