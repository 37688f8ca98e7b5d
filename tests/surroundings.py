"""What tests share of their process and none may leave changed: our settings in the environment, the working folder.

A fixture of a wider scope may change them for the tests of one file and puts them back when the file is left: what one
file sets would otherwise answer in the subprocesses of another, or not, as the files happen to be dealt out.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

OURS = "ZHIDA_"
KEPT = ("ZHIDA_CHROMIUM",)  # where the browser is, not how we answer


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The settings and the folder at one moment."""

    settings: dict[str, str]
    folder: str

    @classmethod
    def now(cls) -> Surroundings:
        return cls({name: value for name, value in os.environ.items() if name.startswith(OURS)}, str(Path.cwd()))

    def put_back(self) -> None:
        """Leave the next test what this one found."""
        for name in [name for name in os.environ if name.startswith(OURS)]:
            del os.environ[name]
        os.environ.update(self.settings)
        os.chdir(self.folder)

    def check(self, who: str) -> None:
        """Fail, and put everything back, when something is not as it was."""
        found = Surroundings.now()
        if found != self:
            self.put_back()
            pytest.fail(f"{who} left {found}, it was {self}", pytrace=False)


FIRST = pytest.StashKey[Surroundings]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin without the settings of whoever runs the tests, and remember how it all began."""
    for name in [name for name in os.environ if name.startswith(OURS) and name not in KEPT]:
        del os.environ[name]
    session.stash[FIRST] = Surroundings.now()


@pytest.fixture(autouse=True)
def unchanged_surroundings(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that leaves something changed; what wider fixtures set stands before it begins."""
    before = Surroundings.now()
    yield
    before.check(request.node.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """Fail the last test of a file when what a fixture set is not put back."""
    yield
    if nextitem is None or nextitem.path != item.path:
        item.session.stash[FIRST].check(f"a fixture used in {item.path.name}")
