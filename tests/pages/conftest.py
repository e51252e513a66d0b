"""Pages are tried without processes and ports: `site` is the application in this process."""

import pytest

from tests.visitors import Site


@pytest.fixture
async def site(inner_site: Site) -> Site:
    return inner_site
