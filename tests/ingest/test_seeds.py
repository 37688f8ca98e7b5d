"""The messy real inputs beside the repository: readable passages, guards, no word of a criticised agent."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.chunk.dialogue import turns_of
from ingest.parse import parse_file
from ingest.types import ParsedFile
from tests.ingest.conftest import CATEGORIES

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
PRICES = ("0.57", "120元", "360元", "一元钱", "单相表", "三相表")
COURTESY = re.compile(r"^(您?你?好|请问|感谢|再见|好的|请稍|不用谢|请不要挂机|请对我的服务)")
WATERMARKS: tuple[str, ...] = (
    "金锄头",
    "book118",
    "原创力",
    "版权",
    "上传人",
    "文档编号",
    "展开阅读全文",
    "相关资源",
    "相关搜索",
    "经营许可证",
    "ICP备",
    "当前位置",
    "首页",
    "VIP",
    "xing528",
    "免责声明",
    "点击查看更多",
    "实名认证",
    "合集下载",
    "下载文档",
)

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason=f"没有种子文件：{SEEDS}")


@pytest.fixture(scope="module")
def seeds() -> dict[str, ParsedFile]:
    return {
        path.name[:3]: parse_file(path, name=path.name, categories=CATEGORIES, today=dt.date(2026, 11, 22))
        for path in sorted(SEEDS.glob("*.txt"))
    }


def answerable(parsed: ParsedFile) -> Iterator[str]:
    """Yield every text that could be shown as an answer."""
    for document in parsed.documents:
        for passage in document.passages:
            yield f"{passage.heading}\n{passage.text}\n{' '.join(passage.cells.values())}"
    for entry in parsed.entries:
        yield from (branch.answer for branch in entry.branches)


def spoken() -> list[str]:
    """Return what agents said in the case files, courtesy aside, read straight from the raw files."""
    said: list[str] = []
    for name in ("000", "003"):
        raw = next(SEEDS.glob(f"{name}*.txt")).read_text(encoding="utf-8")
        said += [turn.text for turn in turns_of(raw) if turn.agent]
    pieces = (piece.strip() for text in said for piece in re.split(r"[。！？!?]|案例分析", text))
    return [piece for piece in pieces if len(piece) >= 6 and not COURTESY.match(piece)]


def test_all_seeds_parse_without_errors(seeds: dict[str, ParsedFile]) -> None:
    assert len(seeds) == 5
    assert all(parsed.rejected == 0 for parsed in seeds.values())


def test_all_seventeen_cases_are_guards(seeds: dict[str, ParsedFile]) -> None:
    places = {entry.sources[0].locator for entry in seeds["003"].entries}
    assert len(places) == 17
    assert len({entry.sources[0].locator for entry in seeds["000"].entries}) == 5
    assert {entry.kind for parsed in seeds.values() for entry in parsed.entries} == {"guard"}


def test_the_spoken_prices_are_guarded(seeds: dict[str, ParsedFile]) -> None:
    utterances = [entry.guard.utterance for entry in seeds["003"].entries if entry.guard]
    assert "现在居民电价每度电0.57元。" in utterances
    assert "单相表120元,三相表360元。" in utterances


def test_every_guard_is_complete(seeds: dict[str, ParsedFile]) -> None:
    for parsed in seeds.values():
        for entry in parsed.entries:
            assert entry.guard is not None
            assert entry.question.strip()
            assert len(entry.guard.why) >= 6
            assert len(entry.guard.instead) >= 6
            assert entry.guard.utterance not in entry.guard.instead


def test_no_agent_utterance_is_answerable(seeds: dict[str, ParsedFile]) -> None:
    everything = "\n".join(text for parsed in seeds.values() for text in answerable(parsed))
    said = spoken()
    assert len(said) > 60
    assert [piece for piece in said if piece in everything] == []


@pytest.mark.parametrize("price", PRICES)
def test_no_spoken_price_is_answerable(seeds: dict[str, ParsedFile], price: str) -> None:
    assert not any(price in text for parsed in seeds.values() for text in answerable(parsed))


def test_no_guard_utterance_is_answerable_anywhere(seeds: dict[str, ParsedFile]) -> None:
    everything = "\n".join(text for parsed in seeds.values() for text in answerable(parsed))
    for parsed in seeds.values():
        for entry in parsed.entries:
            assert entry.branches == ()
            assert entry.guard is not None
            assert entry.guard.utterance not in everything


def test_no_watermark_and_no_glued_suffix(seeds: dict[str, ParsedFile]) -> None:
    everything = "\n".join(text for parsed in seeds.values() for text in answerable(parsed))
    assert [mark for mark in WATERMARKS if mark in everything] == []
    assert ".ppt" not in everything
    assert ".doc" not in everything
    assert "其他查询" in everything


JOINED = (
    "通过电话、网络等方式,受理客户的业务咨询服务申请",
    "合理运用电话服务技巧,引导客户说出关键内容",
    "建议在一般情况下,从受理之日起1个工作日内答复客户",
    "电话录音包括客户来电、工作联系和答复客户的相关录音文件",
    "引导客户说出关键内容,快速准确地判断客户所需要查询的信息",
    "及时在工单中输入查询信息,并将查询结果反馈给95598",
    "按处理时间和业务流程统一建档保存",
    "(4)在办流程查询 (5)供用电合同查询 (6)",
)


@pytest.mark.parametrize("sentence", JOINED)
def test_no_sentence_is_cut_by_a_page_number(seeds: dict[str, ParsedFile], sentence: str) -> None:
    assert any(sentence in text for text in answerable(seeds["000"]))


def test_real_lists_keep_their_numbers(seeds: dict[str, ParsedFile]) -> None:
    everything = "\n".join(answerable(seeds["001"]))
    assert all(
        mark in everything for mark in ("1、传统的营业厅", "2、目前,全区共有营业厅营业员80名", "3、由于办理业务")
    )


def test_passages_are_of_readable_length(seeds: dict[str, ParsedFile]) -> None:
    for parsed in seeds.values():
        for document in parsed.documents:
            assert all(len(passage.text) <= 700 for passage in document.passages)


def test_headings_of_run_together_pages_are_found(seeds: dict[str, ParsedFile]) -> None:
    locators = {p.locator for d in seeds["001"].documents for p in d.passages}
    assert "二、现状与问题分析 › (二)处理95598呼叫中心客服工单存在的问题" in locators
