"""What can stop an ingest.

The tree::

    ZhidaError
    └── IngestError
        ├── FileRefused     one file cannot be read at all (empty, corrupt, encrypted, scanned, too large, a link, gone)
        ├── BadMapping      a column mapping that names no column or field
        ├── CannotExport    entries that cannot be written as asked
        └── NothingToDo     no file under the given paths could be read
"""

from __future__ import annotations

from kb.domain.errors import ZhidaError


class IngestError(ZhidaError):
    """Anything that stops a file or a whole ingest."""

    code = "ingest.error"


class FileRefused(IngestError):
    """One file cannot be read; the others go on.

    Attributes:
        reason: stable machine-readable reason, becomes the finding's code.
    """

    code = "ingest.file_refused"

    def __init__(self, reason: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reason = reason


class NothingToDo(IngestError):
    """Nothing under the given paths could be read."""

    code = "ingest.nothing_to_do"


class BadMapping(IngestError):
    """A column mapping that names no column or no field."""

    code = "ingest.bad_mapping"


class CannotExport(IngestError):
    """Entries that cannot be written as asked."""

    code = "ingest.cannot_export"
