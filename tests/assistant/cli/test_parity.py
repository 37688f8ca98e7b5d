"""Only the live function is measured: evaluation, the command line and the API give one and the same answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.accounts import service
from assistant.api.app import create_app
from assistant.api.wire import suggestion_to_dict
from assistant.cli.measuring import measured, run_gold
from assistant.runtime import Runtime, open_runtime
from assistant.services import services_of
from assistant.settings import Settings
from eval.gold import GoldSet
from eval.question import Question
from tests.assistant.cli.conftest import Zhida

SAID = ("在哪里缴费", "居民用电多少钱一度", "修电的多久来", "房子卖了", "您好", "阳光小区停电了", "旧的交费办法")


@pytest.fixture
def runtime(own: Path) -> Iterator[Runtime]:
    with open_runtime(Settings(data=own, encoder="tiny"), write=True) as opened:
        yield opened


@pytest.fixture
def gold() -> GoldSet:
    asked = [("2023-05-01" if text == "旧的交费办法" else None, text) for text in SAID]
    return GoldSet(
        name="同一",
        questions=tuple(
            Question(
                id=f"p{number}",
                text=text,
                call_type="咨询",
                categories=("其他咨询",),
                entries=(),
                needs_work_order=False,
                as_of=day,
            )
            for number, (day, text) in enumerate(asked)
        ),
    )


def timeless(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "took_ms"}


def over_http(runtime: Runtime, question: Question) -> dict[str, Any]:
    key = runtime.database.write(lambda c: service.issue_key(c, "评测", "测试", at=runtime.clock.now()))
    with TestClient(create_app(services_of(runtime))) as client:
        body = {"text": question.text, "as_of": question.as_of or "", "explain": True}
        response = client.post("/api/v1/suggest", json=body, headers={"Authorization": f"Bearer {key}"})
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()
    return timeless(data)


def test_the_api_the_command_line_and_evaluation_agree(
    runtime: Runtime, gold: GoldSet, zhida: Zhida, own: Path
) -> None:
    runtime.database.write(lambda c: service.create_account(c, "评测", "agent", at=runtime.clock.now()))
    target = measured(runtime)
    outcomes = run_gold(target, gold).outcomes
    for question, outcome in zip(gold.questions, outcomes, strict=True):
        live = over_http(runtime, question)
        arguments = ["--as-of", question.as_of] if question.as_of else []
        typed = zhida("suggest", question.text, *arguments, "--explain", "--json", "--data", own).json
        given = suggestion_to_dict(target.assistant.suggest(question.text, as_of=question.as_of, explain=True))
        assert live == timeless(typed) == timeless(given), question.text
        assert outcome.error is None
        assert [a["entry_id"] for a in live["answers"]] == [shown.entry_id for shown in outcome.shown]
        assert [(a["entry_id"], a["confidence"]) for a in live["candidates"]] == [
            (candidate.entry_id, candidate.confidence) for candidate in outcome.candidates
        ]
        assert (live["band"], live["call_type"]["label"]) == (outcome.band, outcome.call_type)
        assert (live["work_order"]["needed"], live["work_order"]["form"]) == (outcome.work_order, outcome.form)
        assert [ask["fact"] for ask in live["must_ask"]] == list(outcome.must_ask)
    assert any(outcome.shown for outcome in outcomes)
    assert not any(outcome.forbidden for outcome in outcomes)


def test_the_assistant_of_a_release_is_the_live_one_over_that_release(runtime: Runtime, gold: GoldSet) -> None:
    newest, first = measured(runtime), measured(runtime, 1)
    assert first.known_ids == newest.known_ids
    for question in gold.questions:
        one = newest.assistant.suggest(question.text, explain=True)
        other = first.assistant.suggest(question.text, explain=True)
        assert timeless(suggestion_to_dict(one)) == timeless(suggestion_to_dict(other))
