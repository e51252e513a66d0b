"""Writing, reading, changing and removing a post over its forms."""

import pytest

from tests.page import Page, elements, text_of
from tests.visitors import Person, Site

JSON = {"Accept": "application/json"}


@pytest.fixture
async def ada(site: Site) -> Person:
    return await site.sign_up("ada")


@pytest.fixture
async def ben(site: Site) -> Person:
    return await site.sign_up("ben")


def article(page: Page, post_id: int) -> str:
    return text_of(page.one("article", data_id=str(post_id)))


async def test_the_form_has_every_field_and_leads_to_the_post(site: Site, ada: Person):
    form = await ada.get("/posts/new")
    assert form.status == 200
    sent = {name: form.field(name) for name in ("title", "visibility", "request_key")}
    assert sent["visibility"] == "public"
    assert 0 < len(sent["request_key"]) <= 64
    page = await ada.post("/posts", sent | {"title": "Low tide", "source": "The *sea* is gone."})
    assert page.status == 303
    assert page.location.startswith("/@ada/")
    shown = await site.visitor().get(page.location)
    assert shown.status == 200
    assert "Low tide" in shown.text
    assert "<em>sea</em>" in shown.text


async def test_title_and_visibility_may_be_left_out(site: Site, ada: Person):
    page = await ada.post("/posts", {"source": "Hello."})
    assert page.status == 303
    assert (await site.visitor().get("/public")).post_ids == [int(page.location.rsplit("/", 1)[1])]


@pytest.mark.parametrize("source", ["", " ", "\n\t  \r\n", "\u00a0\u2003", "x" * 50_001])
async def test_a_text_that_is_empty_or_too_long_is_refused_at_its_field(ada: Person, source: str):
    page = await ada.post("/posts", {"title": "T", "source": source})
    assert page.status == 422
    assert list(page.errors) == ["source"]
    assert page.field("title") == "T"
    assert (await ada.get("/public")).post_ids == []


async def test_a_text_of_fifty_thousand_characters_fits(site: Site, ada: Person):
    source = "🎈" * 49_999 + "!"
    post_id = await ada.publish(source)
    assert source in (await site.visitor().get(f"/@ada/{post_id}")).text


@pytest.mark.parametrize(
    ("field", "value"),
    [("visibility", "everybody"), ("visibility", "PUBLIC"), ("title", "x" * 5_000), ("request_key", "x" * 65)],
)
async def test_a_field_that_cannot_be_is_refused_at_its_place(ada: Person, field: str, value: str):
    page = await ada.post("/posts", {"source": "Hello.", field: value}, headers=JSON)
    assert page.status == 422
    assert list(page.json()["fields"]) == [field]
    assert (await ada.get("/public")).post_ids == []


async def test_markdown_in_full_and_nothing_that_runs(site: Site, ada: Person):
    source = (
        "| a | b |\n| - | - |\n| 1 | 2 |\n\n- [x] done\n- [ ] open\n\nNote.[^1]\n\n[^1]: Here.\n\n"
        "```python\nprint(1)\n```\n\nhttps://example.org and [a](https://example.org/a)\n\n"
        "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1))\n\n![pic](https://evil.example/p.png)"
    )
    post_id = await ada.publish(source)
    page = await site.visitor().get(f"/@ada/{post_id}")
    body = page.one("article", data_id=str(post_id))
    assert list(elements(body, "table"))
    assert len(list(elements(body, "input", type="checkbox"))) == 2
    assert list(elements(body, "code"))
    links = [link for link in elements(body, "a") if "example.org" in link.attrib.get("href", "")]
    assert len(links) == 2
    for link in links:
        assert set(link.attrib["rel"].split()) == {"nofollow", "ugc", "noopener", "noreferrer"}
    assert not list(elements(body, "script"))
    assert not any(name.startswith("on") for element in body.iter() for name in element.attrib)
    assert not any(link.attrib.get("href", "").startswith("javascript") for link in elements(body, "a"))
    foreign = [image for image in elements(body, "img") if not image.attrib["src"].startswith("/")]
    assert foreign == [], "images become links: no request leaves for another site"


async def test_a_title_is_text_and_not_markup(site: Site, ada: Person):
    post_id = await ada.publish("x", title="<b>Tide</b> & <script>alert(1)</script>")
    page = await site.visitor().get(f"/@ada/{post_id}")
    assert "<b>Tide</b> & <script>alert(1)</script>" in article(page, post_id)
    assert not list(elements(page.one("article", data_id=str(post_id)), "b"))


async def test_a_preview_is_the_fragment_and_stores_nothing(ada: Person):
    page = await ada.post("/preview", {"source": "*Hi* <script>alert(1)</script>"})
    assert page.status == 200
    assert "<em>Hi</em>" in page.text
    assert "<script" not in page.text
    assert "<html" not in page.text
    assert (await ada.get("/public")).post_ids == []


async def test_a_preview_is_what_the_post_will_be(site: Site, ada: Person):
    source = "# One\n\n*two* `three`\n\n> four"
    fragment = await ada.post("/preview", {"source": source})
    post_id = await ada.publish(source)
    assert fragment.text.strip() in (await site.visitor().get(f"/@ada/{post_id}")).text


@pytest.mark.parametrize("post_id", ["1", "0", "01", "-1", "x", "9" * 30, "1.5", "%00", "９", str((1 << 63) - 1)])
async def test_a_post_that_never_was_is_not_found(site: Site, ada: Person, post_id: str):
    assert (await site.visitor().get(f"/@ada/{post_id}")).status in ((404,) if "%" not in post_id else (400, 404))
    for page in (
        await ada.get(f"/posts/{post_id}/edit"),
        await ada.post(f"/posts/{post_id}/edit", {"source": "x", "version": "1"}),
        await ada.post(f"/posts/{post_id}/remove"),
    ):
        assert page.status in ((404,) if "%" not in post_id else (400, 404)), page


async def test_a_post_has_one_address(site: Site, ada: Person, ben: Person):
    post_id = await ada.publish()
    for wrong in ("ADA", "Ada", "ben", "nobody"):
        page = await site.visitor().get(f"/@{wrong}/{post_id}")
        assert (page.status, page.location) == (301, f"/@ada/{post_id}"), wrong


async def test_the_page_of_a_post_names_its_channel_and_version(site: Site, ada: Person):
    post_id = await ada.publish()
    page = await site.visitor().get(f"/@ada/{post_id}")
    assert page.channel == f"post:{post_id}"
    assert page.position
    assert page.one("article", data_id=str(post_id)).attrib["data-version"] == "1"


async def test_sending_a_form_twice_gives_one_post(site: Site, ada: Person):
    form = {"source": "Once.", "request_key": "k" * 64}
    first, second = await ada.post("/posts", form), await ada.post("/posts", form)
    assert (first.status, first.location) == (second.status, second.location)
    assert first.status == 303
    assert len((await site.visitor().get("/public")).post_ids) == 1


async def test_a_request_key_used_for_another_text_is_a_conflict(site: Site, ada: Person, ben: Person):
    await ada.publish("Once.", request_key="key")
    page = await ada.post("/posts", {"source": "Twice.", "request_key": "key"})
    assert page.status == 409
    assert len((await site.visitor().get("/public")).post_ids) == 1
    await ben.publish("Twice.", request_key="key")


async def test_without_a_request_key_the_same_text_may_come_again(site: Site, ada: Person):
    await ada.publish("Again.")
    await ada.publish("Again.", request_key="")
    await ada.publish("Again.", request_key="")
    assert len((await site.visitor().get("/public")).post_ids) == 3


async def test_the_edit_form_shows_the_post_and_an_edit_counts_up(site: Site, ada: Person):
    post_id = await ada.publish("Low  *tide*.\n", title="Sea", visibility="unlisted")
    form = await ada.get(f"/posts/{post_id}/edit")
    assert [form.field(name) for name in ("title", "source", "visibility", "version")] == [
        "Sea",
        "Low  *tide*.\n",
        "unlisted",
        "1",
    ]
    page = await ada.edit(post_id, "High tide.", "unlisted")
    assert (page.status, page.location) == (303, f"/@ada/{post_id}")
    shown = await site.visitor().get(f"/@ada/{post_id}")
    assert "High tide." in article(shown, post_id)
    assert "Sea" not in article(shown, post_id)
    assert shown.one("article", data_id=str(post_id)).attrib["data-version"] == "2"


async def test_an_edit_over_an_older_version_shows_both_texts(site: Site, ada: Person):
    post_id = await ada.publish("First.")
    await ada.edit(post_id, "Theirs is here.")
    page = await ada.post(f"/posts/{post_id}/edit", {"source": "Mine is here.", "visibility": "public", "version": "1"})
    assert page.status == 409
    assert "Theirs is here." in page.text
    assert page.field("source") == "Mine is here."
    assert "Theirs is here." in (await site.visitor().get(f"/@ada/{post_id}")).text
    again = await ada.post(
        f"/posts/{post_id}/edit", {"source": "Mine is here.", "visibility": "public", "version": page.field("version")}
    )
    assert again.status == 303
    assert "Mine is here." in (await site.visitor().get(f"/@ada/{post_id}")).text


async def test_an_edit_conflict_is_409_for_a_client_that_wants_json(ada: Person):
    post_id = await ada.publish("First.")
    await ada.edit(post_id, "Second.")
    page = await ada.post(f"/posts/{post_id}/edit", {"source": "Third.", "version": "1"}, headers=JSON)
    assert page.status == 409
    assert isinstance(page.json()["error"], str)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source", ""),
        ("source", " \n"),
        ("source", "x" * 50_001),
        ("visibility", "x"),
        ("version", "x"),
        ("version", ""),
    ],
)
async def test_a_refused_edit_changes_nothing(site: Site, ada: Person, field: str, value: str):
    post_id = await ada.publish("First.")
    form = {"source": "Second.", "visibility": "public", "version": "1", field: value}
    page = await ada.post(f"/posts/{post_id}/edit", form, headers=JSON)
    assert page.status == 422
    assert list(page.json()["fields"]) == [field]
    assert "First." in (await site.visitor().get(f"/@ada/{post_id}")).text


async def test_somebody_elses_post_cannot_be_edited_or_removed(site: Site, ada: Person, ben: Person):
    post_id = await ada.publish("Mine.")
    for page in (
        await ben.get(f"/posts/{post_id}/edit"),
        await ben.post(f"/posts/{post_id}/edit", {"source": "Yours.", "version": "1"}),
        await ben.post(f"/posts/{post_id}/remove"),
    ):
        assert page.status == 403, page
    assert "Mine." in (await site.visitor().get(f"/@ada/{post_id}")).text


async def test_what_one_cannot_see_one_cannot_even_be_forbidden(ada: Person, ben: Person):
    post_id = await ada.publish("For followers.", visibility="followers")
    await ben.get("/public")  # reads the notices that wait for the next page
    never = await ben.get("/posts/12345/edit")
    for page in (
        await ben.get(f"/posts/{post_id}/edit"),
        await ben.post(f"/posts/{post_id}/edit", {"source": "x", "version": "1"}),
        await ben.post(f"/posts/{post_id}/remove"),
        await ben.get(f"/@ada/{post_id}"),
        await ben.get(f"/@ben/{post_id}"),
    ):
        assert page.status == 404, page
    assert (await ben.get(f"/posts/{post_id}/edit")).text == never.text.replace("12345", str(post_id))


async def test_a_removed_post_is_gone_for_everybody_and_from_every_list(site: Site, ada: Person, ben: Person):
    await ben.follow(ada)
    kept, gone = await ada.publish("Kept."), await ada.publish("Gone.")
    page = await ada.post(f"/posts/{gone}/remove")
    assert (page.status, page.location) == (303, "/@ada")
    for visitor in (site.visitor(), ben, ada):
        assert (await visitor.get(f"/@ada/{gone}")).status == 404
        assert (await visitor.get("/public")).post_ids == [kept]
        assert (await visitor.get("/@ada")).post_ids == [kept]
    assert (await ben.get("/")).post_ids == [kept]
    assert (await ada.get(f"/posts/{gone}/edit")).status == 404
    assert (await ada.post(f"/posts/{gone}/edit", {"source": "Back.", "version": "2"})).status == 404
    assert (await ada.post(f"/posts/{gone}/remove")).status in (303, 404)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_opening_an_address_changes_nothing(site: Site, ada: Person, ben: Person, method: str):
    post_id = await ada.publish("Still here.")
    for path in (f"/posts/{post_id}/remove", "/@ben/follow", "/@ben/unfollow", "/logout", "/preview", "/posts"):
        page = await ada.send(method, path)
        assert page.status in (404, 405), path
    assert (await ada.get("/posts/new")).status == 200
    assert (await site.visitor().get("/public")).post_ids == [post_id]
