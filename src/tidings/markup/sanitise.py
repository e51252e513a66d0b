"""What HTML may leave this site: an allow-list, held by nh3 whatever the parser before it does."""

import re

import nh3

from tidings.markup.code import CLASSES
from tidings.markup.parser import SCHEMES

__all__ = ["legible", "sanitise"]

# Control characters, lone surrogates, two non-characters: what UTF-8, XML feeds or terminals cannot carry.
_ILLEGIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

_TAGS = {
    "a", "blockquote", "br", "code", "del", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr",
    "input", "li", "ol", "p", "pre", "s", "section", "span", "strong", "sup", "table", "tbody", "td", "th",
    "thead", "tr", "ul",
}  # fmt: skip
_ALIGNED = {"align-left", "align-center", "align-right"}

_cleaner = nh3.Cleaner(
    tags=_TAGS,
    # Nothing that looks like these reaches the cleaner as an element, since raw HTML is text; if it ever did, its
    # content would be code, not words.
    clean_content_tags={"script", "style"},
    attributes={"a": {"href", "title", "id"}, "li": {"id"}, "ol": {"start"}},
    # Values from a list of their own; `disabled` is set on every input, whatever came. (Setting two would set them in
    # another order in every process, and one text should have one HTML.)
    tag_attribute_values={"input": {"type": {"checkbox"}, "checked": {""}, "aria-label": {"done", "to do"}}},
    set_tag_attribute_values={"input": {"disabled": ""}},
    allowed_classes={
        "a": {"footnote-backref"},
        "div": {"table"},
        "hr": {"footnotes-sep"},
        "li": {"footnote-item", "task-list-item"},
        "ol": {"footnotes-list", "contains-task-list"},
        "section": {"footnotes"},
        "span": set(CLASSES.values()),
        "sup": {"footnote-ref"},
        "td": _ALIGNED,
        "th": _ALIGNED,
        "ul": {"contains-task-list"},
    },
    link_rel="nofollow ugc noopener noreferrer",
    url_schemes=SCHEMES,
    # Only footnotes have ids, and theirs begin with fn; whatever else came would be prefixed and so clobber nothing.
    id_prefix="fn",
)


def legible(text: str) -> str:
    """`text` with U+FFFD in place of what cannot stand in UTF-8, XML or on a screen."""
    return _ILLEGIBLE.sub("\ufffd", text)


def sanitise(html: str) -> str:
    """`html` reduced to the allow-list. Every link gets rel="nofollow ugc noopener noreferrer"."""
    return _cleaner.clean(legible(html))
