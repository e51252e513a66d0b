"""From a form to a confirmed account: what is refused and why, one letter, one button."""

from typing import Any

import pytest

from tests.letters import Letters
from tests.people import PASSWORD
from tests.visitors import Person, Site
from tidings.documents.user import Role

LONG = " ".join(str(number**3) for number in range(300))[:1024]
JSON = {"Accept": "application/json"}


async def unconfirmed(site: Site, name: str = "ada") -> Person:
    """Registered and signed in, the letter not yet opened."""
    person = Person(site, name, f"{name}@example.org")
    assert (await person.register(name)).status == 303
    await person.sign_in()
    return person


async def test_registering_leads_to_the_sign_in_page_and_sends_one_letter(site: Site):
    page = await site.visitor().register("ada", "ada@example.org")
    assert (page.status, page.location) == (303, "/login")
    letter = await site.letters.newest_to("ada@example.org")
    assert len(site.letters.all()) == 1
    assert Letters.link(letter).startswith(f"{site.url}/confirm/")
    assert letter["Subject"]


async def test_the_form_is_there_for_a_stranger(site: Site):
    page = await site.visitor().get("/register")
    assert page.status == 200
    for name in ("username", "email", "password"):
        page.field(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            " ",
            "1ada",
            "_ada",
            ".ada",
            "a da",
            "ada!",
            "ada-b",
            "adá",
            "аda",
            "ada\n",
            "ada.",
            "ada.atom",
            "ada.ATOM",
        ),
        *("a" * 31, "admin", "Admin", "api", "live", "static", "settings"),
    ],
)
async def test_a_name_that_cannot_be_one_is_refused_at_its_field(site: Site, name: str):
    page = await site.visitor().register(name, "ada@example.org")
    assert page.status == 422
    assert list(page.errors) == ["username"]
    assert page.errors["username"]
    assert site.letters.all() == []


@pytest.mark.parametrize("name", ["a", "A1", "ada.b", "ada_b", "Ada_Lovelace.1815", "a" * 30])
async def test_a_name_that_can_be_one_is_taken(site: Site, name: str):
    assert (await site.visitor().register(name, "ada@example.org")).status == 303


@pytest.mark.parametrize(
    "email",
    ["", "ada", "ada@", "@example.org", "a b@example.org", "ada@example.org\nBcc: x@y.z", "a" * 300 + "@example.org"],
)
async def test_an_address_that_cannot_be_one_is_refused_at_its_field(site: Site, email: str):
    page = await site.visitor().post("/register", {"username": "ada", "email": email, "password": PASSWORD})
    assert page.status == 422
    assert list(page.errors) == ["email"]
    assert site.letters.all() == []


@pytest.mark.parametrize("password", ["", "seven77", "x" * 1025, "é" * 513, "adalovelace", "AdaLovelace"])
async def test_a_password_that_is_short_too_long_or_the_name_is_refused_at_its_field(site: Site, password: str):
    page = await site.visitor().register("AdaLovelace", "ada@example.org", password)
    assert page.status == 422
    assert list(page.errors) == ["password"]
    if password:
        assert page.field("password") == ""


@pytest.mark.parametrize("password", ["eight889", LONG, "  spaces matter  ", "pass word 🎈"])
async def test_a_password_is_kept_whole(site: Site, password: str):
    visitor = site.visitor()
    assert (await visitor.register("ada", password=password)).status == 303
    assert (await visitor.login("ada", password[:-1])).status == 422
    assert (await visitor.login("ada", password)).status == 303


async def test_a_refused_form_keeps_what_was_written_but_the_password(site: Site):
    page = await site.visitor().register("ada!", "ada@example.org")
    assert page.field("username") == "ada!"
    assert page.field("email") == "ada@example.org"
    assert page.field("password") == ""


async def test_all_refused_fields_are_told_at_once(site: Site):
    page = await site.visitor().post("/register", {"username": "1", "email": "x", "password": "y"})
    assert set(page.errors) >= {"username", "email"}


async def test_a_client_that_wants_json_gets_the_errors_as_json(site: Site):
    page = await site.visitor().post("/register", {"username": "1"}, headers=JSON)
    assert page.status == 422
    answer = page.json()
    assert isinstance(answer["error"], str)
    assert set(answer["fields"]) == {"username", "email", "password"}


@pytest.mark.parametrize("name", ["ada", "ADA"])
async def test_a_taken_name_is_refused_whatever_its_case(site: Site, name: str):
    await site.visitor().register("Ada", "ada@example.org")
    page = await site.visitor().register(name, "other@example.org")
    assert page.status == 422
    assert list(page.errors) == ["username"]
    assert site.letters.to("other@example.org") == []


async def test_a_taken_address_is_not_given_away_and_its_owner_gets_a_letter(site: Site):
    first = await site.visitor().register("ada", "ada@example.org")
    await site.letters.newest_to("ada@example.org")
    second = await site.visitor().register("ben", "ADA@example.org")
    assert (second.status, second.location) == (first.status, first.location)
    letter = await site.letters.newest_to("ada@example.org", beyond=1)
    assert "/confirm/" not in Letters.text(letter)
    assert (await site.visitor().login("ben")).status == 422
    assert (await site.visitor().get("/@ben")).status == 404


@pytest.mark.parametrize("name", ["ada", "lovelace"])
async def test_a_name_of_somebody_now_or_before_does_not_tell_whose_address_is_known(site: Site, app: Any, name: str):
    await site.sign_up("ada")
    await site.sign_up("ben")
    users = app.extensions["tidings"].storage.users
    ada = await users.by_username("ada")
    assert await users.set_account(ada, ada.model_copy(update={"username": "lovelace", "username_key": "lovelace"}))
    for email in ("free@example.org", "ben@example.org"):
        page = await site.visitor().register(name, email)
        assert (page.status, list(page.errors)) == (422, ["username"])
    assert len(site.letters.to("ben@example.org")) == 1, "nobody is written to for a name that cannot be had"


async def test_the_page_behind_the_link_says_whose_account_it_is(site: Site):
    await site.visitor().register("mallory", "ada@example.org")
    link = Letters.link(await site.letters.newest_to("ada@example.org")).removeprefix(site.url)
    page = await site.visitor().get(link)
    assert "the account <strong>@mallory</strong>" in page.text
    assert "Did you not make the account @mallory?" in page.text
    assert "do not press" in page.text


async def test_opening_the_link_changes_nothing_and_its_button_confirms(site: Site):
    ada = await unconfirmed(site)
    link = Letters.link(await site.letters.newest_to(ada.email)).removeprefix(site.url)
    stranger = site.visitor()
    for _ in range(2):
        page = await stranger.get(link)
        assert page.status == 200
        assert page.headers["Referrer-Policy"] == "same-origin"
    assert (await ada.get("/posts/new")).location.startswith("/confirm")
    page = await stranger.post(link)
    assert (page.status, page.location) == (303, "/login")
    assert (await stranger.get("/posts/new")).status != 200, "nobody is signed in by a link"
    assert (await ada.get("/posts/new")).status == 200


async def test_a_used_link_is_dead(site: Site):
    visitor = site.visitor()
    await visitor.register("ada")
    link = Letters.link(await site.letters.newest_to("ada@example.org")).removeprefix(site.url)
    assert (await visitor.post(link)).status == 303
    assert (await visitor.get(link)).status == 410
    assert (await visitor.post(link)).status == 410


@pytest.mark.parametrize("token", ["x", "0" * 64, "x" * 5000, "%00", "%FF", "a.b.c", "..%2F"])
async def test_a_link_that_never_was_is_dead_too(site: Site, token: str):
    page = await site.visitor().get(f"/confirm/{token}")
    assert page.status in ((410,) if "%" not in token else (400, 404, 410))
    page = await site.visitor().post(f"/confirm/{token}")
    assert page.status in ((410,) if "%" not in token else (400, 404, 410))


async def test_a_newer_letter_kills_the_older_link(site: Site):
    ada = await unconfirmed(site)
    old = Letters.link(await site.letters.newest_to(ada.email)).removeprefix(site.url)
    assert (await ada.post("/confirm", {"email": ada.email})).status == 303
    new = Letters.link(await site.letters.newest_to(ada.email, beyond=1)).removeprefix(site.url)
    assert (await ada.post(old)).status == 410
    assert (await ada.post(new)).status == 303


async def test_asking_for_a_letter_does_not_tell_who_has_an_account(site: Site):
    await site.visitor().register("ada")
    await site.letters.newest_to("ada@example.org")
    known = await site.visitor().post("/confirm", {"email": "ada@example.org"})
    unknown = await site.visitor().post("/confirm", {"email": "nobody@example.org"})
    assert (known.status, known.location) == (unknown.status, unknown.location)
    assert known.status == 303
    await site.letters.newest_to("ada@example.org", beyond=1)
    assert site.letters.to("nobody@example.org") == []


async def test_who_is_not_confirmed_is_led_to_confirm_and_nothing_is_stored(site: Site):
    await site.sign_up("ben")
    ada = await unconfirmed(site)
    for page in (
        await ada.get("/posts/new"),
        await ada.post("/posts", {"source": "Hello."}),
        await ada.post("/@ben/follow"),
    ):
        assert (page.status, page.location.split("?")[0]) == (303, "/confirm"), page
    assert (await ada.get("/confirm")).status == 200
    assert (await ada.get("/public")).status == 200
    assert (await ada.get("/public")).post_ids == []
    assert "ada" not in (await site.visitor().get("/@ben/followers")).text


async def test_a_stranger_who_asks_for_the_confirm_page_gets_an_answer(site: Site):
    assert (await site.visitor().get("/confirm")).status in (200, 303)


@pytest.mark.settings(admin_email="Boss@Example.org")
async def test_who_confirms_the_administrators_address_is_administrator(site: Site, app: Any):
    await site.sign_up("ben")
    boss = Person(site, "boss", "boss@example.org")
    await boss.register("boss")
    users = app.extensions["tidings"].storage.users
    assert (await users.by_username("boss")).role is Role.USER, "an address alone proves nothing"
    await boss.confirm("boss@example.org")
    assert (await users.by_username("boss")).role is Role.ADMINISTRATOR
    assert (await users.by_username("ben")).role is Role.USER
    [row] = await app.extensions["tidings"].storage.audit.latest(None, 10)
    assert (row.action, row.actor_name, row.subject_name) == ("person.promoted", "boss", "boss")
    assert row.detail == "user became administrator by confirming the address of TIDINGS_ADMIN_EMAIL"


@pytest.mark.settings(admin_email="boss@example.org")
async def test_an_account_that_is_edited_just_then_becomes_administrator_all_the_same(
    site: Site, app: Any, monkeypatch: pytest.MonkeyPatch
):
    users = app.extensions["tidings"].storage.users
    set_account = users.set_account
    boss = Person(site, "boss", "boss@example.org")
    await boss.register("boss")

    async def after_another(before: Any, *rest: Any) -> Any:
        monkeypatch.setattr(users, "set_account", set_account)
        await set_account(before, before.model_copy(update={"role": Role.MODERATOR}))
        return await set_account(before, *rest)

    monkeypatch.setattr(users, "set_account", after_another)
    await boss.confirm("boss@example.org")
    assert (await users.by_username("boss")).role is Role.ADMINISTRATOR
    [row] = await app.extensions["tidings"].storage.audit.latest(None, 10)
    assert row.detail.startswith("moderator became administrator")


@pytest.mark.settings(registration="closed")
async def test_a_closed_site_registers_nobody(site: Site):
    page = await site.visitor().register("ada")
    assert page.status == 403
    assert (await site.visitor().get("/@ada")).status == 404
    assert site.letters.all() == []


async def test_a_page_tells_of_somebody_only_once_the_address_is_confirmed(site: Site):
    ada = await unconfirmed(site)
    stranger = site.visitor()
    for path in ("/@ada", "/@ADA", "/@ada/followers", "/@ada/following"):
        assert (await stranger.get(path)).status == 404, path
    ben = await site.sign_up("ben")
    assert (await ben.post("/@ada/follow")).status == 404
    await ada.sign_in()
    assert (await ada.get("/@ada")).status == 200
    await ada.confirm(ada.email)
    assert (await stranger.get("/@ada")).status == 200
    assert (await ben.post("/@ada/follow")).status == 303
