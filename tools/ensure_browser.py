"""Make sure the browser tests have a Chromium: the system's own, else the distribution's package, else playwright's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")


def find_browser() -> str | None:
    """Return the browser to use: `ZHIDA_CHROMIUM`, or the first one on the path."""
    named = os.environ.get("ZHIDA_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> None:
    """Try the distribution's package where we may install one."""
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([apt, "update", "-qq"], check=False, env=quiet)  # noqa: S603 - fixed arguments
        subprocess.run([apt, "install", "-y", "-qq", "chromium"], check=False, env=quiet)  # noqa: S603 - fixed arguments


def main() -> int:
    """Return 0 when a browser is there."""
    if find_browser() is None:
        print("没有找到 Chromium，尝试安装…", file=sys.stderr)
        install()
    browser = find_browser()
    if browser is None:
        print("浏览器测试需要 Chromium：请安装 chromium，或把它的路径写进 ZHIDA_CHROMIUM", file=sys.stderr)
        return 1
    print(f"浏览器：{browser}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
