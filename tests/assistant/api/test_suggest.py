from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from assistant.api.body import MAX_BODY
from assistant.api.wire import suggestion_to_dict, to_json
from assistant.suggest.following import Turn
from assistant.suggest.request import SuggestRequest
from kb.store.schema import suggestion_log
from tests.assistant.api.house import NASTY, ORIGIN, House, full

SUGGEST = "/api/v1/suggest"
ODD = r'{"x\udc00": "\ud801"}'
TOP = {
    "text", "release", "as_of", "took_ms", "band", "call_type", "categories", "business", "answers", "nearby",
    "must_ask", "identity", "say", "avoid", "hints", "outages", "work_order", "context",
}  # fmt: skip


def ask(client: TestClient, **request: object) -> Response:
    return client.post(SUGGEST, content=json.dumps(request), headers=ORIGIN)


def logged(house: House) -> list[Any]:
    house.database.write(lambda _connection: None)  # the log's writes stand before this one in the queue
    with house.database.read() as connection:
        return list(connection.execute(select(suggestion_log).order_by(suggestion_log.c.id)))


def test_the_shape_is_the_designs(signed_in: TestClient) -> None:
    data = ask(signed_in, text="电表走得快").json()
    assert set(data) == TOP
    assert set(data["answers"][0]) == {
        "entry_id", "kind", "question", "answer", "branch", "confidence", "citations", "why",
    }  # fmt: skip
    assert set(data["answers"][0]["citations"][0]) == {"document", "locator", "valid_from", "valid_to", "public"}
    assert set(data["identity"]) == {"required", "accepts", "read_back", "prompt"}
    assert set(data["must_ask"][0]) == {"fact", "ask", "options"}
    assert set(data["avoid"][0]) == {"utterance", "why", "instead"}
    assert set(data["work_order"]) == {
        "needed", "form", "rules", "reason", "due", "department", "draft", "missing",
    }  # fmt: skip
    assert data["call_type"] == {"label": "咨询", "confidence": 0.91}


def test_candidates_come_only_with_explain(signed_in: TestClient) -> None:
    assert "candidates" not in ask(signed_in, text="电表").json()
    assert ask(signed_in, text="电表", explain=True).json()["candidates"][0]["entry_id"] == "e-9"


def test_everything_asked_for_arrives(signed_in: TestClient, house: House) -> None:
    request = {
        "text": "电表走得快", "facts": {"用户类别": "合表"}, "as_of": "2020-01-02", "call_id": "c1", "region": "示例市",
        "top_k": 1,
    }  # fmt: skip
    data = ask(signed_in, **request).json()
    (asked,) = house.assistant.asked
    assert (asked.call_id, asked.region, asked.facts) == ("c1", "示例市", {"用户类别": "合表"})
    assert (data["as_of"], len(data["answers"]), data["must_ask"]) == ("2020-01-02", 1, [])


def test_a_call_remembers_its_question_and_facts(signed_in: TestClient, house: House) -> None:
    for words in ("居民", "居民一度电多少钱", "那商业的呢"):
        ask(signed_in, text=words, facts={"用电类别": "居民"}, call_id="c1")
    ask(signed_in, text="那商业的呢", call_id="c2")
    ask(signed_in, text="那商业的呢", call_id="c1", before={"text": "装表几天", "facts": {}})
    before = [asked.before and asked.before.text for asked in house.assistant.asked]
    assert before == [None, None, "居民一度电多少钱", None, "装表几天"]
    assert house.assistant.asked[2].before == Turn(text="居民一度电多少钱", facts={"用电类别": "居民"})


@pytest.mark.parametrize("before", [[], {"text": 1}, {"text": "电", "facts": {"a": 1}}, {"words": "电"}])
def test_a_question_before_of_another_shape_is_refused(signed_in: TestClient, before: object) -> None:
    response = ask(signed_in, text="那商业的呢", before=before)
    assert response.status_code == 422


@pytest.mark.parametrize(
    "raw",
    [
        '""', '"   "', '"\\u0000\\u0007"', '"\\u200b\\u202e"', '"\\ud800"', '"\\udc00\\ud800"', "null", "[]",
        json.dumps("电" * 20_000),
    ],
)  # fmt: skip
def test_unreadable_text_is_refused_with_a_reason(signed_in: TestClient, raw: str) -> None:
    response = signed_in.post(SUGGEST, content=f'{{"text": {raw}}}', headers=ORIGIN)
    assert response.status_code == 422
    assert response.json()["message"]


@pytest.mark.parametrize(
    "raw",
    [
        '"😀😀"', '"电表\\ud800走得快"', '"电表\\u0000走\\u0007得快"', '"\\ud83d\\ude00电表"', json.dumps(NASTY),
        json.dumps("电" * 5_000), '"=cmd|calc"', '"。。。"',
    ],
)  # fmt: skip
def test_strange_text_gets_a_calm_answer(signed_in: TestClient, house: House, raw: str) -> None:
    response = signed_in.post(SUGGEST, content=f'{{"text": {raw}, "facts": {ODD}}}', headers=ORIGIN)
    assert response.status_code == 200
    response.content.decode("utf-8")
    assert response.json()["text"] == json.loads(raw).replace("\ud800", "\ufffd")
    assert len(logged(house)) == 1


def test_a_body_at_the_cap_is_read(signed_in: TestClient) -> None:
    body = json.dumps({"text": "电表"}).encode()
    assert signed_in.post(SUGGEST, content=body.ljust(MAX_BODY), headers=ORIGIN).status_code == 200


def test_a_body_that_lies_about_its_length_is_cut_off(signed_in: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(80):
            yield b" " * 4096

    assert signed_in.post(SUGGEST, content=chunks(), headers=ORIGIN).status_code == 413


def test_not_ready_until_the_shelf_is_open(signed_in: TestClient, house: House) -> None:
    house.shelf["release"] = None
    assert signed_in.get("/readyz").json()["code"] == "assistant.not_ready"
    assert signed_in.get("/readyz").status_code == ask(signed_in, text="电表").status_code == 503
    assert signed_in.get("/healthz").json() == {"status": "ok"}
    house.shelf["release"] = 8
    assert signed_in.get("/readyz").json() == {"status": "ready", "release": 8}


def test_the_log_is_masked(signed_in: TestClient, house: House) -> None:
    ask(
        signed_in,
        text="我叫王五，电话１３８００１３８０００，户号 12345\u200b67890，住阳光小区3栋2单元501室",
        facts={"备注": "手机13900139000"},
    )
    (row,) = logged(house)
    kept = "".join(map(str, row))
    for number in ("13800138000", "1234567890", "13900139000", "501"):
        assert number not in kept
    assert "〔手机号〕" in row.text_masked
    assert "〔户号〕" in row.text_masked
    assert json.loads(row.facts) == {"备注": "手机〔手机号〕"}
    assert json.loads(row.answers)[0] == {"entry_id": "e-1", "confidence": 0.93}
    assert (row.account, row.release, row.band, row.as_of) == ("张三", 7, "medium", "2026-11-22")


def test_many_suggestions_are_all_logged_in_order(signed_in: TestClient, house: House) -> None:
    for n in range(30):
        ask(signed_in, text=f"电表第{n}问")
    assert [row.text_masked for row in logged(house)] == [f"电表第{n}问" for n in range(30)]


def test_a_refused_request_leaves_no_trace(signed_in: TestClient, house: House) -> None:
    ask(signed_in, text="")
    assert logged(house) == []


def test_a_broken_log_does_not_fail_the_answer(signed_in: TestClient, house: House) -> None:
    house.database.write(suggestion_log.drop)
    assert ask(signed_in, text="电表").status_code == 200
    assert ask(signed_in, text="电表").status_code == 200


def test_the_wire_refuses_numbers_json_has_no_word_for() -> None:
    data = suggestion_to_dict(full(SuggestRequest(text="电表")))
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({**data, "took_ms": float("nan")})
