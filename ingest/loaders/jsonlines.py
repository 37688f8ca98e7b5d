"""JSON Lines (or one JSON array) of objects; a broken line is reported and the others go on."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ingest.loaders.encoding import decode
from ingest.loaders.reading import Source
from ingest.types import FileKind, Finding, Limits, LoadedFile, Record


def load(source: Source, kind: FileKind, limits: Limits) -> LoadedFile:  # noqa: ARG001 - one signature for all loaders
    """Read one object per line.

    Raises:
        FileRefused: `binary`.
    """
    text = decode(source.data)
    records: list[Record] = []
    findings: list[Finding] = []
    for row, value in values(text):
        if isinstance(value, dict):
            records.append(Record(row=row, data=value))
        else:
            findings.append(broken_line(source.name, row, str(value)))
    return LoadedFile(name=source.name, kind=kind, records=tuple(records), findings=tuple(findings))


def values(text: str) -> Iterator[tuple[int, object]]:
    """Yield line number and value; what does not parse comes back as its error text."""
    if text.lstrip().startswith("["):
        whole = parsed(text)
        if isinstance(whole, list):
            yield from enumerate(whole, start=1)
            return
    for row, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield row, parsed(line)


def parsed(line: str) -> object:
    """Return the parsed JSON, or what is wrong with it."""
    try:
        value: object = json.loads(line)
        return without_surrogates(value) if "\\ud" in line.lower() else value
    except json.JSONDecodeError as error:
        return f"第 {error.colno} 个字符处：{error.msg}"
    except RecursionError:
        return "嵌套过深"


def without_surrogates(value: object) -> object:
    """Return a value whose texts hold no lone surrogates; escapes can smuggle them in, and no database stores them."""
    if isinstance(value, str):
        return value.encode("utf-8", "ignore").decode("utf-8")
    if isinstance(value, list):
        return [without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {without_surrogates(key): without_surrogates(item) for key, item in value.items()}
    return value


def broken_line(name: str, row: int, detail: str) -> Finding:
    """Return the finding about a line that is no JSON object."""
    return Finding(
        code="bad_line",
        message=f"这一行不是完整的 JSON 对象（{detail[:80]}）",
        file=name,
        row=row,
        hint="每行须是一个完整的 {…}；请改好这一行再导入，其他行已载入",
    )
