"""The whole run: formats, then every size with all its measurements; saved after each step, so that nothing is lost."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from assistant.bench.child import measured_apart
from assistant.bench.formats import FORMATS
from assistant.errors import RequestInvalid
from eval.bench.peers import PEERS, version_of
from eval.bench.result import FORMAT, bars, ratios, save
from eval.machine import code_version, machine_name

SIZES = (1_000, 10_000, 100_000, 224_000)
QUICK_SIZES = (600, 1_000)
LIBRARIES = ("numpy", "tantivy", "faiss-cpu", "sqlalchemy", "jieba", "fastapi", "uvicorn")
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is measured: texts asked, warm-up texts, repetitions, and seconds for HTTP and for each peer."""

    asked: int = 1_000
    warm: int = 632
    rounds: int = 3
    clients: int = 8
    seconds: float = 15.0
    budget: float = 30.0
    per_format: int = 2_000


QUICK = Effort(asked=120, warm=40, rounds=2, clients=4, seconds=3.0, budget=5.0, per_format=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user asked for."""

    sizes: tuple[int, ...]
    effort: Effort
    quick: bool
    peers: tuple[str, ...]
    texts: str | None
    encoder: str


def options_of(sizes: str, *, quick: bool, peers: bool, texts: Path | None, encoder: str) -> Options:
    """Read the command line's options.

    Raises:
        RequestInvalid: the sizes are not positive whole numbers.
    """
    return Options(
        sizes=parse_sizes(sizes, quick=quick),
        effort=QUICK if quick else Effort(),
        quick=quick,
        peers=tuple(PEERS) if peers else (),
        texts=str(texts.resolve()) if texts else None,
        encoder=encoder,
    )


def parse_sizes(text: str, *, quick: bool) -> tuple[int, ...]:
    """Read `1000,10000` or `1k,10k`; empty means the usual sizes.

    Raises:
        RequestInvalid: not positive whole numbers.
    """
    if not text.strip():
        return QUICK_SIZES if quick else SIZES
    words = [word.strip().lower() for word in text.replace("，", ",").split(",") if word.strip()]
    numbers = [
        int(w.removesuffix("k")) * (1000 if w.endswith("k") else 1) for w in words if w.removesuffix("k").isdecimal()
    ]
    if len(numbers) != len(words) or min(numbers, default=0) < 1:
        raise RequestInvalid(f"规模写得不对：{text[:40]}", hint="写成 1000,10000 或 1k,10k")
    return tuple(sorted(set(numbers)))


class Run:
    """One run; `result` is always valid JSON, marked partial until everything is done."""

    def __init__(self, options: Options, path: Path, *, at: dt.datetime, tell: Tell) -> None:
        self._options = options
        self._path = path
        self._tell = tell
        self.result: dict[str, Any] = _head(options, at)

    def go(self) -> None:
        """Measure everything. Interrupted, the result keeps what was done and stays marked partial."""
        save(self.result, self._path)
        with _workplace() as folder:
            for name in FORMATS:
                self._format(name, folder / "formats")
            for size in self._options.sizes:
                self._size(size, folder / str(size))
        self.result["partial"] = False
        self._save()

    @property
    def steps(self) -> int:
        """How many measurements there are, for a progress bar."""
        return len(FORMATS) + len(self._options.sizes) * (6 + len(self._options.peers))

    def _format(self, name: str, folder: Path) -> None:
        self._tell(f"导入 {name}")
        job = {"format": name, "folder": str(folder), "entries": self._options.effort.per_format}
        row = {"format": name, **measured_apart("format", {**job, "texts": self._options.texts})}
        self.result["formats"].append(row)
        self._save()

    def _size(self, entries: int, folder: Path) -> None:
        figures: dict[str, Any] = {"entries": entries}
        self.result["sizes"].append(figures)
        effort = asdict(self._options.effort)
        job = {**effort, "folder": str(folder), "data": str(folder / "data"), "entries": entries}
        for kind in ("texts", "fill", "suggest", "publish", "cold", "http"):
            self._tell(f"{entries} 条：{STEP_NAMES[kind]}")
            own = {**job, "texts": self._options.texts} if kind == "texts" else job
            figures[kind] = measured_apart(kind, own)
            self._save()
            if kind in {"texts", "fill"} and "failed" in figures[kind]:
                return
        for name in self._options.peers:
            self._tell(f"{entries} 条：{PEERS[name].title}")
            figures.setdefault("peers", {})[name] = measured_apart("peer", {**job, "peer": name})
            self._save()
        shutil.rmtree(folder, ignore_errors=True)

    def _save(self) -> None:
        self.result |= {"ratios": ratios(self.result), "bars": bars(self.result)}
        save(self.result, self._path)


STEP_NAMES = {
    "texts": "准备文字",
    "fill": "导入并发布",
    "suggest": "作答耗时",
    "publish": "发布一处改动",
    "cold": "冷启动命令行",
    "http": "服务与并发",
}


def _head(options: Options, at: dt.datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "partial": True,
        "date": at.isoformat(timespec="seconds"),
        "machine": machine_name(),
        "load_at_start": _load(),
        "versions": {"zhida": code_version(), **{name: version_of(name) for name in LIBRARIES}},
        "options": asdict(options),
        "formats": [],
        "sizes": [],
        "ratios": [],
        "bars": [],
    }


def _load() -> list[float] | None:
    """Return the load averages, which say whether the machine was quiet; None where the system has none."""
    average = getattr(os, "getloadavg", None)
    return [round(value, 2) for value in average()] if average is not None else None


@contextmanager
def _workplace() -> Iterator[Path]:
    folder = Path(mkdtemp(prefix="zhida-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
