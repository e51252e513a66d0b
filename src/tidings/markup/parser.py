"""The Markdown dialect of this site: CommonMark with tables, footnotes, task lists and links, without raw HTML."""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from linkify_it.main import LinkifyIt, Match
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.footnote import footnote_plugin

from tidings.markup.budget import MAX_NESTING, budget_plugin
from tidings.markup.code import LIMITS, highlight, language_of

__all__ = ["SCHEMES", "make_parser"]

SCHEMES = {"http", "https", "mailto"}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


class Parser(MarkdownIt):
    """The parser; an address with another scheme than SCHEMES makes no link, so that its text stays as typed."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        scheme = _SCHEME.match(url.strip())
        return scheme is None or scheme[1].lower() in SCHEMES


def make_parser() -> MarkdownIt:
    """A parser of one's own. Parsers keep state while they work (the link finder does): one per thread."""
    md = Parser("commonmark", {"html": False, "linkify": True, "tasklists": True, "maxNesting": MAX_NESTING})
    md.enable(["table", "strikethrough", "linkify"])
    md.use(footnote_plugin).use(budget_plugin)
    md.core.ruler.push("house", _house_rules)
    assert md.linkify is not None  # the extra of markdown-it-py that brings it is required
    _find_links(md.linkify)
    md.add_render_rule("fence", _fence)
    md.add_render_rule("list_item_open", _list_item)
    md.add_render_rule("table_open", _table_open)
    md.add_render_rule("table_close", _table_close)
    return md


class _Www:
    """The link finder's rule for www.…, in two bound methods since it takes those as they are."""

    def __init__(self, links: LinkifyIt) -> None:
        self._links = links

    def rest(self, text: str, position: int) -> int:
        """How many characters after "www." belong to the link."""
        # 2,000 characters ahead at most: thousands of "www." must not copy the text thousands of times.
        whole = "//www." + text[position : position + 2000]
        return max(0, int(self._links.test_schema_at(whole, "http:", 0) or 0) - len("//www."))

    def to_http(self, match: Match) -> None:
        match.url = "http://" + match.url


def _find_links(links: LinkifyIt) -> None:
    """Link http(s)://…, www.… and addresses of mail; not bare names, since `main.py` is also a host in Paraguay."""
    www = _Www(links)
    links.set({"fuzzy_link": False, "fuzzy_email": True})
    links.add("//", None)
    links.add("ftp:", None)
    links.add("www.", {"validate": www.rest, "normalize": www.to_http})


def _house_rules(state: StateCore) -> None:
    """Shift headings (a page keeps one h1), align cells by class (no inline style), make images links."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
        elif token.type in ("th_open", "td_open") and "style" in token.attrs:
            side = str(token.attrs.pop("style")).removeprefix("text-align:")
            token.attrs["class"] = f"align-{side}"
        elif token.type == "inline" and token.children:
            token.children = _without_images(token.children, state.md.renderer, state.md.options, state.env)


def _without_images(children: list[Token], renderer: Any, options: OptionsDict, env: EnvType) -> list[Token]:
    """Images as links to them: a page of ours asks nothing of third parties. Inside a link, the words alone."""
    made: list[Token] = []
    links = 0
    for token in children:
        links += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type != "image":
            made.append(token)
            continue
        address = str(token.attrs.get("src", ""))
        words = renderer.renderInlineAsText(token.children, options, env).strip() or address
        text = Token("text", "", 0, content=words)
        if links or not address:
            made.append(text)
            continue
        opening = Token("link_open", "a", 1, attrs={"href": address})
        if "title" in token.attrs:
            opening.attrs["title"] = token.attrs["title"]
        made += [opening, text, Token("link_close", "a", -1)]
    return made


def _fence(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    code, language = tokens[index].content, language_of(tokens[index].info)
    body = escape(code, quote=False)
    if language is not None:
        # Shares of each language's limit, so that ten listings are not ten times the work of one.
        share = env.get("coloured", 0) + len(code) / LIMITS[language]
        if share <= 1:
            env["coloured"] = share
            body = highlight(code, language)
    return f"<pre><code>{body}</code></pre>\n"


def _list_item(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    opening = self.renderToken(tokens, index, options, env)
    if "checked" not in tokens[index].meta:
        return opening
    state = 'checked="" aria-label="done"' if tokens[index].meta["checked"] else 'aria-label="to do"'
    return f'{opening}<input type="checkbox" {state} disabled=""> '


def _table_open(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    return '<div class="table">' + self.renderToken(tokens, index, options, env)


def _table_close(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    return "</table></div>\n"
