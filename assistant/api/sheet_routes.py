"""Routes about people's scores: blind sheets, one's own scores, results, rulings, workbooks, gold."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from assistant.accounts.types import Account
from assistant.api.body import parse_json
from assistant.api.guards import services_of
from assistant.api.replies import Body, Evaluator, Upload, attachment, reply, sent_name
from assistant.api.run_routes import stored_run
from assistant.errors import RequestInvalid
from assistant.measuring.store import RULING, Scored
from kb.text.normalise import printable

router = APIRouter()
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_NAME = 80


@router.get("/api/v1/sheets")
def sheets(request: Request, account: Evaluator) -> Response:
    """The scoring sheets, newest first, and who has scored how much of each."""
    return reply({"sheets": services_of(request).scores.sheets(account.name)})


@router.post("/api/v1/sheets")
def draw_sheet(request: Request, account: Evaluator, body: Body) -> Response:
    """Draw a sheet from a run: `{"run_id", "size"}`."""
    data = parse_json(body)
    run_id, size = (data.get("run_id"), data.get("size")) if isinstance(data, dict) else (None, None)
    if not isinstance(run_id, str) or type(size) is not int:
        raise RequestInvalid("请求的字段不对", hint='例如 {"run_id": "…", "size": 100}')
    drawn = services_of(request).scores.draw(stored_run(request, run_id), size, account.name)
    return reply({"sheet_id": drawn.sheet_id, "n": len(drawn.items), "answered": drawn.answered}, 201)


@router.get("/api/v1/sheets/{sheet_id}")
def sheet(request: Request, account: Evaluator, sheet_id: str) -> Response:
    """A sheet as a scorer may see it, with one's own scores."""
    return reply(services_of(request).scores.items(sheet_id, account.name))


@router.put("/api/v1/sheets/{sheet_id}/scores/{number}")
def put_score(request: Request, account: Evaluator, sheet_id: str, number: int, body: Body) -> Response:
    """Keep one's score of an item: `{"verdict", "reason", "version"}`."""
    given = read_score(body, number, account, scorer=account.name)
    return reply({"version": services_of(request).scores.score(sheet_id, given)})


@router.post("/api/v1/sheets/{sheet_id}/result")
def open_result(request: Request, account: Evaluator, sheet_id: str) -> Response:
    """Open the results; one's own scores close with it."""
    return reply(services_of(request).scores.result(sheet_id, account.name))


@router.put("/api/v1/sheets/{sheet_id}/rulings/{number}")
def put_ruling(request: Request, account: Evaluator, sheet_id: str, number: int, body: Body) -> Response:
    """Rule where scorers differ: `{"verdict", "reason", "version"}`."""
    given = read_score(body, number, account, scorer=RULING)
    return reply({"version": services_of(request).scores.rule(sheet_id, given)})


@router.get("/api/v1/sheets/{sheet_id}/workbook")
def workbook(request: Request, _account: Evaluator, sheet_id: str) -> Response:
    """The blind sheet as a workbook."""
    return attachment(services_of(request).scores.workbook(sheet_id), f"打分-{sheet_id}.xlsx", WORKBOOK)


@router.post("/api/v1/sheets/{sheet_id}/workbook")
def take_workbook(request: Request, account: Evaluator, sheet_id: str, body: Upload) -> Response:
    """Take a filled workbook or .csv; the file's name, in `Content-Disposition`, is the scorer's."""
    filename = sent_name(request)
    scorer = printable(filename).rpartition(".")[0].strip()
    if not 0 < len(scorer) <= MAX_NAME:
        raise RequestInvalid("文件名就是打分人", hint="例如 张三.xlsx")
    taken = services_of(request).scores.take(sheet_id, scorer, filename, body, account.name)
    return reply({"scorer": scorer, "n": taken}, 201)


@router.get("/api/v1/sheets/{sheet_id}/gold")
def gold(request: Request, _account: Evaluator, sheet_id: str) -> Response:
    """What the scores teach, as a set to save."""
    scores = services_of(request).scores
    text = scores.gold(sheet_id, stored_run(request, scores.run_of(sheet_id)))
    return attachment(text.encode("utf-8", "replace"), f"题集-{sheet_id}.jsonl", "application/jsonl")


def read_score(body: bytes, number: int, account: Account, *, scorer: str) -> Scored:
    """Read a score.

    Raises:
        RequestInvalid: not an object of these fields.
    """
    data: Any = parse_json(body)
    if not isinstance(data, dict) or not set(data) <= {"verdict", "reason", "version"}:
        raise RequestInvalid("请求的字段不对", hint="可用：verdict、reason、version")
    verdict, reason, version = data.get("verdict"), data.get("reason", ""), data.get("version", 0)
    if not isinstance(verdict, str) or not isinstance(reason, str) or type(version) is not int:
        raise RequestInvalid("评分的字段类型不对", hint="verdict、reason 是文字，version 是读到的版本号")
    return Scored(
        scorer=scorer, number=number, verdict=verdict, reason=printable(reason), version=version, account=account.name
    )
