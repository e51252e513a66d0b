"""Where a form comes from: other sites' forms do nothing, and a Host header that could be anybody's is not believed."""

from typing import Any

import httpx2
import pytest

from tests.visitors import Person, Site

OURS = "http://localhost"


@pytest.fixture
async def ada(site: Site) -> Person:
    return await site.sign_up("ada")


async def bare_post(person: Person, path: str, headers: dict[str, str], form: dict[str, str] | None = None) -> int:
    """A form with exactly these headers about where it comes from."""
    request = person.client.build_request("POST", path, data=form or {})
    del request.headers["Origin"]
    request.headers.update(headers)
    return (await person.client.send(request)).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": OURS},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": OURS},
        # A proxy may have rewritten it; the browser's own word counts.
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://elsewhere.example"},
    ],
)
async def test_a_form_of_our_own_passes(ada: Person, headers: dict[str, str]):
    assert await bare_post(ada, "/posts", headers, {"source": "Hello."}) == 303


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost:81"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost@evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "cross-site", "Origin": OURS},
        {"Sec-Fetch-Site": "none", "Origin": OURS},
        {"Referer": f"{OURS}/posts/new"},
    ],
)
async def test_a_form_from_anywhere_else_is_refused_and_does_nothing(site: Site, ada: Person, headers: dict[str, str]):
    await site.sign_up("ben")
    assert await bare_post(ada, "/posts", headers, {"source": "Hello."}) == 403
    assert await bare_post(ada, "/@ben/follow", headers) == 403
    assert await bare_post(ada, "/logout", headers) == 403
    assert await bare_post(ada, "/preview", headers, {"source": "x"}) == 403
    assert (await ada.get("/public")).post_ids == []
    assert (await ada.get("/posts/new")).status == 200
    assert not any("/@ada" in link for link in (await site.visitor().get("/@ben/followers")).links())


async def test_a_stranger_from_elsewhere_is_refused_before_anything_else(site: Site):
    page = await site.visitor().post(
        "/login", {"identifier": "ada", "password": "x"}, headers={"Origin": "https://evil.example"}
    )
    assert page.status == 403
    page = await site.visitor().post("/posts", {"source": "x"}, headers={"Origin": "https://evil.example"})
    assert page.status == 403


async def test_reading_is_free_wherever_one_comes_from(site: Site):
    page = await site.visitor().get(
        "/public", headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    )
    assert page.status == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "a@b", "["])
async def test_without_a_base_url_a_foreign_host_is_refused(site: Site, host: str):
    page = await site.visitor().get("/", headers={"Host": host})
    assert page.status == 400
    assert host not in page.headers.get("Location", "")


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
async def test_without_a_base_url_local_hosts_are_their_own_origin(site: Site, ada: Person, host: str):
    request = ada.client.build_request("POST", "/posts", data={"source": "x"})
    request.headers.update({"Host": host, "Origin": f"http://{host}"})
    assert (await ada.client.send(request)).status_code == 303
    request = ada.client.build_request("POST", "/posts", data={"source": "x"})
    request.headers.update({"Host": host, "Origin": "http://localhost"})
    assert (await ada.client.send(request)).status_code == 403


@pytest.mark.settings(base_url="http://blog.example")
async def test_with_a_base_url_links_in_letters_come_from_it_and_never_from_the_host(site: Site):
    headers = {"Origin": "http://blog.example", "Host": "evil.example"}
    form = {"username": "ada", "email": "ada@example.org", "password": "correct horse"}
    page = await site.visitor().post("/register", form, headers=headers)
    assert page.status == 303
    letter = await site.letters.newest_to("ada@example.org")
    assert "http://blog.example/confirm/" in site.letters.text(letter)
    assert "evil.example" not in letter.as_string()
    refused = await site.visitor().post(
        "/register", form, headers={"Origin": "http://evil.example", "Host": "evil.example"}
    )
    assert refused.status == 403


async def test_a_forwarded_host_is_not_believed_without_a_proxy(site: Site, app: Any):
    headers = {"Host": "localhost", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=OURS) as client:
        answer = await client.post(
            "/login", data={"identifier": "x"}, headers=headers | {"Origin": "https://evil.example"}
        )
        assert answer.status_code == 403
        assert "evil.example" not in (await client.get("/login", headers=headers)).text
