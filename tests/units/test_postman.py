"""Letters go out from the outbox: once each, however many carry, and as soon as a dead mail server is back."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.people import NOON
from tests.waiting import until
from tidings.clock import SystemClock
from tidings.documents.outbox_letter import OutboxLetter
from tidings.errors import UnavailableError
from tidings.mail import Letter, Mailer, MailError, open_mailer
from tidings.mail.postman import Pace, Postman
from tidings.repositories.protocols import Storage

QUICK = Pace(poll=0.05, first_pause=0.05, longest_pause=0.2, lease=30)
SENDER = "Tidings <tidings@example.org>"
FAR = timedelta(days=30)


def letter(number: int = 0, to: str = "ada@example.org") -> Letter:
    return Letter(to, f"[Tidings] letter {number}", f"This is {number}.\n", f"<p>This is {number}.</p>")


class Notebook:
    """A mailer that keeps what it is given, or fails with what it is told to fail with."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.tries = 0
        self.failure: Exception | None = None

    async def send(self, letter: Letter) -> None:
        self.tries += 1
        if self.failure is not None:
            raise self.failure
        # Somebody else's turn, as with any real mailer.
        await asyncio.sleep(0)
        self.sent.append(letter)


@asynccontextmanager
async def carrying(storage: Storage, mailer: Mailer, count: int = 1, pace: Pace = QUICK) -> AsyncIterator[Postman]:
    """So many postmen at one outbox, as many processes have them; the first is given."""
    postmen = [Postman(storage.outbox, mailer, SystemClock(), pace) for _ in range(count)]
    for postman in postmen:
        await postman.start()
    try:
        yield postmen[0]
    finally:
        for postman in postmen:
            await postman.stop()


async def outbox_is_empty(storage: Storage) -> bool:
    return await storage.outbox.claim(SystemClock().now() + FAR, 1) is None


async def test_a_letter_goes_out_at_once_whole_and_leaves_nothing_behind(storage: Storage):
    mailer = Notebook()
    async with carrying(storage, mailer, pace=Pace(poll=60)) as postman:
        await postman.post(letter(1))
        await until(lambda: len(mailer.sent) == 1, timeout=5)
    (sent,) = mailer.sent
    assert (sent.to, sent.subject, sent.text, sent.html) == (
        "ada@example.org",
        "[Tidings] letter 1",
        "This is 1.\n",
        "<p>This is 1.</p>",
    )
    assert await outbox_is_empty(storage)


async def test_of_many_postmen_exactly_one_sends_each_letter(storage: Storage):
    mailer = Notebook()
    async with carrying(storage, mailer, count=5) as postman:
        await asyncio.gather(*(postman.post(letter(number)) for number in range(40)))
        await until(lambda: len(mailer.sent) >= 40)
    assert Counter(sent.subject for sent in mailer.sent) == Counter(letter(number).subject for number in range(40))
    assert await outbox_is_empty(storage)


async def test_what_was_posted_while_nobody_carried_goes_out_later(storage: Storage):
    mailer = Notebook()
    await Postman(storage.outbox, mailer, SystemClock()).post(letter())
    assert mailer.sent == []
    async with carrying(storage, mailer):
        await until(lambda: len(mailer.sent) == 1)


async def test_failures_wait_longer_and_longer(storage: Storage):
    mailer = Notebook()
    mailer.failure = MailError("no")
    pace = Pace(poll=0.01, first_pause=0.1, longest_pause=0.4, lease=30)
    async with carrying(storage, mailer, pace=pace) as postman:
        begun = monotonic()
        await postman.post(letter())
        await until(lambda: mailer.tries >= 5)
        # 0.1 + 0.2 + 0.4 + 0.4, the last two at the longest pause.
        assert monotonic() - begun >= 1.1
        mailer.failure = None
        await until(lambda: len(mailer.sent) == 1)


async def test_one_letter_that_fails_does_not_hold_up_the_others(storage: Storage):
    class Picky(Notebook):
        async def send(self, letter: Letter) -> None:
            self.failure = RuntimeError("a bug") if "letter 0" in letter.subject else None
            await super().send(letter)

    mailer = Picky()
    async with carrying(storage, mailer) as postman:
        for number in range(3):
            await postman.post(letter(number))
        await until(lambda: len(mailer.sent) == 2)
    assert not await outbox_is_empty(storage)


@pytest.mark.parametrize("age", [timedelta(days=2), timedelta(days=3)])
async def test_a_letter_is_given_up_after_three_days(storage: Storage, age: timedelta, caplog: Any):
    mailer = Notebook()
    mailer.failure = MailError("no such host")
    now = SystemClock().now()
    await storage.outbox.add(
        OutboxLetter(
            id="a", to="ada@example.org", subject="Old", text="x", html="x", created_at=now - age, due_at=now - age
        )
    )
    async with carrying(storage, mailer):
        await until(lambda: mailer.tries >= 1)
    given_up = age >= timedelta(days=3)
    assert await outbox_is_empty(storage) is given_up
    assert any("given up" in record.message for record in caplog.records) is given_up


async def test_while_the_database_is_away_the_postman_waits_and_goes_on(storage: Storage, monkeypatch: Any):
    mailer = Notebook()
    claim = storage.outbox.claim
    asked = 0

    async def away(*arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked < 3:
            raise UnavailableError
        return await claim(*arguments)

    monkeypatch.setattr(storage.outbox, "claim", away)
    async with carrying(storage, mailer) as postman:
        await postman.post(letter())
        await until(lambda: len(mailer.sent) == 1)
    assert asked >= 3


async def test_stopping_lets_the_letter_on_its_way_arrive(storage: Storage):
    class Slow(Notebook):
        async def send(self, letter: Letter) -> None:
            self.tries += 1
            await asyncio.sleep(0.3)
            self.sent.append(letter)

    mailer = Slow()
    async with carrying(storage, mailer) as postman:
        await postman.post(letter(1))
        await postman.post(letter(2))
        await until(lambda: mailer.tries == 1)
    assert len(mailer.sent) == 1
    kept = await storage.outbox.claim(NOON + timedelta(days=9999), 1)
    assert kept is not None
    assert kept.attempts == 1, "the other one was never taken"


# --- a real mail server that goes away and comes back ------------------------------------------------------------


class Inbox:
    """What arrived, by subject and Message-ID; refuses one receiver for good."""

    def __init__(self) -> None:
        self.subjects: list[str] = []
        self.ids: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802 - its name
        if address.startswith("nobody@"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - its name
        assert isinstance(envelope.content, bytes)
        head = envelope.content.decode().split("\r\n\r\n")[0].split("\r\n")
        values = dict(line.split(": ", 1) for line in head if ": " in line)
        self.subjects.append(values["Subject"])
        self.ids.append(values["Message-ID"])
        return "250 OK"


async def test_a_mail_server_that_was_dead_gets_each_letter_once_when_it_is_back(
    storage: Storage, unused_tcp_port: int
):
    inbox = Inbox()
    mailer = open_mailer(f"smtp://127.0.0.1:{unused_tcp_port}", SENDER)
    async with carrying(storage, mailer, count=3) as postman:
        for number in range(5):
            await postman.post(letter(number))
        # Long enough for every letter to have failed more than once.
        await asyncio.sleep(1)
        assert inbox.subjects == []
        controller = Controller(inbox, hostname="127.0.0.1", port=unused_tcp_port)
        controller.start()
        try:
            await until(lambda: len(inbox.subjects) >= 5)
            await postman.post(letter(5))
            await until(lambda: len(inbox.subjects) >= 6)
        finally:
            controller.stop()
    assert Counter(inbox.subjects) == Counter(letter(number).subject for number in range(6))
    assert len(set(inbox.ids)) == 6
    assert await outbox_is_empty(storage)


async def test_a_receiver_whom_the_server_refuses_for_good_is_given_up(storage: Storage, unused_tcp_port: int):
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=unused_tcp_port)
    controller.start()
    mailer = open_mailer(f"smtp://127.0.0.1:{unused_tcp_port}", SENDER)
    try:
        async with carrying(storage, mailer) as postman:
            await postman.post(letter(0, "nobody@example.org"))
            await postman.post(letter(1))
            await until(lambda: len(inbox.subjects) == 1)
    finally:
        controller.stop()
    assert await outbox_is_empty(storage)


async def test_a_letter_that_goes_out_again_has_the_same_message_id(storage: Storage, unused_tcp_port: int):
    """A process that dies after the server took the letter leaves the row: the next one sends it again."""
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=unused_tcp_port)
    controller.start()
    mailer = open_mailer(f"smtp://127.0.0.1:{unused_tcp_port}", SENDER)
    try:
        for _ in range(2):
            await mailer.send(Letter("ada@example.org", "Twice", "x\n", "x", id="abc"))
    finally:
        controller.stop()
    assert inbox.ids == ["<abc@example.org>"] * 2
