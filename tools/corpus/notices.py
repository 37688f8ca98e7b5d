"""Outage notices: one TOML source, one web page with a table."""

import tomllib
from html import escape
from pathlib import Path

from tools.corpus.html_file import write_page

_COLUMNS = (
    ("停电编号", "id"),
    ("类型", "kind"),
    ("线路", "line"),
    ("区域", "area"),
    ("原因", "cause"),
    ("计划停电时间", "start"),
    ("预计送电时间", "end"),
    ("发布时间", "posted"),
    ("状态", "state"),
)


def write_notices(source: Path, folder: Path) -> Path:
    """Write the notice page into `folder` and return its path."""
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    path = folder / str(data["file"])
    title = str(data["title"])
    write_page(path, title, ("首页", "停电信息", "停电公告"), _content(title, str(data["published"]), data["notices"]))
    return path


def _content(title: str, published: str, notices: list[dict[str, str]]) -> str:
    head = "".join(f"<th>{name}</th>" for name, _ in _COLUMNS)
    rows = ("".join(f"<td>{escape(notice[key])}</td>" for _, key in _COLUMNS) for notice in notices)
    body = "\n".join(f"      <tr>{row}</tr>" for row in rows)
    return f"""    <h1>{escape(title)}</h1>
    <p class="meta">{escape(published)}</p>
    <p>停电时间可能因天气和现场情况调整，请以最新公告为准；故障停电一栏的“计划停电时间”为实际停电时间。</p>
    <table>
      <thead>
      <tr>{head}</tr>
      </thead>
      <tbody>
{body}
      </tbody>
    </table>"""
