"""The address in a caller's words: areas, a road or settlement, then building and room. Vocabulary is data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.judge.words import compile_all

NUMBER = r"(?:\d+|[一二三四五六七八九十百零〇两]+)"
DETAIL = (
    rf"(?:{NUMBER}(?:号院|号楼|号|栋|幢|座|单元|楼|层|室|组|队|弄|期|户)|[A-Za-z]座"
    r"|(?<=[座元楼栋幢层])(?:\d{3,4}|[一二三四五六七八九零〇]{3,4})(?!\d))"
)


class AddressReader:
    """Finds the first address that names a place, and says whether it names another province."""

    def __init__(self, data: Mapping[str, Any], file: str) -> None:
        areas, places = _any(data["areas"]), _any(data["places"])
        marks = _any(data["marks"])
        name = f"[^{data['stop']}\\d]{{1,8}}?"
        road = rf"(?:{name}{places}(?:{DETAIL})*)"
        body = rf"((?:{name}{areas})*{road}{{1,3}}(?:和{name}{places})?(?:{name}{marks}|{marks})?)"
        area = rf"((?:{name}{areas}){{1,3}})"
        lead = f"(?:{'|'.join(data['leads'])})"
        self._full = compile_all((rf"{lead}\s*{body}", body, rf"{lead}\s*{area}", area), file)
        self._trim, self._generic = compile_all((data["trim"], data["generic"]), file)
        self._first_name = re.compile(rf"^{name}(?={areas}|{places})")
        self._detail = re.compile(rf"{DETAIL}|{marks}$")
        self._strong = re.compile(rf"[^{data['stop']}]{{2,}}{_any(data['strong'])}")
        self._foreign = re.compile(f"(?:{'|'.join(data['foreign'])}){data['foreign_words']}")

    def read(self, text: str) -> str | None:
        """Return the address as said, or `None`."""
        lead_body, body, lead_area, area = self._full
        for pattern, led in ((lead_body, True), (body, False), (lead_area, True), (area, False)):
            for match in pattern.finditer(text):
                value = self._trim.sub("", match[1])
                if self._holds(value, led=led):
                    return value
        return None

    def foreign(self, text: str) -> bool:
        """Whether the words name another province (示例省 is ours)."""
        return self._foreign.search(text) is not None

    def _holds(self, value: str, *, led: bool) -> bool:
        first = self._first_name.match(value)
        if first is None or self._generic.match(first[0]):
            return False
        return bool(led or self._detail.search(value) or self._strong.match(value))


def _any(words: Sequence[str]) -> str:
    return f"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})"
