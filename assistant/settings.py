"""Every setting, read from the environment in this one place. No secret has a default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import RequestInvalid

DEFAULT_DATA = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this process runs. Names in the environment are `ZHIDA_` plus the upper-case field.

    Attributes:
        data: the data folder.
        encoder: `static` (bundled), `tfidf-svd`, `tiny`, or the path of a sentence-transformers directory.
        database_url: SQLAlchemy URL of the records; empty for the data folder's SQLite file.
        host: address the console binds.
        port: its port.
        session_hours: how long a sign-in lasts at most.
        idle_minutes: how long a sign-in lasts unused.
        link_minutes: how long a one-time sign-in link lasts.
        user_rate: requests a second a signed-in person may make, twice as many at once.
        key_rate: requests a second a key may make, twice as many at once.
    """

    data: Path = Path(DEFAULT_DATA)
    encoder: str = "static"
    database_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8321
    session_hours: int = 12
    idle_minutes: int = 120
    link_minutes: int = 30
    user_rate: int = 20
    key_rate: int = 400


def load_settings(environment: Mapping[str, str] | None = None, *, data: Path | None = None) -> Settings:
    """Read the settings; `data` given on the command line wins.

    Raises:
        RequestInvalid: a number is not a number.
    """
    env = os.environ if environment is None else environment
    base = Settings()
    return Settings(
        data=data if data is not None else Path(env.get("ZHIDA_DATA", DEFAULT_DATA)),
        encoder=env.get("ZHIDA_ENCODER", base.encoder),
        database_url=env.get("ZHIDA_DATABASE_URL", ""),
        host=env.get("ZHIDA_HOST", base.host),
        port=_number(env, "ZHIDA_PORT", base.port),
        session_hours=_number(env, "ZHIDA_SESSION_HOURS", base.session_hours),
        idle_minutes=_number(env, "ZHIDA_IDLE_MINUTES", base.idle_minutes),
        link_minutes=_number(env, "ZHIDA_LINK_MINUTES", base.link_minutes),
        user_rate=_number(env, "ZHIDA_USER_RATE", base.user_rate),
        key_rate=_number(env, "ZHIDA_KEY_RATE", base.key_rate),
    )


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, str(default))
    if not text.isdecimal() or int(text) == 0:
        raise RequestInvalid(f"设置 {name} 应是正整数，现在是 {text!r}", hint="请改正环境变量后再启动")
    return int(text)
