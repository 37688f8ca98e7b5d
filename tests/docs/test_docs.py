"""Documentation cannot fall behind: the reference is what the generator makes, and what pages show really exists."""

from __future__ import annotations

import dataclasses
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assistant.settings import Settings
from assistant.suggest.request import SuggestRequest
from eval.question import Question
from kb.domain import suggestion
from tools import build_reference as reference

ROOT = reference.ROOT
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GUIDES = ("agent.md", "curator.md", "evaluator.md", "administrator.md")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
CODE = re.compile(r"^```[^\n]*\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^(?:\w+=\S+ )*(?:\.venv/bin/)?zhida(?= )")
FIGURES = re.compile(r"<!-- eval:begin -->.*?<!-- eval:end -->", re.DOTALL)


@cache
def built() -> Mapping[str, str]:
    """What the generator makes, made once."""
    return reference.build()


@cache
def commands() -> Mapping[str, Any]:
    """Every command of the tool by its name."""
    return reference.commands()


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def shown_commands(page: Path) -> Iterator[str]:
    """Every `zhida …` line in code on a page; prose after `#` and chained commands are split off."""
    for block, inline in CODE.findall(FIGURES.sub("", page.read_text(encoding="utf-8"))):
        for line in (block or inline).splitlines():
            for part in line.split("&&"):
                text = part.split("  #")[0].strip()
                if COMMAND.match(text) and "…" not in text and "命令" not in text:
                    yield text


# The changelog is history: it may name what is gone.
COMMANDS = sorted(
    {(name_of(page), line) for page in PAGES if page.name != "CHANGELOG.md" for line in shown_commands(page)}
)


def test_every_page_made_is_stored_and_every_stored_page_made() -> None:
    assert {path.name for path in reference.OUT.glob("*.md")} == set(built())


@pytest.mark.parametrize("name", sorted(path.name for path in reference.OUT.glob("*.md")))
def test_a_reference_page_is_what_the_generator_makes(name: str) -> None:
    stored = (reference.OUT / name).read_text(encoding="utf-8")
    assert stored == built()[name], f"docs/reference/{name} is stale: run `make reference`"


def test_every_command_setting_route_and_error_code_is_documented() -> None:
    pages = {name: (reference.OUT / name).read_text(encoding="utf-8") for name in built()}
    wanted = {
        "cli.md": [f"## zhida {name}\n" for name in commands()],
        "settings.md": [f"`ZHIDA_{field.name.upper()}`" for field in dataclasses.fields(Settings)],
        "api.md": [f"`{method} {path}`" for method, path, _ in reference.api_routes()],
        "errors.md": [f"`{kind.code}`" for kind in reference.errors()],
    }
    assert all(wanted.values())
    assert [(page, text) for page, texts in wanted.items() for text in texts if text not in pages[page]] == []


def test_every_name_is_explained_in_chinese() -> None:
    assert [name for name, text in built().items() if reference.UNSAID in text] == []
    assert [kind.__name__ for kind in reference.errors() if kind.__name__ not in reference.wording()["errors"]] == []


def test_no_wording_is_left_over() -> None:
    words = reference.wording()
    shapes = {f"{s}.{f.name}" for s in (*reference.SHAPES, "WorkOrderAdvice") for f in fields_of(s)}
    known = {
        "settings": {field.name for field in dataclasses.fields(Settings)},
        "errors": {kind.__name__ for kind in reference.errors()},
        "routes": {f"{method} {path}" for method, path, _ in reference.api_routes()},
        "request": {field.name for field in dataclasses.fields(SuggestRequest)},
        "suggestion": shapes,
        "export": set().union(*reference.export_keys().values()),
        "gold": {field.name for field in dataclasses.fields(Question)},
    }
    assert [(part, name) for part, names in known.items() for name in words[part] if name not in names] == []


def fields_of(shape: str) -> tuple[dataclasses.Field[object], ...]:
    return dataclasses.fields(getattr(suggestion, shape))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    targets = [target for target in LINK.findall(page.read_text(encoding="utf-8")) if ":" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_a_shown_command_line_parses(page: str, line: str) -> None:
    assert page
    words = shlex.split(COMMAND.sub("", line))
    known = commands()
    name = next((n for n in (" ".join(words[:2]), words[0]) if n in known), None)
    if name is None:
        assert any(n.startswith(f"{words[0]} ") for n in known), f"no such command: {line}"
        assert len(words) == 1, f"no such command: {line}"
        return
    options = {opt for parameter in known[name].params for opt in parameter.opts} | {"--help"}
    used = [word.split("=")[0] for word in words if re.fullmatch(r"--?[a-z][a-z-]*(?:=.*)?", word)]
    assert [option for option in used if option not in options] == [], line


def test_the_pages_show_commands() -> None:
    assert {page for page, _ in COMMANDS} >= {"README.md", "docs/curator.md", "docs/administrator.md"}


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_is_short(name: str) -> None:
    assert len((ROOT / "docs" / name).read_text(encoding="utf-8").splitlines()) <= 150


def test_figures_stand_between_markers_and_the_generator_leaves_them_alone() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert text.count("<!-- eval:begin -->") == text.count("<!-- eval:end -->") == len(FIGURES.findall(text))
    assert not [name for name, text in built().items() if "eval:begin" in text]


def test_the_wording_file_parses() -> None:
    assert tomllib.loads((reference.OUT / "wording.toml").read_text(encoding="utf-8"))
