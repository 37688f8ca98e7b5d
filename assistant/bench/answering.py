"""Asking a filled base: latency of suggest, publishing one change until it is answered, and the peers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import eval as evaluation
from assistant.bench.filling import FRESH, SOURCES
from assistant.bench.measuring import Job, peak_mb, seconds
from assistant.jobs import AUTHOR, publish_drafts
from assistant.runtime import Runtime, open_runtime
from assistant.settings import load_settings
from eval.bench.peers import PEERS, missing, versions
from eval.bench.timing import measure
from eval.errors import BadArgument
from eval.gold import load_gold
from kb.curation.encoders import EncoderChoice, choose_encoder
from kb.store import records
from kb.store.versions import ENTRIES, Change
from kb.text.rulefiles import RuleFiles
from kb.text.tokens import load_analyser

GOLD = Path(str(evaluation.__file__)).parent / "gold"
SPREAD = 7919  # a prime, so that changed entries lie all over the base


def questions(name: str, limit: int) -> list[str]:
    """Return the words of a bundled gold set, the first `limit`."""
    return [question.text for question in load_gold(GOLD / f"{name}.jsonl").questions][:limit]


def ask(job: Job) -> dict[str, Any]:
    """Time suggest on test utterances after a warm-up on different ones, so that no text is answered from a cache."""
    figures: dict[str, Any] = {}
    with open_runtime(load_settings(data=Path(job["data"]))) as runtime:
        with seconds(figures, "open_s"):
            release = runtime.library.shelf.release
        warm = questions("dev", job["warm"])
        with seconds(figures, "warm_up_s"):
            first = measure(runtime.assistant.suggest, warm, warm_up=1)
        timing = measure(runtime.assistant.suggest, questions("test", job["asked"]), warm_up=0)
    figures |= {"release": release, "warm_up_n": first.n + 1, "first_ms": first.first_ms}
    return {**figures, **_rounded(timing.to_dict(), without=("machine", "first_ms")), "peak_mb": peak_mb()}


def publish(job: Job) -> dict[str, Any]:
    """Give an entry a question nobody asked before, publish, ask it; seconds until the answer shows that very entry.

    Raises:
        BadArgument: the new question was answered by another entry, or from another release.
    """
    with open_runtime(load_settings(data=Path(job["data"])), write=True) as runtime:
        runtime.assistant.suggest("您好")
        fresh = json.loads((Path(job["folder"]) / FRESH).read_text(encoding="utf-8"))[: job["rounds"]]
        times = [_publish_one(runtime, question, number) for number, question in enumerate(fresh)]
    figures = {"n": len(times), "median_s": round(median(times), 3), "max_s": round(max(times), 3)}
    return {**figures, "times_s": [round(value, 3) for value in times], "peak_mb": peak_mb()}


def _publish_one(runtime: Runtime, question: str, number: int) -> float:
    shelf = runtime.library.shelf
    chosen = sorted(shelf.catalogue.entries)[number * SPREAD % len(shelf.catalogue.entries)]
    entry = shelf.catalogue.entries[chosen]
    changed = replace(entry, phrasings=(*entry.phrasings, question))
    with runtime.database.read() as connection:
        version = ENTRIES.heads(connection)[chosen].version
    change = Change(author=AUTHOR, reason="测速", at=runtime.clock.now())
    runtime.database.write(lambda connection: records.put_entry(connection, changed, change, expected=version))
    begin = perf_counter()
    release = publish_drafts(runtime, note="bench")
    found = runtime.assistant.suggest(question, explain=True)
    took = perf_counter() - begin
    ranked = found.candidates or ()
    best = ranked[0].entry_id if ranked else ""
    named = {best, *(one.entry_id for one in ranked if one.why.get("exact"))}  # recombined bases hold some words twice
    if found.release != release.number or chosen not in named or release.number == shelf.release:
        raise BadArgument(
            f"发布后问新问法，答的是第 {found.release} 版 {best or '无'}，应是第 {release.number} 版 {chosen}"
        )
    return took


def ask_peer(job: Job) -> dict[str, Any]:
    """Build a peer on the same texts and ask it the same questions, within a budget of seconds."""
    kind = PEERS[job["peer"]]
    absent = missing(kind)
    if absent:
        return {"missing": f"没有安装：{'、'.join(absent)}", "hint": "pip install -c constraints.txt -e '.[bench]'"}
    settings = load_settings(data=Path(job["data"]))
    analyser = load_analyser(RuleFiles(override=settings.data / "rules"), settings.data / "cache")
    figures: dict[str, Any] = {"versions": versions(kind)}
    texts = [" ".join(analyser.words(text)) for text in _texts(Path(job["folder"]))]
    peer = kind.make(lambda: choose_encoder(EncoderChoice(settings.encoder), analyser, texts))
    with seconds(figures, "build_s"):
        peer.fill(texts)
    normal = analyser.normalise

    def find(said: str) -> object:
        return peer.find(" ".join(analyser.words(normal(said).text)))

    timing = measure(find, questions("test", job["asked"]), warm_up=1, budget=job["budget"])
    return {**figures, **_rounded(timing.to_dict(), without=("machine",)), "peak_mb": peak_mb()}


def _texts(folder: Path) -> Iterator[str]:
    for path in sorted((folder / SOURCES).glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            data = json.loads(line)
            answers = (branch["answer"] for branch in data["branches"])
            yield " ".join([data["question"], *data["phrasings"], *answers])


def _rounded(figures: dict[str, Any], without: tuple[str, ...]) -> dict[str, Any]:
    return {
        name: round(value, 3) if isinstance(value, float) else value
        for name, value in figures.items()
        if name not in without
    }
