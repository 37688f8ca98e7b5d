"""Rules over HTTP: drafts with their version, jobs with their progress, new services for the next request."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.api.app import go_on_with
from assistant.api.errors import Busy
from assistant.api.work import Work, Works
from assistant.editing.listing import Listing
from assistant.judge.script import ScriptChecker
from assistant.measuring.runs import Runs, Target
from kb.text.rulefiles import RuleFiles
from tests.assistant.api.house import House, app_of, full

PATH = "/api/v1/rules/deadlines.toml"
BUNDLED = RuleFiles().text("deadlines.toml")
LATER = BUNDLED.replace("limit = { workdays = 5 }", "limit = { workdays = 4 }")


@pytest.fixture
def browser(house: House) -> Iterator[TestClient]:
    with TestClient(app_of(house)) as client:
        client.headers["Authorization"] = f"Bearer {house.key('李', 'curator')}"
        client.headers["X-Boss"] = house.key("王", "reviewer")
        yield client


def boss(client: TestClient) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.headers['X-Boss']}"}


def ended(client: TestClient, work: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    for _ in range(6_000):
        found: dict[str, Any] = client.get(f"/api/v1/progress/{work['work_id']}", headers=headers).json()
        if found["state"] != "running":
            return found
        time.sleep(0.02)
    raise AssertionError("the job does not end")


def bossed(client: TestClient, step: str, body: dict[str, Any]) -> dict[str, Any]:
    started = client.post(f"{PATH}/{step}", json=body, headers=boss(client))
    return ended(client, started.json(), boss(client))


def test_draft_preview_apply_undo(house: House, browser: TestClient) -> None:
    assert {row["name"] for row in browser.get("/api/v1/rules").json()["rules"]} >= {"deadlines.toml", "synonyms.tsv"}
    assert browser.get(PATH).json()["text"] == BUNDLED
    saved = browser.post(f"{PATH}/drafts", json={"text": LATER, "expected": 0, "reason": "新规"})
    assert (saved.status_code, saved.json()["version"]) == (201, 1)
    stale = browser.post(f"{PATH}/drafts", json={"text": LATER, "expected": 0, "reason": "新规"})
    assert (stale.status_code, stale.json()["current"]) == (409, 1)
    seen = ended(browser, browser.post(f"{PATH}/preview", json={"text": LATER}).json())
    assert (seen["state"], seen["result"]["questions"]) == ("done", 0)
    done = ended(
        browser, browser.post(f"{PATH}/apply", json={"version": "1"}, headers=boss(browser)).json(), boss(browser)
    )
    assert done["state"] == "done"
    assert browser.get(PATH).json()["text"] == LATER
    undone = ended(
        browser, browser.post(f"{PATH}/undo", json={"reason": "错"}, headers=boss(browser)).json(), boss(browser)
    )
    assert undone["result"] == {"version": 2}
    assert browser.get(PATH).json()["text"] == BUNDLED


def test_what_is_wrong_is_said_in_chinese(browser: TestClient) -> None:
    bad = browser.post(f"{PATH}/drafts", json={"text": "x", "expected": 0, "reason": "新规"})
    assert (bad.status_code, bad.json()["code"]) == (422, "kb.rule_file_invalid")
    assert "无法解析" in bad.json()["message"]
    assert browser.post(f"{PATH}/preview", json={"text": "x"}).status_code == 422
    bodies: tuple[Any, ...] = (
        {"text": LATER, "expected": "0", "reason": ""},
        {"text": LATER},
        [],
        {"text": 1, "expected": 0, "reason": ""},
    )
    for body in bodies:
        assert browser.post(f"{PATH}/drafts", json=body).status_code == 422
    for version in ("一", "²", ""):
        assert browser.post(f"{PATH}/apply", json={"version": version}, headers=boss(browser)).status_code == 422
    assert browser.get("/api/v1/rules/roles.toml").status_code == 404
    failed = ended(
        browser, browser.post(f"{PATH}/apply", json={"version": "7"}, headers=boss(browser)).json(), boss(browser)
    )
    assert (failed["state"], failed["problem"]["status"]) == ("failed", 404)


def test_one_job_about_rules_at_a_time() -> None:
    """A second preview is another one: it waits, it is not answered with the first one's outcome."""
    works, go = Works(), threading.Event()

    def waiting(work: Work) -> dict[str, Any]:
        work.at(1, 2)
        go.wait()
        return {}

    works.start("李", "改规则", waiting, alone=True)
    with pytest.raises(Busy):
        works.start("李", "改规则", waiting, alone=True)
    go.set()


def test_the_next_request_is_answered_by_the_new_services(house: House, browser: TestClient) -> None:
    said = browser.post("/api/v1/check-script", json={"text": "没办法"}).json()["ok"]
    before = browser.post("/api/v1/suggest", json={"text": "电表"}).json()["release"]
    house.assistant.reply = lambda request: full(request, release=8)
    listing, measured = Listing(house.database, house.clock), Target(suggester=house.assistant, forbidden=lambda _s: ())
    made = replace(
        house.services,
        script=ScriptChecker(()),
        runs=Runs(lambda: measured, house.services.settings.data, house.clock),
        workshop=replace(house.services.workshop, listing=listing),
    )
    app: Any = browser.app
    go_on_with(app, made)
    assert app.state.services.script is made.script
    kept = house.services
    assert app.state.services.memory is kept.memory
    assert app.state.services.workshop.listing is kept.workshop.listing
    assert app.state.services.runs is kept.runs  # one run at a time, and the one under way can be given up
    assert kept.runs._target() is measured
    assert (said, browser.post("/api/v1/check-script", json={"text": "没办法"}).json()["ok"]) == (False, True)
    assert browser.post("/api/v1/suggest", json={"text": "电表"}).json()["release"] == before + 1
