"""Rewrite docs/reference from the code; `docs/reference/wording.toml` says in Chinese what a name is for."""

from __future__ import annotations

import ast
import dataclasses
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import typer.main

from assistant.accounts.policy import load_policy
from assistant.accounts.types import ROLE_NAMES
from assistant.api.app import ROUTERS
from assistant.api.errors import KB_STATUS
from assistant.api.guards import Guard
from assistant.api.live_routes import LIVE_ACTION
from assistant.cli.main import app
from assistant.errors import AssistantError
from assistant.inventory import exported
from assistant.settings import Settings
from assistant.suggest.request import SuggestRequest
from eval.gold_rows import REQUIRED as GOLD_REQUIRED
from eval.question import Question
from ingest.chunk.sheet import REQUIRED as COLUMN_REQUIRED
from ingest.loaders.sniff import SUFFIXES
from ingest.rulebook import rules
from ingest.types import Limits
from kb.domain import suggestion as shapes
from kb.domain.errors import ZhidaError
from kb.domain.knowledge import Branch, Document, Entry, FoundPassage, Passage
from kb.text.rulefiles import RuleFiles
from tools.describe_corpus import corpus_sections

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "reference"
PACKAGES = ("kb", "ingest", "eval", "assistant")
MADE = "<!-- 由 make reference 从代码生成，请勿手改；中文说明在 wording.toml -->"
UNSAID = "（待补）"
SHAPES = ("Suggestion", "Scored", "Answer", "Citation", "Nearby", "MustAsk", "Identity", "Avoid", "Outage")
SPEAKERS = {"finding", "Finding", "FileRefused", "BadRow", "_problem"}
Wording = Mapping[str, Mapping[str, str]]
Row = Sequence[object]


def wording() -> Wording:
    """Return what names mean, in Chinese, by section."""
    return tomllib.loads((OUT / "wording.toml").read_text(encoding="utf-8"))


def table(columns: Row, rows: Iterable[Row]) -> str:
    """Return a Markdown table; pipes and line ends inside cells are kept from breaking it."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(
        "| " + " | ".join(re.sub(r"\s*\n\s*", " ", str(c)).replace("|", "\\|") for c in line) + " |" for line in lines
    )


def page(title: str, *parts: str) -> str:
    """Return a page."""
    return "\n\n".join([f"# {title}", MADE, *parts]) + "\n"


def _code(value: object) -> str:
    return f"`{value}`" if str(value) else ""


def commands() -> dict[str, Any]:
    """Return every command by its full name, groups left out; also read by the tests."""
    group: Any = typer.main.get_command(app)
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        found.update({f"{name} {part}": sub for part, sub in inner.items()} if inner else {name: command})
    return found


def cli_page(words: Wording) -> str:
    """Return cli.md."""
    parts = [words["text"]["cli"].strip()]
    for name, command in commands().items():
        parameters = table(("参数", "说明", "默认"), map(_parameter, command.params))
        parts += [f"## zhida {name}", command.help, parameters]
    return page("命令行", *parts)


def _parameter(item: Any) -> Row:  # noqa: ANN401 - typer does not publish the type of its parameters
    if item.param_type_name == "argument":
        return (_code((item.metavar or item.name or "").upper()), item.help or "", "必填" if item.required else "")
    plain = item.default in (None, False, "") or callable(item.default)
    return (_code(" / ".join(item.opts)), item.help or "", "" if plain else _code(item.default))


def settings_page(words: Wording) -> str:
    """Return settings.md."""
    fields, said = dataclasses.fields(Settings), words["settings"]
    rows = [(_code("ZHIDA_" + f.name.upper()), _code(f.default), said.get(f.name, UNSAID)) for f in fields]
    note = "设置只来自环境变量；`--data` 优先于 `ZHIDA_DATA`，`zhida serve` 的 `--host`、`--port` 优先于对应变量。"
    return page("设置", note, table(("环境变量", "默认", "说明"), rows))


def errors() -> list[type[ZhidaError]]:
    """Return every error class of the four packages, by code."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("errors.py")):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    mine = {kind for kind in _below(ZhidaError) if kind.__module__.split(".")[0] in PACKAGES}
    return sorted(mine, key=lambda kind: (kind.code, kind.__name__))


def _below(kind: type[ZhidaError]) -> Iterator[type[ZhidaError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def status_of(kind: type[ZhidaError]) -> int:
    """Return the HTTP status an error of this class has on the wire."""
    if issubclass(kind, AssistantError):
        return kind.status
    return next((status for base, status in KB_STATUS if issubclass(kind, base)), 500)


def errors_page(words: Wording) -> str:
    """Return errors.md."""
    said = words["errors"]
    rows = [(_code(k.code), status_of(k), said.get(k.__name__) or k.__doc__, k.hint) for k in errors()]
    spoken = [
        (f"## {title}", table(("代码", "提示"), [(_code(c), _said(c, m, words)) for c, m in findings(package).items()]))
        for package, title in (("ingest", "导入时的问题代码（findings 的 code）"), ("eval", "题集里一行的问题代码"))
    ]
    return page(
        "错误码",
        words["text"]["errors"].strip(),
        table(("代码", "HTTP", "什么时候", "办法"), rows),
        *(part for pair in spoken for part in pair),
    )


def _said(code: str, messages: Iterable[str], words: Wording) -> str:
    return " / ".join(filter(None, messages)) or words["findings"].get(code, UNSAID)


def findings(package: str) -> dict[str, list[str]]:
    """Return code -> messages of everything a package reports about single rows and files, read from its source."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        for code, message in map(_spoken, ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
            if code and message not in (known := found.setdefault(code, [])):
                known.append(message)
    return dict(sorted(found.items()))


def _spoken(node: ast.AST) -> tuple[str, str]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        given |= dict(zip(("code", "message"), node.args, strict=False))
        return (_text(given.get("code")), _text(given.get("message"))) if name in SPEAKERS else ("", "")
    if isinstance(node, ast.Tuple) and len(node.elts) == 3 and all(isinstance(e, ast.Constant) for e in node.elts):
        code, message = (_text(part) for part in node.elts[:2])
        return (code, message) if "_" in code and re.search("[\u4e00-\u9fff]", message) else ("", "")
    return "", ""


def _text(node: ast.expr | None) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def api_routes() -> list[tuple[str, str, str]]:
    """Return method, path and who may use it of every route."""
    found: list[tuple[str, str, str]] = []
    for route in [route for router in ROUTERS for route in router.routes]:
        made: Any = route
        guards = [d.call.action for d in made.dependant.dependencies if isinstance(d.call, Guard)]
        methods = sorted(getattr(made, "methods", None) or ())
        found += [(method, made.path, guards[0] if guards else "公开") for method in methods]
        if not methods:
            found.append(("WS", made.path, LIVE_ACTION))
    return found


def api_page(words: Wording) -> str:
    """Return api.md."""
    listed = [(_code(f"{m} {p}"), who, words["routes"].get(f"{m} {p}", UNSAID)) for m, p, who in api_routes()]
    policy = load_policy(RuleFiles())
    roles = [(_code(role), ROLE_NAMES[role], " ".join(sorted(policy.actions[role]))) for role in policy.actions]
    meanings = [(_code(action), meaning) for action, meaning in policy.meanings.items()]
    asked = [(_code(f.name), words["request"].get(f.name, UNSAID)) for f in dataclasses.fields(SuggestRequest)]
    parts = [words["text"][key].strip() for key in ("api", "api_example")]
    parts += ["## 地址", table(("地址", "权限", "说明"), listed), "## 角色", table(("角色", "名称", "权限"), roles)]
    parts += [table(("权限", "意思"), meanings)]
    parts += ["## 请求", table(("字段", "说明"), asked), "## 应答（建议）"]
    for name in (*SHAPES, "WorkOrderAdvice"):
        fields = dataclasses.fields(getattr(shapes, name))
        rows = [(_code(f.name), words["suggestion"].get(f"{name}.{f.name}", UNSAID)) for f in fields]
        parts += [f"### {name}", words["shapes"].get(name, ""), table(("字段", "说明"), rows)]
    return page("接口", *parts)


def formats_page(words: Wording) -> str:
    """Return formats.md."""
    said, titles, limits = words["text"], words["profiles"], dataclasses.asdict(Limits())
    kinds = [(kind, " ".join(s for s, k in SUFFIXES.items() if k == kind)) for kind in dict.fromkeys(SUFFIXES.values())]
    parts = ["## 文件种类", said["files"].strip(), table(("种类", "后缀"), kinds)]
    parts.append(table(("上限", "值"), [(words["limits"].get(name, name), value) for name, value in limits.items()]))
    for profile in ("qa", "guard", "notice", "validity"):
        parts += [f"## {titles[profile]}", table(("列", "", "可以写作"), _columns(profile, words["columns"]))]
    for group in ("visibility", "kinds", "categories"):
        values = [(value, "、".join(names)) for value, names in rules("columns")[group].items()]
        parts += [f"## {titles[group]}", table(("值", "也可写作"), values)]
    parts += ["## 同目录的 zhida.toml", said["sidecar"].strip(), "## 导出（kb export）", said["export"].strip()]
    for title, keys in export_keys().items():
        fields = table(("字段", "说明"), [(_code(key), words["export"].get(key, UNSAID)) for key in keys])
        parts += [f"### {title}", fields]
    parts += ["## 题集", said["gold"].strip(), table(("字段", "", "说明"), _gold(words["gold"]))]
    return page("文件格式", *parts, "## 批量题目", said["batch"].strip())


def _columns(profile: str, words: Mapping[str, str]) -> Iterator[Row]:
    for field, names in rules("columns")[profile].items():
        needed = "必需" if field in COLUMN_REQUIRED.get(profile, ()) else ""
        yield words.get(f"{profile}.{field}", field), needed, "、".join(names)


def _gold(words: Mapping[str, str]) -> Iterator[Row]:
    for name in (field.name for field in dataclasses.fields(Question)):
        yield _code(name), "必需" if name in GOLD_REQUIRED else "", words.get(name, UNSAID)


def export_keys() -> dict[str, list[str]]:
    """Return the keys of an exported entry and of an exported passage."""
    entry = Entry(entry_id="a", kind="标问", question="a", branches=(Branch(answer="a"),))
    passage = Passage(passage_id="a", kind="clause", locator="a", text="a")
    found = FoundPassage(passage=passage, document=Document(document_id="a", title="a", kind="制度"))
    return {"典型问答与护栏": [*exported(entry), "guard"], "段落": [*exported(found)]}


def build() -> dict[str, str]:
    """Return every page by file name."""
    words = wording()
    made = {"cli": cli_page, "settings": settings_page, "errors": errors_page, "api": api_page, "formats": formats_page}
    pages = {f"{name}.md": make(words) for name, make in made.items()}
    return {**pages, "corpus.md": page("自带知识与来电说法", *corpus_sections())}


def main() -> None:
    """Write the pages."""
    for name, text in build().items():
        (OUT / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
