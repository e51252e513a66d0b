"""Every route carries a guard, and those that let strangers in are exactly the ones named here."""

from typing import Any

from quart import Quart

from tidings.auth.guards import Guard, guard_of
from tidings.documents.user import Permission

# Adding to either list is a decision. No session is looked up for the first; the second answer everybody.
ANONYMOUS = {"/healthz", "/readyz", "/static/<path:filename>", "/avatars/<user_id>.svg"}
OPEN = {
    *("/", "/public", "/live"),
    *("/register", "/login", "/login/code", "/logout", "/confirm", "/confirm/<token>", "/reset", "/reset/<token>"),
    *("/@<name>", "/@<name>/followers", "/@<name>/following", "/@<name>/<post_id>"),
}


def guards(app: Any) -> dict[str, set[tuple[Guard, Permission | None] | None]]:
    """By address, what its views ask of whoever calls."""
    found: dict[str, set[tuple[Guard, Permission | None] | None]] = {}
    for rule in app.url_map.iter_rules():
        found.setdefault(rule.rule, set()).add(guard_of(app.view_functions[rule.endpoint]))
    return found


def with_guard(app: Any, guard: Guard) -> set[str]:
    return {path for path, asked in guards(app).items() if any(one is not None and one[0] is guard for one in asked)}


async def test_every_route_carries_a_guard(app: Any):
    assert {path for path, asked in guards(app).items() if None in asked} == set()


async def test_the_open_ones_are_exactly_these(app: Any):
    assert with_guard(app, Guard.ANONYMOUS) == ANONYMOUS
    assert with_guard(app, Guard.OPEN) == OPEN


async def test_administration_and_moderation_ask_for_their_permission(app: Any):
    for path, asked in guards(app).items():
        needed = {"admin": Permission.ADMIN, "moderation": Permission.MODERATE}.get(path.split("/")[1])
        if needed is not None:
            assert asked == {(Guard.ACCOUNT, needed)}, path


async def test_settings_ask_for_somebody(app: Any):
    for path, asked in guards(app).items():
        if path.startswith("/settings"):
            assert {one[0] for one in asked if one is not None} <= {Guard.ACCOUNT, Guard.SIGNED_IN}, path


async def test_a_view_that_forgot_its_guard_answers_nobody(app: Any):
    assert isinstance(app, Quart)
    client = app.test_client()
    view = app.view_functions["health.alive"]

    async def unguarded() -> str:
        return "secret"

    app.view_functions["health.alive"] = unguarded
    try:
        answer = await client.get("/healthz")
        assert answer.status_code == 403
        assert b"secret" not in await answer.get_data()
    finally:
        app.view_functions["health.alive"] = view
