"""Whether there is anything to see in a rendered text."""

import re
import unicodedata
from html import unescape

__all__ = ["has_ink"]

TAG = re.compile(r"<[^>]*>")
# Letters and symbols by their category that are drawn as nothing: Hangul fillers, the empty Braille pattern.
BLANK_LETTERS = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}
# Separators, control and format characters, combining marks without anything to combine with.
BLANK_CATEGORIES = ("Z", "C", "M")


def has_ink(html: str) -> bool:
    """Whether the sanitised HTML shows at least one visible character."""
    return any(
        character not in BLANK_LETTERS and not unicodedata.category(character).startswith(BLANK_CATEGORIES)
        for character in unescape(TAG.sub("", html))
    )
