"""Renders templates and names the static files by their content."""

from __future__ import annotations

import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"
TEMPLATES = HERE / "templates"


class Pages:
    """The templates, compiled once. Every value is escaped; an unknown name is an error.

    Attributes:
        static_url: where the static files stand. It changes with their content, so that browsers may keep them for
            good and never mix two versions.
    """

    def __init__(self) -> None:
        self.static_url = f"/static/{static_digest()}"
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._environment.globals["static"] = self.static_url

    def render(self, template: str, **values: object) -> str:
        """Return a page."""
        return self._environment.get_template(template).render(**values)


def static_digest() -> str:
    """Return a short SHA-256 over the names and contents of all static files."""
    sha = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            sha.update(path.relative_to(STATIC).as_posix().encode())
            sha.update(path.read_bytes())
    return sha.hexdigest()[:12]
