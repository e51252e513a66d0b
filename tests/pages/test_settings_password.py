"""Another password: asked with the present one, and an end to every other session."""

import asyncio
from contextvars import Context
from typing import Any

import pytest

from tests.people import PASSWORD
from tests.visitors import Person, Site
from tidings.auth.passwords import Cost, Passwords

NEW = "an even better one"


@pytest.fixture
async def ada(site: Site) -> Person:
    return await site.sign_up("ada")


async def signed_in(visitor: Any) -> bool:
    return bool((await visitor.get("/posts/new")).status == 200)


async def test_the_new_password_signs_in_and_the_old_one_does_not(site: Site, ada: Person):
    page = await ada.post("/settings/password", {"current": PASSWORD, "password": NEW})
    assert (page.status, page.location) == (303, "/settings/password")
    assert (await site.visitor().login("ada")).status == 422
    assert (await site.visitor().login("ada", NEW)).status == 303


@pytest.mark.parametrize("current", ["", PASSWORD.upper(), PASSWORD + " ", NEW, "x" * 1025])
async def test_a_wrong_present_password_changes_nothing(site: Site, ada: Person, current: str):
    page = await ada.post("/settings/password", {"current": current, "password": NEW})
    assert page.status == 422
    assert list(page.errors) == ["current"]
    assert NEW not in page.text
    assert (await site.visitor().login("ada")).status == 303


@pytest.mark.parametrize(
    "new", ["", "short", "ada", "Ada12345", "password1", "tidings 2026", "ada@example.org", "x" * 1025]
)
async def test_a_new_password_that_is_no_good_is_refused_at_its_field(ada: Person, new: str):
    page = await ada.post("/settings/password", {"current": PASSWORD, "password": new})
    assert page.status == 422
    assert list(page.errors) == ["password"]
    assert page.field("password") == page.field("current") == ""


async def test_every_other_session_ends_and_this_one_goes_on_under_another_id(site: Site, ada: Person):
    elsewhere, remembered = site.visitor(), site.visitor()
    await elsewhere.login("ada")
    await remembered.login("ada", remember="1")
    old = dict(ada.cookies)
    await ada.post("/settings/password", {"current": PASSWORD, "password": NEW})
    assert not await signed_in(elsewhere)
    assert not await signed_in(remembered)
    assert await signed_in(ada)
    thief = site.visitor()
    thief.client.cookies.update(old)
    assert not await signed_in(thief)


async def test_another_persons_session_goes_on(site: Site, ada: Person):
    ben = await site.sign_up("ben")
    await ada.post("/settings/password", {"current": PASSWORD, "password": NEW})
    assert await signed_in(ben)


async def test_of_two_changes_at_once_one_counts(site: Site, ada: Person):
    pages = await asyncio.gather(
        *(ada.post("/settings/password", {"current": PASSWORD, "password": f"{NEW} {n}"}) for n in range(4))
    )
    assert sorted(page.status for page in pages).count(303) <= 2, "a renewed session may lead one to sign in"
    works = [n for n in range(4) if (await site.visitor().login("ada", f"{NEW} {n}")).status == 303]
    assert len(works) == 1


async def test_a_sign_in_that_was_judged_before_the_change_does_not_outlive_it(
    site: Site, ada: Person, app: Any, monkeypatch: pytest.MonkeyPatch
):
    """The password is right, then it is changed and all sessions end, and only then the new session begins."""
    sessions = app.extensions["tidings"].storage.sessions
    add = sessions.add
    changes: list[asyncio.Task[Any]] = []

    async def add_late(session: Any) -> None:
        if not changes:
            # In a task of its own, as another browser's request is.
            form = {"current": PASSWORD, "password": NEW}
            changes.append(asyncio.create_task(ada.post("/settings/password", form), context=Context()))
            await changes[0]
        await add(session)

    late = site.visitor()
    monkeypatch.setattr(sessions, "add", add_late)
    page = await late.login("ada")
    assert changes[0].result().status == 303
    assert page.status == 422
    assert not await signed_in(late)
    assert await signed_in(ada)


async def test_a_hash_of_other_parameters_is_made_anew_at_sign_in_and_ends_no_session(
    site: Site, ada: Person, app: Any
):
    users = app.extensions["tidings"].storage.users
    person = await users.by_username("ada")
    old = await Passwords(Cost(passes=1, memory=16, lanes=1)).hash(PASSWORD)
    await users.set_password_hash(person.id, old)
    again = site.visitor()
    assert (await again.login("ada")).status == 303
    fresh = (await users.by_username("ada")).password_hash
    assert fresh != old
    assert "m=8," in fresh
    assert await signed_in(again)
    assert await signed_in(ada)
    await site.visitor().login("ada")
    assert (await users.by_username("ada")).password_hash == fresh, "once is enough"


async def test_a_stranger_and_an_unconfirmed_person_are_led_away(site: Site):
    await site.visitor().register("ben")
    ben = site.visitor()
    await ben.login("ben")
    for path in ("/settings", "/settings/profile", "/settings/password", "/settings/sessions", "/settings/two-factor"):
        assert (await site.visitor().get(path)).location.startswith("/login?next=")
        assert (await ben.get(path)).location == "/confirm"


async def test_links_in_letters_are_dead_after_the_change(site: Site, ada: Person):
    await site.visitor().post("/reset", {"email": ada.email})
    link = site.letters.link(await site.letters.newest_to(ada.email)).removeprefix(site.url)
    assert (await site.visitor().get(link)).status == 200
    await ada.post("/settings/password", {"current": PASSWORD, "password": NEW})
    assert (await site.visitor().get(link)).status == 410


@pytest.mark.settings(rate_limits="on")
async def test_a_new_password_that_is_no_good_is_no_guess_at_the_present_one(ada: Person):
    pages = [await ada.post("/settings/password", {"current": PASSWORD, "password": "short"}) for _ in range(11)]
    assert [(page.status, list(page.errors)) for page in pages] == [(422, ["password"])] * 11
    assert (await ada.post("/settings/password", {"current": PASSWORD, "password": NEW})).status == 303


@pytest.mark.settings(rate_limits="on")
async def test_who_sits_at_somebodys_browser_cannot_guess_the_password_for_long(ada: Person):
    pages = [await ada.post("/settings/password", {"current": f"guess {n}", "password": NEW}) for n in range(11)]
    assert [page.status for page in pages] == [422] * 10 + [429]
    assert int(pages[-1].headers["Retry-After"]) > 0
    page = await ada.post("/settings/two-factor", {"password": PASSWORD, "code": "123456"})
    assert page.status == 429
