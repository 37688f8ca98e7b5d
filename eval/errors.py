"""What can go wrong with an evaluation.

The whole tree of the `eval` package::

    ZhidaError
    └── EvalError
        ├── GoldMissing             no such gold file, or it cannot be read
        ├── GoldInvalid             the file is there but some lines are wrong; carries every problem
        │   ├── GoldEmpty           no question in it
        │   └── SheetInvalid        a filled scoring sheet is wrong in places
        ├── SetExists               a set would overwrite a file, or cannot be written
        ├── UnknownEntries          gold names entries the knowledge base does not have
        ├── LabelsInvalid           the taxonomy holds no labels
        ├── LogEmpty                nothing was logged in the days asked for
        ├── ExpectationMissing      nothing is stored of what to expect of a set
        ├── ExpectationStale        the set has changed since its expectations were stored
        ├── RunNotFound             no stored run of that name
        ├── RunBroken               a stored run does not parse
        ├── RunsDiffer              two runs share no question
        └── BadArgument             a measure or timing was asked with values that make no sense
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from kb.domain.errors import ZhidaError

SHOWN_PROBLEMS = 5


class EvalError(ZhidaError):
    """Anything evaluation refuses or cannot do."""

    code = "eval.error"


class GoldMissing(EvalError):
    """The gold file is not there or cannot be read."""

    code = "eval.gold_missing"
    hint = "请检查路径；题集是 .jsonl 文件，一行一题"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One wrong line: a stable code, the file's name, the line (1-based) and what is wrong, in Chinese."""

    code: str
    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file} 第 {self.line} 行：{self.message}"


class GoldInvalid(EvalError):
    """Some lines of a gold file are wrong; nothing of the file is used, so that no figure rests on half a set.

    Attributes:
        problems: every wrong line, in file order.
    """

    code = "eval.gold_invalid"
    hint = "请按行号修正后重试；字段与标签见 docs/guide/labelling.md"

    def __init__(self, message: str, *, problems: tuple[Problem, ...] = (), hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.problems = problems

    @classmethod
    def of(cls, problems: tuple[Problem, ...], *, hint: str | None = None) -> Self:
        """Return one error that names the first lines and counts the rest; `hint` replaces the usual one."""
        text = "；".join(str(problem) for problem in problems[:SHOWN_PROBLEMS])
        rest = len(problems) - SHOWN_PROBLEMS
        return cls(f"{text}；另有 {rest} 处" if rest > 0 else text, problems=problems, hint=hint)


class GoldEmpty(GoldInvalid):
    """A gold set without a question."""

    code = "eval.gold_empty"
    hint = "一行一题，至少一题；格式见 docs/guide/labelling.md"


class SetExists(EvalError):
    """A set would overwrite a file, or cannot be written."""

    code = "eval.set_exists"
    hint = "请换一个文件名，或先移走旧的"


class SheetInvalid(GoldInvalid):
    """A filled scoring sheet is wrong in places; nothing of it is used."""

    code = "eval.sheet_invalid"
    hint = "请按行号修正；打分表由 zhida eval sheet 生成，只填「评分」和「理由」"


class UnknownEntries(EvalError):
    """Gold names entries or passages the knowledge base does not have."""

    code = "eval.unknown_entries"
    hint = "可用编号见：zhida kb list；知识若已改号或撤下，请同步修改题集"


class LabelsInvalid(EvalError):
    """The taxonomy is there but holds no call types or no categories."""

    code = "eval.labels_invalid"


class ExpectationMissing(EvalError):
    """Nothing is stored of what to expect of a set, or it does not parse."""

    code = "eval.expectation_missing"
    hint = "请先存下：zhida eval gate --update"


class ExpectationStale(EvalError):
    """The set has changed since its expectations were stored."""

    code = "eval.expectation_stale"
    hint = "确认改题无误后重新存下：zhida eval gate --update"


class LogEmpty(EvalError):
    """Nothing was logged in the days asked for."""

    code = "eval.log_empty"
    hint = "请用 --since、--until 指定有来电的日子；日志由控制台和接口写下，见 zhida eval logged"


class RunNotFound(EvalError):
    """No stored run of that name."""

    code = "eval.run_not_found"
    hint = "请先运行：zhida eval run 题集；已有的结果在数据目录的 eval 文件夹"


class RunBroken(EvalError):
    """A stored run does not parse."""

    code = "eval.run_broken"
    hint = "文件已损坏或版本不符，请重新运行 zhida eval run"


class RunsDiffer(EvalError):
    """Two runs share no question, so nothing can be compared."""

    code = "eval.runs_differ"
    hint = "请用同一个题集各跑一次再比较"


class BadArgument(EvalError):
    """A measure or a timing was asked with values that make no sense."""

    code = "eval.bad_argument"
