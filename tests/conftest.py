"""Shared by every suite: no network, a clock that stands still, one analyser, small knowledge bases."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from kb.domain.clock import CHINA, FixedClock
from kb.domain.knowledge import Document, Entry, FoundPassage
from kb.search.catalogue import Catalogue
from kb.search.ranker import Ranker
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import Analyser, load_analyser
from tests.kb.builders import plain_ranker
from tests.kb.remembering import remember_dictionary
from tests.surroundings import pytest_runtest_teardown, pytest_sessionstart, unchanged_surroundings

__all__ = ["pytest_runtest_teardown", "pytest_sessionstart", "unchanged_surroundings"]

settings.register_profile("untimed", deadline=None)  # what is read once is read in somebody's first example
settings.load_profile("untimed")
setattr(re, "_MAXCACHE", 1 << 14)  # noqa: B010 - the rules are some 900 patterns and are read hundreds of times
NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=CHINA)


class NetworkBlockedError(ConnectionRefusedError):
    """A test reached for the network; it sees what a closed network shows, and the test fails at its end."""


class NetworkGuard:
    """Refuses every address but loopback and remembers who asked, so that a swallowed refusal is still seen."""

    def __init__(self) -> None:
        self.attempts: list[str] = []

    def check(self, host: object) -> None:
        if not is_local(host):
            self.attempts.append(str(host))
            raise NetworkBlockedError(f"tests may not reach {host!r}")

    def install(self, patch: pytest.MonkeyPatch) -> None:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, self._guarded(getattr(socket.socket, name)))
        for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
            patch.setattr(socket, name, self._resolving(getattr(socket, name)))

    def _guarded(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(sock: socket.socket, *args: Any) -> object:
            if sock.family != getattr(socket, "AF_UNIX", None):
                self.check(args[-1][0])
            return original(sock, *args)

        return guarded

    def _resolving(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def resolving(host: object, *args: object, **options: object) -> object:
            self.check(host)
            return original(host, *args, **options)

        return resolving


def is_local(host: object) -> bool:
    """Whether a host is this machine: loopback, `localhost`, or none at all (a listening socket's wildcard)."""
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or name in {"", "localhost", "testserver"}:
        return True
    try:
        return ipaddress.ip_address(str(name).split("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def network() -> Iterator[NetworkGuard]:
    """Block every socket but loopback and AF_UNIX, from the first fixture to the last teardown."""
    guard = NetworkGuard()
    with pytest.MonkeyPatch.context() as patch:
        guard.install(patch)
        yield guard


@pytest.fixture(scope="session", autouse=True)
def _one_dictionary() -> Iterator[None]:
    """Read jieba's dictionary once: hundreds of tests open a data folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        remember_dictionary(patch)
        yield


@pytest.fixture(autouse=True)
def _no_network(network: NetworkGuard) -> Iterator[None]:
    """Fail the test that tried, even when the code under test swallowed the refusal."""
    network.attempts.clear()
    yield
    assert not network.attempts, f"reached for the network: {network.attempts}"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture(scope="session")
def rule_files() -> RuleFiles:
    return RuleFiles()


@pytest.fixture(scope="session")
def analyser(rule_files: RuleFiles, tmp_path_factory: pytest.TempPathFactory) -> Analyser:
    """The bundled lexicon's analyser with a jieba cache of this session's own."""
    return load_analyser(rule_files, tmp_path_factory.mktemp("jieba"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start files with the longest tests first: the workers then end at about the same time."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the bundled knowledge published; copy it."""
    from tests.bundled import publish_bundled  # it loads everything, and other processes import the guard above

    return publish_bundled(tmp_path_factory, FixedClock(NOON))


@pytest.fixture(scope="session")
def ranker() -> Ranker:
    return plain_ranker()


@pytest.fixture(scope="session")
def make_catalogue() -> Callable[..., Catalogue]:
    """Build a catalogue of one release from entries and documents."""

    def make(*knowledge: Entry | Document, release: int = 1) -> Catalogue:
        documents = [item for item in knowledge if isinstance(item, Document)]
        return Catalogue(
            release=release,
            entries={item.entry_id: item for item in knowledge if isinstance(item, Entry)},
            passages={
                passage.passage_id: FoundPassage(passage=passage, document=document)
                for document in documents
                for passage in document.passages
            },
        )

    return make
