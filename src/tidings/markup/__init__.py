"""Markdown in, safe HTML and its excerpt out: pure, the same for every reader, made once when something is written."""

from tidings.markup.ink import has_ink
from tidings.markup.rendering import MAX_SOURCE, Rendered, render, render_off_loop

__all__ = ["MAX_SOURCE", "Rendered", "has_ink", "render", "render_off_loop"]
