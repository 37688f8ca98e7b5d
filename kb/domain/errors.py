"""What can go wrong with knowledge.

The whole tree of the `kb` package::

    ZhidaError                      the root every package's tree grows from
    └── KbError
        ├── InvalidRecord           a value that cannot be stored (empty question, validity that ends before it starts)
        ├── NotFound                no such entry, document or release
        ├── StaleVersion            compare-and-set lost: somebody saved first
        ├── WriterBusy              another process writes to this data folder
        ├── NoData                  the data folder was never initialised
        ├── RuleFileInvalid         a rule or lexicon file does not parse
        ├── IndexDamaged            a snapshot fails its checksums
        └── EncoderUnavailable      an encoder cannot be loaded (missing extra, folder, or weights)
"""

from __future__ import annotations


class ZhidaError(Exception):
    """Root of every error shown to a user.

    Attributes:
        code: stable machine-readable name.
        message: what happened, in Chinese.
        hint: what the user can do about it, in Chinese.
    """

    code = "error"
    hint = ""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if hint is not None:
            self.hint = hint

    def to_dict(self) -> dict[str, str]:
        """Return `{"code", "message", "hint"}` for JSON output."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


class KbError(ZhidaError):
    """Anything the knowledge base refuses or cannot do."""

    code = "kb.error"


class InvalidRecord(KbError):
    """A value that cannot be stored."""

    code = "kb.invalid_record"


class NotFound(KbError):
    """No such entry, document or release."""

    code = "kb.not_found"


class StaleVersion(KbError):
    """Compare-and-set lost: the record changed since it was read.

    Attributes:
        current: the version that is stored now.
    """

    code = "kb.stale_version"
    hint = "请重新读取最新版本，确认差异后再保存"

    def __init__(self, message: str, *, current: int) -> None:
        super().__init__(message)
        self.current = current


class WriterBusy(KbError):
    """Another process holds the write lock of this data folder."""

    code = "kb.writer_busy"
    hint = "请先停止正在运行的服务或导入任务；只读命令（suggest、kb export、eval run）不受影响"


class NoData(KbError):
    """The data folder was never initialised."""

    code = "kb.no_data"
    hint = "请先运行：zhida init --data 目录"


class RuleFileInvalid(KbError):
    """A rule or lexicon file does not parse or breaks its schema."""

    code = "kb.rule_file_invalid"


class IndexDamaged(KbError):
    """An index snapshot is missing, incomplete or fails its checksums."""

    code = "kb.index_damaged"
    hint = "索引可由记录重建：zhida doctor --repair"


class EncoderUnavailable(KbError):
    """The chosen encoder cannot be loaded."""

    code = "kb.encoder_unavailable"
