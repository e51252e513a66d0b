"""A database that stalls in the middle of ending something: what was written counts, and the rest is done later."""

from typing import Any

import pytest

from tests.people import PASSWORD
from tests.visitors import Person, Site
from tidings.documents.user import Role
from tidings.errors import UnavailableError
from tidings.parts import EXTENSION, Parts
from tidings.repositories.settling import settle_all

NEW = "an even better one"


@pytest.fixture
def parts(app: Any) -> Parts:
    found: Parts = app.extensions[EXTENSION]
    return found


@pytest.fixture
async def ada(site: Site) -> Person:
    return await site.sign_up("ada")


def stall(monkeypatch: pytest.MonkeyPatch, repository: Any, *methods: str) -> None:
    async def stalled(*_: Any, **__: Any) -> None:
        raise UnavailableError

    for method in methods:
        monkeypatch.setattr(repository, method, stalled)


async def signed_in(visitor: Any) -> bool:
    return bool((await visitor.get("/settings/profile")).status == 200)


async def test_no_session_outlives_a_new_password_even_if_its_row_does(
    site: Site, ada: Person, parts: Parts, monkeypatch: pytest.MonkeyPatch
):
    thief = site.visitor()
    await thief.login("ada")
    stall(monkeypatch, parts.storage.sessions, "remove_of_user", "remove")
    stall(monkeypatch, parts.storage.devices, "remove_of_user")
    page = await ada.post("/settings/password", {"current": PASSWORD, "password": NEW})
    assert page.status == 503
    monkeypatch.undo()
    assert not await signed_in(thief)
    assert (await site.visitor().login("ada")).status == 422
    owner = site.visitor()
    assert (await owner.login("ada", NEW)).status == 303
    assert await signed_in(owner)


@pytest.mark.parametrize("act", ["suspend", "delete"])
async def test_what_stalls_in_the_middle_is_answered_and_finished_later(
    site: Site, ada: Person, parts: Parts, monkeypatch: pytest.MonkeyPatch, act: str
):
    post_id = await ada.publish("Soon out of sight.")
    user = await parts.storage.users.by_username("ada")
    assert user is not None
    stall(monkeypatch, parts.storage.posts, "set_withdrawn", "remove_of_author")
    if act == "delete":
        page = await ada.post("/settings/delete", {"password": PASSWORD})
    else:
        boss = await site.sign_up("boss")
        row = await parts.storage.users.by_username("boss")
        assert row is not None
        assert await parts.storage.users.set_account(row, row.model_copy(update={"role": Role.ADMINISTRATOR}))
        page = await boss.post("/admin/users/ada/suspend")
    assert page.status == 303
    assert not await signed_in(ada)
    await settle_all(parts.storage)  # still stalled: it is left for the next time, without an error
    monkeypatch.undo()
    await settle_all(parts.storage)
    assert (await site.visitor().get(f"/@ada/{post_id}")).status == 404
    assert (await site.visitor().get("/public")).post_ids == []
    assert await parts.storage.users.latest_unsettled(10) == []


async def test_a_new_epoch_ends_every_session(site: Site, ada: Person, parts: Parts):
    elsewhere = site.visitor()
    await elsewhere.login("ada")
    user = await parts.storage.users.by_username("ada")
    assert user is not None
    await parts.storage.users.begin_epoch(user.id)
    assert not await signed_in(elsewhere)
    assert not await signed_in(ada)


async def test_letters_to_somebody_who_left_are_not_sent(ada: Person, parts: Parts, monkeypatch: pytest.MonkeyPatch):
    await parts.postman.stop()
    await ada.post("/reset", {"email": ada.email})
    await ada.post("/settings/delete", {"password": PASSWORD})
    assert await parts.storage.outbox.claim(parts.clock.now(), 60) is None
