"""What a browser is given: articles that are the same bytes in pages and frames, small and safe; pictures of people."""

from xml.etree import ElementTree

import html5lib
import pytest

from tests.page import elements
from tests.people import NOON, make_post, make_user
from tests.visitors import Site
from tidings.documents.post import Visibility
from tidings.settings import read_settings
from tidings.web.avatars import avatar_svg
from tidings.web.templating import ArticleRenderer, asset_folder, make_article_renderer, static_url


@pytest.fixture
def render() -> ArticleRenderer:
    return make_article_renderer(read_settings(_env_file=None))


async def test_page_and_frame_carry_the_same_bytes(site: Site) -> None:
    writer = await site.sign_up()
    lists, whole = await site.live(), await site.live()
    await lists.subscribe(f"user:{writer.name}")
    post = await writer.publish("The *same* bytes, <b>whoever</b> asks.\n\n" * 40, title='A "title" & more')
    frames = await lists.until_event(post)
    assert frames[-1]["html"] in (await writer.get(f"/@{writer.name}")).text

    await whole.subscribe(f"post:{post}")
    await writer.edit(post, "Edited, and the *same* again.", title="Another title")
    frames = await whole.until_event(post, "post.edited")
    assert frames[-1]["html"] in (await site.visitor().get(f"/@{writer.name}/{post}")).text


def test_an_article_says_whose_and_which_it_is(render: ArticleRenderer) -> None:
    author = make_user("ada", name="Ada <3")
    post = make_post(author, version=4, title="<script>", edited_at=NOON, visibility=Visibility.FOLLOWERS)
    for whole in (False, True):
        html = render(post, whole)
        assert html.startswith("<article ")
        assert html.endswith("</article>")
        article = next(elements(html5lib.parseFragment(html, namespaceHTMLElements=False), "article"))
        assert article.get("data-id") == article.get("id") == str(post.id)
        assert article.get("data-version") == "4"
        assert article.get("data-author") == str(author.id)
        assert "<script>" not in html
        assert "Ada &lt;3" in html
        assert "edited" in html
        assert "followers only" in html
        assert f'href="{post.path}"' in html
        assert 'href="/@ada"' in html


def test_only_a_cut_text_asks_to_read_on(render: ArticleRenderer) -> None:
    assert "Read on" in render(make_post(excerpt_is_whole=False), False)
    assert "Read on" not in render(make_post(excerpt_is_whole=True), False)
    assert "Read on" not in render(make_post(excerpt_is_whole=False), True)


def test_what_stands_around_a_text_leaves_it_room_in_a_frame(render: ArticleRenderer) -> None:
    author = make_user("a" * 30, name="<" * 60)
    post = make_post(author, title="<" * 200, excerpt="", excerpt_is_whole=False, visibility=Visibility.UNLISTED)
    assert len(render(post, False).encode()) < 2_300


def test_a_static_address_changes_with_its_content() -> None:
    address = static_url("css/tidings.css")
    assert address.startswith("/static/css/tidings.css?v=")
    assert address == static_url("css/tidings.css")
    with pytest.raises(FileNotFoundError):
        static_url("css/no-such.css")


def test_scripts_stay_small() -> None:
    assert sum(path.stat().st_size for path in (asset_folder("static") / "js").glob("*.js")) <= 30_000


def test_everybody_has_a_picture_of_their_own_that_stays() -> None:
    pictures = [avatar_svg(number) for number in range(1, 500)]
    assert len(set(pictures)) == len(pictures)
    assert avatar_svg(1) == pictures[0]
    for picture in pictures:
        assert ElementTree.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"
        assert "style" not in picture
        assert len(picture) < 1_500
