"""What a refused field says: a sentence that tells what to do, never the last resort of a sentence."""

import pytest

from tests.visitors import Person, Site

JSON = {"Accept": "application/json"}
LAST_RESORT = "This cannot be accepted."


@pytest.fixture
async def ada(site: Site) -> Person:
    return await site.sign_up("ada")


@pytest.mark.parametrize(
    ("address", "field", "value", "says"),
    [
        ("/posts", "source", "", "fill this in"),
        ("/posts", "source", "x" * 50_001, "at most 50,000 characters"),
        ("/posts", "source", "\u200b\u3164", "nothing to see"),
        ("/posts", "source", "a\x00b", "character that cannot be shown"),
        ("/posts", "title", "x" * 201, "at most 200 characters"),
        ("/posts", "title", "a\nb", "one line"),
        ("/posts", "visibility", "everybody", "choose one of"),
        ("/posts", "request_key", "x" * 65, "at most 64 characters"),
        ("/preview", "source", "x" * 50_001, "at most 50,000 characters"),
        ("/login", "identifier", "", "fill this in"),
        ("/login", "password", "x" * 2_000, "at most 1,024 characters"),
        ("/confirm", "email", "nobody", "look like an address"),
    ],
)
async def test_a_refused_field_says_what_to_do(ada: Person, address: str, field: str, value: str, says: str):
    filled = {"source": "Hello.", "identifier": "ada", "password": "something long", "email": "ada@example.org"}
    page = await ada.post(address, filled | {field: value}, headers=JSON)
    assert page.status == 422
    assert list(page.json()["fields"]) == [field]
    assert says in page.json()["fields"][field]
    assert page.json()["fields"][field] != LAST_RESORT


async def test_a_preview_needs_its_field_but_not_a_word_in_it(ada: Person):
    assert (await ada.post("/preview", {"source": ""})).status == 200
    for wrong in ({}, {"source[$ne]": "x"}, {"text": "x"}):
        assert (await ada.post("/preview", wrong)).status == 422


async def test_an_edit_leaves_as_it_is_what_it_does_not_send(site: Site, ada: Person):
    post_id = await ada.publish("For followers.", title="Kept", visibility="followers")
    assert (await ada.post(f"/posts/{post_id}/edit", {"source": "Still so.", "version": "1"})).status == 303
    form = await ada.get(f"/posts/{post_id}/edit")
    assert [form.field(name) for name in ("title", "source", "visibility")] == ["Kept", "Still so.", "followers"]
    assert (await site.visitor().get(f"/@ada/{post_id}")).status == 404
    assert (await site.visitor().get("/public")).post_ids == []


async def test_an_edit_may_empty_the_title(ada: Person):
    post_id = await ada.publish("Text.", title="Headline")
    await ada.post(f"/posts/{post_id}/edit", {"source": "Text.", "title": "", "version": "1"})
    assert (await ada.get(f"/posts/{post_id}/edit")).field("title") == ""


@pytest.mark.parametrize("version", ["", "0", "-1", "1.0", "2 ", " 2", "1e0", "x", str(2**63)])
async def test_only_digits_are_a_version(ada: Person, version: str):
    post_id = await ada.publish("Text.")
    page = await ada.post(f"/posts/{post_id}/edit", {"source": "Other.", "version": version}, headers=JSON)
    assert page.status == 422
    assert list(page.json()["fields"]) == ["version"]
