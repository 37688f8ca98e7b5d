"""Where rules and lexicon come from: the package's files, each replaceable by a namesake in the data folder."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.domain.errors import RuleFileInvalid

CORPUS = Path(__file__).resolve().parent.parent / "corpus"


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """Finds rule files: `DATA/rules/NAME` wins over the bundled `kb/corpus/(rules|lexicon)/NAME`."""

    override: Path | None = None

    def path(self, name: str) -> Path:
        """Return the file in force.

        Raises:
            RuleFileInvalid: neither place has it.
        """
        places = [CORPUS / "rules" / name, CORPUS / "lexicon" / name]
        if self.override is not None:
            places.insert(0, self.override / name)
        for place in places:
            if place.is_file():
                return place
        raise RuleFileInvalid(f"找不到规则文件 {name}", hint="请重新安装，或检查数据目录的 rules 文件夹")

    def toml(self, name: str) -> dict[str, Any]:
        """Read a TOML rule file.

        Raises:
            RuleFileInvalid: it does not parse; the message names file and place.
        """
        path = self.path(name)
        try:
            return tomllib.loads(_read(path))
        except tomllib.TOMLDecodeError as error:
            raise RuleFileInvalid(f"规则文件 {path.name} 无法解析：{error}", hint="请按提示的行列修正") from None

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
        raw = enumerate(_read(self.path(name)).splitlines(), start=1)
        return [(number, line.strip()) for number, line in raw if line.strip() and not line.startswith("#")]

    def digest(self, *names: str) -> str:
        """Return a short SHA-256 over the named files, so that results can say which rules made them."""
        sha = hashlib.sha256()
        for name in names:
            sha.update(self.path(name).read_bytes())
        return sha.hexdigest()[:12]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RuleFileInvalid(
            f"规则文件 {path.name} 不是 UTF-8 编码：{error}", hint="请用 UTF-8 编码另存后再试"
        ) from None
