"""Where and with which code a figure was made; read without starting a process."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
CHECKOUT = Path(__file__).resolve().parent.parent


def machine_name(cpuinfo: Path = CPUINFO) -> str:
    """Return the processor, the cores this process may use, the system and the Python version."""
    return f"{_processor(cpuinfo)}, {_cores()} 核, {platform.system()}, Python {platform.python_version()}"


def code_version(checkout: Path = CHECKOUT) -> str:
    """Return the installed version, followed by the commit when running from a checkout, e.g. `0.1.0+1a2b3c4d5e6f`."""
    try:
        version = metadata.version("zhida")
    except metadata.PackageNotFoundError:
        version = "0"
    commit = _commit(checkout / ".git")
    return f"{version}+{commit[:12]}" if commit else version


def _processor(cpuinfo: Path) -> str:
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _commit(git: Path) -> str:
    try:
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        loose = git / name
        if loose.is_file():
            return loose.read_text(encoding="utf-8").strip()
        packed = (git / "packed-refs").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.split()[0] for line in packed if line.endswith(f" {name}")), "")
