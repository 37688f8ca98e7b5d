"""The whole way of a question: verbatim answers, what low hides, what is never shown, the shape, sameness."""

from __future__ import annotations

import dataclasses
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from assistant.api.wire import suggestion_to_dict, to_json
from assistant.errors import RequestInvalid
from assistant.judge.asking import AskRules
from assistant.judge.judge import Judge
from assistant.suggest.pipeline import Assistant, Parts
from assistant.suggest.request import SuggestRequest
from kb.domain.knowledge import Branch, Source
from kb.domain.suggestion import Suggestion
from kb.search.ranker import Cuts
from kb.text.tokens import Tokens
from tests.assistant.suggest.conftest import Assist
from tests.kb.builders import document, entry, guard, passage, span

KEYS = {
    "text": None, "release": None, "as_of": None, "took_ms": None, "band": None,
    "call_type": {"label", "confidence"},
    "categories": {"label", "confidence"},
    "business": None, "context": {"text", "facts"},
    "answers": {"entry_id", "kind", "question", "answer", "branch", "confidence", "citations", "why"},
    "candidates": {"entry_id", "kind", "question", "answer", "branch", "confidence", "citations", "why"},
    "nearby": {"entry_id", "question"},
    "must_ask": {"fact", "ask", "options"},
    "identity": {"required", "accepts", "read_back", "prompt"},
    "say": None,
    "avoid": {"utterance", "why", "instead"},
    "hints": {"entry_id", "question"},
    "outages": {"notice_id", "kind", "area", "reason", "starts", "ends", "text"},
    "work_order": {"needed", "form", "rules", "reason", "due", "department", "draft", "missing"},
}  # fmt: skip
ODD = [
    "🙂🙂",
    "a",
    "\x00停电\x07",
    "停电\ud83d了吗",
    "？" * 50,
    "停电" * 2400,
    "<script>alert(1)</script>",
    "' OR 1=1 --",
]
MOVE = "电表户头怎么过户"
SECRET = "每度两块钱。"
CELLS = {
    "类型": "计划停电", "区域": "阳光小区", "停电时间": "2026-11-22T08:00", "送电时间": "2026-11-22T18:00",
}  # fmt: skip


def notice(name: str, **more: Any) -> Any:
    return passage(name, "停电区域：阳光小区", "阳光小区 计划停电", kind="notice", cells=CELLS | {"编号": name}, **more)


@pytest.fixture(scope="module")
def desk(assist: Assist) -> Assistant:
    moves = (
        Branch(answer="凭房产证过户，请到东区营业厅。", when={"主体变化": "换了户主"}),
        Branch(answer="凭营业执照更名，请到西区营业厅。", when={"主体变化": "只改名称"}),
    )
    return assist(
        entry(
            "move", MOVE, "买卖房屋换户主", branches=moves, categories=("用电业务",), hints=("pay", "guard", "gone"),
            sources=(Source(document="办法d", locator="第一条"), Source(document="没有收录的文件", locator="附件")),
            topics=("T",),
        ),
        entry("pay", "电费怎么交", "在哪里缴费", answer="网上国网　直接缴\n即可。", categories=("电价电费",)),
        entry("expired", "老的交电费办法", "电费去哪交旧", answer="作废内容甲", validity=span(None, "2026-11-22")),
        entry("future", "新的交电费办法", "电费去哪交新", answer="未来内容乙", validity=span("2026-11-23")),
        entry("internal", "内部交电费口径", "电费去哪交内", answer="内部内容丙", visibility="内部"),
        entry("west", "西区交电费办法", "电费去哪交西", answer="西区内容丁", region="西区"),
        guard("guard", "电费怎么交才便宜", "电费去哪交护", utterance=SECRET, topics=("T",)),
        document("d", passage("c1", "第一条 过户应当结清电费。", "过户结清"), validity=span("2025-01-01")),
        document("n", notice("today"), notice("past", validity=span(None, "2026-11-22")), kind="停电公告"),
        document("n2", notice("closed"), kind="停电公告", validity=span(None, "2026-11-01")),
    )  # fmt: skip


def plain(suggestion: Suggestion) -> dict[str, Any]:
    return {key: value for key, value in suggestion_to_dict(suggestion).items() if key != "took_ms"}


def every_text(suggestion: Suggestion) -> str:
    return json.dumps(suggestion_to_dict(suggestion), ensure_ascii=False)


def test_an_exact_phrasing_returns_its_answer_verbatim(desk: Assistant) -> None:
    for said in ("电费怎么交", "在哪里缴费", "請問 在哪里繳費"):
        suggestion = desk.suggest(said)
        assert (suggestion.answers[0].entry_id, suggestion.band) == ("pay", "high")
        assert suggestion.answers[0].answer == "网上国网　直接缴\n即可。"


def test_a_fact_in_the_request_beats_the_words(desk: Assistant) -> None:
    said = desk.suggest(MOVE)
    assert "【换了户主】" in said.answers[0].answer
    assert [ask.fact for ask in said.must_ask] == ["主体变化"]
    given = desk.suggest("买了房" + MOVE, facts={"主体变化": "只改名称"})
    assert given.answers[0].branch == {"主体变化": "只改名称"}
    assert given.must_ask == ()
    assert "凭营业执照更名" in given.answers[0].answer


@pytest.mark.parametrize(("medium", "asked"), [(0.0, ["主体变化"]), (1.1, [])])
def test_what_a_likely_first_answer_depends_on_is_asked(desk: Assistant, medium: float, asked: list[str]) -> None:
    """Certainty about the answer is no condition: the fact decides which branch is read out."""
    parts = replace(desk._parts, cuts=Cuts(high=1.2, medium=medium), asking=AskRules(rules=()))
    said = Assistant(parts, desk._shelf).suggest("我那个电表的户头要过户")
    assert [ask.fact for ask in said.must_ask] == asked


def test_a_fact_that_does_not_exist_is_refused(desk: Assistant) -> None:
    with pytest.raises(RequestInvalid):
        desk.suggest("电费怎么交", facts={"主体变化": "火星"})


def test_low_shows_no_answer_text(desk: Assistant) -> None:
    suggestion = desk.suggest("你们股票代码交多少")
    assert (suggestion.band, suggestion.answers, suggestion.hints) == ("low", (), ())
    assert suggestion.candidates is None
    assert suggestion.work_order.rules
    answers = ("网上国网", "作废内容", "凭房产证")
    assert not any(text in every_text(suggestion) for text in answers)


def test_explain_lists_what_low_hides(desk: Assistant) -> None:
    suggestion = desk.suggest("交钱", explain=True)
    assert suggestion.candidates is not None
    assert len(suggestion.candidates) <= 10
    confidences = [answer.confidence for answer in suggestion.candidates]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= value <= 1 for value in confidences)


@pytest.mark.parametrize(
    "said", ["电费去哪交", "老的交电费办法", "内部交电费口径", "新的交电费办法", "电费怎么交才便宜", "西区交电费办法"]
)
def test_expired_future_internal_foreign_and_guard_are_never_returned(desk: Assistant, said: str) -> None:
    suggestion = desk.answer(SuggestRequest(text=said, region="东区", top_k=10, explain=True))
    assert suggestion.candidates is not None
    ids = {answer.entry_id for answer in (*suggestion.answers, *suggestion.candidates)}
    ids |= {item.entry_id for item in suggestion.nearby}
    assert not ids & {"expired", "future", "internal", "guard", "west"}
    assert not any(text in every_text(suggestion) for text in ("作废内容", "未来内容", "内部内容", "西区内容"))
    assert not any(SECRET in answer.answer for answer in (*suggestion.answers, *suggestion.candidates))


def test_another_day_and_another_region_see_their_own(desk: Assistant) -> None:
    assert desk.suggest("老的交电费办法", as_of="2026-11-21").answers[0].entry_id == "expired"
    assert desk.suggest("新的交电费办法", as_of="2026-11-23").answers[0].entry_id == "future"
    west = desk.answer(SuggestRequest(text="西区交电费办法", region="西区"))
    assert west.answers[0].entry_id == "west"


def test_a_guard_is_only_ever_something_to_avoid(desk: Assistant) -> None:
    (avoid,) = desk.suggest("电费怎么交才便宜").avoid
    assert (avoid.utterance, avoid.instead) == (SECRET, "请按目录电价答复")


def test_hints_name_neighbours_that_exist_and_no_guard(desk: Assistant) -> None:
    assert [hint.entry_id for hint in desk.suggest(MOVE).hints] == ["pay"]


def test_citations_carry_the_documents_validity(desk: Assistant) -> None:
    known, unknown = desk.suggest(MOVE).answers[0].citations
    assert (known.document, known.locator, known.valid_from, known.public) == ("办法d", "第一条", "2025-01-01", True)
    assert (unknown.document, unknown.valid_from) == ("没有收录的文件", None)


def test_a_notice_of_the_day_settles_a_repair_call(desk: Assistant) -> None:
    suggestion = desk.suggest("阳光小区没电了,快派人来修")
    assert suggestion.call_type.label == "报修"
    assert [outage.notice_id for outage in suggestion.outages] == ["today"]
    assert suggestion.work_order.rules == ("N03",)
    elsewhere = desk.suggest("月光小区没电了,快派人来修")
    assert (elsewhere.outages, elsewhere.work_order.form) == ((), "报修单")


def test_danger_comes_first_and_always_gets_a_repair_order(desk: Assistant) -> None:
    suggestion = desk.suggest("阳光小区电线断了掉在地上冒火花")
    assert "离开" in suggestion.say[0]
    assert (suggestion.work_order.form, suggestion.work_order.rules) == ("报修单", ("W02",))


def test_a_query_asks_who_is_calling_last(desk: Assistant) -> None:
    suggestion = desk.suggest("帮我查一下上个月电费是多少")
    assert suggestion.identity.required
    assert suggestion.say[-1] == suggestion.identity.prompt


def test_the_same_question_gives_the_same_suggestion(desk: Assistant) -> None:
    for said in (MOVE, "电费去哪交", "没电了", *ODD):
        request = SuggestRequest(text=said, facts={"用户类别": "合表"}, explain=True)
        assert plain(desk.answer(request)) == plain(desk.answer(request))


def test_top_k_limits_the_answers(desk: Assistant) -> None:
    request = SuggestRequest(text="在哪里缴费", top_k=1)
    assert len(desk.answer(request).answers) == 1


@pytest.mark.parametrize("said", ODD)
def test_odd_text_gets_a_calm_answer_that_json_can_carry(desk: Assistant, said: str) -> None:
    data = suggestion_to_dict(desk.suggest(said))
    assert json.loads(to_json(data))
    assert data["band"] in {"high", "medium", "low"}


def test_the_json_has_exactly_the_designs_keys(desk: Assistant) -> None:
    asked = [MOVE, "阳光小区没电", "电费怎么交才便宜", "帮我查一下上个月电费是多少", "你们股票代码交多少"]
    seen = [suggestion_to_dict(desk.suggest(said, explain=True)) for said in asked]
    for data in seen:
        assert set(data) == set(KEYS)
        for key, inner in KEYS.items():
            value = data[key]
            for item in value if isinstance(value, list) else [value]:
                assert inner is None or set(item) == inner
    for key in ("answers", "nearby", "must_ask", "avoid", "hints", "outages", "categories", "candidates"):
        assert any(data[key] for data in seen), key
    citations = [c for data in seen for answer in data["answers"] for c in answer["citations"]]
    assert all(set(c) == {"document", "locator", "valid_from", "valid_to", "public"} for c in citations)
    assert citations
    assert "candidates" not in suggestion_to_dict(desk.suggest(MOVE))


def test_a_suggestion_cannot_be_changed(desk: Assistant, tmp_path: Path) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        desk.suggest(MOVE).band = "high"  # type: ignore[misc]


def test_an_empty_base_answers_calmly(assist: Assist) -> None:
    suggestion = assist().suggest("电费怎么交")
    assert (suggestion.band, suggestion.answers, suggestion.nearby) == ("low", (), ())
    assert suggestion.work_order.rules


def test_hints_name_nothing_that_may_not_be_answered(assist: Assist) -> None:
    """An expired, a future or an internal neighbour is no goal to offer."""
    desk = assist(
        entry("A", "电费怎么交", hints=("old", "new", "own", "good")),
        entry("old", "旧的交费优惠", validity=span("2020-01-01", "2024-01-01")),
        entry("new", "明年的交费优惠", validity=span("2027-01-01")),
        entry("own", "内部交费口径", visibility="内部"),
        entry("good", "电费交到哪里"),
    )
    assert [hint.entry_id for hint in desk.suggest("电费怎么交").hints] == ["good"]
    assert [hint.entry_id for hint in desk.suggest("电费怎么交", as_of="2023-05-01").hints] == ["old", "good"]


def test_questions_are_answered_one_at_a_time(parts: Parts, assist: Assist) -> None:
    under_way, most = 0, 0
    shelf = assist(entry("A1", "电费怎么交"))._shelf()
    real = parts.judge

    class Counting:
        """Counts how many questions are being judged at once."""

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def expected(self, tokens: Tokens) -> Any:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            time.sleep(0.02)
            under_way -= 1
            return real.expected(tokens)

    assistant = Assistant(replace(parts, judge=cast("Judge", Counting())), lambda: shelf)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(assistant.suggest, ["电费怎么交"] * 8))
    assert {one.answers[0].entry_id for one in found} == {"A1"}
    assert most == 1


def test_a_question_that_is_refused_leaves_the_turn_to_the_next(assist: Assist) -> None:
    assistant = assist(entry("A1", "电费怎么交"))
    with pytest.raises(RequestInvalid):
        assistant.suggest("电费怎么交", facts={"用户类别": "没有这一类"})
    assert assistant.suggest("电费怎么交").answers
