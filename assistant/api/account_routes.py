"""Routes about accounts: one's own, and everybody's for an administrator."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastapi import APIRouter, Request, Response

from assistant.accounts import managing
from assistant.accounts.managing import user_id_of
from assistant.accounts.types import ROLE_NAMES, Account, Credential
from assistant.api.body import parse_json
from assistant.api.guards import COOKIE, forget_session, services_of
from assistant.api.replies import Body, Manager, Profile, read_texts, reply
from assistant.errors import RequestInvalid

router = APIRouter()


def manager_of(request: Request, account: Account) -> managing.Manager:
    """Return what acts on accounts in this account's name and scope."""
    return managing.Manager(accounts=services_of(request).accounts, actor=account.name, department=account.department)


@router.get("/api/v1/me")
def me(account: Profile) -> Response:
    """Who is asking and what they may do."""
    return reply({**account_to_dict(account), "actions": sorted(account.actions)})


@router.get("/api/v1/me/sessions")
def my_sessions(request: Request, account: Profile) -> Response:
    """Where this account is signed in."""
    found = services_of(request).accounts.sessions(account.name, request.cookies.get(COOKIE, ""))
    return reply({"sessions": [{**credential_to_dict(session), "current": mine} for session, mine in found]})


@router.post("/api/v1/me/password")
def my_password(request: Request, _account: Profile, body: Body) -> Response:
    """Set or change the password; other sessions end."""
    given = read_texts(body, {"old", "new"}, raw=True)
    services_of(request).accounts.set_password(request.cookies.get(COOKIE, ""), given["old"], given["new"])
    return Response(status_code=204)


@router.post("/api/v1/sign-out")
def sign_out(request: Request, _account: Profile) -> Response:
    """End this session; with a key there is none to end."""
    services_of(request).accounts.sign_out(request.cookies.get(COOKIE, ""))
    response = Response(status_code=204)
    forget_session(response)
    return response


@router.post("/api/v1/me/sign-out-everywhere")
def sign_out_everywhere(request: Request, account: Profile) -> Response:
    """End every session of this account."""
    services_of(request).accounts.sign_out_everywhere(account.name, actor=account.name)
    response = Response(status_code=204)
    forget_session(response)
    return response


@router.get("/api/v1/users")
def users(request: Request, account: Manager) -> Response:
    """The accounts in scope."""
    now = services_of(request).clock.now()
    return reply(
        {"users": [{**account_to_dict(user), **lock_of(user, now)} for user in manager_of(request, account).all()]}
    )


@router.post("/api/v1/users")
def create_user(request: Request, account: Manager, body: Body) -> Response:
    """Add an account and return its one-time sign-in link."""
    given = read_texts(body, {"name", "role", "department", "region"}, raw=True)
    manager = manager_of(request, account)
    made = manager.create(given["name"], given["role"], department=given["department"], region=given["region"])
    return reply({**account_to_dict(made), "link": link_path(manager.link(made.name))}, 201)


@router.get("/api/v1/users/{user_id}")
def user(request: Request, account: Manager, user_id: str) -> Response:
    """One account."""
    manager = manager_of(request, account)
    return reply(account_to_dict(manager.one(manager.name_of(user_id))))


@router.put("/api/v1/users/{user_id}")
def change_user(request: Request, account: Manager, user_id: str, body: Body) -> Response:
    """Give an account another role, department or region."""
    given = read_texts(body, {"role", "department", "region"}, raw=True)
    manager = manager_of(request, account)
    name = manager.name_of(user_id)
    manager.change(name, role=given["role"], department=given["department"], region=given["region"])
    return reply(account_to_dict(manager.one(name)))


@router.post("/api/v1/users/{user_id}/disable")
def disable_user(request: Request, account: Manager, user_id: str) -> Response:
    """Disable an account; everything that opens it ends."""
    manager = manager_of(request, account)
    manager.set_disabled(manager.name_of(user_id), disabled=True)
    return Response(status_code=204)


@router.post("/api/v1/users/{user_id}/enable")
def enable_user(request: Request, account: Manager, user_id: str) -> Response:
    """Let a disabled account sign in again, by a new link."""
    manager = manager_of(request, account)
    manager.set_disabled(manager.name_of(user_id), disabled=False)
    return Response(status_code=204)


@router.post("/api/v1/users/{user_id}/link")
def link_user(request: Request, account: Manager, user_id: str) -> Response:
    """A one-time sign-in link."""
    minutes = services_of(request).settings.link_minutes
    manager = manager_of(request, account)
    return reply({"link": link_path(manager.link(manager.name_of(user_id))), "minutes": minutes}, 201)


@router.post("/api/v1/users/{user_id}/sign-out")
def sign_out_user(request: Request, account: Manager, user_id: str) -> Response:
    """End every session of an account."""
    manager = manager_of(request, account)
    return reply({"ended": manager.sign_out_everywhere(manager.name_of(user_id))})


@router.get("/api/v1/users/{user_id}/keys")
def keys(request: Request, account: Manager, user_id: str) -> Response:
    """An account's keys, without their secrets."""
    manager = manager_of(request, account)
    return reply({"keys": [credential_to_dict(key) for key in manager.keys(manager.name_of(user_id))]})


@router.post("/api/v1/users/{user_id}/keys")
def create_key(request: Request, account: Manager, user_id: str, body: Body) -> Response:
    """A fresh key; its secret is in this answer and nowhere else."""
    data = parse_json(body)
    label, scope = (data.get("label"), data.get("scope", [])) if isinstance(data, dict) else (None, None)
    if not isinstance(label, str) or not isinstance(scope, list) or not all(isinstance(part, str) for part in scope):
        raise RequestInvalid("密钥要有 label（文字）和 scope（权限列表）", hint="scope 留空表示账号的全部权限")
    manager = manager_of(request, account)
    return reply({"key": manager.issue_key(manager.name_of(user_id), label, scope)}, 201)


@router.delete("/api/v1/users/{user_id}/keys/{key_id}")
def revoke_key(request: Request, account: Manager, user_id: str, key_id: str) -> Response:
    """Revoke a key."""
    manager = manager_of(request, account)
    manager.revoke_key(manager.name_of(user_id), key_id)
    return Response(status_code=204)


@router.get("/api/v1/health")
def health(request: Request, _account: Manager) -> Response:
    """What `zhida doctor` sees."""
    return reply({"checks": services_of(request).examine()})


def link_path(token: str) -> str:
    """Return a link's path; the page that shows it knows its own address."""
    return f"/sign-in?token={token}"


def account_to_dict(account: Account) -> dict[str, Any]:
    """Return an account without what opens it."""
    return {
        "user_id": user_id_of(account.name),
        "name": account.name,
        "role": account.role,
        "role_name": ROLE_NAMES[account.role],
        "department": account.department,
        "region": account.region,
        "disabled": account.disabled,
        "has_password": account.has_password,
        "created_at": account.created_at.isoformat(timespec="seconds"),
    }


def lock_of(account: Account, now: dt.datetime) -> dict[str, Any]:
    """Return until when an account is locked; nothing of a lock that is over."""
    until = account.locked_until
    return {"locked_until": until.isoformat(timespec="minutes") if until and until > now else None}


def credential_to_dict(item: Credential) -> dict[str, Any]:
    """Return a session or key by its public id."""
    seen = item.seen_at or item.created_at
    return {
        "id": item.public_id,
        "label": item.label,
        "scope": list(item.scope),
        "created_at": item.created_at.isoformat(timespec="seconds"),
        "seen_at": seen.isoformat(timespec="seconds"),
    }
