"""Nobody sees what is not theirs: the policy table walked cell by cell, and every guard shown to be needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.accounts.managing import Manager
from assistant.accounts.types import ACTIONS, Account
from assistant.api import audit_routes, filing, guards, release_routes
from assistant.api.routes import PUBLIC
from assistant.editing import reach, scope
from assistant.workorder.types import Scope
from tests.assistant.api.house import NOON, open_house
from tests.assistant.api.matrix import PLACEHOLDERS, POLICY, Matrix, furnish, real_routes

ALMIGHTY = Account(name="admin-free", role="admin", disabled=False, created_at=NOON, actions=frozenset(ACTIONS))


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    folder: Path = tmp_path_factory.mktemp("matrix")
    with open_house(folder) as house:
        made = furnish(house)
        with made.client:
            yield made


def wrong(matrix: Matrix, routes: set[str] | None = None, roles: set[str] | None = None) -> list[str]:
    """The cells whose outcome is not what the table says."""
    matrix.missing.clear()
    matrix.house.services.workshop.listing._found.clear()  # what was found with other guards
    matrix.house.services.workshop.listing._rows.clear()
    cells = [
        cell
        for cell in matrix.cells()
        if (routes is None or cell.route in routes) and (roles is None or cell.role in roles)
    ]
    return [
        f"{cell.route} {cell.role} {'confined' if cell.confined else 'free'} {cell.thing} should be {cell.open}"
        for cell in cells
        if matrix.got_in(cell) != cell.open
    ]


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert real_routes() == {*POLICY["routes"], *POLICY["public"]}
    assert {f"{method} {path}" for method, path in PUBLIC if method != "MOUNT"} == set(POLICY["public"])


def test_the_matrix_is_not_thin(matrix: Matrix) -> None:
    cells = list(matrix.cells())
    assert len(cells) > 1_000
    assert {cell.open for cell in cells} == {True, False}


@pytest.mark.slow
def test_every_cell_is_what_the_table_says(matrix: Matrix) -> None:
    assert wrong(matrix) == []


def test_without_signing_in_every_guarded_route_says_so(matrix: Matrix) -> None:
    nameless = dict.fromkeys(PLACEHOLDERS, "x")
    for route, row in POLICY["routes"].items():
        method, path = route.split(" ", 1)[0], matrix.path(row, route, nameless)
        if method == "WS":
            assert not matrix.connects(path, {})
        else:
            assert matrix.client.request(method, path, headers={"Accept": "application/json"}).status_code == 401, route


@pytest.mark.slow
def test_every_route_needs_its_guard(matrix: Matrix, monkeypatch: pytest.MonkeyPatch) -> None:
    """With guards that let everybody in, each route that is not open to everybody turns red."""
    monkeypatch.setattr(guards, "allow", lambda request, action: guards.identify(request))
    monkeypatch.setattr("assistant.api.live_routes.allow", lambda request, action: guards.identify(request))
    monkeypatch.setattr(Account, "may", lambda account, action: True)  # what the services behind the routes ask again
    monkeypatch.setattr(scope, "may_edit", lambda account, entry: True)  # the second lock on what editors see
    red = {line.split(" ", 2)[1] for line in wrong(matrix, roles={"agent", "auditor"})}
    narrow = {route.split(" ", 1)[1] for route, row in POLICY["routes"].items() if row["open"] != "everyone"}
    assert narrow <= red


ALWAYS: tuple[tuple[object, str, Any, str], ...] = (
    (scope, "may_see", lambda account, entry: True, "GET /api/v1/entries/{entry_id}"),
    (scope, "may_edit", lambda account, entry: True, "GET /api/v1/entries/{entry_id}"),
    (scope, "may_edit", lambda account, entry: True, "GET /api/v1/entries/{entry_id}/versions"),
    (scope, "may_edit", lambda account, entry: True, "PUT /api/v1/entries/{entry_id}"),
    (scope, "may_edit", lambda account, entry: True, "GET /entry/{entry_id}"),
    (reach, "may_edit", lambda account, entry: True, "POST /api/v1/reviews/submit"),
    (reach, "may_edit", lambda account, entry: True, "POST /api/v1/reviews/approve"),
    (reach, "may_edit", lambda account, entry: True, "POST /api/v1/reviews/reject"),
    (reach, "may_edit", lambda account, entry: True, "GET /api/v1/reviews"),
    (reach, "may_edit", lambda account, entry: True, "GET /api/v1/reviews/{kind}/{item_id}"),
    (release_routes, "_sees", lambda account, pair: True, "GET /api/v1/releases/{before}/against/{after}"),
    (release_routes, "confined", lambda account: False, "POST /api/v1/releases/{number}/rollback"),
    (release_routes, "confined", lambda account: False, "POST /api/v1/releases/{number}/ask"),
    (Account, "covers", lambda account, department: True, "GET /api/v1/exchange/entries/{name}"),
    (Account, "covers", lambda account, department: True, "POST /api/v1/entries/search"),
    (Account, "in_region", lambda account, region: True, "GET /api/v1/outages"),
    (Account, "leads", lambda account, department: True, "GET /api/v1/calls/{call_id}"),
    (Account, "leads", lambda account, department: True, "POST /api/v1/calls"),
    (Account, "leads", lambda account, department: True, "WS /api/v1/calls/{call_id}/live"),
    (Manager, "_mine", lambda manager, account: True, "GET /api/v1/users"),
    (Manager, "_mine", lambda manager, account: True, "DELETE /api/v1/users/{user_id}/keys/{key_id}"),
    (filing, "scope_of", lambda account: Scope(region=account.region), "GET /api/v1/work-orders"),
    (filing, "scope_of", lambda who: Scope(department=who.department), "GET /api/v1/work-orders/{number}"),
    (filing, "scope_of", lambda account: Scope(), "POST /api/v1/work-orders/{number}/stage"),
    (audit_routes, "unconfined", lambda account: None, "POST /api/v1/audit/search"),
)


@pytest.mark.parametrize(("place", "name", "always", "route"), ALWAYS)
def test_every_scope_is_needed(
    matrix: Matrix, monkeypatch: pytest.MonkeyPatch, place: object, name: str, always: Any, route: str
) -> None:
    monkeypatch.setattr(place, name, always)
    assert wrong(matrix, {route}) != []
