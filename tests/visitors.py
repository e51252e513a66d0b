"""The site from outside: visitors with browsers of their own, over real HTTP or straight into the application."""

import re
from collections.abc import Mapping
from itertools import count
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2

from tests.letters import Letters
from tests.live import LiveSocket, open_socket
from tests.page import Page
from tests.people import CAST, PASSWORD

__all__ = ["Person", "Site", "Visitor"]

POST_ADDRESS = re.compile(r"/@([A-Za-z0-9_.]+)/([0-9]+)")


class Visitor:
    """Somebody at a browser: keeps cookies, sends the page's own origin, goes where a redirect leads only if told."""

    def __init__(self, site: "Site") -> None:
        self.site = site
        self.client = site.new_client()

    async def get(self, path: str, **options: Any) -> Page:
        return Page(await self.client.get(path, **options))

    async def post(self, path: str, form: Mapping[str, Any] | None = None, **options: Any) -> Page:
        return Page(await self.client.post(path, data=dict(form or {}), **options))

    async def send(self, method: str, path: str, **options: Any) -> Page:
        return Page(await self.client.request(method, path, **options))

    async def follow_to(self, page: Page) -> Page:
        """Go where the redirect leads, once."""
        assert page.status in (301, 303), f"{page} is no redirect"
        return await self.get(page.location)

    async def register(self, name: str, email: str | None = None, password: str = PASSWORD) -> Page:
        return await self.post(
            "/register", {"username": name, "email": email or f"{name.lower()}@example.org", "password": password}
        )

    async def login(self, identifier: str, password: str = PASSWORD, **more: str) -> Page:
        return await self.post("/login", {"identifier": identifier, "password": password, **more})

    async def confirm(self, email: str) -> Page:
        """Press the button behind the link of the newest letter to this address."""
        link = urlsplit(Letters.link(await self.site.letters.newest_to(email)))
        return await self.post(link.path)

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self.client.cookies.jar}


class Person(Visitor):
    """A visitor with an account, signed in."""

    def __init__(self, site: "Site", name: str, email: str, password: str = PASSWORD) -> None:
        super().__init__(site)
        self.name, self.email, self.password = name, email, password

    async def publish(
        self, source: str = "Hello.", title: str = "", visibility: str = "public", request_key: str | None = None
    ) -> int:
        """Write a post and answer its id."""
        form = {"title": title, "source": source, "visibility": visibility}
        if request_key is not None:
            form["request_key"] = request_key
        page = await self.post("/posts", form)
        assert page.status == 303, f"{page}: {page.errors or page.text[:300]}"
        found = POST_ADDRESS.fullmatch(page.location)
        assert found is not None, f"{page.location} is no post's address"
        return int(found[2])

    async def edit(self, post_id: int, source: str, visibility: str = "public", title: str = "") -> Page:
        """Open the form, write, send it with the version that it had."""
        form = await self.get(f"/posts/{post_id}/edit")
        assert form.status == 200, form
        return await self.post(
            f"/posts/{post_id}/edit",
            {"title": title, "source": source, "visibility": visibility, "version": form.field("version")},
        )

    async def remove(self, post_id: int) -> None:
        page = await self.post(f"/posts/{post_id}/remove")
        assert page.status == 303, page

    async def follow(self, other: "Person | str") -> None:
        page = await self.post(f"/@{other if isinstance(other, str) else other.name}/follow")
        assert page.status == 303, page

    async def unfollow(self, other: "Person | str") -> None:
        page = await self.post(f"/@{other if isinstance(other, str) else other.name}/unfollow")
        assert page.status == 303, page

    async def sign_in(self) -> None:
        page = await self.login(self.name, self.password)
        assert page.status == 303, f"{page}: {page.errors}"


class Site:
    """A running site: its address, its mail folder, and everybody who visits it during one test."""

    numbers = count(1)

    def __init__(self, url: str, letters: Letters, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        self.letters = letters
        self._transport = transport
        self._clients: list[httpx2.AsyncClient] = []
        self._sockets: list[LiveSocket] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for socket in self._sockets:
            await socket.close()
        for client in self._clients:
            await client.aclose()

    def new_client(self) -> httpx2.AsyncClient:
        client = httpx2.AsyncClient(
            base_url=self.url,
            headers={"Origin": self.url},
            transport=self._transport,
            timeout=30,
            trust_env=False,
        )
        self._clients.append(client)
        return client

    def visitor(self) -> Visitor:
        return Visitor(self)

    def unused_name(self, stem: str = "") -> str:
        """A name that nobody on this site has, for tests that share one."""
        number = next(self.numbers)
        return f"{stem or CAST[number % len(CAST)]}{number}"

    async def sign_up(self, name: str | None = None) -> Person:
        """Register, read the letter, press its button, sign in."""
        name = name or self.unused_name()
        person = Person(self, name, f"{name.lower()}@example.org")
        page = await person.register(name, person.email)
        assert page.status == 303, f"{page}: {page.errors or page.text[:300]}"
        page = await person.confirm(person.email)
        assert page.status == 303, page
        await person.sign_in()
        return person

    async def live(
        self,
        person: Visitor | None = None,
        worker: str | None = None,
        origin: str | None = "",
        headers: Mapping[str, str] | None = None,
        not_worker: str | None = None,
        **options: Any,
    ) -> LiveSocket:
        """A live socket of this person (or of nobody) on the chosen worker, or whichever takes it.

        `origin` is the site's own unless given; None sends none. Raises websockets' InvalidStatus when refused.
        """
        more = dict(headers or {})
        if person is not None and person.cookies:
            more["Cookie"] = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
        socket = await open_socket(self.url, self.url if origin == "" else origin, more, worker, not_worker, **options)
        self._sockets.append(socket)
        return socket
