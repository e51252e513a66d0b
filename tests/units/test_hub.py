"""The hub closes the sockets of sessions that ended, and no others."""

import asyncio

import pytest

from tests.people import make_user
from tidings.errors import UnavailableError
from tidings.live.history import History
from tidings.live.hub import Hub
from tidings.live.sinks import CLOSE_RESTART, CLOSE_SESSION_OVER


class Ends:
    """A reader's end that notes how it was closed."""

    def __init__(self) -> None:
        self.code: int | None = None
        self.closed = asyncio.Event()

    def offer(self, frame: str) -> None:
        pass

    async def room(self) -> None:
        pass

    def close(self, code: int) -> None:
        self.code = code
        self.closed.set()


class Sessions:
    """Which sessions stand, or an outage instead of an answer."""

    def __init__(self, *standing: str) -> None:
        self.standing = set(standing)
        self.outage = False

    async def alive(self, session_id: str) -> bool:
        if self.outage:
            raise UnavailableError
        return session_id in self.standing


async def nobody(_: int) -> list[int]:
    return []


@pytest.fixture
def sessions() -> Sessions:
    return Sessions("kept", "ended", "hers")


@pytest.fixture
def hub(sessions: Sessions) -> Hub:
    return Hub(History(lambda post, whole: ""), nobody, sessions.alive)


async def test_only_what_ended_of_that_person_is_closed(hub: Hub, sessions: Sessions):
    ada, ben = make_user("ada"), make_user("ben")
    ends = {name: Ends() for name in ("kept", "ended", "hers", "stranger")}
    await hub.connect(ends["kept"], ada, "kept")
    await hub.connect(ends["ended"], ada, "ended")
    await hub.connect(ends["hers"], ben, "hers")
    await hub.connect(ends["stranger"], None, None)
    sessions.standing = {"kept"}
    hub.end_sessions(ada.id)
    async with asyncio.timeout(5):
        await ends["ended"].closed.wait()
    assert {name: end.code for name, end in ends.items()} == {
        "kept": None, "ended": CLOSE_SESSION_OVER, "hers": None, "stranger": None,
    }  # fmt: skip


async def test_a_socket_that_cannot_be_looked_at_comes_back_later(hub: Hub, sessions: Sessions):
    ada, end = make_user("ada"), Ends()
    await hub.connect(end, ada, "kept")
    sessions.outage = True
    hub.end_sessions(ada.id)
    async with asyncio.timeout(5):
        await end.closed.wait()
    assert end.code == CLOSE_RESTART


async def test_a_session_that_ended_before_its_socket_came_gets_none(hub: Hub):
    assert await hub.connect(Ends(), make_user("ada"), "long over") is None
