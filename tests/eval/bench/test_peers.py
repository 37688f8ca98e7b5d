"""Peers find what shares a word; one that is not installed is named, not an error."""

from __future__ import annotations

import dataclasses

import pytest

from eval.bench.peers import PEERS, TOP, missing, versions
from kb.encode.protocol import TinyEncoder

TEXTS = [f"第 {number} 种 业务" for number in range(30)] + ["停电 了 找 谁", "电费 账单 怎么 看"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PEERS)
def test_a_peer_finds_the_text_with_the_words(name: str) -> None:
    kind = PEERS[name]
    if missing(kind):
        pytest.skip(f"not installed: {missing(kind)}")
    peer = kind.make(TinyEncoder)
    peer.fill(TEXTS)
    assert peer.find("停电 找 谁")[0] == 30
    assert len(peer.find("业务")) <= TOP
    assert all(versions(kind).values())


def test_what_is_not_installed_is_named() -> None:
    absent = dataclasses.replace(PEERS["haystack"], modules=("json", "no_such_module"), packages=("no-such-package",))
    assert missing(absent) == ["no_such_module"]
    assert versions(absent) == {"no-such-package": ""}
