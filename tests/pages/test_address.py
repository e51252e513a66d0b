"""Another address: asked for with the password, confirmed from the new one, and the old one is told."""

import asyncio
from typing import Any

import pytest

from tests.letters import Letters
from tests.visitors import Person, Site
from tidings.documents.user import Role

NEW = "ada@example.net"


async def ask(person: Person, email: str = NEW, password: str | None = None) -> str:
    """Ask for the change and take the path of the link in the letter to the new address."""
    before = len(person.site.letters.to(email))
    page = await person.post("/settings/email", {"email": email, "password": password or person.password})
    assert (page.status, page.location) == (303, "/settings/email"), page.errors
    link = Letters.link(await person.site.letters.newest_to(email, beyond=before))
    assert link.startswith(f"{person.site.url}/confirm/")
    return link.removeprefix(person.site.url)


def users_of(app: Any) -> Any:
    return app.extensions["tidings"].storage.users


async def test_the_address_changes_once_the_new_one_is_confirmed(site: Site):
    ada = await site.sign_up("ada")
    page = await ada.get("/settings/email")
    assert page.status == 200
    assert ada.email in page.text
    assert page.field("email") == page.field("password") == ""
    link = await ask(ada)
    assert (await site.visitor().login(NEW)).status == 422, "asking changes nothing"
    for _ in range(2):
        page = await site.visitor().get(link)
        assert page.status == 200
        assert NEW in page.text
        assert page.headers["Referrer-Policy"] == "same-origin"
    assert (await site.visitor().login(NEW)).status == 422, "opening the link changes nothing"
    stranger = site.visitor()
    page = await stranger.post(link)
    assert (page.status, page.location) == (303, "/login")
    assert (await stranger.get("/posts/new")).location.startswith("/login"), "nobody is signed in by it"
    assert (await site.visitor().login(NEW)).status == 303
    assert (await site.visitor().login("ada@example.org")).status == 422
    assert (await site.visitor().login("ada")).status == 303


async def test_the_old_address_is_told_afterwards(site: Site):
    ada = await site.sign_up("ada")
    link = await ask(ada)
    assert len(site.letters.to("ada@example.org")) == 1
    await site.visitor().post(link)
    letter = await site.letters.newest_to("ada@example.org", beyond=1)
    assert "changed" in letter["Subject"]
    assert "/confirm/" not in Letters.text(letter)
    assert len(site.letters.to(NEW)) == 1


async def test_the_other_sessions_end_and_the_one_that_asks_goes_on(site: Site):
    ada, other, stranger = await site.sign_up("ada"), Person(site, "ada", "x"), site.visitor()
    await other.sign_in()
    await ada.post(await ask(ada))
    assert (await ada.get("/posts/new")).status == 200
    assert (await other.get("/posts/new")).location.startswith("/login")
    await stranger.post(await ask(ada, "ada@example.com"))
    assert (await ada.get("/posts/new")).location.startswith("/login")


async def test_somebody_elses_session_is_not_touched_by_pressing_the_button(site: Site):
    ada, ben = await site.sign_up("ada"), await site.sign_up("ben")
    await ben.post(await ask(ada))
    assert (await ben.get("/posts/new")).status == 200
    assert (await ada.get("/posts/new")).location.startswith("/login")


@pytest.mark.parametrize("password", ["", "not the password", "x" * 5000])
async def test_without_the_right_password_nothing_happens(site: Site, password: str):
    ada = await site.sign_up("ada")
    page = await ada.post("/settings/email", {"email": NEW, "password": password})
    assert page.status == 422
    assert list(page.errors) == ["password"]
    assert page.field("email") == NEW
    assert page.field("password") == ""
    assert site.letters.to(NEW) == []


@pytest.mark.parametrize(
    "email",
    [
        *("", "ada", "a b@example.org", "ada@example.net\r\nBcc: eve@example.org", "a@b.c,eve@example.org"),
        *("a@b.c\x0bBcc: eve@example.org", "Ada <ada@example.net>", "x" * 300 + "@example.org", "Ada@Example.org"),
    ],
)
async def test_an_address_that_cannot_be_one_or_is_ones_own_is_refused(site: Site, email: str):
    ada = await site.sign_up("ada")
    page = await ada.post("/settings/email", {"email": email, "password": ada.password})
    assert page.status == 422
    assert list(page.errors) == ["email"]
    assert len(site.letters.all()) == 1


async def test_a_stranger_and_who_is_not_confirmed_are_led_elsewhere(site: Site):
    assert (await site.visitor().get("/settings/email")).location.startswith("/login?next=")
    ada = Person(site, "ada", "ada@example.org")
    await ada.register("ada")
    await ada.sign_in()
    assert (await ada.post("/settings/email", {"email": NEW, "password": ada.password})).location == "/confirm"


async def test_an_address_that_somebody_has_is_not_given_away_and_its_owner_is_told(site: Site, app: Any):
    ada, ben = await site.sign_up("ada"), await site.sign_up("ben")
    await ada.get("/settings/email")  # notices of before are shown and gone
    page = await ada.post("/settings/email", {"email": "BEN@example.org", "password": ada.password})
    assert (page.status, page.location) == (303, "/settings/email")
    taken = (await ada.get("/settings/email")).text
    await ask(ada, NEW)
    free = (await ada.get("/settings/email")).text
    assert taken.replace("BEN@example.org", NEW) == free
    letter = await site.letters.newest_to(ben.email, beyond=1)
    assert "/confirm/" not in letter.as_string()
    assert (await users_of(app).by_username("ada")).email == ada.email


async def test_a_link_is_good_once_and_of_two_at_once_for_one(site: Site):
    ada = await site.sign_up("ada")
    link = await ask(ada)
    pages = await asyncio.gather(*(site.visitor().post(link) for _ in range(8)))
    assert sorted(page.status for page in pages) == [303, *[410] * 7]
    assert (await site.visitor().get(link)).status == 410


async def test_a_newer_letter_kills_the_older_link(site: Site):
    ada = await site.sign_up("ada")
    old, new = await ask(ada), await ask(ada, "ada@example.com")
    assert (await site.visitor().post(old)).status == 410
    assert (await site.visitor().post(new)).status == 303
    assert (await site.visitor().login("ada@example.com")).status == 303


async def test_a_changed_address_kills_every_link_of_before(site: Site):
    ada = await site.sign_up("ada")
    await site.visitor().post("/reset", {"email": ada.email})
    reset = Letters.link(await site.letters.newest_to(ada.email, beyond=1)).removeprefix(site.url)
    assert (await site.visitor().post(await ask(ada))).status == 303
    assert (await site.visitor().post(reset, {"password": "a new sentence"})).status == 410


async def test_a_changed_password_kills_the_link(site: Site):
    ada = await site.sign_up("ada")
    link = await ask(ada)
    await site.visitor().post("/reset", {"email": ada.email})
    reset = Letters.link(await site.letters.newest_to(ada.email, beyond=1)).removeprefix(site.url)
    assert (await site.visitor().post(reset, {"password": "a new sentence"})).status == 303
    assert (await site.visitor().post(link)).status == 410
    assert (await site.visitor().login("ada@example.org", "a new sentence")).status == 303


async def test_a_link_that_a_thief_asked_for_while_the_password_was_reset_is_dead(
    site: Site, app: Any, monkeypatch: pytest.MonkeyPatch
):
    """Their password was looked at, then reset by the owner, and only then the link is made."""
    ada = await site.sign_up("ada")
    thief = Person(site, "ada", "thief@example.net")
    await thief.sign_in()
    await site.visitor().post("/reset", {"email": ada.email})
    reset = Letters.link(await site.letters.newest_to(ada.email, beyond=1)).removeprefix(site.url)
    tokens = app.extensions["tidings"].storage.mail_tokens
    add = tokens.add

    async def add_late(token: Any) -> None:
        assert (await site.visitor().post(reset, {"password": "a new sentence"})).status == 303
        await add(token)

    monkeypatch.setattr(tokens, "add", add_late)
    assert (await site.visitor().post(await ask(thief, "thief@example.net"))).status == 410


async def test_a_token_is_good_for_its_own_purpose_only(site: Site):
    ada = await site.sign_up("ada")
    token = (await ask(ada)).removeprefix("/confirm/")
    assert (await site.visitor().get(f"/reset/{token}")).status == 410
    assert (await site.visitor().post(f"/reset/{token}", {"password": "a new sentence"})).status == 410
    assert (await site.visitor().post(f"/confirm/{token}")).status == 303


@pytest.mark.parametrize(
    "engine",
    ["memory", pytest.param("mongo", marks=pytest.mark.settings(engine="mongo", secret_key="x" * 40))],
)
async def test_of_two_who_change_to_one_address_at_once_exactly_one_wins(site: Site, engine: str):
    people = [await site.sign_up(name) for name in ("ada", "ben")]
    links = [await ask(person, "wanted@example.net") for person in people]
    pages = await asyncio.gather(*(site.visitor().post(link) for link in links))
    assert sorted(page.status for page in pages) == [303, 409]
    winner, loser = people if pages[0].status == 303 else people[::-1]
    assert (await site.visitor().login("wanted@example.net")).status == 303
    assert (await winner.get("/posts/new")).location.startswith("/login")
    assert (await loser.get("/posts/new")).status == 200, "nothing happened to the other"
    assert (await site.visitor().login(loser.email)).status == 303


@pytest.mark.settings(admin_email="Boss@Example.org")
async def test_who_confirms_the_administrators_address_is_administrator(site: Site, app: Any):
    ada, ben = await site.sign_up("ada"), await site.sign_up("ben")
    await site.visitor().post(await ask(ada, NEW))
    assert (await users_of(app).by_username("ada")).role is Role.USER
    await site.visitor().post(await ask(ben, "boss@example.org"))
    assert (await users_of(app).by_username("ben")).role is Role.ADMINISTRATOR


async def test_what_another_sites_form_sends_is_refused(site: Site):
    ada = await site.sign_up("ada")
    form = {"email": NEW, "password": ada.password}
    assert (await ada.post("/settings/email", form, headers={"Origin": "http://evil.example"})).status == 403
    assert site.letters.to(NEW) == []
