"""Whether there is anything to see in a rendered text."""

import pytest

from tidings.markup import has_ink, render

NOTHING = ["\u200b", "\u2060\u00ad", "\u3164", "&nbsp;", "[x]: https://example.org", "\u0301", "- \n- ", "> \u2003"]
SOMETHING = ["x", "&lt;", "\\*", "語", "👋", "\u200bא", "- [ ] a", "`.`", "![](https://example.org/a.png)"]


@pytest.mark.parametrize("source", NOTHING, ids=[ascii(source) for source in NOTHING])
def test_characters_without_ink_show_nothing(source: str):
    assert not has_ink(render(source).html)


@pytest.mark.parametrize("source", SOMETHING, ids=[ascii(source) for source in SOMETHING])
def test_one_visible_character_is_something_to_see(source: str):
    assert has_ink(render(source).html)
