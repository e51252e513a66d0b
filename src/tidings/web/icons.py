"""Icons: drawings of the Lucide set, inlined by the server so that no page has to ask for them."""

from functools import cache

from lucide.jinja import lucide
from markupsafe import Markup

__all__ = ["icon"]


@cache
def icon(name: str, size: int = 20) -> Markup:
    """The drawing `name` as an `<svg>` of `size` pixels in the colour of the text around it.

    It is hidden from screen readers: the word stands beside it. An unknown name raises at once.
    """
    return Markup(lucide(name, size=size, **{"class": "icon", "stroke_width": "1.75", "aria_hidden": "true"}))
