"""The curators' pages by keyboard, against another's edits, a session's end, a lost line and everything pasted."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assistant.accounts import service
from assistant.suggest.request import SuggestRequest
from kb.curation.lifecycle import Ref
from kb.domain.knowledge import Branch
from kb.store.releases import list_releases
from tests.assistant.web.shop import LI, OUT, PASSWORD, PAY, STOCK, WANG, Shop, entry, golden, issue

pytestmark = pytest.mark.browser
NASTY = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>=1+1\u202e\u200b'
SHOWN = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>=1+1'


def open_entry(page: Page, shop: Shop, entry_id: str) -> None:
    page.goto(f"{shop.server.url}/entry/{entry_id}")
    page.locator("[name='question']").wait_for()
    page.locator("#history li").first.wait_for()


def tab_to(page: Page, css: str, most: int = 120) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("css => document.activeElement.matches(css)", css):
            return
    pytest.fail(f"no way to {css!r} by Tab")


def head(shop: Shop, entry_id: str) -> Any:
    return shop.house.services.workshop.desk.standings([entry_id])[0]


def rewrite(shop: Shop, entry_id: str, answer: str, *, reason: str = "对方改") -> int:
    """Somebody else saves."""
    old = next(one for one in STOCK if one.entry_id == entry_id)
    version = head(shop, entry_id).head.version
    changed = replace(old, branches=(Branch(answer=answer),))
    return shop.house.services.workshop.desk.save(LI, changed, expected=version, reason=reason)


def test_a_curator_edits_tries_out_and_submits_by_keyboard(shop: Shop) -> None:
    page = shop.enter("张采", "curator")
    expect(page.locator("#list tbody tr")).to_have_count(3)
    page.keyboard.press("/")
    page.keyboard.type("代扣")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    tab_to(page, "#list a")
    page.keyboard.press("Enter")
    page.locator("#history li").first.wait_for()
    tab_to(page, "[name='phrasings']")
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("手机上能不能缴")
    tab_to(page, "[name='answer']")
    page.keyboard.press("Control+A")
    page.keyboard.type("可以，在网上国网里缴。")
    page.keyboard.press("Alt+P")
    page.keyboard.press("Control+A")
    page.keyboard.type("手机上能不能缴")
    page.keyboard.press("Enter")
    then = page.locator(".said[data-side='改好以后']")
    expect(then).to_contain_text("可以，在网上国网里缴。")
    expect(then).to_contain_text("这一条排第 1")
    expect(page.locator(".said[data-side='现在']")).not_to_contain_text("可以，在网上国网里缴。")
    assert head(shop, "A01").head.version == 1, "a preview keeps nothing"
    page.locator("[name='reason']").focus()
    page.keyboard.type("新增手机渠道")
    page.keyboard.press("Control+S")
    expect(page.locator("#status")).to_contain_text("已存为草稿：第 2 版")
    page.keyboard.press("Alt+S")
    expect(page.locator("#standing")).to_contain_text("待审")
    assert (head(shop, "A01").stage, head(shop, "A01").head.author) == ("待审", "张采")
    assert shop.watch.console == []
    assert shop.watch.hosts == {f"127.0.0.1:{shop.server.port}"}


def test_a_reviewer_approves_and_publishes_by_keyboard(shop: Shop) -> None:
    desk = shop.house.services.workshop.desk
    version = rewrite(shop, "A01", "全在网上交。")
    other = rewrite(shop, "A02", "请稍等，马上报修。")
    desk.submit(
        LI, [Ref(kind="entry", item_id="A01", version=version), Ref(kind="entry", item_id="A02", version=other)]
    )
    page = shop.enter("孙审", "reviewer", "/reviews")
    expect(page.locator("#detail ins").first).to_contain_text("全在网上交。")
    page.keyboard.press("a")
    expect(page.locator("#outcome")).to_contain_text("已批准 1 条")
    expect(page.locator("#detail ins").first).to_contain_text("马上报修")
    page.keyboard.press("r")
    page.keyboard.type("口径没有依据")
    page.keyboard.press("Enter")
    expect(page.locator("#outcome")).to_contain_text("已退回 1 条")
    page.goto(f"{shop.server.url}/releases")
    expect(page.locator("#ready")).to_contain_text(PAY)
    tab_to(page, "[name='note']")
    page.keyboard.type("十二月")
    page.keyboard.press("Enter")
    expect(page.locator("#report")).to_contain_text("已发布第 2 版")
    expect(page.locator("#ready")).to_contain_text("没有批准了还没发布的")
    said = shop.house.services.assistant.answer(SuggestRequest(text=PAY))
    assert (said.release, said.answers[0].answer) == (2, "全在网上交。")
    assert head(shop, "A01").stage == "已发布"
    assert head(shop, "A02").stage == "已退回"
    assert shop.watch.console == []


def test_nobody_approves_what_they_wrote(shop: Shop) -> None:
    page = shop.enter("孙审", "reviewer")
    open_entry(page, shop, "A01")
    page.locator("[name='answer']").fill("改成这样。")
    page.locator("[name='reason']").fill("改")
    page.keyboard.press("Control+S")
    expect(page.locator("#status")).to_contain_text("第 2 版")
    page.keyboard.press("Alt+S")
    page.locator("#approve").click()
    expect(page.locator("#status")).to_contain_text("不能自己批准")
    assert head(shop, "A01").stage == "待审"


def test_a_blocked_publication_names_what_gets_worse_and_goes_out_with_a_reason(shop: Shop) -> None:
    golden(shop.house, **{PAY: ["A01"], OUT: ["A02"]})
    other = replace(STOCK[0], question="光伏并网", phrasings=(), branches=(Branch(answer="并网请到营业厅办理。"),))
    issue(shop.house, other, note="改", publish=False)
    page = shop.enter("孙审", "reviewer", "/releases")
    page.locator("#publish button").click()
    expect(page.locator("#report")).to_contain_text("有 1 处会变差")
    expect(page.locator("#report tbody tr")).to_contain_text(PAY)
    page.locator("[name='override']").fill("题目下月改")
    page.locator("[name='override']").press("Enter")
    expect(page.locator("#report")).to_contain_text("已发布第 2 版")
    expect(page.locator("#list")).to_contain_text("理由：题目下月改")


def test_two_tabs_on_one_entry_lose_nothing(shop: Shop) -> None:
    page = shop.enter("张采", "curator")
    open_entry(page, shop, "A01")
    other = page.context.new_page()
    open_entry(other, shop, "A01")
    other.locator("[name='answer']").fill("先存的答案。")
    other.locator("[name='owner']").fill("客服部")
    other.locator("[name='reason']").fill("先")
    other.keyboard.press("Control+S")
    expect(other.locator("#status")).to_contain_text("第 2 版")
    page.locator("[name='answer']").fill("后写的答案。")
    page.locator("[name='phrasings']").fill("怎么缴电费")
    page.locator("[name='reason']").fill("后")
    page.keyboard.press("Control+S")
    conflict = page.locator("#conflict")
    expect(conflict.locator("[data-field='branches']")).to_contain_text("先存的答案。")
    expect(conflict.locator("[data-field='branches']")).to_contain_text("后写的答案。")
    expect(conflict.locator("[data-field='branches']")).to_contain_text("冲突")
    expect(page.locator("[name='answer']")).to_have_value("后写的答案。")
    page.locator("#merge").click()
    page.keyboard.press("Control+S")
    expect(page.locator("#status")).to_contain_text("第 3 版")
    content = head(shop, "A01").head.payload
    assert content["branches"] == [{"when": {}, "answer": "后写的答案。"}]
    assert (content["owner"], content["phrasings"]) == ("客服部", ["怎么缴电费"])


def test_a_session_that_ends_in_mid_edit_keeps_the_text_and_lets_one_back_in_on_the_page(shop: Shop) -> None:
    page = shop.enter("张采", "curator")
    open_entry(page, shop, "A01")
    page.locator("[name='answer']").fill("写了一半的答案。")
    page.locator("[name='reason']").fill("改")
    shop.house.services.accounts.sign_out_everywhere("张采", actor="测试")
    page.keyboard.press("Control+S")
    expect(page.locator("#banner")).to_contain_text("登录已过期。您填的还在")
    expect(page.locator("[name='answer']")).to_have_value("写了一半的答案。")
    page.locator("#sign-in-here").press("Enter")
    page.keyboard.type("不是这个密码")
    page.keyboard.press("Enter")
    expect(page.locator("dialog .problem")).to_contain_text("账号或密码不对")
    page.locator("dialog [type='password']").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#banner")).to_be_hidden()
    page.keyboard.press("Control+S")
    expect(page.locator("#status")).to_contain_text("第 2 版")
    assert head(shop, "A01").head.payload["branches"][0]["answer"] == "写了一半的答案。"


def test_unsaved_text_outlives_a_reload_the_back_button_and_another_version(shop: Shop) -> None:
    page = shop.enter("张采", "curator")
    page.locator("#list a", has_text=PAY).click()
    page.locator("#history li").first.wait_for()
    page.locator("[name='answer']").fill("还没有存。")
    page.go_back()
    expect(page.locator("#list tbody tr")).to_have_count(3)
    page.go_forward()
    expect(page.locator("[name='answer']")).to_have_value("还没有存。")
    rewrite(shop, "A01", "别人存的。")
    page.reload()
    expect(page.locator("#kept")).to_contain_text("期间别人存过新的一版")
    expect(page.locator("[name='answer']")).to_have_value("还没有存。")
    page.locator("[name='reason']").fill("改")
    page.keyboard.press("Control+S")
    expect(page.locator("#conflict [data-field='branches']")).to_contain_text("别人存的。")
    assert head(shop, "A01").head.version == 2


def test_another_account_in_the_same_tab_never_sees_unsaved_text(shop: Shop) -> None:
    page = shop.enter("张采", "curator")
    open_entry(page, shop, "A01")
    page.locator("[name='answer']").fill("张采没有存的话。")
    while "张采没有存的话" not in str(page.evaluate("Object.values(sessionStorage).join('')")):
        page.wait_for_timeout(20)
    at = shop.house.clock.now()
    shop.house.database.write(lambda c: service.create_account(c, "李采", "curator", at=at))
    shop.house.services.accounts.sign_out_everywhere("张采", actor="测试")
    shop.link_in(page, "李采")
    open_entry(page, shop, "A01")
    expect(page.locator("[name='answer']")).not_to_have_value("张采没有存的话。")
    expect(page.locator("#kept")).to_be_hidden()


def test_a_lost_line_keeps_the_text_and_saves_once(shop: Shop) -> None:
    page = shop.enter("张采", "curator")
    open_entry(page, shop, "A01")
    page.locator("[name='answer']").fill("断线时写的。")
    page.locator("[name='reason']").fill("改")
    shop.server.stop()
    page.keyboard.press("Control+S")
    expect(page.locator("#banner")).to_contain_text("连不上服务。您填的还在")
    shop.server.start()
    page.keyboard.press("Control+S")
    expect(page.locator("#status")).to_contain_text("第 2 版")
    assert head(shop, "A01").head.version == 2


def test_a_double_press_saves_and_publishes_once(shop: Shop) -> None:
    page = shop.enter("孙审", "reviewer")
    open_entry(page, shop, "A01")
    page.locator("[name='answer']").fill("按了两下。")
    page.locator("[name='reason']").fill("改")
    page.locator("#save").dblclick()
    expect(page.locator("#status")).to_contain_text("第 2 版")
    assert head(shop, "A01").head.version == 2
    desk = shop.house.services.workshop.desk
    ref = [Ref(kind="entry", item_id="A01", version=2)]
    desk.submit(LI, ref)
    desk.approve(WANG, ref)
    page.goto(f"{shop.server.url}/releases")
    expect(page.locator("#ready")).to_contain_text(PAY)
    page.locator("#publish button").dblclick()
    expect(page.locator("#report")).to_contain_text("已发布第 2 版")
    with shop.house.database.read() as connection:
        assert [release.number for release, _origin in list_releases(connection)] == [2, 1]


def test_a_stale_release_page_publishes_nothing(shop: Shop) -> None:
    page = shop.enter("孙审", "reviewer", "/releases")
    expect(page.locator("#current")).to_contain_text("现在是第 1 版")
    issue(shop.house, replace(STOCK[1], owner="客服部"), note="别人发布")
    page.locator("#publish button").click()
    expect(page.locator("#status")).to_contain_text("期间已发布第 2 版")
    expect(page.locator("#current")).to_contain_text("现在是第 2 版")


def test_going_back_to_an_earlier_release_and_asking_it(shop: Shop) -> None:
    issue(shop.house, replace(STOCK[0], branches=(Branch(answer="只在网上交。"),)), note="改渠道")
    page = shop.enter("孙审", "reviewer", "/releases")
    row = page.locator("#list tbody tr").nth(1)
    expect(page.locator("#detail")).to_contain_text("只在网上交。")
    row.get_by_role("button", name="重放").click()
    page.keyboard.type(PAY)
    page.keyboard.press("Enter")
    expect(page.locator(".said").nth(0)).to_contain_text("银行代扣")
    expect(page.locator(".said").nth(1)).to_contain_text("只在网上交。")
    row.get_by_role("button", name="回滚到这一版").click()
    page.keyboard.type("渠道又开了")
    page.keyboard.press("Enter")
    expect(page.locator("#report")).to_contain_text("已发布第 3 版")
    assert head(shop, "A01").live.payload["branches"][0]["answer"].startswith("您可以在网上国网")


def test_a_megabyte_pasted_is_refused_in_words_and_stays(shop: Shop) -> None:
    page = shop.enter("张采", "curator")
    open_entry(page, shop, "A01")
    page.locator("[name='reason']").fill("改")
    page.evaluate("document.querySelector('[name=answer]').value = '电费怎么交'.repeat(70000)")
    page.locator("[name='answer']").press("End")
    page.keyboard.type("。")
    page.keyboard.press("Control+S")
    expect(page.locator("#status")).to_contain_text("答案过长")
    page.evaluate("document.querySelector('[name=answer]').value += '电费怎么交'.repeat(140000)")
    page.keyboard.press("Control+S")
    expect(page.locator("#status")).to_contain_text("内容超过 2048 KB")
    assert len(page.locator("[name='answer']").input_value()) > 1_000_000
    assert head(shop, "A01").head.version == 1


def test_markup_bidi_and_formulas_are_text_in_every_field(shop: Shop) -> None:
    page = shop.enter("张采", "curator", "/entry")
    page.locator("[name='entry_id']").fill("Z9")
    for name in ("question", "phrasings", "answer", "document", "locator", "owner", "topics", "reason"):
        page.locator(f"[name='{name}']").fill(NASTY)
    page.keyboard.press("Control+S")
    page.wait_for_url(f"{shop.server.url}/entry/Z9")
    expect(page.locator("[name='answer']")).to_have_value(SHOWN)
    expect(page.locator("#history")).to_contain_text(SHOWN)
    page.keyboard.press("Alt+S")
    expect(page.locator("#standing")).to_contain_text("待审")
    for path in ("/entries", "/reviews", "/entry/Z9", "/releases"):
        page.goto(shop.server.url + path)
        page.locator("#list tbody tr, #history li").first.wait_for()
        assert page.evaluate("window.hacked") is None
        assert page.locator("main img, main script").count() == 0
        assert "\u202e" not in page.content()
    assert shop.watch.console == []


def test_a_sheet_is_previewed_mapped_accepted_in_part_and_given_back(shop: Shop, tmp_path: Any) -> None:
    sheet = tmp_path / "问答.csv"
    sheet.write_text(
        "编号,标准问题,口头说法,答案,分类\nD1,搬家怎么过户,换房主,带证件办理。,用电业务\n"
        "D2,发票怎么开,,网上开。,电价电费\nD3,没有答案,,,电价电费\nA01,电费怎么交,,只在网上交。,电价电费\n",
        encoding="utf-8",
    )
    page = shop.enter("张采", "curator", "/import")
    page.locator("#file").set_input_files(str(sheet))
    expect(page.locator("#accept")).to_have_text("写成草稿 3 条")
    expect(page.locator("#list")).to_contain_text("答案是空的")
    page.get_by_label("口头说法").select_option("phrasings")
    expect(page.locator("#accept")).to_have_text("写成草稿 3 条")
    page.get_by_label("收 D2").uncheck()
    expect(page.locator("#accept")).to_have_text("写成草稿 2 条")
    page.locator("#accept").dblclick()
    expect(page.locator("#outcome")).to_contain_text("已写成草稿 2 条")
    assert head(shop, "D1").head.payload["phrasings"] == ["换房主"]
    assert head(shop, "A01").stage == "草稿"
    assert shop.house.services.workshop.desk.standings(["D2"]) == []
    with page.expect_download() as caught:
        page.locator("#template").click()
    assert caught.value.suggested_filename == "条目模板.xlsx"
    page.locator("#export [name='format']").select_option("csv")
    with page.expect_download() as caught:
        page.locator("#export button").click()
    assert re.fullmatch(r"条目-第1版\.csv", caught.value.suggested_filename)


def test_many_are_put_forward_at_once(shop: Shop) -> None:
    desk = shop.house.services.workshop.desk
    for number in range(3):
        desk.save(LI, entry(f"N{number}", f"新问题{number}怎么办", "照办。"), expected=0, reason="新")
    page = shop.enter("张采", "curator")
    page.locator("[name='stage']").select_option("草稿")
    expect(page.locator("#list tbody tr")).to_have_count(3)
    for _ in range(3):
        page.keyboard.press("j") if _ else page.locator("#list").focus()
    page.locator("#list input").nth(0).check()
    page.locator("#list input").nth(2).check()
    page.locator("#submit-chosen").click()
    expect(page.locator("#outcome")).to_contain_text("已送审 2 条")
    assert [head(shop, f"N{n}").stage for n in range(3)] == ["待审", "草稿", "待审"]


def test_an_emergency_takes_an_entry_down_at_once(shop: Shop) -> None:
    page = shop.enter("孙审", "reviewer")
    open_entry(page, shop, "A01")
    page.locator("#withdraw-now").click()
    page.keyboard.type("口径错")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("已下线")
    assert head(shop, "A01").stage == "已下线"
    page.get_by_role("button", name="归档").click()
    page.keyboard.type("收起")
    page.keyboard.press("Enter")
    expect(page.locator("#standing")).to_contain_text("已归档")


def test_an_agent_reads_and_finds_no_way_to_change(shop: Shop) -> None:
    page = shop.enter("赵坐", "agent")
    page.locator("#list a", has_text=PAY).click()
    expect(page.locator("#reading")).to_contain_text("银行代扣")
    assert page.locator("form, #steps").count() == 0
    page.goto(f"{shop.server.url}/reviews")
    expect(page.locator("h1")).to_have_text("没有这个地址")
