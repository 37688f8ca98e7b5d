"""Requests: everything that can be wrong is refused with a reason and a cure, before anything looks at it."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import RequestInvalid
from assistant.suggest.request import MAX_TEXT, SuggestRequest, parse_request

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda x: st.lists(x) | st.dictionaries(st.text(), x),
)


def test_a_full_request() -> None:
    data = {
        "text": "电费",
        "facts": {"用户类别": "合表"},
        "as_of": "2026-01-02",
        "call_id": "c",
        "region": "东区",
        "top_k": 5,
        "explain": True,
        "id": "q1",
    }
    assert parse_request(data) == SuggestRequest(
        text="电费",
        facts={"用户类别": "合表"},
        as_of=dt.date(2026, 1, 2),
        call_id="c",
        region="东区",
        top_k=5,
        explain=True,
    )


def test_only_text_is_needed() -> None:
    assert parse_request({"text": "电费"}) == SuggestRequest(text="电费")
    assert parse_request({"text": "电费", "facts": None, "top_k": None}) == SuggestRequest(text="电费")


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "电费",
        {},
        {"text": None},
        {"text": 3},
        {"text": ""},
        {"text": " \t\n"},
        {"text": "\x00\x07\u200b"},
        {"text": "\ud800"},
        {"text": "电" * (MAX_TEXT + 1)},
        {"text": "电费", "facts": []},
        {"text": "电费", "as_of": "昨天"},
        {"text": "电费", "as_of": "2026-02-30"},
        {"text": "电费", "as_of": 20261122},
        {"text": "电费", "top_k": 0},
        {"text": "电费", "top_k": 11},
        {"text": "电费", "top_k": True},
        {"text": "电费", "top_k": 1.5},
        {"text": "电费", "explain": "yes"},
        {"text": "电费", "topk": 3},
    ],
)
def test_what_is_wrong_is_said(data: object) -> None:
    with pytest.raises(RequestInvalid) as caught:
        parse_request(data)
    assert caught.value.message
    assert caught.value.hint
    assert caught.value.status == 422


def test_the_longest_text_is_still_read() -> None:
    assert len(parse_request({"text": "电" * MAX_TEXT}).text) == MAX_TEXT


@given(st.dictionaries(st.sampled_from(["text", "facts", "as_of", "top_k", "explain", "region", "x"]), json_values))
def test_no_request_breaks_the_reader(data: dict[str, Any]) -> None:
    with suppress(RequestInvalid):
        assert parse_request(data).text.strip()
