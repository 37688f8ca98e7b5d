"""Texts read in other processes: to the last bit as read here, in order, and whatever happens to a reader."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kb
from kb.curation.encoders import EncoderChoice, choose_encoder
from kb.encode.protocol import TinyEncoder
from kb.encode.static import StaticEncoder
from kb.index import hands
from kb.index.hands import Hand, read_all, readers, receive, send
from kb.index.lexical import TantivyIndex
from kb.index.read import Read, packed, read_units, unpacked
from kb.index.snapshot import Content, build
from kb.index.units import Item, Unit
from kb.text.tokens import Analyser

SOURCES = Path(str(kb.__file__)).parent / "corpus" / "sources" / "entries"


@pytest.fixture(scope="module")
def encoder(analyser: Analyser) -> StaticEncoder:
    chosen = choose_encoder(EncoderChoice(), analyser, [])
    assert isinstance(chosen, StaticEncoder)
    return chosen


@pytest.fixture(scope="module")
def units() -> list[Unit]:
    """Return every bundled question, phrasing and answer, and some that are odd."""
    lines = [
        json.loads(line) for path in sorted(SOURCES.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()
    ]
    found = [Unit(item=0, side="question", text=text) for text in ("。", "😀\n电表\u2028", "a" * 700, "\ud800")]
    for number, entry in enumerate(lines, 1):
        found += [Unit(item=number, side="question", text=text) for text in (entry["question"], *entry["phrasings"])]
        found += [Unit(item=number, side="answer", text=branch["answer"]) for branch in entry["branches"]]
    return found


def cut(units: Sequence[Unit], size: int = 500) -> list[Sequence[Unit]]:
    return [units[first : first + size] for first in range(0, len(units), size)]


def same(one: Read, other: Read) -> bool:
    vectors = one.vectors.tobytes() == other.vectors.tobytes()
    words = [tuple(v) for v in one.views] == [tuple(v) for v in other.views]
    return vectors and words and terms_of(one) == terms_of(other) and one.codes == other.codes


def terms_of(read: Read) -> list[tuple[list[str], list[int], list[int]]]:
    return [(list(view.names), view.run.tolist(), view.lengths.tolist()) for view in read.terms]


def test_other_processes_read_the_same(analyser: Analyser, encoder: StaticEncoder, units: list[Unit]) -> None:
    with Hand(analyser, encoder) as first, Hand(analyser, encoder) as second:
        found = list(read_all(cut(units), [first, second]))
    expected = [read_units(block, analyser, encoder) for block in cut(units)]
    assert len(found) == len(expected) > 6
    assert all(same(one, other) for one, other in zip(found, expected, strict=True))
    assert found[0].codes[0] is None
    assert found[0].codes[1] is not None


def test_an_index_built_by_many_is_the_one_built_alone(
    analyser: Analyser, encoder: StaticEncoder, units: list[Unit], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = [unit for unit in units if unit.text != "\ud800"]
    items = [Item(item_id=f"i{number}", kind="entry") for number in range(own[-1].item + 1)]
    content = Content(release=1, items=items, units=own)
    alone = sums(build(tmp_path / "alone", content, analyser, encoder))
    monkeypatch.setattr(hands, "MANY_UNITS", 1)
    monkeypatch.setattr(hands, "_cores", lambda: 2)
    started: list[object] = []

    def hand(*given: Any) -> Hand:
        started.append(given)
        return Hand(*given)

    monkeypatch.setattr(hands, "Hand", hand)
    assert sums(build(tmp_path / "many", content, analyser, encoder)) == alone
    assert len(started) == 2


def sums(folder: Path) -> dict[str, str]:
    """Return the checksum of every file of an index; tantivy names its own by chance, so theirs go by their ending."""
    assert TantivyIndex(folder / "lexical").frequency("q_words", "电费") > 0
    named = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    kept = {name: path for name, path in named.items() if not name.endswith((".json", ".lock")) or "items" in name}
    return {
        f"lexical{path.suffix}" if name.startswith("lexical/") else name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in kept.items()
    }


def test_a_reader_that_dies_is_done_without(
    analyser: Analyser, encoder: StaticEncoder, units: list[Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hands, "COMMAND", [hands.COMMAND[0], "-c", "raise SystemExit(3)"])
    monkeypatch.setattr(hands, "MANY_UNITS", 1)
    monkeypatch.setattr(hands, "_cores", lambda: 2)
    with readers(analyser, encoder, len(units)) as reading:
        assert len(reading) == 2
        found = list(read_all(cut(units[:900], 300), reading))
    assert all(same(a, read_units(b, analyser, encoder)) for a, b in zip(found, cut(units[:900], 300), strict=True))


def test_a_reader_nobody_listens_to_ends_without_a_word(
    analyser: Analyser, encoder: StaticEncoder, units: list[Unit], capfd: pytest.CaptureFixture[str]
) -> None:
    with Hand(analyser, encoder) as hand:
        hand(units[:10])
        process = hand._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.close()
        send(process.stdin, [[0, unit.text] for unit in units[:2_000]])
        assert process.wait(60) == 0
        process.stdout = None  # closed already
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("why", ["few", "one core", "another encoder"])
def test_one_process_is_enough(
    analyser: Analyser, encoder: StaticEncoder, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    monkeypatch.setattr(hands, "_cores", lambda: 1 if why == "one core" else 2)
    monkeypatch.setattr(hands, "Hand", lambda *_: pytest.fail("a process was started"))
    many = 10 if why == "few" else hands.MANY_UNITS
    with readers(analyser, TinyEncoder() if why == "another encoder" else encoder, many) as reading:
        assert len(reading) == 1


def test_another_model_in_the_same_folder_is_refused(analyser: Analyser, encoder: StaticEncoder) -> None:
    about = io.BytesIO()
    lexicon: dict[str, Any] = {
        "words": [],
        "units": [],
        "fillers": [],
        "numeral_units": [],
        "protected": [],
        "synonyms": [],
    }
    rest = {"variants": {}, "stopwords": [], "digest": ""}
    send(about, {"lexicon": lexicon | rest, "cache": None, "encoder": str(encoder.folder), "name": "static-128-other"})
    about.seek(0)
    with pytest.raises(ValueError, match="static"):
        hands.serve(about, io.BytesIO())


def test_a_frame_that_is_cut_short_is_noticed() -> None:
    whole = io.BytesIO()
    send(whole, ["电表", "\ud800"], np.ones(3, dtype="<f4").tobytes())
    assert receive(io.BytesIO(whole.getvalue())) == (["电表", "\ud800"], np.ones(3, dtype="<f4").tobytes())
    for length in (0, 5, 16, len(whole.getvalue()) - 1):
        with pytest.raises(EOFError):
            receive(io.BytesIO(whole.getvalue()[:length]))


def broken(data: dict[str, Any], rest: bytes, how: str, lengths: int) -> tuple[Any, bytes]:
    """Return a frame with one thing wrong; behind `lengths` bytes the lengths of the texts begin."""
    numbers = np.frombuffer(rest, dtype="<i4").copy()
    names, views = data["names"], [list(views) for views in data["views"]]
    changed: dict[str, tuple[Any, bytes]] = {
        "short": (data, rest[:-4]),
        "long": (data, rest + bytes(4)),
        "odd": (data, rest + bytes(2)),
        "no names": ({**data, "names": names[:-1]}, rest),
        "a name that is none": ({**data, "names": [[None] * len(names[0]), *names[1:]]}, rest),
        "names in a heap": ({**data, "names": ["".join(names[0]), *names[1:]]}, rest),
        "too few names": ({**data, "names": [names[0][:-1], *names[1:]]}, rest),
        "too few texts": ({**data, "views": views[:-1]}, rest),
        "a text without a view": ({**data, "views": [views[0][:-1], *views[1:]]}, rest),
        "no codes": ({name: data[name] for name in ("views", "names")}, rest),
        "another shape": ([1, 2], rest),
    }
    if how in {"a number below", "a number beyond", "a length below"}:
        place = lengths // numbers.itemsize if how == "a length below" else len(numbers) - 1
        numbers[place] = 2**30 if how == "a number beyond" else -1
        return data, numbers.tobytes()
    return changed[how]


DAMAGES = (
    *("short", "long", "odd", "no names", "a name that is none", "names in a heap", "too few names", "too few texts"),
    *("a text without a view", "no codes", "another shape", "a number below", "a number beyond", "a length below"),
)


@pytest.mark.parametrize("how", DAMAGES)
def test_a_frame_that_does_not_fit_is_read_here_instead(
    analyser: Analyser, encoder: StaticEncoder, units: list[Unit], how: str
) -> None:
    block = units[:40]
    expected = read_units(block, analyser, encoder)
    data, rest = packed(expected)
    sent = json.loads(json.dumps(data))
    assert same(unpacked(sent, rest, len(block), encoder.dim), expected)
    damaged = broken(sent, rest, how, expected.vectors.nbytes)

    def from_afar(texts: Sequence[Unit]) -> Read:
        return unpacked(*damaged, len(texts), encoder.dim)

    with pytest.raises(hands.BROKEN):
        from_afar(block)
    reading = hands._or_here(from_afar, lambda texts: read_units(texts, analyser, encoder))
    assert same(reading(block), expected)
