"""Where one is signed in: listed, ended, ending by itself, and worth nothing to whoever tampers with a cookie."""

from datetime import timedelta
from typing import Any

import pytest
from itsdangerous import URLSafeTimedSerializer

from tests.clocks import TurnableClock
from tests.page import Page, text_of
from tests.visitors import Person, Site, Visitor

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def replacements(replacements: dict[str, Any], clock: TurnableClock) -> dict[str, Any]:
    return replacements | {"clock": clock}


@pytest.fixture
async def ada(site: Site) -> Person:
    return await site.sign_up("ada")


async def signed_in(visitor: Visitor) -> bool:
    return (await visitor.get("/posts/new")).status == 200


def names(page: Page) -> list[str]:
    """The sessions on the page, as it calls them."""
    return [element.attrib["data-session"] for element in page.all("li", data_session=None)]


async def test_the_list_says_browser_address_and_which_is_this(site: Site, ada: Person):
    elsewhere = site.visitor()
    elsewhere.client.headers["User-Agent"] = FIREFOX
    await elsewhere.login("ada")
    page = await elsewhere.get("/settings/sessions")
    rows = [text_of(element) for element in page.all("li", data_session=None)]
    assert len(rows) == 2
    assert "Firefox on Linux" in rows[0]
    assert "this browser" in rows[0]
    assert "last seen" in rows[0]
    assert "this browser" not in rows[1]
    assert "python-httpx" in rows[1]


async def test_neither_cookie_nor_what_the_database_looks_up_stands_in_the_page(ada: Person, app: Any):
    person = await app.extensions["tidings"].storage.users.by_username("ada")
    page = await ada.get("/settings/sessions")
    for session in await app.extensions["tidings"].storage.sessions.of_user(person.id):
        assert session.id not in page.text
        assert session.id[:16] not in page.text
    assert ada.cookies["tidings"] not in page.text


async def test_one_session_is_ended_and_the_others_go_on(site: Site, ada: Person):
    one, other = site.visitor(), site.visitor()
    for visitor in (one, other):
        await visitor.login("ada")
    name = names(await one.get("/settings/sessions"))[0]
    page = await ada.post("/settings/sessions", {"session": name})
    assert (page.status, page.location) == (303, "/settings/sessions")
    assert not await signed_in(one)
    assert await signed_in(other)
    assert await signed_in(ada)
    assert len(names(await ada.get("/settings/sessions"))) == 2
    assert (await ada.post("/settings/sessions", {"session": name})).status == 404


async def test_all_others_are_ended(site: Site, ada: Person):
    others = [site.visitor() for _ in range(3)]
    for visitor in others:
        await visitor.login("ada")
    assert (await ada.post("/settings/sessions", {"all": "1"})).status == 303
    assert [await signed_in(visitor) for visitor in (*others, ada)] == [False, False, False, True]
    assert len(names(await ada.get("/settings/sessions"))) == 1


async def test_to_end_ones_own_is_to_sign_out(ada: Person):
    name = names(await ada.get("/settings/sessions"))[0]
    assert (await ada.post("/settings/sessions", {"session": name})).status == 303
    assert not await signed_in(ada)


async def test_somebody_elses_session_is_not_there(site: Site, ada: Person):
    ben = await site.sign_up("ben")
    theirs = names(await ben.get("/settings/sessions"))[0]
    for name in (theirs, "x", "0" * 64, "a" * 32):
        assert (await ada.post("/settings/sessions", {"session": name})).status == 404
    assert await signed_in(ben)


@pytest.mark.parametrize(
    "form", [{}, {"session": ""}, {"all": ""}, {"session": "x" * 101}, {"all": "0"}, {"all": "no"}]
)
async def test_to_end_nothing_is_refused(ada: Person, form: dict[str, str]):
    assert (await ada.post("/settings/sessions", form)).status == 422
    assert await signed_in(ada)


async def test_the_21st_session_ends_the_one_seen_longest_ago(site: Site, ada: Person, clock: TurnableClock):
    visitors = [site.visitor() for _ in range(20)]
    for visitor in visitors:
        clock.turn(seconds=1)
        await visitor.login("ada")
    assert not await signed_in(ada)
    assert [await signed_in(visitor) for visitor in visitors] == [True] * 20
    assert len(names(await visitors[0].get("/settings/sessions"))) == 20


# --- ending by themselves


async def test_a_session_that_is_not_remembered_ends_after_a_day_without_use(ada: Person, clock: TurnableClock):
    clock.turn(hours=23, minutes=50)
    assert await signed_in(ada)
    clock.turn(hours=23, minutes=50)
    assert await signed_in(ada), "being seen keeps it going"
    clock.turn(hours=24, minutes=1)
    assert not await signed_in(ada)


async def test_a_session_that_is_not_remembered_ends_after_a_week_whatever_its_use(ada: Person, clock: TurnableClock):
    for _ in range(13):
        clock.turn(hours=12)
        assert await signed_in(ada)
    clock.turn(hours=12, minutes=1)
    assert not await signed_in(ada)


async def test_a_remembered_session_lasts_a_fortnight_without_use_and_a_month_with(site: Site, clock: TurnableClock):
    await site.sign_up("ada")
    used, unused = site.visitor(), site.visitor()
    for visitor in (used, unused):
        await visitor.login("ada", remember="1")
    clock.turn(days=13)
    assert await signed_in(used)
    clock.turn(days=2)
    assert await signed_in(used)
    assert not await signed_in(unused)
    clock.turn(days=13)
    assert await signed_in(used)
    clock.turn(days=2, minutes=1)
    assert not await signed_in(used)


async def test_changing_the_password_does_not_make_a_session_last_longer(ada: Person, clock: TurnableClock):
    for _ in range(13):
        clock.turn(hours=12)
        await ada.get("/public")
    form = {"current": ada.password, "password": "an even better one"}
    assert (await ada.post("/settings/password", form)).status == 303
    assert await signed_in(ada)
    clock.turn(hours=13)
    assert not await signed_in(ada)


async def test_last_seen_is_saved_once_a_minute(site: Site, ada: Person, app: Any, clock: TurnableClock):
    storage = app.extensions["tidings"].storage
    clock.turn(minutes=10)
    before = clock.now()
    await ada.get("/public")
    seen = (await storage.users.by_username("ada")).last_seen
    assert before <= seen <= clock.now()
    clock.turn(seconds=30)
    await ada.get("/public")
    assert (await storage.users.by_username("ada")).last_seen == seen
    clock.turn(seconds=31)
    await ada.get("/public")
    again = (await storage.users.by_username("ada")).last_seen
    assert again - seen >= timedelta(minutes=1)
    sessions = await storage.sessions.of_user((await storage.users.by_username("ada")).id)
    assert sessions[0].last_seen == again


async def test_to_sign_in_is_to_be_seen(site: Site, ada: Person, app: Any, clock: TurnableClock):
    clock.turn(days=20)
    visitor = site.visitor()
    await visitor.login("ada")
    await visitor.get("/public")
    assert (await app.extensions["tidings"].storage.users.by_username("ada")).last_seen >= clock.now() - timedelta(
        minutes=1
    )


# --- tampering


@pytest.mark.parametrize("minutes", [5, -5])
async def test_a_cookie_signed_by_a_machine_whose_clock_differs_works(
    site: Site, ada: Person, monkeypatch: pytest.MonkeyPatch, minutes: int
):
    import itsdangerous.timed

    real = itsdangerous.timed.time.time
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: real() + minutes * 60)
    visitor = site.visitor()
    await visitor.login("ada")
    monkeypatch.undo()
    assert await signed_in(visitor)


async def test_a_cookie_put_together_from_two_is_a_stranger(site: Site, ada: Person):
    ben = await site.sign_up("ben")
    mine, theirs = (person.cookies["tidings"].split(".") for person in (ada, ben))
    for place in range(3):
        mixed = [*mine[:place], theirs[place], *mine[place + 1 :]]
        if mixed in (mine, theirs):
            continue
        thief = site.visitor()
        thief.client.cookies.set("tidings", ".".join(mixed))
        assert not await signed_in(thief)


async def test_a_cookie_signed_with_another_key_or_for_another_purpose_is_a_stranger(site: Site, app: Any):
    await site.sign_up("ada")
    for key, salt in (("another", "tidings session"), (app.secret_key, "cookie-session"), ("", "tidings session")):
        thief = site.visitor()
        thief.client.cookies.set("tidings", str(URLSafeTimedSerializer(key, salt=salt).dumps("x" * 43)))
        page = await thief.get("/posts/new")
        assert page.location.startswith("/login?next=")


@pytest.mark.parametrize("value", ["x" * 7_000, "." * 3000, "e30.x.y", "a.b", "%F0%28%8C%28", '"\\303\\050"', "null"])
@pytest.mark.parametrize("cookie", ["tidings", "tidings-notes", "__Host-tidings"])
async def test_whatever_a_cookie_holds_it_is_no_failure_of_ours(site: Site, cookie: str, value: str):
    visitor = site.visitor()
    for path in ("/", "/posts/new", "/login", "/login/code", "/settings/sessions"):
        page = await visitor.get(path, headers={"Cookie": f"{cookie}={value}"})
        assert page.status in (200, 303)
    page = await visitor.post("/logout", headers={"Cookie": f"{cookie}={value}"})
    assert page.status == 303
    page = await visitor.post("/login/code", {"code": "123456"}, headers={"Cookie": f"{cookie}={value}"})
    assert (page.status, page.location) == (303, "/login")


async def test_two_cookies_of_one_name_are_at_most_one_person(site: Site, ada: Person):
    ben = await site.sign_up("ben")
    cookie = f"tidings={ada.cookies['tidings']}; tidings={ben.cookies['tidings']}"
    page = await site.visitor().get("/settings/profile", headers={"Cookie": cookie})
    assert page.status in (200, 303)
    assert not ("@ada" in page.text and "@ben" in page.text)


@pytest.mark.parametrize(
    "path", ["/settings/profile", "/settings/password", "/settings/sessions", "/settings/two-factor"]
)
async def test_settings_are_kept_by_no_cache_and_hold_nothing_inline(ada: Person, path: str):
    page = await ada.get(path)
    assert page.status == 200
    assert "no-store" in page.headers["Cache-Control"]
    assert "cookie" in page.headers["Vary"].lower()
    for element in page.tree.iter():
        assert "style" not in element.attrib
        assert element.tag != "style"
    assert page.one("nav", aria_label="Settings")
    current = [e for e in page.all("a", aria_current="page") if e.attrib["href"] == path]
    assert current
