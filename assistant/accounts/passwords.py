"""Passwords: argon2id with the library's parameters (RFC 9106, low-memory profile), never stored or logged as text."""

from __future__ import annotations

import functools

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assistant.accounts.errors import PasswordWeak

LEAST, MOST = 10, 200
HASHER = PasswordHasher()


def check_password(name: str, password: str) -> str:
    """Return a password that may be used: length over composition rules (NIST SP 800-63B, 5.1.1.2).

    Raises:
        PasswordWeak: too short, too long, one character over and over, or the account's name in it.
    """
    if not LEAST <= len(password) <= MOST:
        raise PasswordWeak(f"密码要 {LEAST} 到 {MOST} 个字符", hint="可以是一句容易记的话")
    if len(set(password)) < 5 or name.casefold() in password.casefold():
        raise PasswordWeak("密码太容易猜", hint="不要重复同一个字，也不要含账号名")
    return password


def hash_password(password: str) -> str:
    """Return the argon2id hash with its salt and parameters."""
    return HASHER.hash(password.encode("utf-8", "surrogatepass"))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether `password` fits; as slow for an account that has none, so that names cannot be told by the clock."""
    try:
        HASHER.verify(stored or _nobodys(), password.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@functools.cache
def _nobodys() -> str:
    return hash_password("nobody")
