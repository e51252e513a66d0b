"""Every route is either guarded or on a short list of those that are open to all."""

from typing import Any

import pytest

from tests.visitors import Site

# Adding to this list is a decision: these answer strangers.
OPEN = {
    *("/", "/public", "/healthz", "/readyz", "/live", "/static/<path:filename>", "/avatars/<user_id>.svg"),
    *("/register", "/login", "/login/code", "/logout", "/confirm", "/confirm/<token>", "/reset", "/reset/<token>"),
    *("/@<name>", "/@<name>/followers", "/@<name>/following", "/@<name>/<post_id>"),
}
PROMISED = {
    *(("GET", path) for path in ("/", "/public", "/@<name>", "/@<name>/followers", "/@<name>/following")),
    *(("GET", path) for path in ("/@<name>/<post_id>", "/posts/new", "/posts/<post_id>/edit", "/register", "/login")),
    *(("GET", path) for path in ("/confirm", "/confirm/<token>", "/healthz", "/readyz", "/live")),
    *(("POST", path) for path in ("/posts", "/posts/<post_id>/edit", "/posts/<post_id>/remove", "/preview")),
    *(("POST", path) for path in ("/@<name>/follow", "/@<name>/unfollow", "/register", "/login", "/logout")),
    *(("POST", path) for path in ("/confirm", "/confirm/<token>")),
    *(("GET", path) for path in ("/settings", "/login/code")),
    *(
        (method, f"/settings/{section}")
        for method in ("GET", "POST")
        for section in ("profile", "password", "sessions", "two-factor")
    ),
    ("POST", "/login/code"),
    *((method, path) for method in ("GET", "POST") for path in ("/reset", "/reset/<token>", "/settings/email")),
    *(("GET", path) for path in ("/admin/users", "/admin/users/<name>", "/admin/audit")),
    *(("POST", f"/admin/users/<name>{verb}") for verb in ("", "/suspend", "/restore")),
    *(("GET", path) for path in ("/settings/export", "/settings/delete")),
    ("POST", "/settings/delete"),
}


@pytest.fixture
async def site(inner_site: Site) -> Site:
    return inner_site


def routes(app: Any) -> set[tuple[str, str]]:
    return {(method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}}


async def test_every_promised_route_is_there(app: Any):
    assert PROMISED - routes(app) == set()


async def test_a_stranger_is_led_to_sign_in_from_every_route_that_is_not_open(site: Site, app: Any):
    await site.sign_up("ada")
    answered = {}
    for method, rule in sorted(routes(app)):
        if rule in OPEN:
            continue
        path = rule
        for part, value in (("<name>", "ada"), ("<post_id>", "1"), ("<token>", "x"), ("<user_id>", "1")):
            path = path.replace(part, value)
        page = await site.visitor().send(method, path)
        if not (page.status == 303 and page.location.startswith("/login?next=")):
            answered[method, rule] = page.status
    assert answered == {}


async def test_no_address_is_open_that_is_not_there(app: Any):
    assert OPEN - {rule.rule for rule in app.url_map.iter_rules()} == set()


async def test_no_unsafe_method_stands_beside_a_page_unnoticed(app: Any):
    methods = {method for method, _ in routes(app)}
    assert methods <= {"GET", "POST"}
