"""How often something may be tried: per account, network, device and receiver, and never to the owner's harm."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.people import PASSWORD
from tests.visitors import Person, Site, Visitor
from tidings.clock import SystemClock
from tidings.errors import ThrottledError, UnavailableError
from tidings.web import throttle
from tidings.web.throttle import network_of

pytestmark = pytest.mark.settings(rate_limits="on")

SiteFrom = Callable[[str], Site]
JSON = {"Accept": "application/json"}


async def guesses(visitor: Visitor, count: int, identifier: str = "ada") -> list[int]:
    return [(await visitor.login(identifier, f"guess {number}")).status for number in range(count)]


async def flood(site_from: SiteFrom, identifier: str = "ada", count: int = 10) -> None:
    """Wrong guesses at an account, each from another network."""
    for number in range(count):
        await site_from(f"198.51.100.{number}").visitor().login(identifier, "wrong guess")


def turn_clock(app: Any, monkeypatch: pytest.MonkeyPatch, **forward: float) -> None:
    later = SystemClock().now() + timedelta(**forward)
    monkeypatch.setattr(app.extensions["tidings"].clock, "now", lambda: later)


# --- signing in --------------------------------------------------------------------------------------------------


async def test_after_ten_wrong_guesses_there_is_a_pause(site: Site, app: Any, monkeypatch: pytest.MonkeyPatch):
    await site.sign_up("ada")
    stranger = site.visitor()
    assert await guesses(stranger, 12) == [*[422] * 10, 429, 429]
    page = await stranger.login("ada", PASSWORD)
    assert page.status == 429
    assert 0 < int(page.headers["Retry-After"]) <= 15 * 60
    assert "minutes" in page.text
    turn_clock(app, monkeypatch, minutes=15, seconds=1)
    assert (await stranger.login("ada", PASSWORD)).status == 303


async def test_a_client_that_wants_json_is_told_so(site: Site):
    stranger = site.visitor()
    await guesses(stranger, 10)
    page = await stranger.send("POST", "/login", data={"identifier": "ada", "password": "x"}, headers=JSON)
    assert page.status == 429
    assert "Retry-After" in page.headers
    assert isinstance(page.json()["error"], str)


async def test_rotating_addresses_do_not_help_against_one_account(site: Site, site_from: SiteFrom):
    await site.sign_up("ada")
    await flood(site_from, "ADA")
    assert (await site_from("203.0.113.1").visitor().login("ada", PASSWORD)).status == 429


async def test_rotating_accounts_do_not_help_from_one_network(site: Site, site_from: SiteFrom):
    await site.sign_up("ada")
    stranger = site_from("203.0.113.1").visitor()
    statuses = [await guesses(stranger, 1, f"person{number}") for number in range(11)]
    assert statuses == [*[[422]] * 10, [429]]
    assert (await stranger.login("ada", PASSWORD)).status == 429
    assert (await site_from("203.0.113.2").visitor().login("ada", PASSWORD)).status == 303


async def test_one_ipv6_network_is_one_network(site: Site, site_from: SiteFrom):
    await site.sign_up("ada")
    for number in range(10):
        await guesses(site_from(f"2001:db8:0:1::{number:x}").visitor(), 1, f"person{number}")
    assert await guesses(site_from("2001:db8:0:1:ffff::1").visitor(), 1, "another") == [429]
    assert await guesses(site_from("2001:db8:0:2::1").visitor(), 1, "another") == [422]


async def test_a_known_and_an_unknown_account_are_throttled_alike(site: Site, site_from: SiteFrom):
    await site.sign_up("ada")
    for name in ("ada", "nobody", "ada@example.org", "nobody@example.org"):
        await flood(site_from, name)
        page = await site_from("203.0.113.1").visitor().login(name, "wrong guess")
        assert page.status == 429, name


async def test_a_throttled_name_does_not_tell_whose_address_is_whose(site: Site, site_from: SiteFrom):
    await site.sign_up("ada")
    await flood(site_from, "ada")
    stranger = site_from("203.0.113.1").visitor()
    assert await guesses(stranger, 1, "ada@example.org") == await guesses(stranger, 1, "nobody@example.org") == [422]


async def test_what_was_right_does_not_count(site: Site):
    await site.sign_up("ada")
    assert [(await site.visitor().login("ada")).status for _ in range(25)] == [303] * 25


async def test_a_hundred_guesses_at_once_are_no_more_than_ten(site: Site):
    await site.sign_up("ada")
    stranger = site.visitor()
    pages = await asyncio.gather(*(stranger.login("ada", f"guess {number}") for number in range(40)))
    assert sorted(page.status for page in pages) == [422] * 10 + [429] * 30


# --- the device that signed in before ----------------------------------------------------------------------------


async def test_the_owner_is_never_locked_out_where_they_signed_in_before(site: Site, site_from: SiteFrom):
    ada = await site.sign_up("ada")
    await ada.post("/logout")
    await flood(site_from, "ada")
    await guesses(site.visitor(), 12, "somebody")  # the whole network is exhausted as well
    assert (await site.visitor().login("ada", PASSWORD)).status == 429
    assert (await ada.login("ada", PASSWORD)).status == 303
    await ada.post("/logout")
    assert (await ada.login("ada@example.org", PASSWORD)).status == 303


async def test_the_devices_cookie_is_for_this_site_and_not_for_scripts(site: Site):
    await site.sign_up("ada")
    page = await site.visitor().login("ada")
    (cookie,) = [value for value in page.headers.get_list("Set-Cookie") if value.startswith("tidings-device=")]
    parts = {part.strip().lower() for part in cookie.split(";")}
    assert {"httponly", "samesite=lax", "path=/", f"max-age={365 * 24 * 3600}"} <= parts
    assert not any(part.startswith("domain") for part in parts)
    page = await site.visitor().login("ada", "wrong guess")
    assert "tidings-device" not in str(page.headers)


@pytest.mark.settings(
    rate_limits="on", engine="mongo", secret_key="x" * 40, base_url="https://example.org", trusted_proxies=0
)
async def test_behind_https_the_devices_cookie_is_bound_to_host_and_https(site: Site):
    await site.sign_up("ada")
    page = await site.visitor().login("ada")
    (cookie,) = [value for value in page.headers.get_list("Set-Cookie") if "tidings-device" in value]
    assert cookie.startswith("__Host-tidings-device=")
    assert "Secure" in cookie


async def test_a_stolen_devices_cookie_is_worth_ten_guesses_and_nothing_else(site: Site, site_from: SiteFrom):
    ada, ben = await site.sign_up("ada"), await site.sign_up("ben")
    thief = site_from("203.0.113.9").visitor()
    thief.client.cookies.set("tidings-device", ada.cookies["tidings-device"])
    assert (await thief.get("/posts/new")).location.startswith("/login")
    await flood(site_from, "ada")
    await flood(site_from, "ben")
    assert await guesses(thief, 12) == [*[422] * 10, 429, 429]
    # It is a device of ada's: towards anybody else the thief is a stranger.
    assert await guesses(thief, 1, "ben") == [429]
    assert (await ben.login("ben")).status == 303


@pytest.mark.parametrize("value", ["", "x", "x" * 43, "é" * 43, "x" * 5000, "'\""])
async def test_a_made_up_devices_cookie_is_a_strangers(site: Site, site_from: SiteFrom, value: str):
    await site.sign_up("ada")
    await flood(site_from, "ada")
    headers = {b"Cookie": b"tidings-device=" + value.encode()}
    form = {"identifier": "ada", "password": PASSWORD}
    page = await site_from("203.0.113.1").visitor().send("POST", "/login", data=form, headers=headers)
    assert page.status == 429


async def test_two_people_at_one_browser_are_known_both(site: Site, site_from: SiteFrom):
    await site.sign_up("ada")
    await site.sign_up("ben")
    family = site.visitor()
    for name in ("ada", "ben"):
        await family.login(name)
        await family.post("/logout")
        await flood(site_from, name)
    assert (await family.login("ada")).status == 303
    await family.post("/logout")
    assert (await family.login("ben")).status == 303


async def test_the_browser_on_which_a_password_was_reset_is_known(site: Site, site_from: SiteFrom):
    ada = await site.sign_up("ada")
    owner = site.visitor()
    await owner.post("/reset", {"email": ada.email})
    link = site.letters.link(await site.letters.newest_to(ada.email, beyond=1)).removeprefix(site.url)
    await flood(site_from, "ada")
    await owner.post(link, {"password": "a new sentence"})
    assert (await site.visitor().login("ada", "a new sentence")).status == 429
    assert (await owner.login("ada", "a new sentence")).status == 303


async def test_the_browser_on_which_another_address_was_confirmed_is_known(site: Site, site_from: SiteFrom):
    ada = await site.sign_up("ada")
    await ada.post("/settings/email", {"email": "ada@example.net", "password": ada.password})
    link = site.letters.link(await site.letters.newest_to("ada@example.net")).removeprefix(site.url)
    owner = site.visitor()
    await owner.post(link)
    await flood(site_from, "ada")
    assert (await site.visitor().login("ada")).status == 429
    assert (await owner.login("ada")).status == 303


async def test_a_reset_password_makes_every_device_a_stranger(site: Site, site_from: SiteFrom):
    ada = await site.sign_up("ada")
    await site.visitor().post("/reset", {"email": ada.email})
    link = site.letters.link(await site.letters.newest_to(ada.email, beyond=1)).removeprefix(site.url)
    await site.visitor().post(link, {"password": "a new sentence"})
    await flood(site_from, "ada")
    assert (await ada.login("ada", "a new sentence")).status == 429


# --- registering and letters -------------------------------------------------------------------------------------


async def test_twenty_registrations_an_hour_come_from_one_network(
    site: Site, site_from: SiteFrom, app: Any, monkeypatch: pytest.MonkeyPatch
):
    statuses = [(await site.visitor().register(f"ada{number}")).status for number in range(21)]
    assert statuses == [*[303] * 20, 429]
    assert (await site.visitor().login("ada20")).status == 422, "nothing was made"
    assert (await site_from("203.0.113.1").visitor().register("ben")).status == 303
    turn_clock(app, monkeypatch, hours=1, seconds=1)
    assert (await site.visitor().register("cleo")).status == 303


@pytest.mark.parametrize("path", ["/reset", "/confirm"])
@pytest.mark.parametrize("known", [True, False])
async def test_an_address_is_written_to_five_times_an_hour_known_or_not(
    site: Site, site_from: SiteFrom, path: str, known: bool
):
    if known:
        await site.visitor().register("ada")
        await site.letters.newest_to("ada@example.org")
    asked = [
        (await site_from(f"198.51.100.{number}").visitor().post(path, {"email": email})).status
        for number, email in enumerate(["ada@example.org", "ADA@example.org"] * 4)
    ]
    # The letter of the registration is one of the five.
    assert asked == [*[303] * (4 if known else 5), *[429] * (4 if known else 3)]
    assert len(site.letters.to("ada@example.org")) <= 5


async def test_one_network_asks_for_twenty_letters_an_hour(site: Site, site_from: SiteFrom):
    stranger = site.visitor()
    asked = [(await stranger.post("/reset", {"email": f"a{number}@example.org"})).status for number in range(21)]
    assert asked == [*[303] * 20, 429]
    page = await stranger.post("/confirm", {"email": "b@example.org"})
    assert page.status == 429
    assert 0 < int(page.headers["Retry-After"]) <= 3600
    assert (await site_from("203.0.113.1").visitor().post("/reset", {"email": "b@example.org"})).status == 303


async def test_registering_somebodys_address_again_and_again_does_not_fill_their_mailbox(site: Site):
    await site.sign_up("ada")
    pages = [await site.visitor().register(f"eve{number}", "ada@example.org") for number in range(8)]
    assert {(page.status, page.location) for page in pages} == {(303, "/login")}
    await site.visitor().register("ben")
    await site.letters.newest_to("ben@example.org")
    assert len(site.letters.to("ada@example.org")) == 5


async def test_a_guess_at_ones_own_password_is_throttled_too(site: Site):
    ada = await site.sign_up("ada")
    form = {"email": "ada@example.net", "password": "wrong guess"}
    statuses = [(await ada.post("/settings/email", form)).status for _ in range(11)]
    assert statuses == [*[422] * 10, 429]


# --- the rest ----------------------------------------------------------------------------------------------------


async def test_a_second_factor_is_throttled_per_account_and_per_network(app: Any, monkeypatch: pytest.MonkeyPatch):
    async def refusals(count: int, address: str, user_id: int) -> int:
        refused = 0
        monkeypatch.setattr(throttle, "here", lambda: address)
        for _ in range(count):
            async with app.test_request_context("/login/code"):
                try:
                    await throttle.second_factor(user_id)
                except ThrottledError:
                    refused += 1
        return refused

    assert await refusals(10, "203.0.113.1", 7) == 0
    assert await refusals(2, "203.0.113.2", 7) == 2
    assert await refusals(2, "203.0.113.1", 8) == 2
    assert await refusals(2, "203.0.113.2", 8) == 0


@pytest.mark.settings(rate_limits="off")
async def test_all_of_it_can_be_switched_off(site: Site):
    await site.sign_up("ada")
    stranger = site.visitor()
    assert await guesses(stranger, 15) == [422] * 15
    assert [(await stranger.post("/reset", {"email": "ada@example.org"})).status for _ in range(7)] == [303] * 7
    assert [(await stranger.register(f"ben{number}")).status for number in range(22)] == [303] * 22


async def test_without_the_database_there_is_no_try_and_no_page_but_those(
    site: Site, app: Any, monkeypatch: pytest.MonkeyPatch
):
    await site.sign_up("ada")

    async def away(*arguments: Any) -> int:
        raise UnavailableError

    monkeypatch.setattr(app.extensions["tidings"].storage.throttles, "hit", away)
    page = await site.visitor().login("ada")
    assert page.status == 503
    assert "Retry-After" in page.headers
    assert (await site.visitor().get("/public")).status == 200


async def test_a_forged_header_is_no_other_network(site: Site):
    """Straight into the application nobody stands in front: see tests/server for proxies."""
    stranger = site.visitor()
    statuses = [
        (
            await stranger.send(
                "POST",
                "/login",
                data={"identifier": f"person{number}", "password": "x"},
                headers={"X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": "1.1.1.1", "Forwarded": "for=1.1.1.1"},
            )
        ).status
        for number in range(11)
    ]
    assert statuses == [*[422] * 10, 429]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("<local>", "<local>"),
        ("", ""),
    ],
)
def test_a_network_is_what_one_subscriber_holds(address: str, network: str):
    assert network_of(address) == network


async def test_letters_asked_for_by_strangers_keep_nobody_from_signing_in(site: Site):
    ada = Person(site, "ada", "ada@example.org")
    await site.sign_up("ada")
    for _ in range(8):
        await site.visitor().post("/reset", {"email": "ada@example.org"})
    await ada.sign_in()
