"""Pages of a list: by key, never by offset, so that they stay where they are while new things arrive."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from quart import request

from tidings.errors import NotFoundError
from tidings.ids import parse_id

__all__ = ["POSTS", "before", "page"]

POSTS = 20
T = TypeVar("T")


def before() -> int | None:
    """The id in `?before=`: this page holds what comes after it in the list. 404 where it is none."""
    text = request.args.get("before")
    if text is None:
        return None
    key = parse_id(text)
    if key is None:
        raise NotFoundError
    return key


def page(items: Sequence[T], size: int, key: Callable[[T], int]) -> tuple[list[T], str | None]:
    """Of `size` + 1 items asked for: those of this page, and the address of the next where there are more."""
    shown = list(items[:size])
    return shown, f"{request.path}?before={key(shown[-1])}" if len(items) > size else None
