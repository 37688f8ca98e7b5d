"""Where rules and lexicon come from: the package's files, each replaceable by a namesake in the data folder."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kb.domain.errors import RuleFileInvalid

CORPUS = Path(__file__).resolve().parent.parent / "corpus"


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """Finds rule files: `DATA/rules/NAME` wins over the bundled `kb/corpus/(rules|lexicon)/NAME`.

    `instead` are texts that stand in for files, to try them before they are written; `None` stands for the bundled one.
    """

    override: Path | None = None
    instead: Mapping[str, str | None] = field(default_factory=dict)

    def trying(self, name: str, text: str | None) -> RuleFiles:
        """Return the same files with `text` in place of one of them; with `None`, the bundled one."""
        return replace(self, instead={**self.instead, name: text})

    def path(self, name: str) -> Path:
        """Return the file in force.

        Raises:
            RuleFileInvalid: neither place has it.
        """
        places = [CORPUS / "rules" / name, CORPUS / "lexicon" / name]
        if self.override is not None and name not in self.instead:
            places.insert(0, self.override / name)
        for place in places:
            if place.is_file():
                return place
        raise RuleFileInvalid(f"找不到规则文件 {name}", hint="请重新安装，或检查数据目录的 rules 文件夹")

    def text(self, name: str) -> str:
        """Return a file's text.

        Raises:
            RuleFileInvalid: there is no such file, or it is not UTF-8.
        """
        given = self.instead.get(name)
        return _read(self.path(name)) if given is None else given

    def toml(self, name: str) -> dict[str, Any]:
        """Read a TOML rule file.

        Raises:
            RuleFileInvalid: it does not parse; the message names file and place.
        """
        try:
            return tomllib.loads(self.text(name))
        except tomllib.TOMLDecodeError as error:
            raise RuleFileInvalid(f"规则文件 {name} 无法解析：{error}", hint="请按提示的行列修正") from None

    def lines(self, name: str) -> list[str]:
        """Read a text file as stripped lines, without blanks and `#` comments.

        Raises:
            RuleFileInvalid: it is not UTF-8; the message names file and place.
        """
        return [line for _number, line in self.numbered_lines(name)]

    def numbered_lines(self, name: str) -> list[tuple[int, str]]:
        """Read what `lines` reads, each line with its number in the file, counted from 1.

        Raises:
            RuleFileInvalid: it is not UTF-8; the message names file and place.
        """
        raw = enumerate(self.text(name).splitlines(), start=1)
        return [(number, line.strip()) for number, line in raw if line.strip() and not line.startswith("#")]

    def digest(self, *names: str) -> str:
        """Return a short SHA-256 over the named files, so that results can say which rules made them."""
        sha = hashlib.sha256()
        for name in names:
            given = self.instead.get(name)
            sha.update(self.path(name).read_bytes() if given is None else given.encode())
        return sha.hexdigest()[:12]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RuleFileInvalid(
            f"规则文件 {path.name} 不是 UTF-8 编码：{error}", hint="请用 UTF-8 编码另存后再试"
        ) from None
