"""What `zhida doctor` looks at: each check says what it saw, and what to do when it is not well."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from typing import Any

from assistant.settings import Settings
from kb.domain.errors import IndexDamaged, ZhidaError

SAFE_SQLITE = (3, 51, 3)
Check = Callable[[Settings], str]


def examine(settings: Settings) -> list[dict[str, Any]]:
    """Run every check; one that fails does not stop the others."""
    return [_result(name, check, settings) for name, check in CHECKS.items()]


def _result(name: str, check: Check, settings: Settings) -> dict[str, Any]:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return {"name": name, "ok": True, "detail": check(settings)}
    except ZhidaError as error:
        return {"name": name, "ok": False, "detail": f"{error.message}；{error.hint}" if error.hint else error.message}
    except (SQLAlchemyError, OSError) as error:
        return {"name": name, "ok": False, "detail": f"读不出来：{error}；请用 zhida restore 从备份恢复"}


def _python(_settings: Settings) -> str:
    return ".".join(map(str, sys.version_info[:3]))


def _sqlite(_settings: Settings) -> str:
    note = "" if sqlite3.sqlite_version_info >= SAFE_SQLITE else "（早于 3.51.3，靠单一写连接避开 WAL 重置缺陷）"
    return f"{sqlite3.sqlite_version}{note}"


def _rules(settings: Settings) -> str:
    from assistant.judge.words import load_word_rules
    from assistant.runtime import RULES
    from assistant.workorder.advice import load_adviser
    from kb.text.lexicon import load_lexicon
    from kb.text.rulefiles import RuleFiles

    files = RuleFiles(override=settings.data / RULES)
    load_word_rules(files)
    load_adviser(files)
    lexicon = load_lexicon(files)
    return f"词典 {len(lexicon.words)} 词，同义词 {len(lexicon.synonyms)} 条"


def _records(settings: Settings) -> str:
    from kb.store import records
    from kb.store.database import Database

    with Database(settings.data, url=settings.database_url) as database, database.read() as connection:
        release = records.get_release(connection, records.current_release(connection))
    return f"发布第 {release.number} 版，典型问答与护栏 {release.entries} 条，段落 {release.passages} 段"


def _current_release(settings: Settings) -> int:
    from kb.store import records
    from kb.store.database import Database

    with Database(settings.data, url=settings.database_url) as database, database.read() as connection:
        return records.current_release(connection)


def _index(settings: Settings) -> str:
    from kb.curation.library import INDEX
    from kb.index import snapshot

    published = _current_release(settings)
    if published == 0:
        return "还没有发布知识，不需要索引"
    manifest = snapshot.verify(snapshot.current(settings.data / INDEX))
    if manifest.release != published:
        raise IndexDamaged(f"索引是第 {manifest.release} 版，记录是第 {published} 版")
    return f"第 {manifest.release} 版，{manifest.units} 个检索单元，编码器 {manifest.encoder}，校验和一致"


def _vectors(settings: Settings) -> str:
    from kb.encode.cache import CACHED, last_report

    report = last_report(settings.data / CACHED)
    if report is None:
        return "没有用到（只有本机模型目录作编码器时才缓存）"
    dropped = f"，{report.damaged} 个损坏文件已丢弃重算" if report.damaged else ""
    return (
        f"上次建索引 {report.texts} 种文本，命中 {report.found}（{report.hit_rate:.1%}），"
        f"用时 {report.seconds:.1f} 秒，占 {report.held / 1e6:.1f} MB，编码器 {report.encoder}{dropped}"
    )


CHECKS: dict[str, Check] = {
    "Python": _python,
    "SQLite": _sqlite,
    "规则与词典": _rules,
    "记录": _records,
    "索引": _index,
    "向量缓存": _vectors,
}
