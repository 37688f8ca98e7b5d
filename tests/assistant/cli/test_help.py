"""`zhida --help` is light, and every command and option is explained in Chinese."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from assistant.cli.main import app
from tests.assistant.cli.conftest import Zhida

ROOT = Path(__file__).parents[3]
CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")
HEAVY = ("torch", "sklearn", "pandas", "faiss", "tantivy", "numpy")
LIGHT = f"""
import sys
import assistant.cli.main as cli
sys.argv = ["zhida", *sys.argv[1:]]
try:
    cli.main()
except SystemExit as left:
    assert not left.code, left.code
print("loaded:", sorted(set({HEAVY!r}) & set(sys.modules)))
"""
COMMANDS = {
    "init", "ingest", "suggest", "serve", "kb stats", "kb list", "kb show", "kb check", "kb export", "eval run",
    "eval compare", "eval report", "eval cases", "eval slots", "eval add", "eval check", "eval gate", "eval import",
    "eval logged", "eval replay", "eval robust", "eval score", "eval sheet", "eval split", "eval typing",
    "check-script", "order list", "order show", "bench", "doctor", "backup", "restore", "user add", "user list",
    "user link", "user key", "user disable", "user enable", "user change", "audit verify", "audit list", "live",
    "entry list", "entry show", "entry history", "entry diff", "entry save", "entry submit", "entry queue",
    "entry approve", "entry reject", "entry withdraw", "entry restore", "entry archive", "entry import",
    "entry export", "entry template", "release list", "release diff", "release publish", "release rollback",
    "release ask", "order promote", "outage list", "outage show", "outage add", "outage change", "outage end",
    "outage told", "request list", "request show", "request new", "request step", "gap aside", "gap back",
    "gaps", "phrasing list",
    "phrasing accept", "phrasing dismiss", "watch", "dismiss", "eval pairs", "eval rules", "eval walk", "rules list",
    "rules show", "rules check", "rules preview", "rules set", "rules apply", "rules undo", "rules restore",
}  # fmt: skip
NO_JSON = {"serve"}
NO_DATA = {"eval import", "eval split"}  # files in, files out


def walk(group: TyperGroup, path: str = "") -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from walk(command, f"{path}{name} ")
        elif isinstance(command, TyperCommand):
            yield f"{path}{name}", command


def tree() -> TyperGroup:
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    return root


ALL = dict(walk(tree()))


@pytest.mark.parametrize("arguments", [["--help"], ["kb", "--help"], ["suggest", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    command = [sys.executable, "-c", LIGHT, *arguments]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded: []"


def test_the_commands_are_the_documented_ones() -> None:
    assert set(ALL) == COMMANDS


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_command_and_all_it_takes_is_explained_in_chinese(zhida: Zhida, name: str) -> None:
    command = ALL[name]
    assert CHINESE.search(command.help or ""), name
    for parameter in command.params:
        assert isinstance(parameter, TyperOption | TyperArgument)
        assert CHINESE.search(parameter.help or ""), f"{name} {parameter.name}"
    shown = zhida(*name.split(), "--help")
    assert shown.code == 0
    options = [option for p in command.params if isinstance(p, TyperOption) for option in p.opts]
    assert all(option in shown.out for option in options)


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_command_takes_a_data_folder_and_can_speak_json(name: str) -> None:
    options = {option for p in ALL[name].params for option in p.opts}
    assert "--data" in options or name in NO_DATA
    assert "--json" in options or name in NO_JSON


def test_groups_are_explained_too() -> None:
    groups = [command for command in tree().commands.values() if isinstance(command, TyperGroup)]
    assert {group.name for group in groups} == {
        "kb", "eval", "user", "audit", "order", "entry", "release", "outage", "request", "gap",
        "phrasing",
        "rules",
    }  # fmt: skip
    assert all(CHINESE.search(group.help or "") for group in groups)
