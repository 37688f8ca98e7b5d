"""The command line in process on a small base of its own, built once and copied where a test writes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.testing
from typer import Typer
from typer.main import get_command
from typer.testing import CliRunner, Result

from assistant.cli.main import app
from kb.domain.codec import entry_to_dict
from tests.kb.builders import entry, guard, span

TARIFF = """用电分类,电压等级,电度电价（元/千瓦时）
居民生活用电 一户一表,不满1千伏,0.5469
居民生活用电 合表,不满1千伏,0.5886
"""
ANSWERS = """编号,标准问题,相似问,适用条件,答案,分类
Q1,电费怎么交,在哪里缴费；怎么缴电费,,网上国网或营业厅都可以交。,电价电费
Q2,抢修多久能到,修电的多久来,区域=城区,45分钟到场。,服务规范
Q2,,,区域=农村,90分钟到场。,
Q3,怎么过户,房子卖了怎么办,,凭房产证到营业厅过户。,用电业务
"""
POLICY = "# 供电办法\n\n第一条 用户应当按期交纳电费。\n\n第二条 逾期不交的，收取违约金。\n"
NOTICE = "停电区域,停电时间,送电时间,停电原因\n阳光小区,2026-11-25 08:00,2026-11-25 18:00,检修\n"
SPECIAL = (
    guard("G1", "换表多少钱", utterance="九十九块。", topics=("Q1",)),
    entry("E1", "旧的交费办法", answer="去邮局交。", validity=span("2020-01-01", "2024-01-01"), topics=("Q1",)),
    entry("E2", "内部口径", answer="只供内部。", visibility="内部", flags=("重要",), hints=("Q1",), owner="营销部"),
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.split("\n") if line]


Zhida = Callable[..., Said]


class Runner(CliRunner):
    """Runs the one tree of commands; typer's own runner builds it anew for every command (0.15 s)."""

    def invoke(self, app: Typer, *args: Any, **more: Any) -> Result:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(typer.testing, "_get_command", tree)
            return super().invoke(app, *args, **more)


@cache
def tree(app: Typer) -> Any:
    return get_command(app)


@pytest.fixture(scope="session")
def zhida() -> Zhida:
    """Run one command; an exception that is no exit is a failure of the test."""

    def run(*args: object, stdin: str = "") -> Said:
        result = Runner().invoke(app, [str(arg) for arg in args], input=stdin, env={"ZHIDA_ENCODER": "tiny"})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(code=result.exit_code, out=result.stdout, err=result.stderr)

    return run


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one file of each sort a company has."""
    folder = tmp_path_factory.mktemp("sources")
    for name, text in {"问答.csv": ANSWERS, "电价表.csv": TARIFF, "办法.md": POLICY, "停电公告.csv": NOTICE}.items():
        (folder / name).write_text(text, encoding="utf-8")
    special = "\n".join(json.dumps(entry_to_dict(item), ensure_ascii=False) for item in SPECIAL)
    (folder / "特别.jsonl").write_text(special + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def base(zhida: Zhida, sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published data folder; read it only."""
    data = tmp_path_factory.mktemp("base") / "data"
    done = zhida("ingest", sources, "--publish", "--yes", "--json", "--data", data)
    assert (done.code, done.json["rejected"]) == (0, 0), done
    return data


@pytest.fixture
def own(base: Path, tmp_path: Path) -> Path:
    """A copy of the published data folder to write to."""
    return Path(shutil.copytree(base, tmp_path / "own"))


@pytest.fixture
def files(sources: Path, tmp_path: Path) -> Path:
    """A copy of the sources to change."""
    return Path(shutil.copytree(sources, tmp_path / "files"))


def snapshot(folder: Path) -> dict[str, bytes]:
    """Everything in a folder but the reader's scratch files of SQLite."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }
