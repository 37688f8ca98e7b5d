"""The authorisation matrix: every route × role × thing of the policy table, asked over HTTP."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse

from assistant.accounts import service
from assistant.accounts.managing import user_id_of
from assistant.accounts.types import ROLES, Account
from assistant.api.app import ROUTERS, create_app
from assistant.calls import store as calls
from assistant.calls.types import Call, Feedback
from assistant.learning.requests import NewRequest
from assistant.workorder.store import insert_order
from assistant.workorder.types import Order
from eval.outcome import Candidate, Outcome
from eval.question import Question
from eval.runner import Run
from eval.storage import save_run
from kb.curation import lifecycle
from kb.curation.lifecycle import Ref
from kb.domain.knowledge import Branch, Document, Entry, Passage
from kb.domain.validity import Validity
from kb.store import records
from kb.store.versions import ENTRIES, Change
from tests.assistant.api.house import House

EAST, WEST, HERE, THERE = "城东", "城西", "甲市", "乙市"
POLICY: dict[str, Any] = tomllib.loads(Path(__file__).with_name("policy.toml").read_text(encoding="utf-8"))
PLACEHOLDERS = (
    "order", "entry", "call", "agent", "victim", "key", "fresh", "mark", "department", "notice", "request", "phrasing",
    "work", "upload", "sheet", "agent_id", "victim_id",
)  # fmt: skip
Things = dict[str, dict[str, str]]


def real_routes() -> set[str]:
    """Every route of the application as `METHOD /path`; a WebSocket counts as `WS`."""
    every = [route for router in ROUTERS for route in router.routes]
    return {
        f"{method} {getattr(route, 'path', '')}"
        for route in every
        for method in (getattr(route, "methods", None) or ("WS",))
    }


@dataclass(frozen=True, slots=True)
class Cell:
    """One question of the matrix."""

    route: str
    role: str
    confined: bool
    thing: str
    open: bool


@dataclass(slots=True)
class Matrix:
    """A house with one viewer of each role, confined and not, and one of each thing to look at."""

    house: House
    client: TestClient
    keys: dict[tuple[str, bool], str] = field(default_factory=dict)
    things: Things = field(default_factory=dict)
    missing: dict[tuple[str, str, bool], list[Mapping[str, Any]]] = field(default_factory=dict)
    order: str = ""
    sheet: str = ""
    _fresh: int = 0

    def cells(self) -> Iterator[Cell]:
        for route, row in POLICY["routes"].items():
            for role in ROLES:
                for confined in (True, False):
                    for thing, group in row.get("things", {"": row["open"]}).items():
                        yield Cell(route, role, confined, thing, self._open(row, group, role, thing, confined=confined))

    def _open(self, row: Mapping[str, Any], group: str, role: str, thing: str, *, confined: bool) -> bool:
        if row.get("unconfined") and confined:
            return False
        if not confined and not group.endswith("!"):
            group = row["things"].get(thing.removesuffix("_other"), row["open"]) if thing else group
            group = self.widest(row, group, thing)
        return role in POLICY["groups"][group.removesuffix("!")] and role in POLICY["groups"][row["open"]]

    @staticmethod
    def widest(row: Mapping[str, Any], group: str, thing: str) -> str:
        return {"region_other": "desk", "notice_region_other": "desk"}.get(thing, group) if row else group

    def got_in(self, cell: Cell) -> bool:
        """Whether the viewer got at the thing; raises when the answer is neither that nor "missing"."""
        row = POLICY["routes"][cell.route]
        names = {
            "order": self.order,
            "sheet": self.sheet,
            **self.names(cell),
            "fresh": self.fresh(),
            "key": self.key_of(cell),
        }
        path, headers = self.path(row, cell.route, names), {**self.headers(cell), **row.get("headers", {})}
        method = cell.route.split(" ", 1)[0]
        if method == "WS":
            return self.connects(path, headers)
        body = filled(row.get("body", {}), names)
        response = self.client.request(method, path, headers=headers, json=body if method in {"POST", "PUT"} else None)
        assert response.status_code < 500, (cell, response.text)
        if response.status_code == 404:
            self.looks_missing(cell, response.json())
        if row.get("kind") == "listed" and response.status_code == 200 and cell.thing:
            return names["mark"] in response.text
        if row.get("kind") == "settled" and response.status_code == 200 and cell.thing:
            return "kb.not_found" not in response.text
        if row.get("session"):
            return response.status_code not in {404, 403}
        return response.status_code not in {401, 403, 404}

    def looks_missing(self, cell: Cell, found: Mapping[str, Any]) -> None:
        """What is forbidden must read exactly as what does not exist."""
        place = (cell.route, cell.role, cell.confined)
        if place not in self.missing:
            self.missing[place] = self.ask_for_nothing(cell)
        assert found in self.missing[place], (cell, found)

    def ask_for_nothing(self, cell: Cell) -> list[Mapping[str, Any]]:
        """What the viewer is told of a thing, and of an address, that do not exist."""
        row = POLICY["routes"][cell.route]
        nothing = dict.fromkeys(PLACEHOLDERS, "nothing-here")
        method = cell.route.split(" ", 1)[0]
        body = filled(row.get("body", {}), nothing)
        json, path = body if method in {"POST", "PUT"} else None, self.path(row, cell.route, nothing)
        headers = {**self.headers(cell), **row.get("headers", {})}
        thing = self.client.request(method, path, headers=headers, json=json)
        address = self.client.get("/api/v1/nothing-here", headers=self.headers(cell))
        return [answer.json() for answer in (thing, address) if answer.status_code == 404]

    def connects(self, path: str, headers: Mapping[str, str]) -> bool:
        try:
            with self.client.websocket_connect(path, headers=dict(headers)):
                return True
        except WebSocketDenialResponse as denied:
            return denied.status_code not in {401, 404}

    def headers(self, cell: Cell) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[cell.role, cell.confined]}", "Accept": "application/json"}

    def names(self, cell: Cell) -> dict[str, str]:
        viewer = viewer_name(cell.role, confined=cell.confined)
        if cell.thing == "mine":
            return {"agent": viewer, "call": f"call-{viewer}", "mark": viewer}
        if cell.thing.startswith(("work_", "upload_")):
            return self.under_way(viewer if cell.thing.endswith("_mine") else "somebody else")
        return self.things.get(cell.thing, {"mark": "", "agent": "", "call": "", "entry": "x"})

    def under_way(self, name: str) -> dict[str, str]:
        """Long work and an upload of an account."""
        state = cast("FastAPI", self.client.app).state
        work = state.works.start(name, f"矩阵 {name}", lambda _work: {})
        return {"work": work.work_id, "upload": state.uploads.keep(name, "a.csv", b"x").upload_id, "mark": ""}

    def fresh(self) -> str:
        self._fresh += 1
        return f"新人{self._fresh}"

    def key_of(self, cell: Cell) -> str:
        """A key of the account in question, made anew, because the route under test takes it away."""
        if "{key_id}" not in cell.route:
            return ""
        name = self.names(cell)["agent"]
        at = self.house.clock.now()
        self.house.database.write(lambda c: service.issue_key(c, name, "临时", at=at))
        with self.house.database.read() as connection:
            return service.list_keys(connection, name)[-1].public_id

    @staticmethod
    def path(row: Mapping[str, Any], route: str, names: Mapping[str, str]) -> str:
        path = route.split(" ", 1)[1]
        for name, value in row.get("path", {}).items():
            path = path.replace("{" + name + "}", value.format(**names))
        return path


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """Return a body with every placeholder in it put in."""
    if isinstance(value, str):
        return value.format(**names)
    if isinstance(value, list):
        return [filled(item, names) for item in value]
    return {name: filled(item, names) for name, item in value.items()} if isinstance(value, dict) else value


def viewer_name(role: str, *, confined: bool) -> str:
    return f"{role}-{'confined' if confined else 'free'}"


def furnish(house: House) -> Matrix:
    """Put viewers and things into a house."""
    matrix = Matrix(house, TestClient(create_app(house.services)))
    for role in ROLES:
        for confined in (True, False):
            place = {"department": EAST, "region": HERE} if confined else {}
            name = viewer_name(role, confined=confined)
            matrix.keys[role, confined] = add_account(house, name, role, **place)
            add_call(house, name, EAST if confined else "")
    add_people(house, matrix.things)
    add_knowledge(house, matrix.things)
    add_feedback(house, matrix.things)
    add_requests(house, matrix.things)
    matrix.sheet = add_run(house)
    add_orders(house, matrix.things)
    matrix.order = file_order(matrix)
    return matrix


def file_order(matrix: Matrix) -> str:
    headers = {"Authorization": f"Bearer {matrix.keys['agent', False]}", "Accept": "application/json"}
    body = {"key": "matrix", "text": "电表走得快", "needed": True, "form": "业务咨询单", "reason": "矩阵"}
    answer = matrix.client.post("/api/v1/work-orders", json=body, headers=headers)
    return str(answer.json()["order"]["number"])


def add_run(house: House) -> str:
    """Store a run of one question and draw a sheet from it."""
    question = Question(id="q1", text="电表走得快", call_type="咨询", categories=("计量装置",), entries=("e-1",),
                        needs_work_order=False)  # fmt: skip
    shown = (Candidate(entry_id="e-1", kind="标问", question="电表走得快怎么办", confidence=0.9, excerpt="校验"),)
    outcomes = (Outcome(question=question, candidates=shown, shown=shown, band="high", call_type="咨询"),)
    run = Run(run_id="run-a", set_name="dev", set_hash="x", outcomes=outcomes, releases=(1,), code_version="",
              machine="", started_at="", seconds=0.0, settings={})  # fmt: skip
    save_run(run, house.services.settings.data)
    return house.services.scores.draw(run, 1, "x").sheet_id


def add_orders(house: House, things: Things) -> None:
    """An order of each kind of place: filed by the team, to be handled by the department, of neither, elsewhere."""
    at = house.clock.now()
    places: dict[str, dict[str, Any]] = {
        "order_team": {"team": EAST, "department": "计量班", "region": HERE},
        "order_handled": {"team": WEST, "department": f"{HERE} · {EAST}", "region": HERE},
        "order_other": {"team": WEST, "department": f"{HERE} · {WEST}", "region": HERE},
        "order_region_other": {"team": EAST, "department": EAST, "region": THERE},
    }
    plain = Order(number="", form="报修单", stage="受理", version=1, call_type="报修", category="", region="",
                  department="", urgent=False, anonymous=False, fields={}, content="", details={}, reason="", rules=(),
                  release=1, accepted_at=at, target_at=at, limit_at=at, provisional=False, created_by="x")  # fmt: skip
    for thing, place in places.items():
        order = replace(plain, content=thing, **place)
        number = house.database.write(partial(insert_order, order=order)).number
        things[thing] = {"order": number, "mark": f'"{number}"'}


def add_account(house: House, name: str, role: str, **place: str) -> str:
    at = house.clock.now()
    house.database.write(lambda c: service.create_account(c, name, role, at=at, **place))
    return house.database.write(lambda c: service.issue_key(c, name, "矩阵", at=at))


def add_call(house: House, name: str, department: str) -> None:
    call = Call(call_id=f"call-{name}", account=name, department=department, region="", phone="13800000000",
                customer="", created_at=house.clock.now())  # fmt: skip
    house.database.write(lambda c: calls.insert_call(c, call))


def add_people(house: House, things: Things) -> None:
    for thing, department in (("colleague", EAST), ("colleague_other", WEST)):
        for kind in ("agent", "victim"):
            add_account(house, f"{thing}-{kind}", "agent", department=department)
        add_call(house, f"{thing}-agent", department)
        things[thing] = {
            "agent": f"{thing}-agent", "victim": f"{thing}-victim", "call": f"call-{thing}-agent",
            "mark": f'"{thing}-agent"', "department": department,
            "agent_id": user_id_of(f"{thing}-agent"), "victim_id": user_id_of(f"{thing}-victim"),
        }  # fmt: skip


def add_knowledge(house: House, things: Things) -> None:
    """Publish, withdraw and draft entries and notices."""
    at = house.clock.now()
    change = Change(author="测试", reason="", at=at)
    over = Validity(valid_to=at.date() - dt.timedelta(days=1))
    entries: dict[str, dict[str, Any]] = {}
    for suffix, owner in (("", EAST), ("_other", WEST)):
        for kind in ("published", "internal", "draft", "waiting", "withdrawn", "expired"):
            entries[f"{kind}{suffix}"] = {"owner": owner}
        entries[f"internal{suffix}"]["visibility"] = "内部"
        entries[f"expired{suffix}"]["validity"] = over
    entries["region_other"] = {"owner": EAST, "region": THERE}
    made = {name: plain_entry(f"e-{name}", **more) for name, more in entries.items()}
    notices: dict[str, dict[str, Any]] = {
        "notice": {},
        "notice_internal": {"visibility": "内部"},
        "notice_expired": {"validity": over},
        "notice_region_other": {"region": THERE},
    }
    documents = [notice_document(name, **more) for name, more in notices.items()]
    first = [entry for name, entry in made.items() if not name.startswith(("draft", "waiting"))]
    gone = [entry for name, entry in made.items() if name.startswith("withdrawn")]

    def job(connection: Any) -> None:
        for entry in first:
            records.put_entry(connection, entry, change, expected=0)
        for document in documents:
            records.put_document(connection, document, change, expected=0)
        records.publish(connection, at=at, note="")
        for entry in gone:
            ENTRIES.remove(connection, entry.entry_id, change, expected=1)
        records.publish(connection, at=at, note="")

    house.database.write(job)
    add_drafts(house, [entry for entry in made.values() if entry not in first], change)
    things.update({name: {"entry": f"e-{name}", "mark": f'"e-{name}"'} for name in made})
    things.update({name: {"mark": f"<{name}>", "notice": f"<{name}>"} for name in notices})


def add_drafts(house: House, entries: list[Entry], change: Change) -> None:
    """Draft entries; those named for it wait for review."""

    def job(connection: Any) -> None:
        for entry in entries:
            records.put_entry(connection, entry, change, expected=0)
            if "waiting" in entry.entry_id:
                ref = Ref(kind="entry", item_id=entry.entry_id, version=1)
                lifecycle.submit(connection, ref, by=change.author, at=change.at)

    house.database.write(job)


def plain_entry(entry_id: str, **more: Any) -> Entry:
    branches = (Branch(answer="照办"),)
    return Entry(entry_id=entry_id, kind="标问", question=f"{entry_id} 怎么办", branches=branches, **more)


def notice_document(name: str, **more: Any) -> Document:
    cells = {"编号": f"<{name}>", "区域": f"{name}路", "停电时间": "2026-11-22T08:00"}
    passage = Passage(passage_id=f"p-{name}", kind="notice", locator="1", text=name, cells=cells)
    return Document(document_id=f"d-{name}", title=name, kind="停电公告", passages=(passage,), **more)


def add_feedback(house: House, things: Things) -> None:
    for thing, department in (("feedback", EAST), ("feedback_other", WEST)):
        given = Feedback(token=f"{thing}-0000", kind="wrong", text=f"<{thing}>", facts={}, release=1, as_of="",
                         entry_id="", note="")  # fmt: skip
        note = partial(calls.insert_feedback, given=given, account="x", department=department, at=house.clock.now())
        house.database.write(note)
        things[thing] = {"mark": f"<{thing}>"}


def add_requests(house: House, things: Things) -> None:
    """A request of each department, and words that two agents chose an entry for."""
    requests = house.services.learning.requests
    for thing, department in (("request", EAST), ("request_other", WEST)):
        sender = Account(name="某坐席", role="agent", disabled=False, created_at=house.clock.now(),
                         department=department, actions=frozenset({"suggest"}))  # fmt: skip
        made = requests.submit(sender, NewRequest(kind="不全", text=f"<{thing}>"))
        things[thing] = {"mark": f"<{thing}>", "request": made.number}
    for n in range(2):
        given = Feedback(token=f"chosen-{n:08d}", kind="chosen", text="挑中的话", facts={}, release=1, as_of="",
                         entry_id="e-published", note="")  # fmt: skip
        note = partial(calls.insert_feedback, given=given, account=f"x{n}", department=EAST, at=house.clock.now())
        house.database.write(note)
    things["suggested"] = {"phrasing": "挑中的话", "mark": "挑中的话"}
