"""What the marks mean, and what an excerpt holds."""

import asyncio
import threading

import pytest

from tidings.errors import InvalidError
from tidings.markup import MAX_SOURCE, render, render_off_loop
from tidings.markup.excerpt import frame_bytes

REL = 'rel="nofollow ugc noopener noreferrer"'


def test_headings_leave_the_first_level_to_the_page() -> None:
    assert render("# a\n\n##### b\n\n###### c").html == "<h2>a</h2>\n<h6>b</h6>\n<h6>c</h6>\n"


def test_addresses_become_links() -> None:
    html = render("https://a.example/x, www.b.example. me@c.org").html
    assert f'<a href="https://a.example/x" {REL}>https://a.example/x</a>,' in html
    assert f'<a href="http://www.b.example" {REL}>www.b.example</a>.' in html
    assert f'<a href="mailto:me@c.org" {REL}>me@c.org</a>' in html


def test_names_of_files_do_not_become_links() -> None:
    assert render("main.py and README.md and //x.example and ftp://x.example").html.count("<a ") == 0


def test_images_become_links_to_them() -> None:
    assert render('![a *cat*](/c.png "t")').html == f'<p><a href="/c.png" title="t" {REL}>a cat</a></p>\n'
    assert render("![](/c.png)").html == f'<p><a href="/c.png" {REL}>/c.png</a></p>\n'


def test_an_image_inside_a_link_is_its_words() -> None:
    assert render("[![cat](/c.png)](/page)").html == f'<p><a href="/page" {REL}>cat</a></p>\n'


def test_tables_can_scroll_and_align_without_inline_style() -> None:
    html = render("|a|b|\n|:-:|--:|\n|1|2|").html
    assert html.startswith('<div class="table"><table>')
    assert '<td class="align-center">1</td>' in html
    assert '<td class="align-right">2</td>' in html


def test_task_lists_have_boxes_that_say_what_they_are() -> None:
    html = render("- [ ] a\n- [x] b").html
    assert '<input type="checkbox" aria-label="to do" disabled=""> a' in html
    assert '<input type="checkbox" checked="" aria-label="done" disabled=""> b' in html


def test_code_has_colours_in_a_known_language_only() -> None:
    assert '<span class="k">def</span>' in render("```py title=x\ndef f(): pass\n```").html
    assert '<span class="k">return</span>' in render("```c++\nreturn 1;\n```").html
    assert render("```nonsense\ndef f\n```").html == "<pre><code>def f\n</code></pre>\n"


def test_struck_text_and_lists_that_start_later() -> None:
    assert render("~~a~~").html == "<p><s>a</s></p>\n"
    assert '<ol start="3">' in render("3. a").html


def test_footnotes_of_two_texts_have_different_ids() -> None:
    one, two = render("a[^1]\n\n[^1]: x").html, render("b[^1]\n\n[^1]: x").html
    ids = [html.split('id="')[1].split('"')[0] for html in (one, two)]
    assert ids[0] != ids[1]
    assert f'href="#{ids[0]}"' in one


def test_an_empty_text_is_empty() -> None:
    assert render("").html == ""
    assert render("").excerpt_is_whole


def test_a_short_text_is_its_own_excerpt() -> None:
    rendered = render("# a\n\nb[^1]\n\n[^1]: c")
    assert rendered.excerpt_is_whole
    assert rendered.excerpt == rendered.html


def test_an_excerpt_ends_at_the_end_of_a_block() -> None:
    rendered = render("\n\n".join(f"Paragraph {n} " + "word " * 80 for n in range(9)))
    assert not rendered.excerpt_is_whole
    assert rendered.html.startswith(rendered.excerpt)
    assert rendered.excerpt.endswith("word</p>\n")
    assert 600 < len(rendered.excerpt) < 1300


def test_a_long_first_paragraph_is_cut_between_words() -> None:
    rendered = render("**bold** <&> " + "lorem ipsum " * 400)
    assert rendered.excerpt.startswith("<p>bold &lt;&amp;&gt; lorem")
    assert rendered.excerpt.endswith((" lorem…</p>\n", " ipsum…</p>\n"))
    assert len(rendered.excerpt) < 1300


def test_a_heading_is_followed_by_a_part_of_what_comes_next() -> None:
    excerpt = render("# Title\n\n" + "lorem ipsum " * 400).excerpt
    assert excerpt.startswith("<h2>Title</h2>\n<p>lorem ipsum")


def test_a_long_listing_is_cut_to_its_first_lines() -> None:
    excerpt = render("```python\n" + "print('x')\n" * 100 + "```").excerpt
    assert excerpt.count("print") == 12
    assert excerpt.endswith("…\n</code></pre>\n")


def test_a_long_list_keeps_its_first_items() -> None:
    excerpt = render("\n".join(f"- item {n}" for n in range(100))).excerpt
    assert excerpt.startswith("<ul>\n<li>item 0</li>")
    assert excerpt.count("<li>") == 12
    assert excerpt.endswith("</ul>\n")


def test_a_long_table_keeps_its_head_and_first_rows() -> None:
    excerpt = render("|a|b|\n|-|-|\n" + "|1|2|\n" * 100).excerpt
    assert "<th>a</th>" in excerpt
    assert 5 < excerpt.count("<td>1</td>") < 13
    assert excerpt.endswith("</table></div>\n")


def test_a_cut_excerpt_has_no_footnotes() -> None:
    excerpt = render("a[^1] b^[c]\n\n[^1]: x\n\n" + "word " * 1000).excerpt
    assert "footnote" not in excerpt
    assert "#fn" not in excerpt


@pytest.mark.parametrize(
    "source",
    [
        "&" * 3000,
        "\N{PILE OF POO}" * 3000,
        '"' * 3000,
        "```python\n" + "x=1;" * 400 + "\n```",
        "```py\n" + "a=1\n" * 3000,
        "> " * 15 + "word " * 900,
        "http://a.example/" + "x" * 5000,
        "[a](http://a.example/" + "x" * 9000 + ")",
        "[a](/b) " * 500,
        "|" + "a|" * 12 + "\n|" + "-|" * 12 + "\n" + ("|" + "[b](/c)|" * 12 + "\n") * 10,
        "# " + "word " * 1000,
        "x" * 20000,
        "- " + "word " * 900,
        "- " * 10 + "word\n\n" * 9 + "word " * 900,
        "1. [ ] a\n\n   - [x] b\n" * 40,
        "* * *\n" * 500,
    ],
)
def test_an_excerpt_fits_into_a_frame(source: str) -> None:
    rendered = render(source)
    assert not rendered.excerpt_is_whole
    assert rendered.excerpt.strip()
    assert len(rendered.excerpt.encode()) <= frame_bytes(rendered.excerpt) <= 5600


def test_more_than_fifty_thousand_characters_are_refused() -> None:
    assert render("é" * MAX_SOURCE).html
    with pytest.raises(InvalidError) as refusal:
        render("é" * (MAX_SOURCE + 1))
    assert refusal.value.fields == {"source": "A text can have at most 50,000 characters."}


async def test_a_long_text_is_rendered_on_a_thread_and_comes_out_the_same() -> None:
    source = "lorem *ipsum* https://a.example/ " * 300
    assert await render_off_loop(source) == render(source)
    assert any(thread.name.startswith("markup") for thread in threading.enumerate())


async def test_many_texts_at_once_do_not_mix() -> None:
    sources = [f"see https://{n}.example/ " * (1 if n % 2 else 300) for n in range(20)]
    rendered = await asyncio.gather(*map(render_off_loop, sources))
    assert [each.html for each in rendered] == [render(source).html for source in sources]
