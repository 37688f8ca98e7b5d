"""A day's work in a data folder, so that pictures of the pages show something: people, orders, requests, gaps, runs."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from assistant.accounts import service
from assistant.accounts.policy import load_policy
from assistant.accounts.types import Account, Role
from assistant.api.services import Services
from assistant.api.store import LogRow, insert_suggestions
from assistant.calls import store as calls
from assistant.calls.types import Feedback, FeedbackKind
from assistant.jobs import BUNDLED, ingest_and_publish
from assistant.learning.requests import NewRequest
from assistant.measuring.store import Scored
from assistant.runtime import Runtime, open_runtime
from assistant.services import services_of
from assistant.settings import Settings
from assistant.workorder.service import Filing
from eval.storage import find_run
from kb.curation.lifecycle import Ref
from kb.domain.clock import CHINA, FixedClock
from kb.domain.knowledge import Branch, Entry, Source
from kb.text.rulefiles import RuleFiles

MORNING = dt.datetime(2026, 11, 23, 9, 40, tzinfo=CHINA)
PEOPLE: tuple[tuple[str, Role, str], ...] = (
    ("管理员", "admin", ""), ("张三", "agent", "城东"), ("赵敏", "agent", "城东"), ("李四", "handler", "城东"),
    ("王班长", "lead", "城东"), ("李编", "curator", ""), ("王审", "reviewer", ""), ("赵评", "evaluator", ""),
    ("钱评", "evaluator", ""), ("周审", "auditor", ""),
)  # fmt: skip
ORDERS = (
    ("家里突然没电了，邻居家都有电，老人在家等着",
     {"用电地址": "阳光小区3栋502", "联系人": "王五", "联系电话": "13812345678"}),
    ("电线掉到马路上了，冒火花", {"用电地址": "人民路与中山路口", "联系电话": "13900000001", "联系人": "路人"}),
    ("你们收费员态度太差了，我要投诉", {"联系人": "刘女士", "联系电话": "13700000002"}),
    ("电表走得太快，电费比上个月多一倍，要求来校验", {"联系人": "陈先生", "用电地址": "幸福路8号"}),
    ("民宿装了三台空气能热水器，问要不要另外申请一路三相电", {"联系人": "何先生", "用电地址": "临湖村12号"}),
)  # fmt: skip
REPLY = "何先生：三相用电要办增容，带身份证和房产证明到营业厅，我们三个工作日内上门勘查。"
GAPS = (
    ("屋顶光伏卖给邻居用电算不算转供电", 9), ("电动三轮车在楼道充电归谁管", 6), ("停电时人脸门禁打不开找谁", 4),
    ("充电桩的发票抬头能改成公司吗", 3), ("挖掘机把我家地埋线挖断了谁赔", 2),
)  # fmt: skip
REQUESTS = (
    ("不全", "光伏上网电价的结算周期没写", "客户问几月结一次"), ("答案错", "阶梯电价第二档起点不对", "和价目表不一样"),
    ("表述歧义", "“报装”和“过户”分不清", ""), ("没有答案", "停电时人脸门禁打不开找谁", "一天问了四次"),
)  # fmt: skip


@contextmanager
def stocked(folder: Path) -> Iterator[tuple[Runtime, Services]]:
    """Open a fresh data folder with the bundled knowledge and a day's work in it."""
    clock = FixedClock(MORNING - dt.timedelta(days=2))
    with open_runtime(Settings(data=folder), write=True, clock=clock) as runtime:
        ingest_and_publish(runtime, [BUNDLED], note="自带知识")
        services = services_of(runtime)
        for name, role, department in PEOPLE:
            _add(runtime, name, role, department)
        _orders(runtime, services, clock)
        _said(runtime)
        _requests(services, clock)
        _entries(services)
        _runs(services, clock, folder)
        yield runtime, services


def person(name: str) -> Account:
    """Return somebody of the day with what their role may do."""
    role, department = next((role, place) for known, role, place in PEOPLE if known == name)
    made = Account(name=name, role=role, disabled=False, created_at=MORNING, department=department)
    return load_policy(RuleFiles()).equip(made)


def _add(runtime: Runtime, name: str, role: Role, department: str) -> None:
    at = runtime.clock.now()
    runtime.database.write(lambda c: service.create_account(c, name, role, at=at, department=department))


def _orders(runtime: Runtime, services: Services, clock: FixedClock) -> None:
    """Orders filed over two days; the last one is closed and its caller was satisfied."""
    orders = services.orders
    for number, (text, fields) in enumerate(ORDERS):
        clock.moment = MORNING - dt.timedelta(hours=(1.4, 0.3, 2.5, 26, 30)[number])
        suggestion = runtime.assistant.suggest(text)
        form = suggestion.work_order.form or "业务咨询单"
        known = set(orders.draft(form, suggestion, {}, None).missing)
        filled = {name: text for name, text in fields.items() if name in known}
        filing = Filing(account="张三", team="城东", key=f"s{number}", digest="d", suggestion=suggestion, form=form,
                        needed=True, reason="客户坚持要书面答复", fields=filled)  # fmt: skip
        made = orders.file(filing).order
        if made is not None and number == 3:
            orders.move(made.number, "处理", version=1, account="李四", note="已派装表班，约明天上午上门")
        if made is not None and number == 4:
            for version, (stage, note) in enumerate((("处理", "转营业班"), ("答复", REPLY), ("归档", "")), start=1):
                orders.move(made.number, stage, version=version, account="李四", note=note, satisfied=stage == "归档")
    clock.moment = MORNING


def _said(runtime: Runtime) -> None:
    """What calls asked in vain, and which answers agents took for other words."""
    plain = LogRow(at=MORNING, text_masked="", facts="{}", as_of="2026-11-23", release=1, band="low", answers="[]",
                   took_ms=1, account="")  # fmt: skip
    rows = [
        replace(plain, at=MORNING - dt.timedelta(hours=3 * n), text_masked=text, account=f"坐席{n}")
        for text, count in GAPS
        for n in range(count)
    ]
    runtime.database.write(lambda connection: insert_suggestions(connection, rows))
    taken = [("chosen", "我想缴下电费在哪个地方", n) for n in range(4)]
    taken += [("chosen", "电表空转是咋回事", n) for n in range(2)]
    taken += [("wrong", "阶梯电价第二档从多少度起", 0), ("no_answer", "停电时人脸门禁打不开找谁", 1)]
    for number, (kind, text, who) in enumerate(taken):
        found = runtime.assistant.suggest(text).answers
        _tell(runtime, kind, text, found[0].entry_id if found else "", f"坐席{who}", number)  # type: ignore[arg-type]


def _tell(runtime: Runtime, kind: FeedbackKind, text: str, entry_id: str, account: str, number: int) -> None:
    given = Feedback(token=f"picture-{number:06d}", kind=kind, text=text, facts={}, release=1, as_of="",
                     entry_id=entry_id, note="")  # fmt: skip
    runtime.database.write(lambda c: calls.insert_feedback(c, given, account=account, department="城东", at=MORNING))


def _requests(services: Services, clock: FixedClock) -> None:
    """Requests of agents, the first one late, one with the curators, one answered."""
    requests, lead = services.learning.requests, person("王班长")
    for number, (kind, text, note) in enumerate(REQUESTS):
        clock.moment = MORNING - dt.timedelta(days=(4, 1, 0, 0)[number])
        made = requests.submit(person("赵敏"), NewRequest(kind=kind, text=text, note=note))
        if number == 1:
            requests.step(lead, made.number, "转采编", version=1, note="请核对价目表")
        if number == 2:
            requests.step(lead, made.number, "直接答复", version=1, note="两条都对：新装用电叫报装，换户主叫过户")
    clock.moment = MORNING


def _entries(services: Services) -> None:
    """A draft of a new entry and one that waits for review."""
    desk = services.workshop.desk
    for number, (question, answer) in enumerate((
        ("屋顶光伏卖给邻居用电算转供电吗", "个人光伏只能自用或上网卖给供电公司，不能直接卖给邻居。"),
        ("停电时门禁打不开找谁", "门禁由物业维护，请您联系物业；我同时为您查询停电信息。"),
    )):  # fmt: skip
        entry = Entry(entry_id=f"T{number}", kind="标问", question=question, branches=(Branch(answer=answer),),
                      categories=("其他咨询",), sources=(Source(document="《供电营业规则》"),),
                      owner="营销部")  # fmt: skip
        version = desk.save(person("李编"), entry, expected=0, reason="通话里常问")
        if number:
            desk.submit(person("李编"), [Ref(kind="entry", item_id=entry.entry_id, version=version)])


def _runs(services: Services, clock: FixedClock, folder: Path) -> None:
    """Two runs of one set, and a sheet that two people have scored."""
    for _ in range(2):
        clock.moment += dt.timedelta(minutes=1)
        services.runs.start("dev", "赵评")
        while (job := services.runs.current()) is not None and job.state == "running":
            threading.Event().wait(0.1)
    drawn = services.scores.draw(find_run(folder), 20, "赵评")
    for who, odd in (("赵评", 7), ("钱评", 5)):
        for item in drawn.items[: 20 if who == "赵评" else 18]:
            half = item.number % odd == 0
            given = Scored(scorer=who, number=item.number, verdict="部分对" if half else "对",
                           reason="缺时限" if half else "", version=0, account=who)  # fmt: skip
            services.scores.score(drawn.sheet_id, given)
