"""The one function that turns what somebody wrote into what everybody reads."""

import asyncio
import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tidings.errors import InvalidError
from tidings.markup.budget import MAX_HTML, check_tokens, too_large
from tidings.markup.excerpt import begin
from tidings.markup.parser import make_parser
from tidings.markup.sanitise import legible, sanitise

__all__ = ["MAX_SOURCE", "Rendered", "render", "render_off_loop"]

MAX_SOURCE = 50_000  # characters
_INLINE = 500  # characters: usually 0.2 ms, at the worst 25 ms; the way to a thread and back takes 0.1 ms


@dataclass(frozen=True, slots=True)
class Rendered:
    """`html` is the whole text; `excerpt` its beginning for lists, at most 6,000 bytes, equal to `html` if whole."""

    html: str
    excerpt: str
    excerpt_is_whole: bool


_parsers = threading.local()
# One thread, since rendering holds the interpreter: more of them would not be faster, only slower for everybody else.
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="markup")


def _parser() -> MarkdownIt:
    if not hasattr(_parsers, "parser"):
        _parsers.parser = make_parser()
    parser: MarkdownIt = _parsers.parser
    return parser


def render(source: str) -> Rendered:
    """Render Markdown to sanitised HTML and its excerpt. Any str is accepted, whatever characters it holds.

    Raises InvalidError({"source": sentence}) for more than MAX_SOURCE characters and for texts made to be expensive:
    nested too deeply, too many marks, or rendered to more than half a megabyte.
    """
    if len(source) > MAX_SOURCE:
        raise InvalidError({"source": f"A text can have at most {MAX_SOURCE:,} characters."})
    source = legible(source)
    parser = _parser()
    # Footnotes of two posts on one page must not answer to each other's links.
    env: dict[str, Any] = {"docId": hashlib.sha256(source.encode()).hexdigest()[:10]}
    tokens = parser.parse(source, env)
    check_tokens(tokens)

    def to_html(part: Sequence[Token]) -> str:
        return sanitise(parser.renderer.render(part, parser.options, {"docId": env["docId"]}))

    html = to_html(tokens)
    if len(html.encode()) > MAX_HTML:
        raise too_large()
    excerpt = begin(tokens, to_html)
    return Rendered(html, html if excerpt is None else excerpt, excerpt is None)


async def render_off_loop(source: str) -> Rendered:
    """`render`, in a thread of its own where the text is long enough to hold up the event loop."""
    if len(source) <= _INLINE:
        return render(source)
    return await asyncio.get_running_loop().run_in_executor(_thread, render, source)
