"""Which outage notices a call may be about: the place named in the words stands in the notice."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.domain.suggestion import Outage
from kb.search.catalogue import FoundPassage

PLACE_SPLIT = re.compile(r"[，,、；;。（）()\s]|以[东南西北]|一带|沿线|全部|部分|用户|等")
GENERIC = (
    "小区",
    "供电",
    "停电",
    "公司",
    "线路",
    "区域",
    "街道",
    "市场",
    "工业",
    "中心",
    "花园",
    "新村",
    "广场",
    "公寓",
    "学校",
    "医院",
)
MIN_PLACE = 2


def places(notice: FoundPassage) -> list[str]:
    """Return the place names a notice mentions, numbers and generic endings cut off."""
    text = "，".join(notice.passage.cells.get(key, "") for key in ("区域", "线路"))
    names = (re.sub(r"\d.*$", "", part) for part in PLACE_SPLIT.split(text))
    return [name for name in dict.fromkeys(names) if len(_stem(name)) >= MIN_PLACE]


def _stem(name: str) -> str:
    for ending in GENERIC:
        name = name.removesuffix(ending)
    return name


def matching(text: str, notices: Iterable[FoundPassage], limit: int = 3) -> list[Outage]:
    """Return the notices one of whose places is named in `text`, most specific place first."""
    scored = []
    for notice in notices:
        named = [name for name in places(notice) if name in text or (len(_stem(name)) >= 3 and _stem(name) in text)]
        if named:
            scored.append((-max(map(len, named)), notice.passage.passage_id, notice))
    return [_outage(notice) for _length, _id, notice in sorted(scored, key=lambda item: item[:2])[:limit]]


def _outage(notice: FoundPassage) -> Outage:
    cells = notice.passage.cells
    return Outage(
        notice_id=cells.get("编号") or notice.passage.passage_id,
        kind=cells.get("类型", ""),
        area=cells.get("区域", ""),
        reason=cells.get("原因", ""),
        starts=cells.get("停电时间", ""),
        ends=cells.get("送电时间", ""),
        text=notice.passage.text,
    )
