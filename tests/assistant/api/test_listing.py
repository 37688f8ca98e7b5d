"""The list of knowledge: the same page whatever is kept between requests, at the cost of what changed."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.api import listing as listing_module
from assistant.api.listing import Listing, searchable
from kb.domain.knowledge import Entry
from kb.search.catalogue import Catalogue
from kb.store import records
from kb.store.versions import ENTRIES, Change
from tests.assistant.api.house import House
from tests.kb.builders import entry

URL = "/api/v1/entries/search"


@pytest.fixture
def stocked(house: House) -> House:
    change = Change(author="李", reason="改", at=house.clock.now())
    first = [entry(f"E{n}", f"第{n}问", "SF6 开关", owner="营销部" if n else "") for n in range(3)]

    def job(connection: Any) -> None:
        for one in [*first, entry("G1", "走了的", "旧说法 ABC")]:
            records.put_entry(connection, one, change, expected=0)
        records.publish(connection, at=change.at, note="")
        ENTRIES.remove(connection, "G1", change, expected=1)
        records.put_entry(connection, entry("D1", '新的"引号"', "说法 AbC\\反斜杠"), change, expected=0)
        records.put_entry(connection, entry("E1", "第1问", "改过的"), change, expected=1)

    house.database.write(job)
    return house


def listed(client: TestClient, key: str, **query: Any) -> list[tuple[str, str]]:
    answer = client.post(URL, json=query, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200, answer.text
    return [(one["entry_id"], one["state"]) for one in answer.json()["entries"]]


def test_drafts_and_withdrawn_stand_beside_what_is_in_force(stocked: House, client: TestClient) -> None:
    key, other = stocked.key("李", "curator"), stocked.key("赵", "agent")
    whole = [
        ("D1", "draft"), ("E0", "published"), ("E1", "draft"), ("E1", "published"), ("E2", "published"),
        ("G1", "published"), ("G1", "withdrawn"),
    ]  # fmt: skip
    assert listed(client, key) == whole
    assert listed(client, key, offset=2, limit=3) == whole[2:5]
    assert listed(client, key, state="draft") == [("D1", "draft"), ("E1", "draft")]
    assert listed(client, key, owner="营销部") == [("E1", "published"), ("E2", "published")]
    assert listed(client, other) == [one for one in whole if one[1] == "published"]
    for query, found in (
        ("sf6", ["E0", "E1", "E2"]), ("abc", ["D1", "G1", "G1"]), ('"引号"', ["D1"]), ("\\反", ["D1"]), ("%", []),
        ("改过的", ["E1"]), ("说法 新的", ["D1"]), ("g1", ["G1", "G1"]),
    ):  # fmt: skip
        assert [one for one, _state in listed(client, key, q=query)] == found, query


def test_what_was_searched_is_not_folded_again(stocked: House, monkeypatch: pytest.MonkeyPatch) -> None:
    folded: list[str] = []

    def counting(one: Entry) -> str:
        folded.append(one.entry_id)
        return searchable(one)

    monkeypatch.setattr(listing_module, "searchable", counting)
    kept, old, new = Listing(), entry("A", "旧"), entry("B", "新")
    first = Catalogue(release=1, entries={"A": old})
    assert kept.texts(first)["A"][1] == kept.texts(first)["A"][1]
    assert set(kept.texts(Catalogue(release=2, entries={"A": old, "B": new}))) == {"A", "B"}
    assert kept.texts(Catalogue(release=3, entries={"A": entry("A", "改")}))["A"][1].startswith("a\n改")
    assert folded == ["A", "B", "A"]


def test_drafts_that_are_over_are_forgotten(stocked: House) -> None:
    kept = Listing()
    with stocked.database.read() as connection:
        kept.contents(connection, [1, 2])
        kept.forget([2, 9])
        assert set(kept._drafts) == {2}
