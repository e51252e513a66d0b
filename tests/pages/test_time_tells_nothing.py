"""An answer takes as long for somebody whom the site knows as for somebody whom it does not."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import httpx2
import pytest

from tests.letters import Letters
from tests.page import Page
from tests.visitors import Site
from tidings.app import create_app
from tidings.settings import read_settings

PAIRS = 20
WITHIN = 0.15
ROUNDS = 4

Try = Callable[[int], Awaitable[Page]]


@pytest.fixture
async def site(app_settings: dict[str, Any]) -> AsyncIterator[Site]:
    """The application with passwords that take as long as they do in production."""
    app = create_app(read_settings(_env_file=None, **app_settings))
    mail = Letters(Path(app_settings["mail_url"].removeprefix("file://")))
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with app.test_app(), Site("http://localhost", mail, transport) as site:
        yield site


async def seconds(attempt: Awaitable[Page], status: int) -> float:
    begun = perf_counter()
    page = await attempt
    took = perf_counter() - begun
    assert page.status == status, page
    return took


async def assert_alike(known: Try, unknown: Try, status: int) -> None:
    """Forty tries in turns, so that a busy machine slows both alike; again where it was busier for one."""
    ratio, number = 0.0, 0
    for _ in range(ROUNDS):
        took: tuple[list[float], list[float]] = ([], [])
        for _ in range(PAIRS):
            number += 1
            took[0].append(await seconds(known(number), status))
            took[1].append(await seconds(unknown(number), status))
        ratio = median(took[0]) / median(took[1])
        if abs(ratio - 1) <= WITHIN:
            return
    pytest.fail(f"for somebody known it takes {ratio:.2f} times as long")


@pytest.mark.parametrize("known", ["ada", "ada@example.org"])
async def test_signing_in(site: Site, known: str):
    await site.sign_up("ada")
    visitor, unknown = site.visitor(), known.replace("ada", "abc")
    await assert_alike(
        lambda number: visitor.login(known, f"wrong guess {number}"),
        lambda number: visitor.login(unknown, f"wrong guess {number}"),
        422,
    )


async def test_registering(site: Site):
    await site.sign_up("ada")
    await assert_alike(
        lambda number: site.visitor().register(f"known{number}", "ada@example.org"),
        lambda number: site.visitor().register(f"unknown{number}"),
        303,
    )


async def test_resetting(site: Site):
    await site.sign_up("ada")
    visitor = site.visitor()
    await assert_alike(
        lambda number: visitor.post("/reset", {"email": "ada@example.org"}),
        lambda number: visitor.post("/reset", {"email": f"abc{number}@example.org"}),
        303,
    )


async def test_asking_for_the_confirmation_again(site: Site):
    await site.visitor().register("ada")
    visitor = site.visitor()
    await assert_alike(
        lambda number: visitor.post("/confirm", {"email": "ada@example.org"}),
        lambda number: visitor.post("/confirm", {"email": f"abc{number}@example.org"}),
        303,
    )


async def test_changing_the_address(site: Site):
    ada, _ = await site.sign_up("ada"), await site.sign_up("ben")

    async def ask(email: str) -> Page:
        return await ada.post("/settings/email", {"email": email, "password": ada.password})

    await assert_alike(lambda number: ask("ben@example.org"), lambda number: ask(f"abc{number}@example.org"), 303)
