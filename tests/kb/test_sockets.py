"""The suite runs with sockets blocked except loopback; these go red when the guard is gone."""

from __future__ import annotations

import contextlib
import socket
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Protocol

import pytest

OUTSIDE = ("192.0.2.1", 9)  # TEST-NET-1 (RFC 5737): routed nowhere, so a missing guard times out or is refused late


class Guard(Protocol):
    """What these tests see of the guard in `tests/conftest.py`."""

    attempts: list[str]


def blocked(network: Guard) -> list[str]:
    """Take what was refused, so that the test's own attempt is not held against it."""
    attempts = list(network.attempts)
    network.attempts.clear()
    return attempts


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_stream_to_the_outside_is_refused_and_remembered(network: Guard, method: str) -> None:
    with socket.socket() as sock:
        sock.settimeout(0.2)
        with pytest.raises(ConnectionRefusedError, match=r"tests may not reach '192\.0\.2\.1'"):
            getattr(sock, method)(OUTSIDE)
    assert blocked(network) == ["192.0.2.1"]


def test_datagram_to_the_outside_is_refused(network: Guard) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock,
        pytest.raises(ConnectionRefusedError, match="tests may not reach"),
    ):
        sock.sendto(b"x", OUTSIDE)
    assert blocked(network) == ["192.0.2.1"]


def test_names_are_not_resolved(network: Guard) -> None:
    with pytest.raises(ConnectionRefusedError, match="tests may not reach"):
        socket.getaddrinfo("huggingface.co", 443)
    assert blocked(network) == ["huggingface.co"]


def test_a_swallowed_refusal_is_remembered(network: Guard) -> None:
    with contextlib.suppress(urllib.error.URLError):
        urllib.request.urlopen("http://example.org/", timeout=0.2)
    assert blocked(network) == ["example.org"]


def test_loopback_works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepted: list[bytes] = []

        def serve() -> None:
            peer, _address = server.accept()
            with peer:
                accepted.append(peer.recv(2))

        thread = threading.Thread(target=serve)
        thread.start()
        with socket.create_connection(("localhost", server.getsockname()[1]), timeout=5) as client:
            client.sendall(b"ok")
        thread.join(timeout=5)
    assert accepted == [b"ok"]


def test_unix_sockets_work(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen()
        client.connect(path)
        peer, _address = server.accept()
        peer.close()
