"""Pages are tried without processes and ports: `site` is the application in this process."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest

from tests.visitors import Site


@pytest.fixture
async def site(inner_site: Site) -> Site:
    return inner_site


@pytest.fixture
async def site_from(app: Any, site: Site) -> AsyncIterator[Callable[[str], Site]]:
    """The same site as visitors at another network address see it."""
    async with AsyncExitStack() as stack:
        sites: list[Site] = []

        def make(address: str) -> Site:
            transport = httpx2.ASGITransport(app=app, client=(address, 4711), raise_app_exceptions=False)
            sites.append(Site(site.url, site.letters, transport))
            stack.push_async_exit(sites[-1])
            return sites[-1]

        yield make
