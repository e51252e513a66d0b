"""Whatever is sent, the answer is a 4xx with a sentence, never a 5xx, and nothing is kept."""

import json
from typing import Any

import pytest

from tests.people import PASSWORD
from tests.visitors import Person, Site

# A form, what it needs, and the fields that are tried in turn.
FORMS: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "/register",
        {"username": "cleo", "email": "cleo@example.org", "password": PASSWORD},
        ["username", "email", "password"],
    ),
    ("/login", {"identifier": "nobody", "password": PASSWORD}, ["identifier", "password", "next", "remember"]),
    ("/posts", {"source": "Hello."}, ["title", "source", "visibility", "request_key"]),
    ("/posts/{post}/edit", {"source": "Changed.", "version": "1"}, ["title", "source", "visibility", "version"]),
]
FIELDS = [(path, form, field) for path, form, fields in FORMS for field in fields]
# As they stand in a form's body, already percent-encoded where needed.
BYTES = {
    "NUL": "a%00b",
    "a lone surrogate": "a%ED%A0%80b",
    "invalid UTF-8": "a%FF%FEb",
    "a cut character": "a%E2%82",
    "100,000 brackets": "[" * 100_000,
    "100,000 quotes": "%3E" * 100_000,
}
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def ada(site: Site) -> Person:
    return await site.sign_up("ada")


@pytest.fixture
async def post_id(ada: Person) -> int:
    return await ada.publish("Untouched.")


async def assert_nothing_kept(site: Site, app: Any, post_id: int) -> None:
    storage = app.extensions["tidings"].storage
    assert [person.username for person in await storage.users.latest(50)] == ["ada"]
    assert await storage.users.by_username("cleo") is None
    assert await storage.users.by_email("cleo@example.org") is None
    [post] = await storage.posts.latest_public(None, 50)
    assert (post.id, post.source, post.title, post.version) == (post_id, "Untouched.", "", 1)


def assert_refused(page: Any) -> None:
    assert 400 <= page.status < 500, page
    assert len(page.text) > 20, "an answer is a sentence"


@pytest.mark.parametrize("what", BYTES)
@pytest.mark.parametrize(("path", "form", "field"), FIELDS, ids=[f"{path} {field}" for path, _, field in FIELDS])
async def test_bytes_that_are_no_text_are_refused(
    site: Site, app: Any, ada: Person, post_id: int, path: str, form: dict[str, str], field: str, what: str
):
    rest = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in form.items() if name != field)
    body = f"{rest}&{field}={BYTES[what]}"
    visitor = ada if path.startswith("/posts") else site.visitor()
    page = await visitor.post(path.format(post=post_id), content=body, headers=URLENCODED)
    assert_refused(page)
    await assert_nothing_kept(site, app, post_id)


@pytest.mark.parametrize("suffix", ["[$ne]", "[$gt]", "[]", ".$ne", "[0][a]"])
@pytest.mark.parametrize(("path", "form", "field"), FIELDS, ids=[f"{path} {field}" for path, _, field in FIELDS])
async def test_a_query_in_a_fields_name_is_no_value(
    site: Site, app: Any, ada: Person, post_id: int, path: str, form: dict[str, str], field: str, suffix: str
):
    sent = {name: value for name, value in form.items() if name != field}
    visitor = ada if path.startswith("/posts") else site.visitor()
    required = field in form
    page = await visitor.post(path.format(post=post_id), sent | {f"{field}{suffix}": "x"})
    if required or page.status >= 400:
        assert_refused(page)
        await assert_nothing_kept(site, app, post_id)
    else:
        assert page.status == 303, "an optional field that is not there is not there"


@pytest.mark.parametrize(("path", "form", "field"), FIELDS, ids=[f"{path} {field}" for path, _, field in FIELDS])
@pytest.mark.parametrize("value", [{"$ne": 1}, ["a", "b"], 7, None, True, {"$gt": ""}])
async def test_json_where_a_form_is_expected_is_refused(
    site: Site, app: Any, ada: Person, post_id: int, path: str, form: dict[str, str], field: str, value: Any
):
    visitor = ada if path.startswith("/posts") else site.visitor()
    page = await visitor.post(path.format(post=post_id), json=form | {field: value})
    assert_refused(page)
    await assert_nothing_kept(site, app, post_id)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[" * 100_000, "application/json"),
        (b'{"source":' * 20_000, "application/json"),
        (json.dumps("\ud800").encode(), "application/json"),
        (b'{"source": NaN}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"source=Hello.", "text/plain"),
        (b"source=Hello.", "application/octet-stream"),
        (b"source=Hello.", "multipart/form-data"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"source=Hello.", "application/x-www-form-urlencoded; charset=no-such"),
        (b"", "application/x-www-form-urlencoded"),
        (b"source=" + b"x" * 2_000_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"f%d=x" % n for n in range(5_000)), "application/x-www-form-urlencoded"),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else value,
)
@pytest.mark.parametrize("path", ["/posts", "/login", "/register"])
async def test_a_body_that_is_no_form_is_refused(
    site: Site, app: Any, ada: Person, post_id: int, path: str, body: bytes, kind: str
):
    page = await ada.post(path, content=body, headers={"Content-Type": kind})
    if kind.endswith("no-such") and page.status == 303:
        return  # to ignore the parameter and read UTF-8 is what the URL standard says
    assert_refused(page)
    await assert_nothing_kept(site, app, post_id)


PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PART % (b"about", b"Hi.") + b"--x--\r\n", "multipart/form-data"),
        (PART % (b"about", b"Hi.") + b"--x--\r\n", "multipart/form-data; boundary="),
        (PART % (b"about", b"Hi.") + b"--x--\r\n", "multipart/form-data; boundary=y"),
        (PART % (b"about", b"Hi.") + b"--x--\r\n", "multipart/form-data; boundary*=utf-8''%C3%A9"),
        (PART % (b"about", b"Hi."), "multipart/form-data; boundary=x"),
        (PART % (b"about", b"Hi.") + PART % (b"name", b"Ada")[:30], "multipart/form-data; boundary=x"),
        (PART % (b"about", b"\xff") + b"--x--\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\nHi.\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\nHi.\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data; boundary=x"),
    ],
)
async def test_a_broken_form_is_not_an_empty_one(ada: Person, body: bytes, kind: str):
    """The profile takes an empty form: what is not sent stays as it is."""
    page = await ada.post("/settings/profile", content=body, headers={"Content-Type": kind})
    assert page.status == 400, page.location


async def test_a_whole_form_of_parts_is_read(ada: Person):
    body = b"before\r\n" + PART % (b"name", "Adá\ufffd".encode()) + PART % (b"location", b"") + b"--x--\r\nafter"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (await ada.post("/settings/profile", content=body, headers=headers)).status == 303
    page = await ada.get("/settings/profile")
    assert (page.field("name"), page.field("location")) == ("Adá\ufffd", "")


@pytest.mark.parametrize("character", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
async def test_what_turns_text_around_stands_in_no_line(ada: Person, character: str):
    for path, field in (("/settings/profile", "name"), ("/settings/profile", "location"), ("/posts", "title")):
        page = await ada.post(path, {field: f"a{character}b", "source": "x"})
        assert (page.status, list(page.errors)) == (422, [field])
        assert "turns text around" in page.errors[field]


async def test_a_file_where_text_is_expected_is_refused(site: Site, app: Any, ada: Person, post_id: int):
    page = await ada.post("/posts", files={"source": ("x.txt", b"Hello.", "text/plain")})
    assert_refused(page)
    await assert_nothing_kept(site, app, post_id)


async def test_a_field_that_is_sent_twice_does_no_harm(site: Site, ada: Person):
    page = await ada.post("/posts", content=b"source=One.&source=Two.", headers=URLENCODED)
    assert page.status in (303, 400, 422)


@pytest.mark.parametrize("what", ["a%00b", "%FF%FE", "%ED%A0%80", "[" * 60_000])
async def test_a_preview_of_what_is_no_text_is_refused(ada: Person, what: str):
    page = await ada.post("/preview", content=f"source={what}", headers=URLENCODED)
    assert_refused(page)


@pytest.mark.parametrize(
    "source",
    [
        "[" * 50_000,
        ">" * 50_000,
        "*a_" * 16_000,
        "`" * 50_000,
        "|" * 50_000,
        "- " * 25_000,
        "![](" * 12_500,
        "<" * 50_000,
    ],
    ids=lambda source: source[:4],
)
async def test_markdown_made_to_hurt_is_rendered_or_refused_in_time(ada: Person, source: str):
    page = await ada.post("/preview", {"source": source})
    assert page.status < 500
    page = await ada.post("/posts", {"source": source})
    assert page.status in (303, 422)
    assert (await ada.get("/public")).status == 200


@pytest.mark.parametrize("query", ["next=%00", "next=%FF", "next[$ne]=x", "next=" + "x" * 10_000, "%FF=%FF"])
async def test_a_query_that_is_no_text_is_no_failure(site: Site, query: str):
    assert (await site.visitor().get(f"/login?{query}")).status in (200, 400, 404)


@pytest.mark.parametrize(
    "path", ["/%FF", "/@%FF", "/@ada/%ED%A0%80", "/@%00/1", "/posts/%FF/edit", "//evil.example", "/@" + "x" * 9_000]
)
async def test_an_address_that_is_no_text_is_not_found(site: Site, ada: Person, path: str):
    page = await ada.send("GET", f"{site.url}{path}")
    assert page.status in (400, 404, 414)


@pytest.mark.parametrize("control", ["\x01", "\x08", "\x0b", "\x1b"])
async def test_control_characters_stand_in_no_name_title_or_text(ada: Person, control: str):
    page = await ada.post("/posts", {"title": f"a{control}b", "source": "x"})
    assert page.status in (303, 422)
    if page.status == 303:
        shown = await ada.get(page.location)
        assert control not in shown.text


@pytest.mark.parametrize("accept", ["", "*/*", "text/*;q=x", "application/json;q=2", "x" * 5_000, "\x7f"])
async def test_a_strange_accept_header_is_no_failure(site: Site, accept: str):
    assert (await site.visitor().get("/nothing-here", headers={"Accept": accept})).status in (400, 404)
