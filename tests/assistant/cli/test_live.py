"""`zhida live` against a real server, and what it says of files, keys and servers that are no good."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.api.app import create_app
from assistant.cli.main import app
from tests.assistant.api.house import House, open_house
from tests.assistant.web.browser import Running, serving

TALK = (
    {"at": 0.0, "speaker": "caller", "text": "喂，您好", "final": True},
    {"at": 0.1, "speaker": "agent", "text": "您好，请讲", "final": True},
    {"at": 0.2, "speaker": "caller", "text": "电表走得", "final": False},
    {"at": 0.4, "speaker": "caller", "text": "电表走得太快", "final": True},
    {"at": 0.5, "speaker": "caller", "text": "电线掉到马路上了", "final": True},
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def server(house: House) -> Iterator[Running]:
    with serving(create_app(house.services)) as running:
        yield running


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    file = tmp_path / "talk.jsonl"
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in TALK) + "\n\n", encoding="utf-8")
    return file


def play(talk: Path, url: str, key: str, *more: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["live", str(talk), "--url", url, "--key", key, *more])
    return done.exit_code, done.output


@pytest.mark.parametrize("speed", ["0", "4"])
def test_a_transcript_is_played_and_the_suggestions_printed(
    house: House, server: Running, talk: Path, speed: str
) -> None:
    code, said = play(talk, server.url, house.key(), "--json", "--speed", speed)
    messages = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert code == 0
    assert [message["type"] for message in messages if message["type"] == "segment"] == ["segment"] * 5
    shown = [message["suggestion"]["text"] for message in messages if message["type"] == "suggestion"]
    assert shown == ["电表走得", "电表走得太快，电线掉到马路上了"]


def test_it_reads_well_on_a_terminal(house: House, server: Running, talk: Path) -> None:
    code, said = play(talk, server.url, house.key(), "--speed", "0")
    assert code == 0
    assert "坐席页：" in said
    assert "客户：电表走得……" in said
    assert "坐席：您好，请讲" in said
    assert "→ medium 咨询" in said


def test_a_bad_key_and_an_unknown_call(house: House, server: Running, talk: Path) -> None:
    code, said = play(talk, server.url, "x")
    assert (code, "HTTP 401" in said) == (2, True)
    code, said = play(talk, server.url, house.key(), "--call", "nothing")
    assert (code, "HTTP 404" in said) == (2, True)


def test_a_server_that_is_away(server: Running, talk: Path) -> None:
    server.stop()
    code, said = play(talk, server.url, "x")
    assert code == 2
    assert "请先启动 zhida serve" in said


@pytest.mark.parametrize("line", ["x", "[]", '{"speaker": "caller"}', '{"at": "x", "speaker": "caller", "text": "y"}'])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "talk.jsonl"
    file.write_text('{"speaker": "caller", "text": "好"}\n' + line, encoding="utf-8")
    code, said = play(file, "http://127.0.0.1:9", "x")
    assert code == 2
    assert "第 2 行不是一段通话" in said


def test_a_missing_file(tmp_path: Path) -> None:
    code, said = play(tmp_path / "none.jsonl", "http://127.0.0.1:9", "x")
    assert (code, "读不了" in said) == (2, True)
