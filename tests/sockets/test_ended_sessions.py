"""A session that ends takes its live sockets with it, on every process and within five seconds."""

import pytest
from pyotp import TOTP
from websockets.exceptions import InvalidStatus

from tests.people import PASSWORD
from tests.visitors import Person, Site
from tidings.clock import SystemClock

SESSION_OVER = 4001
SECONDS = 5


async def two_browsers(site: Site) -> tuple[Person, Person]:
    """One person, signed in twice."""
    here = await site.sign_up()
    there = Person(site, here.name, here.email)
    await there.sign_in()
    return here, there


async def test_a_new_password_closes_the_sockets_of_every_other_session(site: Site):
    here, there = await two_browsers(site)
    first = await site.live(there)
    sockets = [first, await site.live(there, not_worker=first.worker)]
    for socket in sockets:
        await socket.subscribe("home")
    bystander = await site.live(await site.sign_up())
    await bystander.subscribe("home")
    page = await here.post("/settings/password", {"current": PASSWORD, "password": "an even better one"})
    assert page.status == 303
    assert [await socket.closed(timeout=SECONDS) for socket in sockets] == [SESSION_OVER] * 2
    assert (await bystander.ping())[-1]["op"] == "pong"
    fresh = await site.live(here)
    assert (await fresh.subscribe("home"))["op"] == "subscribed"


async def test_a_session_that_is_ended_from_elsewhere_loses_its_socket(site: Site):
    here, there = await two_browsers(site)
    mine, theirs = await site.live(here), await site.live(there)
    for socket in (mine, theirs):
        await socket.subscribe("home")
    await here.post("/settings/sessions", {"all": "1"})
    assert await theirs.closed(timeout=SECONDS) == SESSION_OVER
    assert (await mine.ping())[-1]["op"] == "pong"


async def test_a_socket_before_the_second_step_is_a_strangers(site: Site):
    here, there = await two_browsers(site)
    page = await here.get("/settings/two-factor")
    secret = page.one("code", data_secret=None).attrib["data-secret"]
    code = TOTP(secret).at(SystemClock().now())
    open_before = await site.live(there)
    await open_before.subscribe("home")
    assert (await here.post("/settings/two-factor", {"password": PASSWORD, "code": code})).status == 303
    assert await open_before.closed(timeout=SECONDS) == SESSION_OVER
    assert (await there.login(here.name)).location == "/login/code"
    try:
        socket = await site.live(there)
    except InvalidStatus as refused:
        pytest.fail(f"a stranger may listen too: {refused}")
    assert (await socket.subscribe("home"))["code"] == "sign_in"
    post = await here.publish("For my followers.", visibility="followers")
    assert (await socket.subscribe(f"post:{post}"))["code"] == "not_found"
