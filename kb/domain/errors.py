"""What can go wrong with knowledge.

The whole tree of the `kb` package::

    ZhidaError                      the root every package's tree grows from
    └── KbError
        ├── InvalidRecord           a value that cannot be stored (empty question, validity that ends before it starts)
        ├── NotFound                no such entry, document or release
        ├── StaleVersion            compare-and-set lost: somebody saved first
        │   └── EditConflict        … with what both sides changed
        ├── WrongState              a step that the item's state does not allow
        ├── SelfApproval            an author may not approve what they wrote
        ├── GateBlocked             a publication would make golden questions worse
        ├── WriterBusy              another process writes to this data folder
        ├── NoData                  the data folder was never initialised
        ├── RuleFileInvalid         a rule or lexicon file does not parse
        ├── IndexDamaged            a snapshot fails its checksums
        └── EncoderUnavailable      an encoder cannot be loaded (missing extra, folder, or weights)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


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

    def to_dict(self) -> dict[str, Any]:
        """Return `{"code", "message", "hint"}`, and what a subclass adds, for JSON output."""
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

    def __init__(self, message: str, *, current: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.current = current


class EditConflict(StaleVersion):
    """Compare-and-set lost on an edit.

    Attributes:
        sides: one object for each field that either side changed: `field`, `base`, `theirs`, `mine`, `clash`.
    """

    code = "kb.edit_conflict"
    hint = "请对照两边的改动，在最新版本上合并后再保存"

    def __init__(
        self, message: str, *, current: int, sides: Sequence[Mapping[str, Any]], hint: str | None = None
    ) -> None:
        super().__init__(message, current=current, hint=hint)
        self.sides = tuple(sides)

    def to_dict(self) -> dict[str, Any]:
        """Return the error with its sides."""
        return {**super().to_dict(), "current": self.current, "sides": [dict(side) for side in self.sides]}


class WrongState(KbError):
    """A step that the item's state does not allow."""

    code = "kb.wrong_state"
    hint = "用 zhida entry show 编号 查看它现在的状态"


class SelfApproval(KbError):
    """An author may not approve what they wrote, under this or another account of theirs."""

    code = "kb.self_approval"
    hint = "请另一位审核人批准"


class GateBlocked(KbError):
    """A publication would make golden questions or cases worse.

    Attributes:
        report: what got worse, as JSON values.
    """

    code = "kb.gate_blocked"
    hint = "请按清单改好再发布；审核人确认可以变差时，用 --override 写明理由"

    def __init__(self, message: str, *, report: Mapping[str, Any], hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.report = dict(report)

    def to_dict(self) -> dict[str, Any]:
        """Return the error with its report."""
        return {**super().to_dict(), "gate": self.report}


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
