"""The beginning of a text, for lists: whole blocks as far as they fit, the first cut only where it must be."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

__all__ = ["MAX_BYTES", "begin", "frame_bytes"]

MAX_TEXT = 1_200  # characters of text
MAX_LINES = 12  # lines of code, rows, items, or 100 characters of a paragraph
MAX_BYTES = 5_600  # of HTML as it stands in a frame: a frame of a list has 8 kB, the article around it included

_LINE = 100  # characters
_ENOUGH = 4  # an excerpt that is a quarter full ends at a block's end; an emptier one takes a part of the next
_CONTAINERS = {
    "blockquote_open", "bullet_list_open", "ordered_list_open", "list_item_open", "table_open", "tbody_open",
}  # fmt: skip

RenderTokens = Callable[[Sequence[Token]], str]


def frame_bytes(html: str) -> int:
    """How many bytes `html` takes inside a JSON frame: UTF-8, quotes and line ends escaped."""
    return len(json.dumps(html, ensure_ascii=False).encode())


def begin(tokens: Sequence[Token], render: RenderTokens) -> str | None:
    """The excerpt's HTML of a parsed text, or None where the whole text is short enough to be its own excerpt.

    `render` gives sanitised HTML for tokens. A cut excerpt has no footnotes and no references to them.
    """
    room = _Room(render)
    if all(room.take(block) for block in _blocks(tokens)) and frame_bytes(render(tokens)) <= MAX_BYTES:
        return None
    room = _Room(render)
    bare = [_without_notes(token) for token in tokens]
    html = render(_fill([block for block in _blocks(bare) if block[0].type != "footnote_block_open"], room))
    if frame_bytes(html) <= MAX_BYTES:
        return html
    return render(_cut_text(bare, _Room(render)))  # the wrappers of what was cut took too much: words alone


@dataclass
class _Room:
    """What is left of an excerpt's text, lines and bytes."""

    render: RenderTokens
    text: int = MAX_TEXT
    lines: int = MAX_LINES
    size: int = MAX_BYTES

    def take(self, block: Sequence[Token]) -> bool:
        """Take `block` off the room; False, and nothing taken, where it does not fit."""
        text, lines = _measure(block)
        if text > self.text or lines > self.lines:
            return False  # before rendering: it may be long
        size = frame_bytes(self.render(block))
        if size > self.size:
            return False
        self.text, self.lines, self.size = self.text - text, self.lines - lines, self.size - size
        return True

    @property
    def rather_empty(self) -> bool:
        return self.text > MAX_TEXT - MAX_TEXT // _ENOUGH and self.lines > MAX_LINES - MAX_LINES // _ENOUGH


def _measure(block: Sequence[Token]) -> tuple[int, int]:
    """Characters of text, and lines as _LINE counts them."""
    text = lines = 0
    in_row = False
    for token in block:
        if token.type in ("fence", "code_block"):
            text += len(token.content)
            lines += max(token.content.count("\n"), len(token.content) // _LINE)
        elif token.type == "hr":
            lines += 1
        elif token.type in ("tr_open", "tr_close"):
            in_row = token.nesting == 1
            lines += in_row
        elif token.type == "inline":
            words = len(_words(token))
            text += words
            breaks = sum(child.type == "hardbreak" for child in token.children or ())
            lines += words // _LINE + breaks + (not in_row)
    return text, lines


def _words(token: Token) -> str:
    """The text of an inline token, without marks."""
    parts = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        else:
            parts.append(child.content)
    return "".join(parts)


def _blocks(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """Neighbours: each a leaf, or an opening token with everything up to its closing one."""
    blocks: list[Sequence[Token]] = []
    depth = start = 0
    for index, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            blocks.append(tokens[start : index + 1])
            start = index + 1
    return blocks


def _fill(blocks: Sequence[Sequence[Token]], room: _Room) -> list[Token]:
    """As many whole blocks as fit; a part of the next one while the room is rather empty."""
    kept: list[Token] = []
    for block in blocks:
        if room.take(block):
            kept += block
            continue
        if room.rather_empty:
            kept += _cut(block, room)
        break
    return kept


def _cut(block: Sequence[Token], room: _Room) -> list[Token]:
    """The beginning of one block that does not fit as a whole."""
    if block[0].type in _CONTAINERS:
        room.size -= frame_bytes(room.render([block[0], block[-1]]))
        inside = _fill(_blocks(block[1:-1]), room)
        return [block[0], *inside, block[-1]] if inside else []
    if block[0].type in ("fence", "code_block"):
        return _cut_code(block[0], room)
    return _cut_text(block, room)


def _cut_code(token: Token, room: _Room) -> list[Token]:
    """The first lines of a listing; without its colours where these take too much."""
    lines = token.content[: room.text].splitlines(keepends=True)[: room.lines]
    text = "".join(lines).rstrip("\n") + "\n…\n"
    for info in (token.info, ""):
        cut = token.copy(content=text, info=info)
        if frame_bytes(room.render([cut])) <= room.size:
            return [cut]
    return _cut_text([token], room)


def _cut_text(block: Sequence[Token], room: _Room) -> list[Token]:
    """A paragraph (or the heading that it was) with the block's first words and "…"."""
    words = " ".join(
        _words(token) if token.type == "inline" else token.content
        for token in block
        if token.type in ("inline", "fence", "code_block")
    )
    opening, closing = Token("paragraph_open", "p", 1), Token("paragraph_close", "p", -1)
    if len(block) == 3 and block[1].type == "inline":
        opening, closing = block[0], block[2]
    limit = min(room.text, room.lines * _LINE)
    while limit > 0:
        text = Token("text", "", 0, content=_cut_words(words, limit))
        cut = [opening, Token("inline", "", 0, children=[text]), closing]
        if frame_bytes(room.render(cut)) <= room.size:
            return cut
        limit = limit * 3 // 4
    return []


def _cut_words(text: str, limit: int) -> str:
    """At most `limit` characters of `text` and "…", cut between two words where one ends in the last half."""
    head = text[: limit + 1]
    if len(head) <= limit:
        return head.rstrip() + "…"
    end = max(head.rfind(space) for space in " \n\t")
    return head[: end if end > limit // 2 else limit].rstrip() + "…"


def _without_notes(token: Token) -> Token:
    if not any(child.type == "footnote_ref" for child in token.children or ()):
        return token
    return token.copy(children=[child for child in token.children or () if child.type != "footnote_ref"])
