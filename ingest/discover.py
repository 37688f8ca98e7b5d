"""Which files to read: folders walked in stable order, links and temporary files left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.sidecar import NAME as SIDECAR
from ingest.types import Finding

IGNORED_SUFFIXES = frozenset({".tmp", ".bak", ".swp", ".part", ".crdownload", ".lock"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file to read and the name it goes by: its path under the folder it was found in (posix)."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """Files in stable order, and findings about what was left out for a reason the user should know."""

    files: tuple[FoundFile, ...]
    findings: tuple[Finding, ...] = ()


def discover(paths: Sequence[Path]) -> Discovery:
    """Return the files under some paths, each once. Hidden and temporary files are left out, links are reported.

    A file given directly goes by its own name; one in a folder by its path below that folder.
    """
    files: dict[Path, FoundFile] = {}
    findings: list[Finding] = []
    for path in paths:
        for found in walk(path, path if path.is_dir() else path.parent):
            if isinstance(found, Finding):
                findings.append(found)
            else:
                files.setdefault(found.path.resolve(), found)
    return Discovery(files=tuple(files.values()), findings=tuple(findings))


def walk(path: Path, root: Path) -> Iterator[FoundFile | Finding]:
    """Yield the files at or below a path, names in order."""
    name = path.relative_to(root).as_posix() if path != root else path.name
    try:
        if path.is_symlink():
            yield link(name)
        elif path.is_dir():
            for child in sorted(path.iterdir(), key=lambda child: child.name):
                if not is_ignored(child.name):
                    yield from walk(child, root)
        elif path.exists():
            yield FoundFile(path=path, name=name)
        else:
            yield gone(name)
    except PermissionError:
        yield unreadable(name)


def is_ignored(name: str) -> bool:
    """Whether a name is that of a hidden, temporary or settings file."""
    return name.startswith((".", "~$", "~")) or name == SIDECAR or Path(name).suffix.lower() in IGNORED_SUFFIXES


def link(name: str) -> Finding:
    """Return the finding about a symbolic link."""
    return Finding(
        code="symlink", message="这是一个符号链接，不读取", file=name, hint="请把链接指向的文件复制过来再导入"
    )


def gone(name: str) -> Finding:
    """Return the finding about a path that does not exist."""
    return Finding(code="gone", message="找不到这个文件或目录", file=name, hint="请检查路径，再导入一次")


def unreadable(name: str) -> Finding:
    """Return the finding about a folder that may not be opened."""
    return Finding(code="unreadable", message="没有读取权限", file=name, hint="请检查目录的读取权限")
