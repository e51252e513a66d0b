"""Markdown in, safe HTML and its excerpt out: pure, the same for every reader, made once when something is written."""

from tidings.markup.rendering import MAX_SOURCE, Rendered, render, render_off_loop

__all__ = ["MAX_SOURCE", "Rendered", "render", "render_off_loop"]
