"""A forgotten password: a letter, a link that is good once, and everybody signed out."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.letters import Letters
from tests.people import PASSWORD
from tests.visitors import Person, Site
from tidings.clock import SystemClock
from tidings.documents.mail_token import Purpose

NEW = "a new sentence entirely"
JSON = {"Accept": "application/json"}


async def reset_link(site: Site, email: str, beyond: int = 1) -> str:
    """Ask for a letter and take the path of its link; `beyond` letters went to the address before."""
    page = await site.visitor().post("/reset", {"email": email})
    assert (page.status, page.location) == (303, "/login")
    letter = await site.letters.newest_to(email, beyond=beyond)
    link = Letters.link(letter)
    assert link.startswith(f"{site.url}/reset/")
    return link.removeprefix(site.url)


def storage_of(app: Any) -> Any:
    return app.extensions["tidings"].storage


async def test_the_way_from_the_sign_in_page_to_a_new_password(site: Site):
    await site.sign_up("ada")
    visitor = site.visitor()
    assert "/reset" in (await visitor.get("/login")).links()
    page = await visitor.get("/reset")
    assert page.status == 200
    assert page.field("email") == ""
    link = await reset_link(site, "ada@example.org")
    page = await visitor.get(link)
    assert page.status == 200
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.field("password") == ""
    page = await visitor.post(link, {"password": NEW})
    assert (page.status, page.location) == (303, "/login")
    assert (await visitor.get("/posts/new")).status == 303, "nobody is signed in by it"
    assert (await visitor.login("ada", PASSWORD)).status == 422
    assert (await visitor.login("ada", NEW)).status == 303


async def test_the_letter_says_what_it_is(site: Site):
    await site.sign_up("ada")
    await reset_link(site, "ADA@example.org")
    letter = (await site.letters.newest_to("ada@example.org", beyond=1)).as_string()
    assert "ada@example.org" in letter
    assert "one hour" in letter
    assert "ignore" in letter
    assert "text/html" in letter


@pytest.mark.parametrize("email", ["nobody@example.org", "ada@example.org", "ADA@EXAMPLE.ORG"])
async def test_the_answer_is_the_same_whoever_has_the_address(site: Site, email: str):
    await site.sign_up("ada")
    visitor = site.visitor()
    page = await visitor.post("/reset", {"email": email})
    assert (page.status, page.location) == (303, "/login")
    shown = (await visitor.get("/login")).text
    assert email in shown
    other = site.visitor()
    await other.post("/reset", {"email": "unknown@example.net"})
    assert (await other.get("/login")).text == shown.replace(email, "unknown@example.net")


async def test_an_unknown_address_gets_no_letter(site: Site):
    await site.visitor().post("/reset", {"email": "nobody@example.org"})
    await site.sign_up("ada")
    await reset_link(site, "ada@example.org")
    assert site.letters.to("nobody@example.org") == []


@pytest.mark.parametrize(
    "email", ["", "ada", "a b@example.org", "ada@example.org\nBcc: eve@example.org", "ada@example.org,eve@example.org"]
)
async def test_what_is_no_address_is_refused_at_its_field(site: Site, email: str):
    await site.sign_up("ada")
    page = await site.visitor().post("/reset", {"email": email})
    assert page.status == 422
    assert list(page.errors) == ["email"]
    assert len(site.letters.all()) == 1


async def test_opening_the_link_changes_nothing(site: Site):
    ada = await site.sign_up("ada")
    link = await reset_link(site, "ada@example.org")
    for _ in range(3):
        assert (await site.visitor().get(link)).status == 200
    assert (await ada.get("/posts/new")).status == 200
    assert (await site.visitor().login("ada")).status == 303
    assert (await site.visitor().post(link, {"password": NEW})).status == 303


@pytest.mark.parametrize("password", ["", "short", "x" * 1025, "AdaLovelace", "AdaLovelace@example.org"])
async def test_a_password_that_is_no_good_is_refused_and_the_link_is_still_good(site: Site, password: str):
    await site.sign_up("AdaLovelace")
    link = await reset_link(site, "adalovelace@example.org")
    page = await site.visitor().post(link, {"password": password})
    assert page.status == 422
    assert list(page.errors) == ["password"]
    page = await site.visitor().post(link, {"password": password}, headers=JSON)
    assert page.status == 422
    assert list(page.json()["fields"]) == ["password"]
    assert (await site.visitor().post(link, {"password": NEW})).status == 303


async def test_a_link_is_good_once(site: Site):
    await site.sign_up("ada")
    link = await reset_link(site, "ada@example.org")
    assert (await site.visitor().post(link, {"password": NEW})).status == 303
    assert (await site.visitor().get(link)).status == 410
    assert (await site.visitor().post(link, {"password": "yet another sentence"})).status == 410
    assert (await site.visitor().post(link, {"password": "bad"})).status == 410
    assert (await site.visitor().login("ada", NEW)).status == 303


async def test_of_two_who_use_a_link_at_once_exactly_one_does(site: Site):
    await site.sign_up("ada")
    link = await reset_link(site, "ada@example.org")
    passwords = [f"sentence number {number}" for number in range(8)]
    pages = await asyncio.gather(*(site.visitor().post(link, {"password": password}) for password in passwords))
    assert sorted(page.status for page in pages) == [303, *[410] * 7]
    winner = passwords[[page.status for page in pages].index(303)]
    signed_in = [(await site.visitor().login("ada", password)).status for password in passwords]
    assert signed_in == [303 if password == winner else 422 for password in passwords]


async def test_a_newer_letter_kills_the_older_link(site: Site):
    await site.sign_up("ada")
    old = await reset_link(site, "ada@example.org")
    new = await reset_link(site, "ada@example.org", beyond=2)
    assert (await site.visitor().post(old, {"password": NEW})).status == 410
    assert (await site.visitor().post(new, {"password": NEW})).status == 303


async def test_a_link_is_dead_after_an_hour(site: Site, app: Any, monkeypatch: pytest.MonkeyPatch):
    await site.sign_up("ada")
    link = await reset_link(site, "ada@example.org")
    now = SystemClock().now()
    for minutes, status in ((59, 200), (61, 410)):
        later = now + timedelta(minutes=minutes)
        monkeypatch.setattr(app.extensions["tidings"].clock, "now", lambda later=later: later)
        assert (await site.visitor().get(link)).status == status
    assert (await site.visitor().post(link, {"password": NEW})).status == 410


@pytest.mark.parametrize("token", ["x", "0" * 64, "x" * 5000, "a.b.c", "ü", "'"])
async def test_a_link_that_never_was_is_dead(site: Site, token: str):
    assert (await site.visitor().get(f"/reset/{token}")).status == 410
    assert (await site.visitor().post(f"/reset/{token}", {"password": NEW})).status == 410


async def test_a_link_changes_one_persons_password_and_no_others(site: Site):
    await site.sign_up("ada")
    ben = await site.sign_up("ben")
    link = await reset_link(site, "ada@example.org")
    await ben.post(link, {"password": NEW, "username": "ben", "user_id": "1", "email": "ben@example.org"})
    assert (await site.visitor().login("ben", NEW)).status == 422
    assert (await site.visitor().login("ben")).status == 303
    assert (await site.visitor().login("ada", NEW)).status == 303
    assert (await ben.get("/posts/new")).status == 200, "who pressed the button stays who they are"


async def test_a_token_is_good_for_its_own_purpose_only(site: Site, app: Any):
    ada = Person(site, "ada", "ada@example.org")
    await ada.register("ada")
    confirm = Letters.link(await site.letters.newest_to("ada@example.org")).removeprefix(f"{site.url}/confirm/")
    reset = (await reset_link(site, "ada@example.org")).removeprefix("/reset/")
    for method in ("GET", "POST"):
        assert (await site.visitor().send(method, f"/reset/{confirm}", data={"password": NEW})).status == 410
        assert (await site.visitor().send(method, f"/confirm/{reset}")).status == 410
    user = await storage_of(app).users.by_username("ada")
    assert not user.confirmed
    assert (await site.visitor().post(f"/reset/{reset}", {"password": NEW})).status == 303


async def test_who_is_not_confirmed_may_reset_and_is_not_confirmed_by_it(site: Site, app: Any):
    ada = Person(site, "ada", "ada@example.org", NEW)
    await ada.register("ada", password=PASSWORD)
    link = await reset_link(site, "ada@example.org")
    assert (await site.visitor().post(link, {"password": NEW})).status == 303
    await ada.sign_in()
    assert (await ada.get("/posts/new")).location == "/confirm"
    assert not (await storage_of(app).users.by_username("ada")).confirmed


async def test_all_other_links_of_the_person_die_with_the_old_password(site: Site):
    ada = Person(site, "ada", "ada@example.org")
    await ada.register("ada")
    confirm = Letters.link(await site.letters.newest_to("ada@example.org")).removeprefix(site.url)
    link = await reset_link(site, "ada@example.org")
    await site.visitor().post(link, {"password": NEW})
    assert (await site.visitor().post(confirm)).status == 410


async def test_everybody_who_was_signed_in_is_signed_out(site: Site):
    ada = await site.sign_up("ada")
    thief = Person(site, "ada", "ada@example.org")
    await thief.sign_in()
    ben = await site.sign_up("ben")
    link = await reset_link(site, "ada@example.org")
    # From one of ada's own browsers: that one is signed out too.
    assert (await ada.post(link, {"password": NEW})).status == 303
    for person in (ada, thief):
        assert (await person.get("/posts/new")).location.startswith("/login")
    assert (await ben.get("/posts/new")).status == 200


async def test_who_signs_in_with_the_old_password_just_then_is_not_left_signed_in(
    site: Site, app: Any, monkeypatch: pytest.MonkeyPatch
):
    """The password is verified, then reset, and only then the session is kept."""
    await site.sign_up("ada")
    link = await reset_link(site, "ada@example.org")
    sessions = storage_of(app).sessions
    add = sessions.add

    async def add_late(session: Any) -> None:
        assert (await site.visitor().post(link, {"password": NEW})).status == 303
        await add(session)

    monkeypatch.setattr(sessions, "add", add_late)
    thief = site.visitor()
    assert (await thief.login("ada", PASSWORD)).status == 422
    assert (await thief.get("/posts/new")).location.startswith("/login")
    ada = await storage_of(app).users.by_username("ada")
    assert await sessions.of_user(ada.id) == []


async def test_a_suspended_account_gets_no_letter(site: Site, app: Any, monkeypatch: pytest.MonkeyPatch):
    await site.sign_up("ada")
    users = storage_of(app).users
    ada = await users.by_username("ada")
    suspended = ada.model_copy(update={"suspended_at": SystemClock().now()})

    async def by_email(email: str) -> Any:
        return suspended

    monkeypatch.setattr(users, "by_email", by_email)
    assert (await site.visitor().post("/reset", {"email": "ada@example.org"})).status == 303
    assert await storage_of(app).mail_tokens.get("x", Purpose.RESET) is None
    await site.sign_up("ben")
    assert len(site.letters.to("ada@example.org")) == 1


# --- links lead to this site, whatever a request says --------------------------------------------------------------

EVIL = [
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "444"},
    {"Forwarded": "host=evil.example;proto=https"},
    {"X-Original-Host": "evil.example", "X-Host": "evil.example", "X-Forwarded-Server": "evil.example"},
]


@pytest.mark.parametrize("headers", EVIL, ids=lambda headers: ",".join(headers))
@pytest.mark.settings(base_url="http://tidings.example")
async def test_no_header_says_where_a_link_leads(site: Site, headers: dict[str, str]):
    await site.sign_up("ada")
    page = await site.visitor().post("/reset", {"email": "ada@example.org"}, headers=headers)
    assert page.status == 303
    letter = await site.letters.newest_to("ada@example.org", beyond=1)
    assert "evil" not in letter.as_string()
    assert Letters.link(letter).startswith("http://tidings.example/reset/")


@pytest.mark.settings(base_url="http://tidings.example")
async def test_a_forged_host_does_not_say_either(site: Site):
    await site.sign_up("ada")
    page = await site.visitor().post("/reset", {"email": "ada@example.org"}, headers={"Host": "evil.example"})
    assert page.status == 303
    letter = await site.letters.newest_to("ada@example.org", beyond=1)
    assert "evil" not in letter.as_string()


async def test_without_a_base_url_a_forged_host_is_refused(site: Site):
    await site.sign_up("ada")
    headers = {"Host": "evil.example", "Origin": "http://evil.example"}
    page = await site.visitor().post("/reset", {"email": "ada@example.org"}, headers=headers)
    assert page.status == 400
    assert len(site.letters.all()) == 1
