"""Signing in and out: what the cookie is, what it is worth, and where one is led."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.people import PASSWORD
from tests.visitors import Site


def cookie_of(page: Any) -> str:
    """The one Set-Cookie header that signs in."""
    found = [value for value in page.headers.get_list("Set-Cookie") if "tidings=" in value]
    assert len(found) == 1, found
    return str(found[0])


@pytest.mark.parametrize("identifier", ["Ada", "ada", "ADA", "ada@example.org", "ADA@Example.org", " ada "])
async def test_one_signs_in_by_name_or_address_in_any_case(site: Site, identifier: str):
    await site.sign_up("Ada")
    visitor = site.visitor()
    page = await visitor.login(identifier)
    assert (page.status, page.location) == (303, "/")
    assert (await visitor.get("/posts/new")).status == 200


async def test_a_wrong_password_and_an_unknown_name_are_one_answer(site: Site):
    await site.sign_up("ada")
    wrong = await site.visitor().login("ada", "not the password")
    unknown = await site.visitor().login("abc", "not the password")
    assert wrong.status == unknown.status == 422
    assert wrong.errors == unknown.errors
    assert wrong.text.replace('"ada"', '"abc"') == unknown.text
    assert "tidings" not in wrong.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("password", ["", PASSWORD.upper(), PASSWORD + " ", " " + PASSWORD, PASSWORD[:-1]])
async def test_a_password_is_compared_as_it_is(site: Site, password: str):
    await site.sign_up("ada")
    assert (await site.visitor().login("ada", password)).status == 422


async def test_the_cookie_is_for_this_site_and_not_for_scripts(site: Site):
    await site.sign_up("ada")
    cookie = cookie_of(await site.visitor().login("ada"))
    parts = [part.strip().lower() for part in cookie.split(";")]
    assert cookie.startswith("tidings=")
    assert "httponly" in parts
    assert "samesite=lax" in parts
    assert "path=/" in parts
    assert "secure" not in parts
    assert not any(part.startswith("domain") for part in parts)


async def test_the_cookie_lasts_only_for_who_asks_to_be_remembered(site: Site):
    await site.sign_up("ada")
    forgotten = cookie_of(await site.visitor().login("ada")).lower()
    remembered = cookie_of(await site.visitor().login("ada", remember="1")).lower()
    assert "max-age" not in forgotten
    assert "expires" not in forgotten
    assert "max-age" in remembered or "expires" in remembered


@pytest.mark.settings(engine="mongo", secret_key="x" * 40, base_url="https://example.org")
async def test_behind_https_the_cookie_is_bound_to_host_and_https(site: Site):
    await site.sign_up("ada")
    page = await site.visitor().login("ada")
    parts = [part.strip().lower() for part in cookie_of(page).split(";")]
    assert cookie_of(page).startswith("__Host-tidings=")
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= set(parts)
    assert not any(part.startswith("domain") for part in parts)
    assert "Tidings-Worker" not in page.headers
    assert "max-age" in page.headers["Strict-Transport-Security"]


async def test_two_sign_ins_are_two_sessions(site: Site):
    await site.sign_up("ada")
    one, other = site.visitor(), site.visitor()
    first, second = await one.login("ada"), await other.login("ada")
    assert cookie_of(first).split(";")[0] != cookie_of(second).split(";")[0]
    await one.post("/logout")
    assert (await other.get("/posts/new")).status == 200


async def test_signing_in_again_gives_a_new_session_and_ends_the_old(site: Site):
    ada = await site.sign_up("ada")
    old = dict(ada.cookies)
    await ada.sign_in()
    assert ada.cookies["tidings"] != old["tidings"]


async def test_after_sign_out_the_old_cookie_is_worth_nothing(site: Site):
    ada = await site.sign_up("ada")
    old = dict(ada.cookies)
    page = await ada.post("/logout")
    assert (page.status, page.location) == (303, "/")
    thief = site.visitor()
    thief.client.cookies.update(old)
    assert (await thief.get("/posts/new")).location.startswith("/login")
    page = await thief.post("/posts", {"source": "I am ada."})
    assert page.location.startswith("/login")
    assert (await site.visitor().get("/public")).post_ids == []


async def test_signing_out_twice_does_no_harm(site: Site):
    ada = await site.sign_up("ada")
    await ada.post("/logout")
    assert (await ada.post("/logout")).status == 303


@pytest.mark.parametrize("value", ["", "x", "tidings", "a.b.c", "%00", "'\"", "x" * 5000, "ü"])
async def test_a_made_up_cookie_is_a_stranger(site: Site, value: str):
    visitor = site.visitor()
    raw = b"tidings=" + value.encode()
    page = await visitor.get("/posts/new", headers={b"Cookie": raw})
    assert page.status == 303
    assert page.location.startswith("/login")
    assert (await visitor.get("/public", headers={b"Cookie": raw})).status == 200


async def test_a_changed_cookie_is_a_stranger(site: Site):
    ada = await site.sign_up("ada")
    value = ada.cookies["tidings"]
    for place in (0, len(value) // 2, len(value) - 2):
        other = "A" if value[place] != "A" else "B"
        thief = site.visitor()
        thief.client.cookies.set("tidings", value[:place] + other + value[place + 1 :])
        assert (await thief.get("/posts/new")).status == 303


async def test_a_stranger_is_sent_to_sign_in_and_comes_back(site: Site):
    await site.sign_up("ada")
    visitor = site.visitor()
    page = await visitor.get("/posts/new?from=here")
    assert page.status == 303
    parts = urlsplit(page.location)
    assert parts.path == "/login"
    assert parse_qs(parts.query)["next"] == ["/posts/new?from=here"]
    form = await visitor.follow_to(page)
    page = await visitor.login("ada", next=form.field("next"))
    assert (page.status, page.location) == (303, "/posts/new?from=here")


async def test_a_strangers_form_is_sent_to_sign_in_too(site: Site):
    await site.sign_up("ada")
    for path in ("/posts", "/@ada/follow", "/posts/1/remove", "/posts/1/edit"):
        page = await site.visitor().post(path, {"source": "x"})
        assert page.status == 303, path
        assert page.location.startswith("/login?next="), path


async def test_a_client_that_wants_json_is_told_401(site: Site):
    page = await site.visitor().post("/posts", {"source": "x"}, headers={"Accept": "application/json"})
    assert page.status == 401
    assert isinstance(page.json()["error"], str)


@pytest.mark.parametrize(
    "target",
    [
        *("//evil.example", "///evil.example", "https://evil.example/", "http:evil.example", "evil.example"),
        *("/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example"),
        *("javascript:alert(1)", "data:text/html,x", " //evil.example", "/ /evil.example\r\nX-Evil: 1", "http://[", ""),
    ],
)
async def test_next_leads_nowhere_but_to_this_site(site: Site, target: str):
    await site.sign_up("ada")
    visitor = site.visitor()
    page = await visitor.login("ada", next=target)
    assert page.status == 303
    assert page.location == "/"
    assert "X-Evil" not in page.headers
    form = await site.visitor().get("/login", params={"next": target})
    assert form.status == 200


async def test_who_is_signed_in_and_opens_the_sign_in_page_gets_an_answer(site: Site):
    ada = await site.sign_up("ada")
    assert (await ada.get("/login")).status in (200, 303)
    assert (await ada.get("/register")).status in (200, 303)
