"""What the watchers found, over HTTP: seen, set aside until a side changes, and mended by drafts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.api.store import LogRow, insert_suggestions
from kb.domain.knowledge import Branch, Entry
from kb.domain.validity import Validity
from kb.store import records
from kb.store.lineage import newest
from kb.store.versions import ENTRIES, Change
from tests.assistant.api.house import House, app_of

ENDS = dt.date(2026, 12, 1)
LONG = "岸电桩报停要先结清费用，船东带营业执照到港区营业厅申请，现场加封后生效。"


def stored(entry_id: str, question: str, answer: str, **more: Any) -> Entry:
    return Entry(entry_id=entry_id, kind="标问", question=question, branches=(Branch(answer=answer),), **more)


@pytest.fixture
def client(house: House) -> TestClient:
    change = Change(author="测试", reason="测试", at=house.clock.now())
    entries = (
        stored("A1", "岸电桩检定多久出结果", "岸电桩检定从登记起7个工作日内出具检定结果。"),
        stored(
            "A2", "岸电桩检定几天有结果", "岸电桩检定从登记起20个工作日内出具检定结果。", phrasings=("桩子送检多久",)
        ),
        stored("B1", "岸电桩怎么报停", LONG),
        stored("B2", "岸电桩怎么申请报停", LONG, phrasings=("停用岸电桩",)),
        stored("C1", "元旦开门吗", "元旦照常营业。", validity=Validity(valid_to=ENDS)),
    )

    def job(connection: Any) -> None:
        for entry in entries:
            records.put_entry(connection, entry, change, expected=0)
        records.publish(connection, at=house.clock.now(), note="")

    house.database.write(job)
    return TestClient(app_of(house))


def headers(house: House, role: str = "curator") -> dict[str, str]:
    return {"Authorization": f"Bearer {house.key(f'某{role}', role)}"}


def items(report: dict[str, Any]) -> list[list[str]]:
    return [finding["items"] for finding in report["findings"]]


def test_each_report_tells_what_it_found(house: House, client: TestClient) -> None:
    head = headers(house)
    found = {
        kind: client.get("/api/v1/watch", params={"kind": kind}, headers=head).json()
        for kind in ("contradiction", "duplicate", "expiring", "too_long", "missing_figure", "stale_source")
    }
    assert items(found["contradiction"]) == [["A1", "A2"]]
    assert items(found["duplicate"]) == [["B1", "B2"]]
    assert items(found["expiring"]) == [["C1"]]
    assert all(found[kind]["findings"] == [] for kind in ("too_long", "missing_figure", "stale_source"))
    said = [
        side["said"][side["spans"][0][0] : side["spans"][0][1]]
        for side in found["contradiction"]["findings"][0]["sides"]
    ]
    assert said == ["7个工作日", "20个工作日"]
    assert client.get("/api/v1/watch?kind=nothing", headers=head).status_code == 422


def test_a_dismissal_needs_a_reason_and_ends_with_a_change(house: House, client: TestClient) -> None:
    head = headers(house)
    (finding,) = client.get("/api/v1/watch?kind=expiring", headers=head).json()["findings"]
    body = {"kind": "expiring", "finding_id": finding["finding_id"], "digest": finding["digest"], "reason": ""}
    assert client.post("/api/v1/watch/dismiss", json=body, headers=head).status_code == 422
    stale = {**body, "digest": "old", "reason": "到期就撤"}
    assert client.post("/api/v1/watch/dismiss", json=stale, headers=head).status_code == 409
    done = client.post("/api/v1/watch/dismiss", json={**body, "reason": "到期就撤"}, headers=head)
    assert done.status_code == 200
    report = client.get("/api/v1/watch?kind=expiring", headers=head).json()
    assert (report["findings"], report["dismissed"]) == ([], 1)
    change = Change(author="测试", reason="改", at=house.clock.now())
    changed = stored("C1", "元旦开门吗", "元旦上午营业。", validity=Validity(valid_to=ENDS))
    house.database.write(lambda c: records.put_entry(c, changed, change, expected=1))
    house.services.watch.library.publish(at=house.clock.now(), note="改")
    assert items(client.get("/api/v1/watch?kind=expiring", headers=head).json()) == [["C1"]]


def test_a_merge_drafts_both_sides_and_publishes_nothing(house: House, client: TestClient) -> None:
    head = headers(house)
    body = {"action": "merge", "item_id": "B2", "into": "B1", "reason": "重复"}
    assert client.post("/api/v1/watch/remedy", json=body, headers=head).json() == {"versions": {"B1": 2, "B2": 2}}
    with house.database.read() as connection:
        heads = newest(connection, ENTRIES)
        assert records.current_release(connection) == 1
    assert heads["B1"].payload["phrasings"] == ["岸电桩怎么申请报停", "停用岸电桩"]
    assert (heads["B1"].status, heads["B2"].status) == ("draft", "removing")
    assert client.post("/api/v1/watch/remedy", json=body, headers=head).status_code == 409
    assert client.post("/api/v1/watch/remedy", json={**body, "reason": " "}, headers=head).status_code == 422
    itself = {**body, "item_id": "A1", "into": "A1"}
    assert client.post("/api/v1/watch/remedy", json=itself, headers=head).status_code == 422
    unknown = {**body, "item_id": "A1", "action": "edit"}
    assert client.post("/api/v1/watch/remedy", json=unknown, headers=head).status_code == 422
    going = {**body, "item_id": "A1", "into": "B2"}
    assert client.post("/api/v1/watch/remedy", json=going, headers=head).status_code == 409
    with house.database.read() as connection:
        assert newest(connection, ENTRIES)["B2"].status == "removing"


def test_an_agent_sees_none_of_it(house: House, client: TestClient) -> None:
    head = headers(house, "agent")
    assert client.get("/api/v1/watch", headers=head).status_code == 404
    assert client.post("/api/v1/watch/dismiss", json={}, headers=head).status_code == 404


def test_what_no_call_showed_and_what_did_not_help(house: House, client: TestClient) -> None:
    head, now = headers(house), house.clock.now()

    def shown(days: int, answers: str) -> LogRow:
        return LogRow(
            at=now - dt.timedelta(days=days), text_masked="问", facts="{}", as_of="", release=1, band="high",
            answers=answers, took_ms=1, account="x",
        )  # fmt: skip

    seen = '[{"entry_id": "B1"}, {"entry_id": "B2"}]'
    house.database.write(lambda c: insert_suggestions(c, [shown(20, seen), *(shown(1, seen) for _ in range(5))]))
    never = client.get("/api/v1/watch?kind=never_shown", headers=head).json()
    assert items(never) == [["A1"], ["A2"], ["C1"]]
    passed = client.get("/api/v1/watch?kind=not_chosen", headers=head).json()
    assert items(passed) == [["B2"]]
