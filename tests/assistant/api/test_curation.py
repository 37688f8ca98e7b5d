"""The curators' engine over HTTP: compare-and-set, four eyes, long work, uploads, previews, and what is left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.accounts import service
from assistant.api.body import MAX_PAGE, MAX_UPLOAD
from assistant.api.errors import Busy
from assistant.api.uploads import LIFETIME, Uploads, plain_name
from assistant.api.work import Work, Works
from kb.curation.library import PREVIEWS
from kb.domain.errors import InvalidRecord, NotFound
from kb.store.schema import audit_event
from tests.assistant.api.house import House, app_of, open_house

NEW = {"entry": {"question": "电费怎么交", "branches": [{"when": {}, "answer": "网上交。"}]}, "reason": "新"}
Call = Any


@pytest.fixture
def office(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, real=True) as house:
        yield house


@pytest.fixture
def call(office: House) -> Iterator[Call]:
    """Call a route as somebody; the first word of the name is the role."""
    keys: dict[str, str] = {}
    with TestClient(app_of(office)) as client:

        def do(who: str, method: str, path: str, body: Any = None, *, match: int | None = None, **place: str) -> Any:
            if who not in keys:
                at = office.clock.now()
                office.database.write(lambda c: service.create_account(c, who, who.partition("-")[0], at=at, **place))
                keys[who] = office.database.write(lambda c: service.issue_key(c, who, "测试", at=at))
            headers = {"Authorization": f"Bearer {keys[who]}"}
            if match is not None:
                headers["If-Match"] = f'"{match}"'
            return client.request(method, f"/api/v1/{path}", json=body, headers=headers)

        do.client, do.keys = client, keys  # type: ignore[attr-defined]
        yield do


def put(call: Call, entry_id: str, answer: str, match: int | None, who: str = "curator", **more: Any) -> Any:
    entry = {"question": "电费怎么交", "branches": [{"when": {}, "answer": answer}], **more}
    return call(who, "PUT", f"entries/{entry_id}", {"entry": entry, "reason": "改"}, match=match)


def ended(call: Call, who: str, answer: Any) -> dict[str, Any]:
    """Wait for long work to be over."""
    assert answer.status_code == 202, answer.text
    work: dict[str, Any] = answer.json()
    for _ in range(2_000):
        if work["state"] != "running":
            return work
        time.sleep(0.01)
        work = call(who, "GET", f"progress/{work['work_id']}").json()
    pytest.fail("never over")


def published(call: Call, entry_id: str, version: int, base: int) -> dict[str, Any]:
    refs = {"refs": [{"item_id": entry_id, "version": version}]}
    assert call("curator", "POST", "reviews/submit", refs).json()["refused"] == []
    assert call("reviewer", "POST", "reviews/approve", refs).json()["refused"] == []
    return ended(call, "reviewer", call("reviewer", "POST", "releases", {"note": "发"}, match=base))


def test_a_change_that_does_not_say_its_version_is_refused(call: Call) -> None:
    made = call("curator", "POST", "entries", NEW)
    assert (made.status_code, made.json()["version"], made.headers["etag"]) == (201, 1, '"1"')
    name = made.json()["entry_id"]
    for path, method in ((name, "PUT"), (f"{name}/withdraw", "POST"), (f"{name}/archive", "POST")):
        unsaid = call("curator", method, f"entries/{path}", {"reason": "x"})
        assert (unsaid.status_code, unsaid.json()["code"]) == (428, "assistant.version_unsaid")
    assert call("curator", "POST", f"entries/{name}/restore", {"version": 1}).status_code == 428
    assert call("reviewer", "POST", f"entries/{name}/withdraw-now", {}).status_code == 428
    assert call("reviewer", "POST", "releases", {}).status_code == 428


def test_who_saves_second_is_told_both_sides_and_the_current_version(call: Call) -> None:
    name = call("curator", "POST", "entries", NEW).json()["entry_id"]
    assert put(call, name, "先存的。", 1).status_code == 200
    lost = put(call, name, "后存的。", 1, who="curator-2", owner="客服部")
    assert (lost.status_code, lost.json()["code"], lost.json()["current"]) == (409, "kb.edit_conflict", 2)
    sides = {side["field"]: side for side in lost.json()["sides"]}
    assert sides["branches"]["theirs"][0]["answer"] == "先存的。"
    assert sides["branches"]["mine"][0]["answer"] == "后存的。"
    assert sides["branches"]["clash"]
    assert not sides["owner"]["clash"]
    for step, body in (("withdraw", {"reason": "x"}), ("restore", {"version": 1, "reason": "x"})):
        assert call("curator", "POST", f"entries/{name}/{step}", body, match=1).status_code == 409
    assert call("curator", "GET", f"entries/{name}").json()["version"] == 2


def test_an_entry_goes_from_draft_to_answer_and_back(call: Call, office: House) -> None:
    name = call("curator", "POST", "entries", NEW).json()["entry_id"]
    assert published(call, name, 1, 0)["result"]["release"] == 1
    put(call, name, "柜台交。", 1)
    assert published(call, name, 2, 1)["result"]["changed"]
    asked = call("agent", "POST", "suggest", {"text": "电费怎么交"}).json()
    assert asked["answers"][0]["answer"] == "柜台交。"
    replay = ended(call, "curator", call("curator", "POST", "releases/1/ask", {"text": "电费怎么交"}))["result"]
    assert replay["then"]["answers"][0]["answer"] == "网上交。"
    assert call("curator", "GET", "releases").json()["pinned"] == 1
    gone = call("reviewer", "POST", f"entries/{name}/withdraw-now", {"reason": "错"}, match=2)
    assert (gone.status_code, gone.json()["release"]) == (200, 3)
    assert call("agent", "GET", f"entries/{name}").status_code == 404
    assert call("agent", "POST", "suggest", {"text": "电费怎么交"}).json()["answers"] == []
    back = call("reviewer", "POST", "releases/1/rollback", {"reason": "又对了"}, match=3)
    assert ended(call, "reviewer", back)["result"]["release"] == 4
    assert call("agent", "GET", f"entries/{name}").json()["live"]["content"]["branches"][0]["answer"] == "网上交。"
    with office.database.read() as connection:
        actions = list(connection.execute(select(audit_event.c.action).order_by(audit_event.c.number)).scalars())
    steps = [one for one in actions if one.startswith(("entry", "release"))]
    assert steps == [
        "entry.save", "entry.submit", "entry.approve", "release.publish", "entry.save", "entry.submit", "entry.approve",
        "release.publish", "entry.withdraw", "release.withdraw", "release.rollback",
    ]  # fmt: skip


def test_nobody_approves_their_own_and_an_agent_finds_no_such_route(call: Call) -> None:
    name = call("reviewer", "POST", "entries", NEW).json()["entry_id"]
    refs = {"refs": [{"item_id": name, "version": 1}]}
    call("reviewer", "POST", "reviews/submit", refs)
    [refused] = call("reviewer", "POST", "reviews/approve", refs).json()["refused"]
    assert refused["problem"]["code"] == "kb.self_approval"
    assert call("curator", "POST", "reviews/approve", refs).status_code == 404
    assert call("agent", "GET", "reviews").status_code == 404
    assert call("admin", "POST", "reviews/reject", {**refs, "note": ""}).json()["done"] == []
    past = {**refs, "publish_at": "2026-11-22T11:59"}
    assert call("admin", "POST", "reviews/approve", past).status_code == 422
    assert call("admin", "POST", "reviews/approve", {**refs, "publish_at": "2026-12-01T08:00"}).json()["done"] != []
    assert call("curator", "GET", "reviews").json()["reviews"][0]["publish_at"].startswith("2026-12-01T08:00")
    assert call("curator", "GET", "releases").json()["ready"] == []


def test_two_presses_make_one_release_and_a_stale_page_none(call: Call) -> None:
    name = call("curator", "POST", "entries", NEW).json()["entry_id"]
    assert published(call, name, 1, 0)["result"]["changed"]
    second = call("reviewer", "POST", "releases", {}, match=0)
    assert (second.status_code, second.json()["current"]) == (409, 1)
    nothing = ended(call, "reviewer", call("reviewer", "POST", "releases", {}, match=1))
    assert (nothing["result"]["release"], nothing["result"]["changed"]) == (1, False)


def test_work_of_one_name_runs_once_and_is_shown_to_nobody_else() -> None:
    works, gate = Works(), threading.Event()

    def job(work: Work) -> dict[str, Any]:
        gate.wait()
        work.tick(3)
        return {"ok": True}

    first = works.start("王", "发布", job)
    assert works.start("王", "发布", job) is first
    with pytest.raises(Busy):
        works.start("孙", "发布", job)
    with pytest.raises(NotFound):
        works.of("孙", first.work_id)
    gate.set()
    while works.of("王", first.work_id).state == "running":
        time.sleep(0.001)
    assert (first.state, first.steps, first.result) == ("done", 3, {"ok": True})


@pytest.mark.parametrize(
    ("error", "code"), [(InvalidRecord("答案为空"), "kb.invalid_record"), (KeyError("x"), "assistant.internal")]
)
def test_work_that_fails_says_why_and_no_more(error: Exception, code: str) -> None:
    works = Works()

    def job(_work: Work) -> dict[str, Any]:
        raise error

    work = works.start("王", "发布", job)
    while work.state == "running":
        time.sleep(0.001)
    assert (work.state, work.problem["code"]) == ("failed", code)


def test_a_preview_shows_both_answers_and_keeps_nothing(call: Call, office: House) -> None:
    name = call("curator", "POST", "entries", NEW).json()["entry_id"]
    published(call, name, 1, 0)
    draft = {"question": "电费怎么交", "phrasings": ["上哪儿缴"], "branches": [{"when": {}, "answer": "掌上缴。"}]}
    seen = call("curator", "POST", f"entries/{name}/preview", {"entry": draft, "text": "上哪儿缴"}).json()
    assert (seen["then"]["rank"], seen["then"]["answers"][0]["answer"]) == (1, "掌上缴。")
    assert (seen["then"]["release"], seen["now"]["release"]) == (2, 1)
    assert "掌上缴。" not in str(seen["now"])
    assert call("curator", "GET", f"entries/{name}").json()["version"] == 1
    assert call("curator", "GET", "releases").json()["current"] == 1
    assert list((office.services.settings.data / PREVIEWS).glob("0*")) == []
    fresh = call("curator", "POST", "entry-preview", {"entry": {**draft, "question": "如何缴费"}, "text": "如何缴费"})
    assert fresh.json()["then"]["rank"] == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": ""}, "标准问题为空"),
        ({"branches": [{"when": {}, "answer": "字" * 8_001}]}, "答案过长"),
        ({"branches": [{"when": {}, "answer": "打13812345678找他。"}]}, "个人信息"),
        ({"valid_from": "2026-12-01", "valid_to": "2026-11-01"}, "不晚于生效日期"),
        ({"visibility": "秘密"}, "可见范围不认识"),
        ({"entry_id": "有 空格"}, "编号不能用"),
    ],
)
def test_what_cannot_be_stored_is_refused_in_words(call: Call, change: dict[str, Any], message: str) -> None:
    refused = call("curator", "POST", "entries", {**NEW, "entry": {**NEW["entry"], **change}})  # type: ignore[dict-item]
    assert refused.status_code == 422
    assert message in refused.json()["message"]
    assert "zhida " not in refused.json()["hint"]


def test_what_cannot_be_seen_is_not_stored(call: Call) -> None:
    entry = {**NEW["entry"], "question": "电\u200b费\u202e怎么交", "owner": "营\u0000销部"}  # type: ignore[dict-item]
    name = call("curator", "POST", "entries", {"entry": entry, "reason": "新\u202e"}).json()["entry_id"]
    shown = call("curator", "GET", f"entries/{name}").json()
    assert (shown["draft"]["content"]["question"], shown["owner"], shown["reason"]) == ("电费怎么交", "营销部", "新")


def test_an_account_confined_to_a_department_moves_nothing_across(call: Call) -> None:
    place = {"department": "城东"}
    mine = call("curator-east", "POST", "entries", {**NEW, "entry": {**NEW["entry"], "owner": "城东"}}, **place)  # type: ignore[dict-item]
    away = {"question": "x", "branches": [{"when": {}, "answer": "y"}], "owner": "城西"}
    name = mine.json()["entry_id"]
    moved = call("curator-east", "PUT", f"entries/{name}", {"entry": away, "reason": "移"}, match=1)
    assert (moved.status_code, moved.json()["code"]) == (422, "kb.invalid_record")
    theirs = call("curator", "POST", "entries", {"entry": {**away, "entry_id": "W1"}, "reason": "新"}).json()[
        "entry_id"
    ]
    taken = call(
        "curator-east", "POST", "entries", {"entry": {**away, "entry_id": "W1", "owner": "城东"}, "reason": "占"}
    )
    assert "已经有人用了" in taken.json()["message"]
    for item in (name, theirs):
        call("curator", "POST", "reviews/submit", {"refs": [{"item_id": item, "version": 1}]})
        call("reviewer", "POST", "reviews/approve", {"refs": [{"item_id": item, "version": 1}]})
    call("reviewer-east", "GET", "reviews", **place)
    assert [one["item_id"] for one in call("reviewer-east", "GET", "reviews").json()["reviews"]] == [name]
    done = ended(call, "reviewer-east", call("reviewer-east", "POST", "releases", {}, match=0))
    assert done["result"]["changed"]
    assert call("curator", "GET", f"entries/{theirs}").json()["stage"] == "待发布"
    assert call("reviewer-east", "POST", "releases/1/rollback", {"reason": "x"}, match=1).status_code == 404


def send(call: Call, who: str, name: str, data: bytes) -> Any:
    call(who, "GET", "me")
    headers = {
        "Authorization": f"Bearer {call.keys[who]}",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
    }
    return call.client.post("/api/v1/imports", content=data, headers=headers)


def planned(call: Call, who: str, data: bytes, mapping: dict[str, str] | None = None) -> tuple[str, dict[str, Any]]:
    upload = send(call, who, "问答.csv", data).json()["upload_id"]
    work = ended(call, who, call(who, "POST", f"imports/{upload}/plan", {"mapping": mapping or {}}))
    assert work["state"] == "done", work
    return upload, work["result"]


SHEET = "编号,标准问题,答案,怪列\nQ1,电费怎么交,网上交。,甲\nQ2,发票怎么开,,乙\nQ3,停电找谁,报修。,丙\n".encode()


def test_a_sheet_is_planned_mapped_and_accepted_in_part(call: Call) -> None:
    upload, plan = planned(call, "curator", SHEET)
    assert (plan["created"], plan["rejected"]) == (2, 1)
    assert [column["field"] for column in plan["columns"]] == ["id", "question", "answer", None]
    again = ended(call, "curator", call("curator", "POST", f"imports/{upload}/plan", {"mapping": {"怪列": "owner"}}))
    assert again["result"]["columns"][3]["field"] == "owner"
    bad = call("curator", "POST", f"imports/{upload}/plan", {"mapping": {"怪列": "没有的"}})
    assert (bad.status_code, bad.json()["code"]) == (422, "ingest.bad_mapping")
    done = ended(call, "curator", call("curator", "POST", f"imports/{upload}/accept", {"skip": ["Q3"]}))
    assert (done["total"], done["steps"], done["result"]["drafted"]) == (1, 1, 1)
    assert call("curator", "GET", "entries/Q1").json()["owner"] == "甲"
    assert call("curator", "GET", "entries/Q3").status_code == 404
    assert call("curator", "POST", f"imports/{upload}/accept", {}).status_code == 404, "taken once"


def test_what_changed_since_the_plan_was_shown_is_not_overwritten(call: Call) -> None:
    upload, _plan = planned(call, "curator", SHEET)
    call("curator-2", "POST", "entries", {**NEW, "entry": {**NEW["entry"], "entry_id": "Q1"}})  # type: ignore[dict-item]
    done = ended(call, "curator", call("curator", "POST", f"imports/{upload}/accept", {}))
    [refused] = done["result"]["refused"]
    assert (done["result"]["drafted"], refused["item_id"], refused["problem"]["status"]) == (1, "Q1", 409)


def test_an_import_stays_within_the_reach_of_whoever_sends_it(call: Call) -> None:
    west = {**NEW["entry"], "entry_id": "Q1", "owner": "城西"}  # type: ignore[dict-item]
    call("curator", "POST", "entries", {"entry": west, "reason": "新"})
    call("curator-east", "GET", "me", department="城东")
    sheet = "编号,标准问题,答案,部门\nQ1,电费怎么交,只在东边交。,城东\nQ3,停电找谁,报修。,城东\n".encode()
    upload, plan = planned(call, "curator-east", sheet, {"部门": "owner"})
    assert (plan["created"], plan["changed"], plan["refused"]) == (1, 0, 1)
    assert {one["code"] for one in plan["findings"]} == {"not_yours"}
    assert call("curator", "POST", f"imports/{upload}/plan", {}).status_code == 404, "an upload is its sender's"
    ended(call, "curator-east", call("curator-east", "POST", f"imports/{upload}/accept", {}))
    assert call("curator", "GET", "entries/Q1").json()["version"] == 1


def test_uploads_are_capped_named_plainly_and_forgotten(call: Call) -> None:
    assert send(call, "curator", "大.csv", b"x" * (MAX_UPLOAD + 1)).status_code == 413
    assert send(call, "curator", "空.csv", b"").status_code == 422
    assert plain_name("../../etc/问答.XLSX") == "问答.xlsx"
    assert plain_name("..\\x\u202e.exe") == "x.exe.txt"
    clock = [0.0]
    uploads = Uploads(now=lambda: clock[0])
    kept = uploads.keep("李", "a.csv", b"x")
    assert uploads.of("李", kept.upload_id).path.read_bytes() == b"x"
    with pytest.raises(NotFound):
        uploads.of("王", kept.upload_id)
    clock[0] = LIFETIME + 1
    with pytest.raises(NotFound):
        uploads.of("李", kept.upload_id)
    assert not kept.path.exists()


def test_a_file_that_is_no_table_fails_in_words(call: Call) -> None:
    upload = send(call, "curator", "办法.md", "# 办法\n\n第一条 交费。\n".encode()).json()["upload_id"]
    work = ended(call, "curator", call("curator", "POST", f"imports/{upload}/plan", {}))
    assert (work["state"], work["problem"]["code"]) == ("failed", "ingest.file_refused")


def test_what_is_given_out_is_what_may_be_seen(call: Call) -> None:
    name = call("curator", "POST", "entries", NEW).json()["entry_id"]
    published(call, name, 1, 0)
    for suffix in ("xlsx", "csv", "jsonl"):
        given = call("curator", "GET", f"exchange/entries/entries.{suffix}")
        assert given.status_code == 200
        assert given.headers["content-disposition"].endswith(f"{quote('条目-第1版')}.{suffix}")
    assert name in call("curator", "GET", "exchange/entries/entries.jsonl").text
    assert call("curator", "GET", "exchange/entries/entries.pdf").status_code == 404
    assert call("agent", "GET", "exchange/entries/entries.jsonl").status_code == 404
    assert call("curator", "GET", "exchange/template").content[:2] == b"PK"


def test_a_page_of_text_is_capped(call: Call) -> None:
    body = {**NEW, "reason": "x" * MAX_PAGE}
    refused = call("curator", "POST", "entries", body)
    assert (refused.status_code, refused.json()["code"]) == (413, "assistant.body_too_large")
    assert "您填的还在" in refused.json()["hint"]
