"""The second factor in the settings: on with a proof, off with another, recovery codes shown once."""

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


async def test_secret_and_qr_code_are_there_without_anything_inline(ada: Person, clock: TurnableClock):
    page = await ada.get(HERE)
    phone = Authenticator(page, clock)
    assert len(phone.secret) == 32
    assert page.all(class_="qr")
    address = next(link for link in page.links() if link.startswith("otpauth://totp/"))
    assert f"secret={phone.secret}" in address
    assert "issuer=Tidings" in address
    assert "no-store" in page.headers["Cache-Control"]


async def test_the_secret_stays_while_one_fetches_the_phone_and_is_another_in_another_session(
    site: Site, ada: Person, clock: TurnableClock
):
    first = Authenticator(await ada.get(HERE), clock).secret
    assert Authenticator(await ada.get(HERE), clock).secret == first
    elsewhere = site.visitor()
    await elsewhere.login("ada")
    assert Authenticator(await elsewhere.get(HERE), clock).secret != first


@pytest.mark.parametrize("wrong", ["password", "code", "old code", "no code"])
async def test_it_is_not_on_without_password_and_proof(site: Site, ada: Person, clock: TurnableClock, wrong: str):
    phone = Authenticator(await ada.get(HERE), clock)
    other = "000000" if phone.code() != "000000" else "000001"
    codes = {"code": other, "old code": phone.code(-2), "no code": ""}
    form = {"password": "no" if wrong == "password" else PASSWORD, "code": codes.get(wrong, phone.code())}
    page = await ada.post(HERE, form)
    assert page.status == 422
    assert list(page.errors) == ["password" if wrong == "password" else "code"]
    assert Authenticator(page, clock).secret == phone.secret
    assert (await site.visitor().login("ada")).location == "/"


async def test_ten_recovery_codes_are_shown_once(ada: Person, phone: Authenticator):
    codes = recovery_codes(await ada.get(HERE))
    assert len(set(codes)) == 10
    again = await ada.get(HERE)
    assert recovery_codes(again) == []
    assert not any(code in again.text for code in codes)
    assert not again.all("code", data_secret=None), "the secret is shown before it is on, never after"


async def test_recovery_codes_are_kept_as_digests(ada: Person, phone: Authenticator, app: Any):
    codes = recovery_codes(await ada.get(HERE))
    storage = app.extensions["tidings"].storage
    factor = await storage.second_factors.get((await storage.users.by_username("ada")).id)
    assert len(factor.recovery) == 10
    assert all(len(kept) == 64 for kept in factor.recovery)
    assert not any(code.replace("-", "") in str(factor) for code in codes)


async def test_switching_it_on_ends_the_other_sessions_and_renews_this(site: Site, ada: Person, clock: TurnableClock):
    elsewhere = site.visitor()
    await elsewhere.login("ada")
    old = dict(ada.cookies)
    phone = Authenticator(await ada.get(HERE), clock)
    await ada.post(HERE, {"password": PASSWORD, "code": phone.code()})
    assert not await signed_in(elsewhere)
    assert await signed_in(ada)
    thief = site.visitor()
    thief.client.cookies.update(old)
    assert not await signed_in(thief)


@pytest.mark.parametrize("way", ["code", "recovery"])
async def test_it_is_switched_off_with_password_and_a_code(site: Site, ada: Person, phone: Authenticator, way: str):
    codes = recovery_codes(await ada.get(HERE))
    for form in ({"password": "no", "code": phone.next_code()}, {"password": PASSWORD, "code": "aaaa-bbbb-cccc-dddd"}):
        assert (await ada.post(HERE, form)).status == 422
    assert (await site.visitor().login("ada")).location == "/login/code"
    code = phone.next_code() if way == "code" else codes[3]
    assert (await ada.post(HERE, {"password": PASSWORD, "code": code})).location == HERE
    assert (await site.visitor().login("ada")).location == "/"
    assert await signed_in(ada)


async def test_new_recovery_codes_make_the_old_ones_worthless(site: Site, ada: Person, phone: Authenticator):
    old = recovery_codes(await ada.get(HERE))
    page = await ada.post(HERE, {"password": PASSWORD, "code": phone.next_code(), "codes": "1"})
    new = recovery_codes(await ada.follow_to(page))
    assert len(new) == 10
    assert not set(new) & set(old)
    visitor = site.visitor()
    await visitor.login("ada")
    assert (await visitor.post("/login/code", {"code": old[0]})).status == 422
    assert (await visitor.post("/login/code", {"code": new[0]})).location == "/"


async def test_the_recovery_codes_are_not_shown_to_who_signs_in_after(site: Site, ada: Person, phone: Authenticator):
    await site.sign_up("ben")
    await ada.login("ben")
    assert recovery_codes(await ada.get(HERE)) == []


async def test_five_wrong_codes_in_the_settings_end_the_session(ada: Person, phone: Authenticator):
    for _ in range(4):
        assert (await ada.post(HERE, {"password": PASSWORD, "code": "aaaa-bbbb-cccc-dddd"})).status == 422
    await ada.post(HERE, {"password": PASSWORD, "code": "aaaa-bbbb-cccc-dddd"})
    assert not await signed_in(ada)


async def test_who_leaves_leaves_no_secret_behind(ada: Person, phone: Authenticator, app: Any):
    storage = app.extensions["tidings"].storage
    person = await storage.users.by_username("ada")
    assert (await ada.post("/settings/delete", {"password": PASSWORD})).location == "/"
    assert await storage.second_factors.get(person.id) is None
