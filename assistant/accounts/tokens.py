"""Secrets: made once, shown once, kept only as SHA-256. They are random, so a slow hash would protect nothing."""

from __future__ import annotations

import hashlib
import secrets

BYTES = 32


def new_token() -> str:
    """Return a fresh secret of 256 random bits, safe in a URL and a header."""
    return secrets.token_urlsafe(BYTES)


def hash_token(token: str) -> str:
    """Return the SHA-256 (hex) under which a secret is stored and looked up; any text is accepted."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
