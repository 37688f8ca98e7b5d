"""Small real services: a database in a temporary folder and an assistant of ten lines instead of trained models."""

from __future__ import annotations

import datetime as dt
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import BaseRoute

from assistant.accounts import service
from assistant.accounts.access import Accounts
from assistant.api.app import create_app
from assistant.api.services import Services
from assistant.calls.live import LiveRules, load_live_rules
from assistant.editing.gate import Gate
from assistant.editing.watching import Watch
from assistant.errors import RequestInvalid
from assistant.judge.script import ScriptChecker, load_script_checker
from assistant.measuring.runs import Runs, Target
from assistant.measuring.scores import Scores
from assistant.rulebook.desk import RuleDesk, Trial, Workshop
from assistant.rulebook.preview import Side
from assistant.services import build_learning
from assistant.settings import Settings
from assistant.suggest.request import SuggestRequest, parse_as_of
from assistant.workorder.advice import Adviser, load_adviser
from assistant.workorder.service import Orders
from kb.curation.library import Library, Shelf, load_catalogue
from kb.curation.watch.rules import load_watch_rules
from kb.domain.clock import CHINA, Clock, FixedClock
from kb.domain.suggestion import (
    Answer,
    Avoid,
    Citation,
    Context,
    Identity,
    MustAsk,
    Nearby,
    Outage,
    Scored,
    Suggestion,
    WorkOrderAdvice,
)
from kb.search.catalogue import Catalogue
from kb.store import records
from kb.store.database import Database
from kb.text.lexicon import Lexicon
from kb.text.masking import Masker, load_masker
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser
from tests.assistant.api.workbench import assistants, make_workshop
from tests.records import lay_records

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=CHINA)
ORIGIN = {"Origin": "http://testserver"}
NASTY = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>&amp;\u202e=1+1'


def answer(number: int, text: str, confidence: float, question: str = "") -> Answer:
    return Answer(
        entry_id=f"e-{number}",
        kind="标问",
        question=question or f"电表走得快怎么办（{number}）",
        answer=text,
        branch={"用户类别": "一户一表"} if number == 1 else {},
        confidence=confidence,
        citations=(
            Citation(
                document="供电营业规则", locator="第七十九条", valid_from="2024-06-01", valid_to=None, public=True
            ),
        ),
        why={"matched": "电表跑得快", "exact": False, "features": {"bigram_dice": 0.5123}, "expansions": ["跑→走"]},
    )


def full(request: SuggestRequest, release: int = 7) -> Suggestion:
    """A suggestion with something in every part."""
    settled = "用户类别" in request.facts
    return Suggestion(
        text=request.text,
        context=Context(text=request.text, facts={str(name): str(value) for name, value in request.facts.items()}),
        release=release,
        as_of=(request.as_of or NOON.date()).isoformat(),
        took_ms=1.25,
        band="high" if settled else "medium",
        call_type=Scored(label="咨询", confidence=0.91),
        categories=(Scored(label="计量装置", confidence=0.8), Scored(label="电价电费", confidence=0.3)),
        answers=(
            answer(1, f"您好，关于“{request.text[-12:]}”：您可以申请校验电表，受理后 5 个工作日内出具检测结果。", 0.93),
            answer(2, "电表校验期间，电费仍按原电表示数先行交纳，检验结果确认后多退少补。" * 3, 0.41),
            answer(3, NASTY, 0.2, question=NASTY),
        )[: request.top_k],
        nearby=(Nearby(entry_id="n-1", question="电费突然变多怎么办"),),
        must_ask=()
        if settled
        else (MustAsk(fact="用户类别", ask="请问您家是一户一表，还是合表？", options=("一户一表", "合表", "专变下")),),
        identity=Identity(required=True, accepts=("户号",), read_back=("户名", "用电地址"), prompt="请您报一下户号。"),
        say=("给您带来不便，非常抱歉。", "请您报一下户号。"),
        avoid=(Avoid(utterance="电表不会有问题的", why="没有检测就下结论", instead="可以为您申请校验"),),
        hints=(Nearby(entry_id="h-1", question="校验电表要收费吗"),),
        outages=(
            Outage(
                notice_id="T1",
                kind="计划停电",
                area="示例市城东区阳光小区 1-9 栋",
                reason="线路检修",
                starts="2026-11-23 08:00",
                ends="2026-11-23 17:00",
                text="计划停电",
            ),
        ),
        work_order=WorkOrderAdvice(
            needed=True,
            form="业务咨询单",
            rules=("W10",),
            reason="要现场校验电表",
            due={"target": "2026-11-24T12:00+08:00", "target_text": "2 个工作日", "limit": None, "provisional": True},
            department="计量班",
            draft={"业务类别": "计量装置", "咨询内容": request.text},
            missing=("联系人", "用电地址"),
        ),
        candidates=(answer(9, "候选", 0.1),) if request.explain else None,
    )


def danger(request: SuggestRequest) -> Suggestion:
    """A danger: guidance first, nothing to answer, a repair order."""
    return Suggestion(
        text=request.text,
        release=7,
        as_of="2026-11-22",
        took_ms=0.8,
        band="low",
        call_type=Scored(label="报修", confidence=0.99),
        say=("请您和周围的人马上离开危险处，不要碰电线。请告诉我准确位置，我马上安排抢修。",),
        nearby=(Nearby(entry_id="n-1", question="断线落地怎么办"),),
        work_order=WorkOrderAdvice(
            needed=True, form="报修单", rules=("W02",), reason="可能危及人身安全", missing=("用电地址", "联系电话")
        ),
    )


@dataclass(slots=True)
class FakeAssistant:
    """Answers from a function, counts how many questions it works on at once, and remembers what it was asked."""

    reply: Callable[[SuggestRequest], Suggestion] = full
    delay: Callable[[str], float] = lambda _text: 0.0
    asked: list[SuggestRequest] = field(default_factory=list)
    busy: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def suggest(
        self, text: str, *, facts: Mapping[str, str] | None = None, as_of: str | None = None, explain: bool = False
    ) -> Suggestion:
        day = parse_as_of(as_of or "")
        return self.answer(SuggestRequest(text=text, facts=dict(facts or {}), as_of=day, explain=explain))

    def answer(self, request: SuggestRequest) -> Suggestion:
        with self._lock:
            self.asked.append(request)
            self.busy += 1
        try:
            time.sleep(self.delay(request.text))
            if request.facts.get("用户类别") == "火星":
                raise RequestInvalid("事实「用户类别」的取值不认识：'火星'", hint="可用：一户一表、合表、专变下")
            return danger(request) if "电线" in request.text else self.reply(request)
        finally:
            with self._lock:
                self.busy -= 1


@dataclass(frozen=True, slots=True)
class Newest:
    """Answers from whatever release is in force."""

    over: Any
    library: Library

    def answer(self, request: SuggestRequest) -> Suggestion:
        found: Suggestion = self.over(self.library.shelf).answer(request)
        return found


@dataclass(slots=True)
class House:
    """Everything a test may turn: the services and what they are made of."""

    services: Services
    assistant: FakeAssistant
    clock: FixedClock
    shelf: dict[str, int | None]

    @property
    def database(self) -> Database:
        return self.services.database

    def account(self, name: str = "张三", role: str = "agent") -> str:
        self.database.write(lambda c: service.create_account(c, name, role, at=self.clock.now()))
        return name

    def key(self, name: str = "张三", role: str = "agent") -> str:
        self.account(name, role)
        return self.database.write(lambda c: service.issue_key(c, name, "测试", at=self.clock.now()))

    def link(self, name: str = "张三") -> str:
        return self.services.accounts.issue_link(name)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the bundled rules are read to; it never changes, so every house goes by the same."""

    adviser: Adviser
    masker: Masker
    script: ScriptChecker
    live: LiveRules


@cache
def bundled_rules() -> Rules:
    files = RuleFiles()
    return Rules(load_adviser(files), load_masker(files), load_script_checker(files), load_live_rules(files))


@contextmanager
def open_house(tmp_path: Path, *, real: bool = False) -> Iterator[House]:
    """Open services on an empty data folder; a `real` one answers what its curators publish."""
    clock, assistant = FixedClock(NOON), FakeAssistant()
    shelf: dict[str, int | None] = {"release": 7}
    settings = Settings(data=tmp_path)
    files, rules = RuleFiles(), bundled_rules()
    with Database(lay_records(tmp_path), write=True) as database:
        over: Any = assistants(clock) if real else lambda _shelf: assistant
        workshop = make_workshop(database, clock, over)
        library = workshop.library
        accounts = Accounts(
            database=database,
            clock=clock,
            session_hours=settings.session_hours,
            link_minutes=settings.link_minutes,
            idle_minutes=settings.idle_minutes,
        )
        orders = Orders(database=database, adviser=rules.adviser, masker=rules.masker, clock=clock)
        services = Services(
            assistant=Newest(over, library) if real else assistant,
            release=lambda: library.open_release if real else shelf["release"],
            database=database,
            masker=rules.masker,
            clock=clock,
            settings=settings,
            accounts=accounts,
            catalogue=lambda: library.shelf.catalogue if real else shelved(database),
            labels={
                "call_types": ("查询", "咨询", "报修"),
                "consult": ("计量装置", "电价电费"),
                "query": ("客户档案查询",),
            },
            examine=lambda: [{"name": "记录", "ok": True, "detail": "发布第 7 版"}],
            live=rules.live,
            orders=orders,
            script=rules.script,
            watch=Watch(library, workshop.desk, clock, lambda: load_watch_rules(files)),
            learning=build_learning(files, library, workshop.desk, assistant, orders),
            workshop=workshop,
            runs=Runs(lambda: Target(suggester=assistant, forbidden=lambda _suggestion: ()), tmp_path, clock),
            scores=Scores(database=database, clock=clock),
            rules=rule_desk(tmp_path, database, clock, assistant),
        )
        yield House(services=services, assistant=assistant, clock=clock, shelf=shelf)


def rule_desk(folder: Path, database: Database, clock: FixedClock, assistant: FakeAssistant) -> RuleDesk:
    """A real rule desk; what answers with its rules is the assistant of ten lines, which no rule changes."""

    def nothing() -> None:
        pass

    def side(_clock: Clock) -> Side:
        return Side(suggester=assistant, analyser=Analyser(Lexicon()))

    def trial(_files: RuleFiles, moment: Clock, _tick: object) -> Trial:
        return Trial(side=side(moment), release=None, retire=nothing, resume=nothing, switch=nothing, drop=nothing)

    def shelf() -> Shelf:
        return cast("Shelf", SimpleNamespace(catalogue=shelved(database), release=7))

    gate = Gate(lambda _shelf: assistant, folder, clock, bundled=folder / "golden")
    workshop = Workshop(shelf=shelf, side=side, trial=trial, gate=gate)
    return RuleDesk(folder / "rules", database, clock, str, workshop)


def shelved(database: Database) -> Catalogue:
    """The newest release as it stands in the records."""
    with database.read() as connection:
        return load_catalogue(connection, records.current_release(connection))


@cache
def _routes() -> tuple[BaseRoute, ...]:
    with tempfile.TemporaryDirectory() as folder, open_house(Path(folder)) as house:
        return tuple(create_app(house.services).router.routes)


def app_of(house: House) -> FastAPI:
    """The house's application. FastAPI works out the routes of each at its first request (0.1 s): once will do."""
    app = create_app(house.services)
    assert [type(route) for route in app.router.routes] == [type(route) for route in _routes()]
    app.router.routes[:] = _routes()
    return app


def sign_in(client: TestClient, token: str) -> None:
    response = client.post("/sign-in", data={"token": token}, headers=ORIGIN, follow_redirects=False)
    assert response.status_code == 303
