"""What every answer carries, and what no page does: inline script, foreign requests, a copy in a cache."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.visitors import Person, Site

PAGES = ["/", "/public", "/login", "/register", "/confirm", "/@ada", "/@ada/followers", "/@nobody", "/posts/new"]


@pytest.fixture
async def ada(site: Site) -> Person:
    ada = await site.sign_up("ada")
    await ada.publish("Hello *there*.", title="First")
    return ada


@pytest.mark.parametrize("path", [*PAGES, "/healthz", "/static/js/live.js", "/static/none.js"])
async def test_every_answer_has_the_headers_that_browsers_obey(site: Site, ada: Person, path: str):
    headers = (await site.visitor().get(path)).headers
    policy = {
        part.split()[0]: part.split()[1:] for part in headers["Content-Security-Policy"].split(";") if part.strip()
    }
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"]
    assert "'unsafe-eval'" not in headers["Content-Security-Policy"]
    assert policy["default-src"] in (["'self'"], ["'none'"])
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] in (["'none'"], ["'self'"])
    assert policy["form-action"] == ["'self'"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("same-origin", "strict-origin-when-cross-origin", "strict-origin")
    assert "Server" not in headers or "quart" not in headers["Server"].lower()


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_has_anything_inline_or_from_elsewhere(ada: Person, path: str):
    page = await ada.get(path)
    for element in page.tree.iter():
        if not isinstance(element.tag, str):
            continue
        assert "style" not in element.attrib, element.attrib
        assert not any(re.match(r"on[a-z]+$", name) for name in element.attrib), element.attrib
        if element.tag == "style" or (element.tag == "script" and "src" not in element.attrib):
            kind = element.attrib.get("type", "")
            assert kind in ("application/json", "application/ld+json"), f"an inline <{element.tag}>"
        for name in ("src", "href") if element.tag in ("script", "link", "img", "iframe", "source") else ():
            assert not urlsplit(element.attrib.get(name, "")).netloc, element.attrib


@pytest.mark.parametrize("path", ["/", "/public", "/@ada", "/posts/new", "/@ada/followers"])
async def test_a_page_made_for_somebody_is_kept_by_no_cache(ada: Person, path: str):
    headers = (await ada.get(path)).headers
    assert "no-store" in headers["Cache-Control"]
    assert "cookie" in headers["Vary"].lower()


async def test_a_page_with_a_token_keeps_its_origin_for_its_form(site: Site, ada: Person):
    await site.visitor().register("ben")
    link = site.letters.link(await site.letters.newest_to("ben@example.org")).removeprefix(site.url)
    page = await site.visitor().get(link)
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_says_what_it_is(site: Site, ada: Person, path: str):
    page = await (site.visitor().get(path) if path != "/posts/new" else ada.get(path))
    assert page.headers["Content-Type"].lower().replace(" ", "") == "text/html;charset=utf-8"
    assert page.one("html").attrib["lang"]
    assert "".join(page.one("title").itertext()).strip()
    assert page.all("h1")
    assert page.one("meta", name="viewport").attrib["content"]


async def test_an_error_is_a_page_with_a_sentence_or_json(site: Site):
    page = await site.visitor().get("/nothing-here")
    assert page.status == 404
    assert page.all("h1")
    answer = (await site.visitor().get("/nothing-here", headers={"Accept": "application/json"})).json()
    assert isinstance(answer["error"], str)


async def test_a_wrong_method_says_which_are_right(site: Site):
    page = await site.visitor().send("DELETE", "/login")
    assert page.status == 405
    assert {"GET", "POST"} <= {method.strip() for method in page.headers["Allow"].split(",")}


async def test_it_is_alive_and_ready(site: Site):
    assert (await site.visitor().get("/healthz")).status == 200
    assert (await site.visitor().get("/readyz")).status == 200


async def test_health_answers_whatever_the_host(site: Site):
    """A load balancer asks by address or by a name of its own."""
    page = await site.visitor().get("/healthz", headers={"Host": "10.0.0.7:8000"})
    assert page.status == 200


@pytest.mark.parametrize(
    "path", ["/static/../pyproject.toml", "/static/%2e%2e/pyproject.toml", "/static/..%2fpyproject.toml"]
)
async def test_static_files_are_those_of_the_folder_alone(site: Site, path: str):
    assert (await site.visitor().get(path)).status in (400, 404)


async def test_a_failure_on_our_side_shows_no_inside(site: Site, app: Any, monkeypatch: pytest.MonkeyPatch):
    storage = app.extensions["tidings"].storage

    async def fail(*args: Any) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(storage.posts, "latest_public", fail)
    page = await site.visitor().get("/public")
    assert page.status == 500
    assert "secret inside" not in page.text
    assert "Traceback" not in page.text
