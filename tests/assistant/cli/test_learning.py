"""Requests, gaps, phrasings, orders turned into drafts, and the outage board on the command line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Connection

from assistant.api.store import LogRow, insert_suggestions
from assistant.calls import store as calls
from assistant.calls.types import Feedback
from assistant.cli.opening import opened
from tests.assistant.cli.conftest import Zhida
from tests.assistant.cli.test_casework import file_one

ASKED = "幸福里小区怎么停电了"


@pytest.fixture
def staffed(zhida: Zhida, own: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with an agent, a lead and a curator."""
    monkeypatch.setenv("ZHIDA_ENCODER", "tiny")
    for name, role in (("zhao", "agent"), ("sun", "lead"), ("li", "curator")):
        assert zhida("user", "add", name, "--role", role, "--data", own).code == 0
    return own


def test_a_request_goes_its_way(zhida: Zhida, staffed: Path) -> None:
    data = ("--data", staffed)
    made = zhida("request", "new", "屋顶光伏怎么并网，我电话13812345678", "--as", "zhao", "--json", *data).json
    assert (made["stage"], made["text"]) == ("班组长审核", "屋顶光伏怎么并网,我电话〔手机号〕")
    number = made["number"]
    refused = zhida("request", "step", number, "转采编", "--as", "zhao", "--expected", 1, *data)
    assert refused.code == 2
    moved = zhida("request", "step", number, "转采编", "--as", "sun", "--expected", 1, "--json", *data).json
    assert (moved["stage"], moved["version"]) == ("知识采编", 2)
    stale = zhida("request", "step", number, "采编答复", "--note", "x", "--as", "li", "--expected", 1, *data)
    assert stale.code == 2
    shown = zhida("request", "show", number, "--as", "li", *data).out
    assert "您能做：采编答复、退回班组长" in shown
    assert [row["number"] for row in zhida("request", "list", "--as", "zhao", "--json", *data).lines] == [number]
    assert zhida("request", "list", "--overdue", "--as", "sun", "--json", *data).lines == []
    assert number in zhida("request", "list", "--as", "sun", *data).out


def test_the_board_answers_when_the_command_returns(zhida: Zhida, staffed: Path) -> None:
    data = ("--data", staffed)
    fields = ("区域=幸福里小区", "停电时间=2030-01-05 08:00", "承诺送电=2030-01-05 14:00", "原因=检修")
    made = zhida("outage", "add", *fields, "--as", "sun", "--json", *data).json
    number = made["notice"]["notice_id"]
    [outage] = zhida("suggest", ASKED, "--json", *data).json["outages"]
    assert (outage["notice_id"], outage["ends"]) == (number, "2030-01-05T14:00")
    with opened(staffed, write=True) as runtime:
        row = LogRow(at=runtime.clock.now(), text_masked=ASKED, facts="{}", as_of="2030-01-05", release=2, band="low",
                     answers="[]", took_ms=1, account="zhao",
                     outages=f'[{{"notice_id": "{number}", "starts": "", "ends": "2030-01-05T14:00"}}]')  # fmt: skip
        runtime.database.write(lambda connection: insert_suggestions(connection, [row]))
    change = ("outage", "change", number, "承诺送电=2030-01-05 18:00", "--reason", "延时", "--as", "li")
    assert zhida(*change, "--expected", 0, *data).code == 2
    done = zhida(*change, "--expected", 1, *data).out
    assert "听过旧时间的通话" in done
    assert zhida("suggest", ASKED, "--json", *data).json["outages"][0]["ends"] == "2030-01-05T18:00"
    assert [row["account"] for row in zhida("outage", "told", number, "--as", "sun", "--json", *data).json["told"]] == [
        "zhao"
    ]
    assert "延时" in zhida("outage", "show", number, "--as", "zhao", *data).out
    assert number in zhida("outage", "list", "--as", "zhao", *data).out
    assert zhida("outage", "end", number, "--expected", 2, "--as", "zhao", *data).code == 2
    assert zhida("outage", "end", number, "--expected", 2, "--as", "sun", "--json", *data).code == 0
    assert zhida("suggest", ASKED, "--json", *data).json["outages"] == []


def test_a_field_that_does_not_exist_is_named(zhida: Zhida, staffed: Path) -> None:
    done = zhida("outage", "add", "小区=幸福里", "--as", "sun", "--data", staffed)
    assert done.code == 2
    assert "区域" in done.err


def teach(folder: Path) -> None:
    """Two calls nobody could answer, and words that two agents chose an entry for."""

    def job(connection: Connection, at: dt.datetime) -> None:
        for n in range(2):
            row = LogRow(at=at, text_masked="屋顶光伏怎么并网", facts="{}", as_of="2026-11-22", release=1, band="low",
                         answers="[]", took_ms=1, account=f"a{n}")  # fmt: skip
            chosen = Feedback(token=f"token-{n}-abc", kind="chosen", text="交钱在哪儿交", facts={}, release=1, as_of="",
                              entry_id="Q1", note="")  # fmt: skip
            insert_suggestions(connection, [row])
            calls.insert_feedback(connection, chosen, account=f"a{n}", department="", at=at)

    with opened(folder, write=True) as runtime:
        runtime.database.write(lambda connection: job(connection, runtime.clock.now()))


def test_gaps_and_phrasings_are_listed(zhida: Zhida, staffed: Path) -> None:
    data = ("--data", staffed)
    teach(staffed)
    found = zhida("gaps", "--json", *data).json
    assert [(gap["text"], gap["calls"]) for gap in found["gaps"]] == [("屋顶光伏怎么并网", 2)]
    assert "屋顶光伏" in zhida("gaps", "--min-calls", "2", *data).out
    assert zhida("gaps", "--min-calls", "3", "--json", *data).json["gaps"] == []
    [one] = zhida("phrasing", "list", "--json", *data).json["phrasings"]
    assert (one["entry_id"], one["text"], one["calls"]) == ("Q1", "交钱在哪儿交", 2)
    assert zhida("phrasing", "accept", "Q1", "交钱在哪儿交", "--as", "zhao", *data).code == 2
    done = zhida("phrasing", "accept", "Q1", "交钱在哪儿交", "--as", "li", "--json", *data).json
    assert (done["state"], done["submitted"]) == ("已采用", True)
    assert [row["item_id"] for row in zhida("entry", "queue", "--json", *data).json] == ["Q1"]
    assert "已采用" in zhida("phrasing", "list", *data).out
    assert zhida("phrasing", "dismiss", "Q1", "没人说过", "--reason", "x", "--as", "li", *data).code == 2


def test_an_order_is_promoted_only_when_it_is_closed(zhida: Zhida, staffed: Path) -> None:
    number = file_one(staffed)
    done = zhida("order", "promote", number, "--as", "li", "--json", "--data", staffed)
    assert (done.code, done.json["error"]["code"]) == (2, "kb.wrong_state")
