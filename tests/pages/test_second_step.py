"""Signing in with two steps: every code good once, and nobody signed in before it is passed."""

import asyncio
from typing import Any

import pytest

from tests.authenticator import TWO_FACTOR as HERE
from tests.authenticator import Authenticator, recovery_codes
from tests.clocks import TurnableClock
from tests.people import PASSWORD
from tests.visitors import Person, Site, Visitor


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def replacements(replacements: dict[str, Any], clock: TurnableClock) -> dict[str, Any]:
    return replacements | {"clock": clock}


async def signed_in(visitor: Visitor) -> bool:
    return (await visitor.get("/posts/new")).status == 200


@pytest.fixture
async def ada(site: Site) -> Person:
    return await site.sign_up("ada")


@pytest.fixture
async def phone(ada: Person, clock: TurnableClock) -> Authenticator:
    """Ada's authenticator, once the second factor is on."""
    phone = Authenticator(await ada.get(HERE), clock)
    page = await ada.post(HERE, {"password": PASSWORD, "code": phone.code()})
    assert (page.status, page.location) == (303, HERE)
    return phone


async def with_password(site: Site, **more: str) -> Visitor:
    """Somebody who gave Ada's password and is asked for the code."""
    visitor = site.visitor()
    page = await visitor.login("ada", **more)
    assert (page.status, page.location) == (303, "/login/code")
    return visitor


async def test_one_signs_in_with_password_and_code(site: Site, phone: Authenticator):
    visitor = await with_password(site)
    assert (await visitor.get("/login/code")).status == 200
    page = await visitor.post("/login/code", {"code": phone.next_code()})
    assert (page.status, page.location) == (303, "/")
    assert await signed_in(visitor)


async def test_before_the_code_one_is_a_stranger_everywhere(site: Site, ada: Person, phone: Authenticator):
    await ada.publish("For my followers.", visibility="followers")
    visitor = await with_password(site)
    for path in ("/posts/new", "/settings/profile", "/settings/sessions", HERE, "/settings/password", "/drafts"):
        page = await visitor.get(path)
        assert page.status == 404 or page.location.startswith("/login?next="), path
    for path in ("/posts", "/@ada/follow", HERE, "/settings/password", "/settings/sessions", "/settings/profile"):
        page = await visitor.post(path, {"source": "x", "name": "x"})
        assert page.location.startswith("/login?next="), path
    for path in ("/", "/public", "/@ada"):
        page = await visitor.get(path)
        assert "For my followers" not in page.text
        assert not page.all("body", data_me=None)
    assert (await visitor.get("/posts/new", headers={"Accept": "application/json"})).status == 401


async def test_the_session_behind_the_code_is_a_new_one(site: Site, phone: Authenticator):
    visitor = await with_password(site)
    pending = dict(visitor.cookies)
    await visitor.post("/login/code", {"code": phone.next_code()})
    assert visitor.cookies["tidings"] != pending["tidings"]
    thief = site.visitor()
    thief.client.cookies.update(pending)
    assert not await signed_in(thief)
    assert (await thief.post("/login/code", {"code": phone.next_code()})).location == "/login"


async def test_being_remembered_and_where_to_go_are_kept_until_after_the_code(site: Site, phone: Authenticator):
    visitor = await with_password(site, remember="1", next="/posts/new?from=here")
    page = await visitor.post("/login/code", {"code": phone.next_code()})
    assert page.location == "/posts/new?from=here"
    cookie = next(value for value in page.headers.get_list("Set-Cookie") if value.startswith("tidings="))
    assert "max-age" in cookie.lower()


async def test_the_cookie_between_password_and_code_ends_with_the_browser(site: Site, phone: Authenticator):
    page = await site.visitor().login("ada", remember="1")
    cookie = next(value for value in page.headers.get_list("Set-Cookie") if value.startswith("tidings="))
    assert "max-age" not in cookie.lower()
    assert "httponly" in cookie.lower()


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example"])
async def test_after_the_code_next_leads_nowhere_but_to_this_site(site: Site, phone: Authenticator, target: str):
    visitor = await with_password(site, next=target)
    assert (await visitor.post("/login/code", {"code": phone.next_code()})).location == "/"


async def test_a_code_is_good_once(site: Site, ada: Person, phone: Authenticator):
    code = phone.next_code()
    one, other = await with_password(site), await with_password(site)
    assert (await one.post("/login/code", {"code": code})).location == "/"
    assert (await other.post("/login/code", {"code": code})).status == 422
    assert not await signed_in(other)
    assert (await other.post("/login/code", {"code": phone.next_code()})).location == "/"


async def test_the_code_that_switched_it_on_signs_nobody_in(site: Site, phone: Authenticator):
    visitor = await with_password(site)
    assert (await visitor.post("/login/code", {"code": phone.code()})).status == 422


async def test_of_ten_who_give_one_code_at_once_one_is_signed_in(site: Site, phone: Authenticator):
    visitors = [await with_password(site) for _ in range(5)]
    code = phone.next_code()
    pages = await asyncio.gather(*(visitor.post("/login/code", {"code": code}) for visitor in visitors))
    assert sorted(page.status for page in pages) == [303, 422, 422, 422, 422]


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
async def test_a_clock_may_be_half_a_minute_off(site: Site, phone: Authenticator, steps: int, status: int):
    phone.clock.turn(minutes=5)
    visitor = await with_password(site)
    assert (await visitor.post("/login/code", {"code": phone.code(steps)})).status == status


async def test_a_recovery_code_signs_in_once_however_it_is_typed(site: Site, ada: Person, phone: Authenticator):
    code = recovery_codes(await ada.get(HERE))[0]
    visitor = await with_password(site)
    assert (await visitor.post("/login/code", {"code": f" {code.upper().replace('-', ' ')} "})).location == "/"
    assert "9 recovery codes" in (await visitor.get(HERE)).text
    other = await with_password(site)
    assert (await other.post("/login/code", {"code": code})).status == 422


async def test_another_persons_codes_open_nothing(site: Site, ada: Person, phone: Authenticator, clock: TurnableClock):
    ben = await site.sign_up("ben")
    theirs = Authenticator(await ben.get(HERE), clock)
    await ben.post(HERE, {"password": PASSWORD, "code": theirs.code()})
    codes = recovery_codes(await ben.get(HERE))
    visitor = await with_password(site)
    for code in (theirs.next_code(), codes[0]):
        assert (await visitor.post("/login/code", {"code": code})).status == 422


async def test_after_five_wrong_codes_one_begins_again(site: Site, phone: Authenticator):
    visitor = await with_password(site)
    for _ in range(4):
        page = await visitor.post("/login/code", {"code": "aaaa-bbbb-cccc-dddd"})
        assert page.status == 422
        assert list(page.errors) == ["code"]
    page = await visitor.post("/login/code", {"code": "aaaa-bbbb-cccc-dddd"})
    assert (page.status, page.location) == (303, "/login")
    page = await visitor.post("/login/code", {"code": phone.next_code()})
    assert (page.status, page.location) == (303, "/login")
    assert not await signed_in(visitor)


async def test_many_guesses_at_once_are_five(site: Site, phone: Authenticator):
    visitor = await with_password(site)
    guesses = [f"{number:06}" for number in range(30)]
    pages = await asyncio.gather(*(visitor.post("/login/code", {"code": code}) for code in guesses))
    assert sum(page.status == 422 for page in pages) <= 5
    assert not await signed_in(visitor)


async def test_the_code_has_ten_minutes(site: Site, phone: Authenticator, clock: TurnableClock):
    visitor = await with_password(site)
    clock.turn(minutes=9)
    assert (await visitor.get("/login/code")).status == 200
    clock.turn(minutes=1, seconds=1)
    assert (await visitor.get("/login/code")).location == "/login"
    assert (await visitor.post("/login/code", {"code": phone.code()})).location == "/login"


async def test_who_knows_the_password_alone_pushes_nobody_out(site: Site, ada: Person, phone: Authenticator):
    for _ in range(25):
        await with_password(site)
    assert await signed_in(ada)
    page = await ada.get("/settings/sessions")
    assert len(page.all("li", data_session=None)) == 1, "who has still to give a code is not signed in"


async def test_a_new_password_ends_who_waits_for_the_code(site: Site, ada: Person, phone: Authenticator):
    visitor = await with_password(site)
    await ada.post("/settings/password", {"current": PASSWORD, "password": "an even better one"})
    assert (await visitor.post("/login/code", {"code": phone.next_code()})).location == "/login"


async def test_without_a_password_there_is_no_code_to_give(site: Site, ada: Person, phone: Authenticator):
    stranger = site.visitor()
    assert (await stranger.get("/login/code")).location == "/login"
    assert (await stranger.post("/login/code", {"code": phone.next_code()})).location == "/login"
    answer = await stranger.post("/login/code", {"code": phone.code()}, headers={"Accept": "application/json"})
    assert answer.status == 401
    assert (await ada.get("/login/code")).location == "/"


async def test_signing_out_before_the_code_ends_it(site: Site, phone: Authenticator):
    visitor = await with_password(site)
    pending = dict(visitor.cookies)
    await visitor.post("/logout")
    visitor.client.cookies.update(pending)
    assert (await visitor.get("/login/code")).location == "/login"


async def test_who_is_suspended_meanwhile_is_not_signed_in(site: Site, phone: Authenticator, app: Any):
    storage = app.extensions["tidings"].storage
    visitor = await with_password(site)
    person = await storage.users.by_username("ada")

    async def suspended(user_id: int) -> Any:
        return person.model_copy(update={"suspended_at": phone.clock.now()})

    storage.users.get = suspended
    assert (await visitor.post("/login/code", {"code": phone.next_code()})).status == 422
    assert not await signed_in(visitor)


@pytest.mark.parametrize(
    "code", ["", " ", "x" * 101, "１２３４５６", "12345", "1234567", "123456\x00", "\ud7ff", "-" * 16]
)
async def test_whatever_is_given_as_a_code_is_answered_with_a_sentence(site: Site, phone: Authenticator, code: str):
    visitor = await with_password(site)
    page = await visitor.post("/login/code", {"code": code})
    assert page.status == 422
    assert list(page.errors) == ["code"]


@pytest.mark.settings(rate_limits="on")
async def test_codes_cannot_be_guessed_by_signing_in_again_and_again(
    site: Site, ada: Person, phone: Authenticator, clock: TurnableClock
):
    statuses = []
    for _ in range(3):
        visitor = site.visitor()
        await visitor.login("ada")
        statuses += [(await visitor.post("/login/code", {"code": "aaaa-bbbb-cccc-dddd"})).status for _ in range(5)]
    assert statuses == [422, 422, 422, 422, 303] * 2 + [429] * 5
    page = await visitor.post("/login/code", {"code": phone.next_code()})
    assert page.status == 429
    assert int(page.headers["Retry-After"]) > 0
    # Ada's own browser signed in before: strangers do not lock her out.
    await ada.post("/logout")
    assert (await ada.login("ada")).location == "/login/code"
    assert (await ada.post("/login/code", {"code": phone.next_code()})).location == "/"


async def test_a_reset_by_letter_does_not_go_around_it(site: Site, ada: Person, phone: Authenticator):
    await site.visitor().post("/reset", {"email": ada.email})
    link = site.letters.link(await site.letters.newest_to(ada.email)).removeprefix(site.url)
    visitor = site.visitor()
    assert (await visitor.post(link, {"password": "an even better one"})).location == "/login"
    assert not await signed_in(visitor)
    assert (await visitor.login("ada", "an even better one")).location == "/login/code"
    assert not await signed_in(visitor)
