"""What the evaluation commands share: a set by name, the assistant of one release, and what to remember of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.output import err

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from assistant.suggest.pipeline import Assistant
    from eval.gold import GoldSet
    from eval.question import Question
    from eval.runner import Run
    from kb.search.catalogue import Catalogue

ReleaseOption = Annotated[
    int | None, typer.Option("--release", help="用第几版知识（默认当前发布）", show_default=False, min=1)
]
SetArgument = Annotated[str, typer.Argument(metavar="SET", help="自带题集 test、dev，或题集文件路径")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The live assistant over one release, and everything that release holds."""

    assistant: Assistant
    catalogue: Catalogue
    settings: dict[str, Any]

    @property
    def known_ids(self) -> set[str]:
        """Every id that can be an answer."""
        return {*self.catalogue.entries, *self.catalogue.passages}


def gold_path(name: str) -> Path:
    """Return the file of a bundled set (test, dev), or the path itself."""
    import eval as package

    bundled = Path(str(package.__file__)).parent / "gold" / f"{name}.jsonl"
    return bundled if bundled.is_file() else Path(name)


def gold_set(name: str) -> GoldSet:
    """Load a bundled set by name (test, dev) or any file by path."""
    from eval.gold import load_gold

    return load_gold(gold_path(name))


def measured(runtime: Runtime, release: int | None = None) -> Measured:
    """Return what is measured: the function agents use, over the newest release or an earlier one.

    Raises:
        NotFound: no such release.
    """
    shelf = runtime.library.shelf if release is None else runtime.library.open(release)
    return Measured(
        assistant=runtime.assistant.over(shelf),
        catalogue=shelf.catalogue,
        settings={"encoder": runtime.settings.encoder, "release": release, "ranker": dict(runtime.ranker.made)},
    )


@contextmanager
def measuring(name: str, release: int | None, data: Path | None) -> Iterator[tuple[GoldSet, Measured, Runtime]]:
    """Open a data folder to measure one release on a set, saying on stderr which gold ids it does not have.

    Raises:
        NotFound: no such release.
    """
    from assistant.cli.opening import opened

    gold = gold_set(name)
    with opened(data) as runtime:
        target = measured(runtime, release)
        warn_unknown(gold.questions, target)
        yield gold, target, runtime


def run_gold(target: Measured, gold: GoldSet, *, note: str = "评测") -> Run:
    """Run a set with progress on stderr, looking for forbidden text."""
    from assistant.cli.output import progress
    from eval.forbidden import forbidden_in
    from eval.runner import run

    with progress(note, total=len(gold.questions)) as advance:
        return run(
            target.assistant,
            gold,
            progress=lambda _done, _total: advance(1, ""),
            settings=target.settings,
            forbidden=forbidden_in(target.catalogue),
        )


def warn_unknown(questions: Sequence[Question], target: Measured) -> None:
    """Say on stderr which gold ids this release does not have."""
    from eval.gold import validate

    unknown = validate(questions, target.known_ids).unknown
    if unknown:
        named = "、".join(f"{question}→{entry}" for question, entry in unknown[:5])
        more = "…" if len(unknown) > 5 else ""
        err.print(
            f"提醒：题集引用了本知识库没有的 {len(unknown)} 个编号（{named}{more}），这些题按答不上计", markup=False
        )
