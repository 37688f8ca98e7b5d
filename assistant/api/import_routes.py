"""Routes that take entries in from a file and give them out as one: upload, plan, accept; template and export."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from assistant.accounts.types import Account
from assistant.api.curating import read_object, read_text
from assistant.api.errors import problem
from assistant.api.guards import services_of
from assistant.api.release_routes import works_of
from assistant.api.replies import Body, Editor, PageBody, Upload, reply, sent_name
from assistant.api.services import Services
from assistant.api.shelves import catalogue_of
from assistant.api.uploads import Uploads
from assistant.api.work import Work
from assistant.editing.importing import checked_mapping, plan_file, plan_to_dict
from assistant.editing.listing import Wanted
from assistant.errors import RequestInvalid
from ingest.exchange.writing import FORMATS, write_entries, write_template
from kb.domain.errors import NotFound
from kb.domain.knowledge import Entry

router = APIRouter()
KINDS = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv; charset=utf-8",
    ".jsonl": "application/x-ndjson; charset=utf-8",
}


def uploads_of(request: Request) -> Uploads:
    """Return the uploads of the application that got this request."""
    uploads: Uploads = request.app.state.uploads
    return uploads


@router.post("/api/v1/imports")
def upload(request: Request, account: Editor, body: Upload) -> Response:
    """Take a file, named in `Content-Disposition`; nothing is read or stored yet."""
    if not body:
        raise RequestInvalid("文件是空的", hint="请确认文件已保存完整，再上传一次")
    kept = uploads_of(request).keep(account.name, sent_name(request), body)
    return reply({"upload_id": kept.upload_id, "name": kept.path.name, "bytes": len(body)}, 201)


@router.post("/api/v1/imports/{upload_id}/plan")
def plan(request: Request, account: Editor, upload_id: str, body: Body) -> Response:
    """Work out what an upload would do, with the columns as guessed or as told; nothing is written."""
    services, kept = services_of(request), uploads_of(request).of(account.name, upload_id)
    mapping = read_object(body, {"mapping"}).get("mapping", {})
    if not isinstance(mapping, dict) or not all(isinstance(field, str) for field in mapping.values()):
        raise RequestInvalid("mapping 应是 列名 → 字段 的对象")
    checked_mapping(mapping)

    def job(_work: Work) -> dict[str, Any]:
        today = services.clock.now().date()
        made = plan_file(services.workshop, account, kept.path, mapping, mask=services.masker, today=today)
        kept.plan = made
        return plan_to_dict(made)

    return reply(works_of(request).start(account.name, f"读取 {kept.upload_id}", job).to_dict(), 202)


@router.post("/api/v1/imports/{upload_id}/accept")
def accept(request: Request, account: Editor, upload_id: str, body: PageBody) -> Response:
    """Draft what the plan last shown would do, without what is to be skipped."""
    services, uploads = services_of(request), uploads_of(request)
    kept = uploads.of(account.name, upload_id)
    data = read_object(body, {"reason", "skip"})
    skip, reason = data.get("skip", []), read_text(data, "reason").strip() or f"导入 {kept.path.name}"
    if not isinstance(skip, list) or not all(isinstance(item, str) for item in skip):
        raise RequestInvalid("skip 应是编号的列表")
    shown = kept.plan
    if shown is None:
        raise RequestInvalid("还没有看过会做什么", hint="请先看预演，再写入")
    only = {line.entry_id for line in shown.lines if line.entry is not None} - set(skip)

    def job(work: Work) -> dict[str, Any]:
        desk = services.workshop.desk
        decisions = desk.bring_in(account, shown, reason=reason, only=only, tick=work.tick)
        refused = [
            {"item_id": one.ref.item_id, "problem": problem(one.error)} for one in decisions if one.error is not None
        ]
        uploads.forget(kept)
        return {"drafted": len(decisions) - len(refused), "skipped": len(skip), "refused": refused}

    work = works_of(request).start(account.name, f"导入 {kept.upload_id}", job)
    work.total = len(only)
    return reply(work.to_dict(), 202)


@router.get("/api/v1/exchange/template")
def template(_account: Editor) -> Response:
    """An empty workbook with every column explained."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "模板.xlsx"
        write_template(path)
        return download(path, "条目模板.xlsx")


@router.get("/api/v1/exchange/entries/{name}")
def export(request: Request, account: Editor, name: str, category: str = "") -> Response:
    """What is published and within the account's sight, as `entries.xlsx`, `.csv` or `.jsonl`."""
    services = services_of(request)
    suffix = f".{name.rpartition('.')[2]}"
    if name != f"entries{suffix}" or suffix not in FORMATS:
        raise NotFound("没有这种导出", hint="可用：entries.xlsx、entries.csv、entries.jsonl")
    found = exported(services, account, category)
    entries = found if suffix == ".jsonl" else [entry for entry in found if entry.kind != "guard"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_entries(entries, path)
        return download(path, f"条目-第{catalogue_of(services).release}版{suffix}")


def exported(services: Services, account: Account, category: str) -> list[Entry]:
    """Return the published entries an account may look at, of one category or of all, in id order."""
    entries = catalogue_of(services).entries
    rows = services.workshop.listing.find(account, Wanted())
    found = [entries[row.line.entry_id] for row in rows if row.line.entry_id in entries and row.line.live is not None]
    return [entry for entry in found if not category or category in entry.categories]


def download(path: Path, name: str) -> Response:
    """Return a file to be saved under a name."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(path.read_bytes(), media_type=KINDS[path.suffix], headers=headers)
