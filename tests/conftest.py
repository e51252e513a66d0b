"""Fixtures that every room shares: a clean environment, a real mongod, storage engines, the application, a site."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from hypothesis import settings as hypothesis_settings
from jinja2 import Environment

from tests.database import Mongod
from tests.letters import Letters
from tests.running import Server
from tests.visitors import Site
from tidings.app import create_app
from tidings.auth.passwords import CHEAP, Passwords
from tidings.repositories import open_storage
from tidings.repositories.protocols import Storage
from tidings.settings import Settings, read_settings

# A busy machine is slow at times; that is no property of the code. The same examples on every run.
hypothesis_settings.register_profile("tidings", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("tidings")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer has set for a site of their own must not reach a test."""
    for name in [name for name in os.environ if name.startswith("TIDINGS_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once() -> Iterator[None]:
    """Hundreds of tests make an application of their own; to compile its templates is half of what that takes."""
    compiled: dict[Any, Any] = {}
    compile_template: Any = Environment.compile

    def remember(self: Environment, source: Any, name: Any = None, filename: Any = None, **options: Any) -> Any:
        if not isinstance(source, str):
            return compile_template(self, source, name, filename, **options)
        key = (type(self), self.is_async, source, name, filename, *sorted(options.items()))
        if key not in compiled:
            compiled[key] = compile_template(self, source, name, filename, **options)
        return compiled[key]

    patch = pytest.MonkeyPatch()
    patch.setattr(Environment, "compile", remember)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def mongod() -> Iterator[Mongod]:
    """A real mongod, a replica set of one, for the whole run."""
    server = Mongod()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def database_url(mongod: Mongod) -> Iterator[str]:
    """The URL of a database that nobody else uses and that is gone afterwards."""
    name = f"t{uuid4().hex[:12]}"
    yield mongod.url(name)
    mongod.drop(name)


@pytest.fixture(params=["memory", "mongo"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def engine_settings(engine: str, request: pytest.FixtureRequest) -> Settings:
    """Settings with an empty database of this engine."""
    url = "memory://" if engine == "memory" else request.getfixturevalue("database_url")
    return read_settings(_env_file=None, database_url=url)


@pytest.fixture
async def storage(engine_settings: Settings) -> AsyncIterator[Storage]:
    """An open, empty storage, once per engine."""
    storage = open_storage(engine_settings)
    await storage.open()
    yield storage
    await storage.close()


@pytest.fixture
def app_settings(tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    """The settings of `app`, with those that the test marks (`@pytest.mark.settings(registration="closed")`)."""
    marker = request.node.get_closest_marker("settings")
    marked = dict(marker.kwargs) if marker is not None else {}
    if marked.pop("engine", "memory") == "mongo":
        marked["database_url"] = request.getfixturevalue("database_url")
    mail = tmp_path / "mail"
    mail.mkdir()
    return {
        "database_url": "memory://",
        "data_dir": tmp_path / "data",
        "mail_url": f"file://{mail}",
        "rate_limits": "off",
        "log_level": "error",
        **marked,
    }


@pytest.fixture
def replacements() -> dict[str, Any]:
    """The parts of `app` that are not the usual ones; a test file may hand in others besides."""
    return {"passwords": Passwords(CHEAP)}


@pytest.fixture
async def app(app_settings: dict[str, Any], replacements: dict[str, Any]) -> AsyncIterator[Any]:
    """The application in this process, on memory:// and with cheap passwords, started."""
    application = create_app(read_settings(_env_file=None, **app_settings), **replacements)
    async with application.test_app():
        yield application


@pytest.fixture
async def client(app: Any) -> Any:
    """Quart's own test client, for what only it can do."""
    return app.test_client()


@pytest.fixture
async def inner_site(app: Any, app_settings: dict[str, Any]) -> AsyncIterator[Site]:
    """The application as visitors see it, without processes and ports."""
    mail = Letters(Path(app_settings["mail_url"].removeprefix("file://")))
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with Site(app_settings.get("base_url", "http://localhost"), mail, transport) as site:
        yield site


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`tidings serve --workers 2` with its own mongod, one for the whole run."""
    server = Server(tmp_path_factory.mktemp("site"))
    try:
        server.start()
        yield server
    finally:
        if server.started:
            server.stop()


@pytest.fixture
async def site(server: Server) -> AsyncIterator[Site]:
    """The running server as visitors see it. Tests share it: use names of your own (`site.sign_up()`)."""
    async with Site(server.url, server.letters) as site:
        yield site
