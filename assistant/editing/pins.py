"""An earlier release kept open for replays: opening one again for every question would build its index every time."""

from __future__ import annotations

import threading

from kb.curation.library import Library, Shelf


class Pins:
    """Keeps the release that was asked last. Safe to ask from several threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._shelf: Shelf | None = None

    @property
    def number(self) -> int | None:
        """The release that is pinned."""
        shelf = self._shelf
        return shelf.release if shelf is not None else None

    def shelf(self, number: int) -> Shelf:
        """Return a release ready to answer, and pin it in place of the one before.

        Raises:
            NotFound: no such release.
        """
        with self._lock:
            if self._shelf is None or self._shelf.release != number:
                self._shelf = self._library.open(number)
            return self._shelf
