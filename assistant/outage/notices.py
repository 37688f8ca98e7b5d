"""A notice of the outage board, and the document it is published as."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from assistant.errors import RequestInvalid
from assistant.outage.match import BOARD, number_of
from kb.domain.clock import to_wall
from kb.domain.knowledge import Document, FoundPassage, Passage
from kb.domain.validity import VISIBILITIES, Validity

KINDS = ("计划停电", "临时停电", "故障停电")
OPEN, ENDED = "有效", "已送电"
FILE = "停电公告板"
MOST = 400
# Field of a notice -> its name in the published text; the two that hold a moment come apart.
CELLS: Mapping[str, str] = {
    "notice_id": "编号",
    "kind": "类型",
    "place": "区域",
    "line": "线路",
    "scope": "影响范围",
    "cause": "原因",
    "state": "状态",
}
MOMENTS: Mapping[str, str] = {"starts": "停电时间", "promised": "送电时间", "planned": "计划送电时间"}
SAID = {"编号": "停电编号", "类型": "停电类型", "区域": "停电区域", "线路": "停电线路", "原因": "停电原因"}
ORDER = ("编号", "类型", "区域", "线路", "影响范围", "停电时间", "送电时间", "计划送电时间", "原因", "状态")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One outage. Moments are wall time in China to the minute.

    Attributes:
        place: villages, roads, compounds; what callers name. `line` is the line or device.
        scope: how much is without power, in words.
        starts: when power goes off.
        planned: when it was to be back by the plan.
        promised: when it is to be back as promised now, which is what callers are told; `None` is not known yet.
        state: 有效, or 已送电 once it is over.
    """

    notice_id: str
    kind: str
    place: str
    line: str = ""
    scope: str = ""
    cause: str = ""
    starts: dt.datetime
    planned: dt.datetime | None = None
    promised: dt.datetime | None = None
    state: str = OPEN
    region: str | None = None
    visibility: str = "对外"

    def __post_init__(self) -> None:
        _check(self)

    def ended(self) -> Notice:
        """Return the notice as over."""
        return replace(self, state=ENDED)


def document_id(notice_id: str) -> str:
    """Return the id of the document that holds a notice of the board."""
    return f"{BOARD}{notice_id}"


def to_document(notice: Notice, today: dt.date) -> Document:
    """Return a notice as it is published. It holds until the day after the promised end; an ended one until today."""
    cells = {name: value for key, name in CELLS.items() if (value := getattr(notice, key))}
    cells |= {name: iso(value) for key, name in MOMENTS.items() if (value := getattr(notice, key)) is not None}
    shown = {name: cells[name] for name in ORDER if name in cells}
    text = "；".join(f"{SAID.get(name, name)}：{value.replace('T', ' ')}" for name, value in shown.items())
    about = " ".join(filter(None, (notice.place, notice.line, notice.kind)))
    passage = Passage(
        passage_id=f"{document_id(notice.notice_id)}#1",
        kind="notice",
        locator=notice.notice_id,
        text=f"{text}。" if notice.promised else f"{text}；送电时间：待定。",
        heading=f"{about} 停电".replace("停电 停电", "停电")[:120],
        cells=shown,
        validity=Validity(valid_to=_until(notice, today)),
    )
    return Document(
        document_id=document_id(notice.notice_id),
        title=f"停电公告 {notice.notice_id}",
        kind="停电公告",
        passages=(passage,),
        file=FILE,
        region=notice.region,
        visibility="内部" if notice.visibility == "内部" else "对外",
    )


def from_cells(cells: Mapping[str, str], *, notice_id: str, region: str | None, visibility: str) -> Notice:
    """Return the notice that published cells tell, whoever wrote them.

    Raises:
        RequestInvalid: they do not say when power goes off.
    """
    moments = {key: read_moment(cells.get(name, "")) for key, name in MOMENTS.items()}
    starts = moments["starts"]
    if starts is None:
        raise RequestInvalid("这条公告没有停电时间，改不了", hint="请在停电公告页新登记一条")
    promised = moments["promised"]
    words = {key: cells.get(name, "") for key, name in CELLS.items() if key != "notice_id"}
    return Notice(
        **{**words, "state": ENDED if words["state"] == ENDED else OPEN, "kind": words["kind"] or KINDS[0]},
        notice_id=notice_id,
        starts=starts,
        planned=moments["planned"] or promised,
        promised=promised,
        region=region,
        visibility=visibility,
    )


def of_passage(found: FoundPassage) -> Notice:
    """Return the notice a published passage tells; see `from_cells`."""
    head = found.document
    return from_cells(found.passage.cells, notice_id=number_of(found), region=head.region, visibility=head.visibility)


def notice_to_dict(notice: Notice) -> dict[str, Any]:
    """Return a notice as JSON."""
    words = {key: getattr(notice, key) for key in CELLS}
    moments = {key: iso(value) if (value := getattr(notice, key)) else None for key in MOMENTS}
    return {**words, **moments, "region": notice.region, "visibility": notice.visibility}


def read_moment(text: str) -> dt.datetime | None:
    """Read `2026-11-25T08:00` or `2026-11-25 08:00`; empty is `None`.

    Raises:
        RequestInvalid: not a moment.
    """
    if not text.strip():
        return None
    try:
        found = dt.datetime.fromisoformat(text.strip().replace(" ", "T"))
    except ValueError:
        raise RequestInvalid(f"时间认不出来：{text[:40]!r}", hint="请写成 2026-11-25 08:00 的样子") from None
    local = to_wall(found) if found.tzinfo else found
    return local.replace(second=0, microsecond=0)


def iso(value: dt.datetime) -> str:
    """Return a moment to the minute, as 2026-11-25T08:00."""
    return value.isoformat(timespec="minutes")


def _until(notice: Notice, today: dt.date) -> dt.date | None:
    if notice.state == ENDED:
        return today
    return notice.promised.date() + dt.timedelta(days=1) if notice.promised else None


def _check(notice: Notice) -> None:
    texts = [getattr(notice, key) for key in CELLS]
    if any(len(text) > MOST or not text.isprintable() for text in texts):
        raise RequestInvalid(f"每一项应是 {MOST} 字以内的一行文字")
    if notice.visibility not in VISIBILITIES:
        raise RequestInvalid("可见范围不认识", hint=f"可用：{'、'.join(VISIBILITIES)}")
    if not (notice.place.strip() or notice.line.strip()):
        raise RequestInvalid("没有写停电的区域或线路", hint="客户报出的小区、村、道路要写在区域里，才对得上")
    for name, end in (("计划送电时间", notice.planned), ("送电时间", notice.promised)):
        if end is not None and end <= notice.starts:
            raise RequestInvalid(f"{name}不晚于停电时间", hint="请核对日期与上午、下午")
