"""Runs on disk: one JSON file each under `DATA/eval/`, written whole or not at all."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from eval.errors import RunBroken, RunNotFound
from eval.outcome import Candidate, Outcome
from eval.question import Question
from eval.runner import Run

FORMAT = 1
FOLDER = "eval"
LATEST = "latest"
PREVIOUS = "previous"
SURROGATES = re.compile("[\ud800-\udfff]")


def save_run(run: Run, data: Path) -> Path:
    """Write `DATA/eval/<run_id>.json` and return its path; a taken name gets `-2`, `-3` …

    Args:
        run: what to keep.
        data: the data folder (its `eval` folder is made when missing).
    """
    folder = data / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    name, number = run.run_id, 1
    while (folder / f"{name}.json").exists():
        number += 1
        name = f"{run.run_id}-{number}"
    path = folder / f"{name}.json"
    write_whole(path, run_to_json(replace(run, run_id=name)))
    return path


def write_whole(path: Path, text: str) -> None:
    """Write a UTF-8 file aside and rename it into place."""
    aside = path.with_name(f".{path.name}.tmp")
    with aside.open("wb") as file:
        file.write(text.encode("utf-8", "replace"))
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def run_to_json(run: Run) -> str:
    """Return a run as JSON text. Lone surrogates, which a caller's text may hold, stay escaped."""
    text = json.dumps({"format": FORMAT, **asdict(run)}, ensure_ascii=False, indent=1)
    return SURROGATES.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def load_run(path: Path) -> Run:
    """Read a stored run.

    Raises:
        RunNotFound: no such file.
        RunBroken: it does not parse, or is of another format.
    """
    try:
        raw = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RunNotFound(f"评测结果读不到：{path}（{error.strerror or error}）") from None
    except UnicodeDecodeError:
        raise RunBroken(f"评测结果已损坏：{path.name}") from None
    try:
        data = json.loads(raw)
        if data["format"] != FORMAT:
            raise RunBroken(f"评测结果 {path.name} 是第 {data['format']} 版格式，这里只认第 {FORMAT} 版")
        return _run(data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunBroken(f"评测结果已损坏：{path.name}（{type(error).__name__}：{error}）") from None


def list_runs(data: Path) -> tuple[Path, ...]:
    """Return the stored runs, oldest first (names start with their time)."""
    return tuple(sorted((data / FOLDER).glob("*.json"), key=_age))


def find_run(data: Path, name: str = LATEST) -> Run:
    """Load a run by `latest`, `previous` (the one before it of the same set), its id or the start of it, or a path.

    Raises:
        RunNotFound: nothing stored matches, or several do.
        RunBroken: the file does not parse.
    """
    stored = list_runs(data)
    if name in {LATEST, PREVIOUS} and not stored:
        raise RunNotFound(f"{data / FOLDER} 里还没有评测结果")
    if name in {LATEST, PREVIOUS}:
        latest = load_run(stored[-1])
        return latest if name == LATEST else _previous(latest, stored[:-1])
    exact = [path for path in stored if path.stem == name] or [path for path in stored if path.stem.startswith(name)]
    if len(exact) == 1:
        return load_run(exact[0])
    if len(exact) > 1:
        raise RunNotFound(f"「{name}」对应多次评测：{'、'.join(path.stem for path in exact)}", hint="请写完整的名字")
    if Path(name).is_file():
        return load_run(Path(name))
    raise RunNotFound(f"没有这次评测：{name}")


def _previous(latest: Run, earlier: tuple[Path, ...]) -> Run:
    same = (run for run in map(load_run, reversed(earlier)) if run.set_name == latest.set_name)
    found = next(same, None)
    if found is None:
        raise RunNotFound(f"题集 {latest.set_name} 还没有更早的评测结果")
    return found


def _age(path: Path) -> tuple[str, int, str]:
    """Order by time, then by the number a taken name got."""
    number = re.search(r"-r\d+-(\d+)$", path.stem)
    return path.stem[:15], int(number[1]) if number else 1, path.stem


def _run(data: Mapping[str, Any]) -> Run:
    known = {name: data[name] for name in Run.__dataclass_fields__}
    known["releases"] = tuple(data["releases"])
    known["outcomes"] = tuple(_outcome(item) for item in data["outcomes"])
    return Run(**known)


def _outcome(data: Mapping[str, Any]) -> Outcome:
    known = _tuples(data, ("categories", "rules", "must_ask", "forbidden"))
    known["question"] = Question(**_tuples(data["question"], ("categories", "entries", "topics", "must_ask")))
    known["candidates"] = tuple(Candidate(**item) for item in data["candidates"])
    known["shown"] = tuple(Candidate(**item) for item in data["shown"])
    return Outcome(**known)


def _tuples(data: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {**data, **{name: tuple(data.get(name, ())) for name in names}}
