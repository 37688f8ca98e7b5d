"""The guard of the surroundings sees who changes them, and lets pass who puts them back."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FIXTURES = """
import os, pytest

def setting(name):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(name, "x")
        yield

@pytest.fixture(scope="module")
def tidy():
    yield from setting("ZHIDA_TIDY")

@pytest.fixture(scope="session")
def lasting():
    yield from setting("ZHIDA_LASTING")
"""
SUITE = {
    "a/conftest.py": FIXTURES,
    "a/test_one.py": """
import os

def test_does_not_see_my_settings(): assert "ZHIDA_ENCODER" not in os.environ
def test_sets(): os.environ["ZHIDA_LEFT"] = "x"
def test_is_alone(): assert "ZHIDA_LEFT" not in os.environ and os.getcwd() != "/"
def test_goes(): os.chdir("/")
def test_is_at_home(): assert os.getcwd() != "/"
def test_takes_away(): del os.environ["ZHIDA_CHROMIUM"]
def test_has_what_was_given(): assert os.environ["ZHIDA_CHROMIUM"] == "given"
def test_borrows(monkeypatch):
    monkeypatch.setenv("ZHIDA_LEFT", "x")
    monkeypatch.chdir("/")
def test_other_names_are_free(): os.environ["HF_X"] = "x"
def test_of_a_tidy_file(tidy): assert os.environ["ZHIDA_TIDY"] == "x"
""",
    "b/conftest.py": FIXTURES,
    "b/test_two.py": """
import os

def test_before(): assert "ZHIDA_TIDY" not in os.environ
def test_of_a_fixture_that_outlives_its_file(lasting): assert os.environ["ZHIDA_LASTING"] == "x"
""",
    "c/test_three.py": """
import os

def test_after(): assert "ZHIDA_LASTING" not in os.environ
""",
}


@pytest.fixture
def outcome(tmp_path: Path) -> str:
    for name, text in SUITE.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    plain = [sys.executable, "-m", "pytest", "-p", "tests.surroundings", "-p", "no:cacheprovider", "-rA", "-q"]
    command = [*plain, "-c", os.devnull, "--rootdir", str(tmp_path), "--import-mode=importlib", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ZHIDA_CHROMIUM": "given", "ZHIDA_ENCODER": "mine"}
    return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False).stdout


def test_who_leaves_something_changed_is_named(outcome: str) -> None:
    wrong = set(re.findall(r"^(?:ERROR|FAILED) \S+::(\w+)", outcome, re.MULTILINE))
    right = set(re.findall(r"^PASSED \S+::(\w+)", outcome, re.MULTILINE)) - wrong
    assert wrong == {"test_sets", "test_goes", "test_takes_away", "test_of_a_fixture_that_outlives_its_file"}, outcome
    assert right == {
        "test_does_not_see_my_settings", "test_is_alone", "test_is_at_home", "test_has_what_was_given", "test_borrows",
        "test_other_names_are_free", "test_of_a_tidy_file", "test_before", "test_after",
    }  # fmt: skip
