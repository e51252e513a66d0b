"""Counters hold across processes, and only proxies of our own say where somebody comes from."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.running import Server
from tests.visitors import Site


@asynccontextmanager
async def served(folder: Path, proxies: int) -> AsyncIterator[Site]:
    """Two workers that throttle, with so many proxies in front."""
    server = Server(folder, settings={"TIDINGS_RATE_LIMITS": "on", "TIDINGS_TRUSTED_PROXIES": str(proxies)})
    try:
        server.start()
        async with Site(server.url, server.letters) as site:
            yield site
    finally:
        if server.started:
            server.stop()


async def guess(site: Site, name: str, forwarded_for: str) -> tuple[int, str]:
    """The status, and which worker answered: each visitor has a connection of their own."""
    form = {"identifier": name, "password": "wrong guess"}
    page = await site.visitor().send("POST", "/login", data=form, headers={"X-Forwarded-For": forwarded_for})
    return page.status, page.headers["Tidings-Worker"]


async def test_without_proxies_a_forged_address_does_not_help(tmp_path: Path):
    async with served(tmp_path, proxies=0) as site:
        statuses = [(await guess(site, f"person{number}", f"198.51.100.{number}"))[0] for number in range(12)]
    assert statuses == [*[422] * 10, 429, 429]


async def test_behind_a_proxy_only_what_it_appended_counts_and_accounts_count_across_processes(tmp_path: Path):
    async with served(tmp_path, proxies=1) as site:
        # What a client makes up stands first; what the proxy in front appends stands last.
        forged = [(await guess(site, f"person{number}", f"198.51.100.{number}, 192.0.2.9"))[0] for number in range(12)]
        assert forged == [*[422] * 10, 429, 429]
        assert (await guess(site, "another", "192.0.2.10"))[0] == 422
        # One account, each time from another network, until both processes have answered.
        answers = [await guess(site, "ada", f"203.0.113.{number}") for number in range(40)]
        assert [status for status, _ in answers] == [422] * 10 + [429] * 30
        assert len({worker for _, worker in answers}) == 2
