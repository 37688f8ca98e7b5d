"""Readers in processes of their own: the texts of a large base are read on every core, and come out the same.

A reader is started with the lexicon and the encoder's folder, gets blocks of texts on its standard input and answers
each on its standard output. Frames are a length, JSON, and numbers as they lie in memory; nothing is executed from
them. A reader that fails or dies costs time, never the build: its blocks are read here.
"""

from __future__ import annotations

import json
import logging
import os
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Self

from kb.encode.protocol import Encoder
from kb.encode.static import StaticEncoder
from kb.index.read import Read, packed, read_units, unpacked
from kb.index.units import SIDES, Unit
from kb.text.lexicon import Lexicon, Synonym
from kb.text.tokens import Analyser

COMMAND = [sys.executable, "-m", "kb.index.hands"]
ROOT = Path(__file__).parents[2]  # a new process looks for modules where it starts: it finds this very code
MANY_UNITS = 20_000  # below that, starting readers costs more than they save
MOST = 4
HEAD = struct.Struct("<QQ")
BROKEN = (OSError, EOFError, ValueError, KeyError, TypeError, struct.error)
log = logging.getLogger("zhida.index")
Reading = Callable[[Sequence[Unit]], Read]


@contextmanager
def readers(analyser: Analyser, encoder: Encoder, units: int) -> Iterator[list[Reading]]:
    """Yield what reads texts: this process alone, or as many others as there are cores when there is much to read."""
    here: Reading = lambda texts: read_units(texts, analyser, encoder)  # noqa: E731 - a default for both ways
    cores = min(MOST, _cores())
    if units < MANY_UNITS or cores < 2 or not isinstance(encoder, StaticEncoder) or encoder.folder is None:
        yield [here]
        return
    with ExitStack() as stack:
        yield [_or_here(stack.enter_context(Hand(analyser, encoder)), here) for _ in range(cores)]


def read_all(blocks: Iterable[Sequence[Unit]], reading: Sequence[Reading]) -> Iterator[Read]:
    """Yield what is read of each block, in order; with several readers, each works while others are waited for."""
    if len(reading) == 1:
        yield from map(reading[0], blocks)
        return
    with ExitStack() as stack:
        pools = [stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="reader")) for _ in reading]
        waiting: deque[Future[Read]] = deque()
        for number, block in enumerate(blocks):
            turn = number % len(reading)
            waiting.append(pools[turn].submit(reading[turn], block))
            if len(waiting) > 2 * len(reading):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


class Hand:
    """One reader process. Used by one thread at a time."""

    def __init__(self, analyser: Analyser, encoder: StaticEncoder) -> None:
        self._dim = encoder.dim
        about = {
            "lexicon": {**asdict(analyser.lexicon), "stopwords": sorted(analyser.lexicon.stopwords)},
            "cache": str(analyser.cache_dir.resolve()) if analyser.cache_dir else None,
            "encoder": str(encoder.folder.resolve()) if encoder.folder else "",
            "name": encoder.name,
        }
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            start_new_session=True,  # interrupted, it is this process that ends the other
        )
        self._about: dict[str, Any] | None = about

    def __call__(self, units: Sequence[Unit]) -> Read:
        """Have texts read.

        Raises:
            EOFError: the process is gone.
            OSError: so it is.
            ValueError: what it says is not all there; `KeyError` and `TypeError` likewise.
        """
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise EOFError
        if self._about is not None:
            send(process.stdin, self._about)
            self._about = None
        send(process.stdin, [[SIDES.index(unit.side), unit.text] for unit in units])
        return unpacked(*receive(process.stdout), len(units), self._dim)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """End the process; it holds nothing that could be lost."""
        self._process.kill()
        self._process.communicate()


def send(stream: IO[bytes], data: object, rest: bytes = b"") -> None:
    """Write a frame."""
    text = json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")
    stream.write(HEAD.pack(len(text), len(rest)))
    stream.write(text)
    stream.write(rest)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[Any, bytes]:
    """Read a frame.

    Raises:
        EOFError: there is no more, or not all of it.
    """
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        raise EOFError
    first, then = HEAD.unpack(head)
    body = stream.read(first + then)
    if len(body) < first + then:
        raise EOFError
    return json.loads(body[:first].decode("utf-8", "surrogatepass")), body[first:]


def serve(source: IO[bytes], target: IO[bytes]) -> None:
    """Be a reader until the input ends, or nobody is there to read the answers.

    Raises:
        EncoderUnavailable: the encoder's folder cannot be read.
        ValueError: it holds another encoder than the one asked for.
    """
    about, _rest = receive(source)
    analyser = Analyser(_lexicon(about["lexicon"]), Path(about["cache"]) if about["cache"] else None)
    encoder = StaticEncoder.load(analyser, Path(about["encoder"]))
    if encoder.name != about["name"]:
        raise ValueError(encoder.name)
    with suppress(EOFError, BrokenPipeError):
        while True:
            rows, _rest = receive(source)
            units = [Unit(item=0, side=SIDES[side], text=text) for side, text in rows]
            send(target, *packed(read_units(units, analyser, encoder)))


def _lexicon(data: dict[str, Any]) -> Lexicon:
    return Lexicon(
        words=tuple((word, frequency) for word, frequency in data["words"]),
        units=tuple((said, term) for said, term in data["units"]),
        fillers=tuple(data["fillers"]),
        numeral_units=tuple(data["numeral_units"]),
        protected=tuple(data["protected"]),
        synonyms=tuple(Synonym(**pair) for pair in data["synonyms"]),
        variants=data["variants"],
        stopwords=frozenset(data["stopwords"]),
        digest=data["digest"],
    )


def _or_here(hand: Reading, here: Reading) -> Reading:
    """Return a reading that goes on in this process once a reader fails."""
    working = [hand]

    def read(units: Sequence[Unit]) -> Read:
        if working:
            try:
                return working[0](units)
            except BROKEN as error:
                log.warning("a reader process failed, going on without it: %r", error)
                working.clear()
        return here(units)

    return read


def _cores() -> int:
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what nobody read is not flushed at them again
