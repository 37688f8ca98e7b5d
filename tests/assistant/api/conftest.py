from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.assistant.api.house import House, app_of, open_house, sign_in


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """A browser without cookies."""
    with TestClient(app_of(house)) as browser:
        yield browser


@pytest.fixture
def signed_in(house: House, client: TestClient) -> TestClient:
    """A browser signed in as an agent."""
    sign_in(client, house.link(house.account()))
    return client
