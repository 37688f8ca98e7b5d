"""What the code may not become; every test lists its offenders."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("kb", "ingest", "eval", "assistant", "tools")
MAX_FILE, MAX_FUNCTION = 400, 40
SCHEMA_STEPS = "kb/store/migrations/versions/"  # one list of columns each, never edited once released
HUB_DEFAULT = 'os.environ.setdefault("HF_HUB_OFFLINE", "1")'
TELEMETRY_OFF = 'os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")'
SETS_ENVIRONMENT = {
    "assistant/cli/main.py": HUB_DEFAULT,
    "kb/encode/sentence.py": HUB_DEFAULT,
    "eval/bench/peers.py": TELEMETRY_OFF,
}
PROCESS_WORDS = tuple(a + b for a, b in (("/wo", "rk/"), ("/fa", "rm/"), ("DESI", "GN.md"), ("issues", " show")))
Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(*folders: str) -> list[Path]:
    """Every Python file of some folders, in order."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def long_functions(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > MAX_FUNCTION:
                yield f"{name(path)}:{node.lineno} {node.name} {lines}"


def environment_lines(path: Path) -> list[str]:
    """Lines that reach for the environment, however it is spelt."""
    found = re.compile(r"\bos\s*\.\s*(?:environ|getenv|putenv)|from os import .*(?:environ|getenv)")
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if found.search(line)]


def tracked() -> list[Path]:
    """What the repository holds, and what is about to be added to it; everything here where there is no repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    if done.returncode:
        pytest.skip("not a checkout")
    names = done.stdout.decode().split("\0")
    return [ROOT / entry for entry in names if entry and (ROOT / entry).is_file()]


def test_files_are_short() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*PACKAGES)}
    assert len(lengths) > 100
    assert [f"{path} {lines}" for path, lines in lengths.items() if lines > MAX_FILE] == []


def test_functions_are_short() -> None:
    offenders = [found for path in sources(*PACKAGES) for found in long_functions(path)]
    assert [found for found in offenders if not found.startswith(SCHEMA_STEPS)] == []


def test_nothing_is_pickled() -> None:
    pattern = re.compile(r"\b(?:c?pickle|cloudpickle|dill|joblib|shelve|marshal)\b|allow_pickle\s*=\s*True")
    lines = {
        f"{name(path)}:{number}"
        for path in sources(*PACKAGES)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line.split("#")[0]) and not line.strip().startswith(('"""', "Never"))
    }
    assert lines == set()


def test_only_settings_reads_the_environment() -> None:
    packages = [folder for folder in PACKAGES if folder != "tools"]
    readers = {name(path): environment_lines(path) for path in sources(*packages) if environment_lines(path)}
    assert set(readers) <= {"assistant/settings.py", *SETS_ENVIRONMENT}
    for path, line in SETS_ENVIRONMENT.items():
        assert readers.get(path, []) in ([], [line]), path


def test_no_file_speaks_of_how_it_was_made() -> None:
    offenders = [
        f"{name(path)}: {word}" for path in tracked() for word in PROCESS_WORDS if word.encode() in path.read_bytes()
    ]
    assert offenders == []


def test_tests_need_no_packages() -> None:
    assert [name(path) for path in (ROOT / "tests").rglob("__init__.py")] == []


def test_the_measure_of_functions_measures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = "\n".join(f"    x{i} = {i}" for i in range(MAX_FUNCTION))
    (tmp_path / "long.py").write_text(f"def long() -> None:\n{body}\n", encoding="utf-8")
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    assert list(long_functions(tmp_path / "long.py")) == [f"long.py:1 long {MAX_FUNCTION + 1}"]
