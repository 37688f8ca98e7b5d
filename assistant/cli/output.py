"""How commands speak: results on stdout (text or JSON), progress and errors on stderr, exit 0, 1 or 2."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    from kb.domain.errors import ZhidaError

P = ParamSpec("P")
T = TypeVar("T")
SOME_REJECTED = 1
NOTHING_DONE = 2
INTERRUPTED = 130

DataOption = Annotated[
    Path | None, typer.Option("--data", help="数据目录（默认 ./data 或环境变量 ZHIDA_DATA）", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="以 JSON 输出")]
AccountOption = Annotated[str, typer.Option("--as", help="以哪个账号操作（见 zhida user list）")]
ReasonOption = Annotated[str, typer.Option("--reason", help="为什么这样改，记入历史")]

err = Console(stderr=True, highlight=False)
out = Console(highlight=False)


def print_json(value: object) -> None:
    """Print one JSON value on stdout; what UTF-8 cannot hold is replaced."""
    text = json.dumps(value, ensure_ascii=False)
    sys.stdout.write(text.encode("utf-8", "replace").decode("utf-8") + "\n")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str | None = None) -> None:
    """Print a table on stdout."""
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    out.print(table)


def print_list(
    columns: Sequence[str], rows: Sequence[T], cells: Callable[[T], Sequence[object]], *, as_json: bool
) -> None:
    """Print rows on stdout: as JSON one a line, else as a table of each row's cells."""
    if as_json:
        for row in rows:
            print_json(row)
    else:
        print_table(columns, [cells(row) for row in rows])


def say(report: Mapping[str, Any], sentence: str, *, as_json: bool, soft_wrap: bool = False) -> None:
    """Print what was done on stdout: as JSON, else as a sentence; `soft_wrap` leaves long lines whole, to be copied."""
    if as_json:
        print_json(report)
    else:
        out.print(sentence, markup=False, soft_wrap=soft_wrap)


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """Turn every known error into its message, its hint and exit code 2; Ctrl-C into exit code 130."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from kb.domain.errors import ZhidaError

        try:
            command(*args, **kwargs)
        except ZhidaError as error:
            fail(error, as_json=bool(kwargs.get("as_json")))
        except KeyboardInterrupt:
            err.print("\n已中断；已完成的部分完整保留，可以重新运行继续")
            raise typer.Exit(INTERRUPTED) from None

    return run


def fail(error: ZhidaError, *, as_json: bool) -> None:
    """Report an error and leave with exit code 2."""
    if as_json:
        print_json({"error": error.to_dict()})
    err.print(f"[bold red]错误[/]：{_plain(error.message)}")
    if error.hint:
        err.print(f"  办法：{_plain(error.hint)}")
    raise typer.Exit(NOTHING_DONE)


@contextmanager
def progress(description: str, total: int | None = None) -> Iterator[Callable[[int, str], None]]:
    """Show a progress bar on stderr; yield a function that advances it by n with a note."""
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    )
    with bar:
        task = bar.add_task(description, total=total)

        def advance(amount: int, note: str = "") -> None:
            bar.update(task, advance=amount, description=f"{description} {_plain(note)}"[:80] if note else description)

        yield advance


def _plain(text: str) -> str:
    """Keep text from being read as markup, and what a terminal cannot show out of it."""
    return text.replace("[", "\\[").encode("utf-8", "replace").decode("utf-8")
