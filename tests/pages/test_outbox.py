"""A dead mail server delays letters, never a page; and many at once make one account."""

import asyncio
from collections import Counter
from time import monotonic
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.people import PASSWORD
from tests.visitors import Site
from tests.waiting import until
from tidings.mail import postman
from tidings.mail.postman import Pace

QUICK = Pace(poll=0.05, first_pause=0.05, longest_pause=0.2, lease=30)


class Inbox:
    """The receivers of what arrived."""

    def __init__(self) -> None:
        self.receivers: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - its name
        self.receivers.extend(envelope.rcpt_tos)
        return "250 OK"


@pytest.fixture
def app_settings(
    app_settings: dict[str, Any], unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch, request: Any
) -> dict[str, Any]:
    """Where the test asks for it, a mail server that is not there (yet), and a postman who asks often."""
    if "port" in request.fixturenames:
        app_settings["mail_url"] = f"smtp://127.0.0.1:{unused_tcp_port}"
        monkeypatch.setattr(postman, "Pace", lambda: QUICK)
    return app_settings


@pytest.fixture
def port(unused_tcp_port: int) -> int:
    return unused_tcp_port


async def test_pages_answer_while_the_mail_server_is_dead_and_each_letter_arrives_once_later(site: Site, port: int):
    names = ["ada", "ben", "cleo"]
    for name in names:
        begun = monotonic()
        assert (await site.visitor().register(name)).status == 303
        assert monotonic() - begun < 5
    assert (await site.visitor().post("/reset", {"email": "ada@example.org"})).status == 303
    await asyncio.sleep(0.5)  # in which every letter fails a few times
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        await until(lambda: len(inbox.receivers) >= 4)
        # A letter that comes twice would come within the longest pause.
        await asyncio.sleep(2 * QUICK.longest_pause)
    finally:
        controller.stop()
    expected = Counter(f"{name}@example.org" for name in names) + Counter(["ada@example.org"])
    assert Counter(inbox.receivers) == expected


async def test_letters_leave_nothing_behind(site: Site, app: Any):
    await site.sign_up("ada")
    storage = app.extensions["tidings"].storage
    far = app.extensions["tidings"].clock.now().replace(year=2099)
    deadline = monotonic() + 5
    while await storage.outbox.claim(far, 0) is not None:
        assert monotonic() < deadline, "the letter is still there"
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "engine",
    ["memory", pytest.param("mongo", marks=pytest.mark.settings(engine="mongo", secret_key="x" * 40))],
)
async def test_of_twenty_who_register_one_name_at_once_exactly_one_gets_it(site: Site, engine: str):
    names = [("Ada", "ada", "ADA", "aDa")[number % 4] for number in range(20)]
    pages = await asyncio.gather(
        *(site.visitor().register(name, f"person{number}@example.org") for number, name in enumerate(names))
    )
    assert Counter(page.status for page in pages) == {303: 1, 422: 19}
    assert all(list(page.errors) == ["username"] for page in pages if page.status == 422)
    winner = [page.status for page in pages].index(303)
    await site.visitor().confirm(f"person{winner}@example.org")
    assert len(site.letters.all()) == 1
    assert (await site.visitor().login("ada", PASSWORD)).status == 303


@pytest.mark.parametrize(
    "engine",
    ["memory", pytest.param("mongo", marks=pytest.mark.settings(engine="mongo", secret_key="x" * 40))],
)
async def test_of_twenty_who_register_one_address_at_once_none_learns_who_won(site: Site, engine: str):
    emails = [("ada@example.org", "ADA@example.org")[number % 2] for number in range(20)]
    pages = await asyncio.gather(
        *(site.visitor().register(f"person{number}", email) for number, email in enumerate(emails))
    )
    assert {(page.status, page.location) for page in pages} == {(303, "/login")}
    assert [(await site.visitor().login(f"person{number}")).status for number in range(20)].count(303) == 1
