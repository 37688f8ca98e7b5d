"""Handlers with orders, evaluators with runs and scores: their main journeys by keyboard alone."""

from __future__ import annotations

import json
import threading

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from assistant.accounts import service
from assistant.suggest.request import SuggestRequest
from assistant.workorder.service import Filing
from assistant.workorder.types import Order, OrderFilter
from tests.assistant.api.house import NASTY, House, full
from tests.assistant.web.browser import Running, Watch, lose_first_answer, sign_in, tab_to
from tests.assistant.web.conftest import Enter

pytestmark = pytest.mark.browser


def file(house: House, said: str, **more: str) -> Order:
    filing = Filing(
        account="张三", team="城东", key=said[:20], digest="d", suggestion=full(SuggestRequest(text=said)),
        fields={"联系人": NASTY[:40], "用电地址": "阳光小区3栋"}, form=more.get("form"), reason="改判",
    )  # fmt: skip
    order = house.services.orders.file(filing).order
    assert order is not None
    return order


def stages(house: House) -> list[str]:
    return [order.stage for order in house.services.orders.list(OrderFilter())]


def test_a_handler_takes_an_order_through_its_stages(enter: Enter, server: Running, house: House, watch: Watch) -> None:
    late = file(house, "家里停电了", form="报修单")
    file(house, f"电表走得快{NASTY}")
    page = enter("李抢修", "handler")
    page.goto(f"{server.url}/orders")
    expect(page.locator("#list tbody tr")).to_have_count(2)
    expect(page.locator("#list tbody tr").first).to_contain_text(late.number)
    page.keyboard.press("/")
    page.keyboard.type(late.number)
    page.keyboard.press("Enter")
    expect(page.locator("#detail h2")).to_contain_text(late.number)
    assert page.url == f"{server.url}/orders#{late.number}"
    for words, name, stage in (
        ("已派张工", "开始处理", "处理"),
        ("已恢复，电话13812345678", "已答复客户", "答复"),
        ("", "归档，客户满意", "归档"),
    ):
        page.locator("#note").focus()
        page.keyboard.type(words)
        tab_to(page, name)
        page.keyboard.press("Enter")
        expect(page.locator("#status")).to_contain_text(f"已到“{stage}”")
        expect(page.locator(".steps [aria-current]")).to_have_text(stage)
    expect(page.locator(".events")).to_contain_text("已派张工")
    expect(page.locator(".events")).to_contain_text("客户满意")
    assert "13812345678" not in page.content()
    assert sorted(stages(house)) == ["受理", "归档"]
    expect(page.locator("[data-step]")).to_have_count(0)
    page.locator("#filters [name='stage']").select_option("归档")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    assert watch.console == []
    assert watch.hosts == {f"127.0.0.1:{server.port}"}


def test_two_handlers_move_an_order_once_and_the_note_stays(enter: Enter, server: Running, house: House) -> None:
    order = file(house, "家里停电了", form="报修单")
    first, second = enter("甲", "handler"), enter("乙", "handler")
    for page in (first, second):
        page.goto(f"{server.url}/orders#{order.number}")
        page.locator("#note").fill(f"{page.locator('.bar-user').inner_text()[:1]}写的说明")
    first.get_by_role("button", name="开始处理").dblclick()
    expect(first.locator("#status")).to_contain_text("已到“处理”")
    second.get_by_role("button", name="开始处理").press("Enter")
    expect(second.locator("#status")).to_contain_text("工单已是第 2 版")
    expect(second.locator("#note")).to_have_value("乙写的说明")
    expect(second.locator(".steps [aria-current]")).to_have_text("处理")
    assert len(house.services.orders.show(order.number)[1]) == 2


def test_a_session_that_ends_before_a_stage_keeps_the_note(enter: Enter, server: Running, house: House) -> None:
    order = file(house, "家里停电了", form="报修单")
    page = enter("甲", "handler")
    page.goto(f"{server.url}/orders#{order.number}")
    page.locator("#note").fill("写了一半")
    house.services.accounts.sign_out_everywhere("甲", actor="测试")
    page.get_by_role("button", name="开始处理").press("Enter")
    expect(page.locator("#banner")).to_contain_text("登录已过期。您填的还在")
    expect(page.locator("#note")).to_have_value("写了一半")
    assert stages(house) == ["受理"]


def test_the_back_button_goes_to_the_order_before(enter: Enter, server: Running, house: House) -> None:
    first, second = (file(house, said) for said in ("电表走得快", "电费多了"))
    page = enter("甲", "handler")
    page.goto(f"{server.url}/orders#{first.number}")
    expect(page.locator("#detail h2")).to_contain_text(first.number)
    page.get_by_role("button", name=second.number).click()
    expect(page.locator("#detail h2")).to_contain_text(second.number)
    page.go_back()
    expect(page.locator("#detail h2")).to_contain_text(first.number)


def test_an_agent_sees_orders_and_moves_none(enter: Enter, server: Running, house: House) -> None:
    order = file(house, "家里停电了")
    page = enter("王坐席", "agent")
    page.goto(f"{server.url}/orders#{order.number}")
    expect(page.locator("#detail h2")).to_contain_text(order.number)
    expect(page.locator("#note")).to_have_count(0)


def test_paper_holds_the_order_and_nothing_else(enter: Enter, server: Running, house: House) -> None:
    order = file(house, "家里停电了", form="报修单")
    page = enter("甲", "handler")
    page.goto(f"{server.url}/orders#{order.number}")
    expect(page.locator("#detail h2")).to_contain_text(order.number)
    page.emulate_media(media="print")
    for hidden in (".bar", "#filters", "#list", ".order-step", ".page-head"):
        expect(page.locator(hidden)).to_be_hidden()
    for shown in ("#detail h2", ".order-content", ".events"):
        expect(page.locator(shown)).to_be_visible()


def questions(n: int) -> bytes:
    row = {"call_type": "咨询", "categories": ["计量装置"], "entries": ["e-1"], "needs_work_order": True}
    rows = [{**row, "id": f"q{i}", "text": f"电表走得快{i}"} for i in range(n)]
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in rows).encode()


def test_an_evaluator_runs_watches_gives_up_and_compares(
    enter: Enter, server: Running, house: House, watch: Watch
) -> None:
    page, gate = enter("评", "evaluator"), threading.Event()
    page.goto(f"{server.url}/runs")
    expect(page.locator("#list")).to_contain_text("还没有评测记录")
    page.locator("#file").set_input_files(
        FilePayload(name="我的题.jsonl", mimeType="application/jsonl", buffer=questions(6))
    )
    expect(page.locator("#status")).to_contain_text("已导入 我的题，6 题")
    house.assistant.delay = lambda _text: float(not gate.wait())
    page.locator("#run").press("Enter")
    expect(page.locator("#job progress")).to_be_visible()
    opener = threading.Thread(target=lambda: gate.set() if house.services.runs._over.wait() else None)
    opener.start()  # the question under way is answered only once the run has been given up
    page.locator("#cancel").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#job")).to_contain_text("已取消，没有留下结果")
    opener.join()
    for n in (1, 2):
        page.locator("#run").press("Enter")
        expect(page.locator("#list tbody tr")).to_have_count(n)
        expect(page.locator("#job")).to_contain_text("跑完了")
    expect(page.locator("#detail h2")).to_contain_text("我的题")
    expect(page.locator("#detail")).to_contain_text("首位命中率")
    tab_to(page, "与前一次比较")
    page.keyboard.press("Enter")
    expect(page.locator("#list")).to_contain_text("没有哪一项显著变差")
    expect(page.locator("#list")).to_contain_text("没有题变对或变错")
    assert "/comparison#" in page.url
    page.go_back()
    page.locator("#list .link").first.press("Enter")
    tab_to(page, "画图")
    page.keyboard.press("Enter")
    page.locator(".plots img").first.evaluate("(image) => image.decode()")
    assert watch.console == []
    assert watch.hosts == {f"127.0.0.1:{server.port}"}


def stored_run(house: House, n: int) -> None:
    runs = house.services.runs
    runs.import_set("我的题.jsonl", questions(n))
    runs.start("我的题", "x")
    while (job := runs.current()) is None or job.state == "running":
        threading.Event().wait(0.01)


def test_two_people_score_blind_and_a_third_rules(enter: Enter, server: Running, house: House, watch: Watch) -> None:
    stored_run(house, 3)
    first = enter("甲", "evaluator")
    first.goto(f"{server.url}/scoring")
    first.locator("#size").fill("3")
    first.locator("#size").press("Enter")
    for key, words in (("1", ""), ("2", "缺时限"), ("3", "")):
        expect(first.locator("#sheet")).to_be_focused()
        number = first.locator("#sheet strong").first.inner_text()
        if words:
            first.keyboard.press("r")
            first.keyboard.type(words)
            first.keyboard.press("Enter")
        first.keyboard.press(key)
        if key != "3":
            expect(first.locator("#sheet strong").first).not_to_have_text(number)
    expect(first.locator("#status")).to_contain_text("都打完了")
    assert not any(band in first.locator("#sheet").inner_text() for band in ("高：", "中：", "%"))
    second = enter("乙", "evaluator")
    second.goto(f"{server.url}/scoring")
    second.locator("#list .link").first.press("Enter")
    for number in ("1", "2", "3"):
        expect(second.locator("#sheet strong").first).to_contain_text(f"第 {number} 条")
        second.keyboard.press("1")
    expect(second.locator("#status")).to_contain_text("都打完了")
    second.get_by_role("button", name="看结果").press("Enter")
    expect(second.locator("#result")).to_contain_text("共同打了 3 条")
    expect(second.locator(".differing")).to_have_count(2)
    expect(second.locator("#result")).to_contain_text("缺时限")
    third = enter("丙", "evaluator")
    third.goto(f"{server.url}/scoring")
    third.get_by_role("button", name="看结果").press("Enter")
    third.locator(".differing").first.get_by_role("button", name="对", exact=True).press("Enter")
    expect(third.locator(".differing").first).to_contain_text("裁定为 对")
    third.locator("#list .link").first.press("Enter")
    expect(third.locator("#sheet")).to_contain_text("已经看过结果")
    third.keyboard.press("1")
    expect(third.locator("#sheet")).to_contain_text("第 1 条")
    assert watch.console == []


def test_a_score_that_does_not_get_through_is_not_lost(enter: Enter, server: Running, house: House) -> None:
    stored_run(house, 2)
    page = enter("甲", "evaluator")
    page.goto(f"{server.url}/scoring")
    page.locator("#size").press("Enter")
    expect(page.locator("#sheet")).to_contain_text("第 1 条")
    page.locator("#reason").fill("理由写了一半")
    page.route("**/scores/*", lambda route: route.abort())
    page.locator("#sheet").focus()
    page.keyboard.press("2")
    expect(page.locator("#banner")).to_contain_text("连不上服务")
    expect(page.locator("#reason")).to_have_value("理由写了一半")
    page.unroute("**/scores/*")
    page.keyboard.press("2")
    expect(page.locator("#sheet")).to_contain_text("第 2 条")
    expect(page.locator("#banner")).to_be_hidden()


def test_a_form_waits_for_its_list_however_soon_enter_is_pressed(
    enter: Enter, server: Running, house: House, watch: Watch
) -> None:
    stored_run(house, 2)
    page = enter("甲", "evaluator")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/v1/runs", hold)
    page.goto(f"{server.url}/scoring")
    page.locator("#size").press("Enter")
    expect(page.locator("#draw [type=submit]")).to_be_disabled()
    held[0].continue_()
    expect(page.locator("#sheet")).to_contain_text("第 1 条")
    assert watch.console == []


def test_a_form_without_anything_to_choose_says_so(enter: Enter, server: Running) -> None:
    page = enter("甲", "evaluator")
    page.goto(f"{server.url}/scoring")
    page.locator("#size").press("Enter")
    expect(page.locator("#status")).to_contain_text("请把这一项填上")
    expect(page.locator("#run")).to_be_focused()


def test_a_shift_lead_reads_the_teams_feedback_orders_and_runs(
    enter: Enter, server: Running, house: House, watch: Watch
) -> None:
    order = file(house, "家里停电了", form="报修单")
    page = enter("班长", "lead")
    assert page.locator(".nav a").all_inner_texts() == ["坐席", "工单", "知识", "停电", "反馈", "评测", "打分"]
    for name, seen in (("工单", order.number), ("反馈", "没有符合条件的反馈"), ("评测", "还没有评测记录")):
        tab_to(page, name)
        page.keyboard.press("Enter")
        expect(page.locator("#list")).to_contain_text(seen)
    assert watch.console == []


def test_an_order_of_another_department_is_as_if_missing(enter: Enter, server: Running, house: House) -> None:
    order = file(house, "家里停电了", form="报修单")
    at = house.clock.now()
    house.database.write(lambda c: service.create_account(c, "西", "handler", at=at, department="城西"))
    page = enter_as(enter, house, server)
    page.goto(f"{server.url}/orders#{order.number}")
    expect(page.locator("#status")).to_contain_text("没有这张工单")
    expect(page.locator("#list")).to_contain_text("没有符合条件的工单")


def enter_as(enter: Enter, house: House, server: Running) -> Page:
    """The page of the confined handler made above: a colleague's browser, signed in again by a link of theirs."""
    page = enter("甲", "handler")
    sign_in(page, server.url, house.link("西"))
    return page


def test_a_stage_whose_answer_is_lost_is_taken_once(enter: Enter, server: Running, house: House) -> None:
    order = file(house, "家里停电了", form="报修单")
    page = enter("甲", "handler")
    lost = lose_first_answer(page, "**/stage")
    page.goto(f"{server.url}/orders#{order.number}")
    page.locator("#note").fill("已派张工")
    page.get_by_role("button", name="开始处理").press("Enter")
    expect(page.locator("#banner")).to_contain_text("连不上服务。您填的还在")
    page.get_by_role("button", name="开始处理").press("Enter")
    expect(page.locator("#status")).to_contain_text("工单已是第 2 版")
    assert lost == [200]
    assert len(house.services.orders.show(order.number)[1]) == 2
