"""Each measurement at a tiny size: its shape, and that it measured what it says it measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.bench import answering
from assistant.bench.answering import ask, publish
from assistant.bench.child import measured_apart
from assistant.bench.filling import write_texts
from assistant.bench.formats import FORMATS, ingest_format
from assistant.bench.measuring import peak_mb
from assistant.bench.serving import cold, serve
from eval.errors import BadArgument
from tests.assistant.bench.conftest import ENTRIES

Job = dict[str, Any]
pytestmark = pytest.mark.slow


def test_the_texts_are_as_many_as_said(job: Job, texts: Job) -> None:
    assert texts["real"] + texts["recombined"] == ENTRIES
    lines = [
        line for path in (Path(job["folder"]) / "texts").iterdir() for line in path.read_text("utf-8").splitlines()
    ]
    assert len({json.loads(line)["entry_id"] for line in lines}) == ENTRIES
    assert f"前 {texts['real']} 条为真实条目" in texts["made_of"]


def test_a_folder_of_the_users_gives_texts_too(job: Job, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "办法.md").write_text("# 供热办法\n\n第一条 供暖期从十一月开始到次年三月。\n", encoding="utf-8")
    size = 1_500
    own = {**job, "folder": str(tmp_path / "b"), "entries": size, "texts": str(tmp_path / "own")}
    write_texts(own)
    assert any("供暖期从十一月开始" in line for line in written(own))


def written(job: Job) -> list[str]:
    return [line for path in (Path(job["folder"]) / "texts").iterdir() for line in path.read_text("utf-8").splitlines()]


def test_filling_counts_every_entry(filled: Job) -> None:
    assert (filled["passages"], filled["rejected"]) == (ENTRIES, 0)
    assert filled["total_s"] == pytest.approx(filled["read_s"] + filled["store_s"] + filled["publish_s"], abs=0.002)
    assert filled["per_second"] == pytest.approx(ENTRIES / filled["total_s"], rel=0.01)
    assert filled["disk_mb"] > 0


def test_suggest_is_asked_as_often_as_said(job: Job, filled: Job) -> None:
    found = ask(job)
    assert (found["n"], found["warm_up_n"], found["release"]) == (job["asked"], job["warm"] + 1, 1)
    assert 0 < found["p50_ms"] <= found["max_ms"]
    assert found["p99_ms"] is None


def test_a_published_question_is_answered(job: Job, filled: Job) -> None:
    found = publish(job)
    assert found["n"] == len(found["times_s"]) == job["rounds"]
    assert min(found["times_s"]) <= found["median_s"] <= found["max_s"] == max(found["times_s"])


def test_a_publication_that_is_not_answered_is_no_figure(
    job: Job, filled: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Same:
        number = 999

    monkeypatch.setattr(answering, "publish_drafts", lambda _runtime, note: Same())
    with pytest.raises(BadArgument, match="应是第 999 版"):
        publish(job)


def test_a_cold_command_line(job: Job, filled: Job) -> None:
    found = cold({**job, "rounds": 1})
    assert found["n"] == 1
    assert 0 < found["median_s"] == found["max_s"]


def test_the_server_answers_several_at_once(job: Job, filled: Job) -> None:
    found = serve(job)
    assert found["clients"] == 2
    assert found["n"] > 0
    assert found["failed_requests"] == 0
    assert found["per_second"] == pytest.approx(found["n"] / found["seconds"], rel=0.01)
    assert found["ready_s"] > 0


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_brings_its_passages(job: Job, tmp_path: Path, name: str) -> None:
    found = ingest_format({"format": name, "folder": str(tmp_path), "entries": 20})
    assert found["rejected"] == 0
    assert found["passages"] == 20 if name != "pdf" else found["passages"] > 20


def test_a_peer_is_measured_or_said_to_be_missing(job: Job, filled: Job) -> None:
    found = measured_apart("peer", {**job, "peer": "haystack"})
    if "missing" in found:
        assert "haystack" in found["missing"]
    else:
        assert 1 <= found["n"] <= job["asked"]
        assert found["p99_ms"] is None


def test_a_job_that_breaks_says_why(job: Job, tmp_path: Path) -> None:
    found = measured_apart("suggest", {**job, "data": str(tmp_path / "nothing")})
    assert set(found) == {"failed"}
    assert found["failed"].startswith(f"数据目录还没有初始化：{tmp_path / 'nothing'}")


def test_peak_memory_is_of_the_process_asked_about() -> None:
    own = peak_mb()
    assert own is None or own > 20
    assert peak_mb(2**31 - 5) is None
