"""How much work one text may cause: counted, not timed, so that the same text always gets the same answer."""

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

from tidings.errors import InvalidError

__all__ = ["MAX_HTML", "MAX_NESTING", "budget_plugin", "check_tokens", "too_large"]

# A step is one rule chain tried at one place; it takes 4 to 6 µs. 50,000 characters of prose with a mark in every
# second word take 10,000 steps, as many opening brackets would take 600,000.
MAX_STEPS = 14_000
_BRACKET = 6  # steps: everything that opens with a bracket looks ahead for its end
MAX_TOKENS = 10_000  # of blocks; a table cell has three
MAX_COLUMNS = 1_000  # bars in the first line of a block
MAX_LINKS = 2_000
MAX_NESTING = 40  # block levels; a list counts two (itself and its item)
MAX_DEPTH = 100  # levels of everything, emphasis included: browsers flatten beyond 512, a sanitiser recurses
MAX_HTML = 512 * 1024  # bytes: half a megabyte goes over a socket and into a document without trouble

_STEPS = "steps"


def too_large() -> InvalidError:
    return InvalidError({"source": "This text becomes too large when it is rendered. Please split it."})


def _too_much() -> InvalidError:
    return InvalidError({"source": "This text has too many marks (brackets, stars, links, cells) to be rendered."})


def _too_deep() -> InvalidError:
    return InvalidError({"source": "This text nests lists, quotes or emphasis too deeply."})


def budget_plugin(md: MarkdownIt) -> None:
    """Make every parse count its steps and raise InvalidError beyond MAX_STEPS or MAX_NESTING.

    The parser's own `maxNesting` drops what lies deeper without a word; refusing keeps what people wrote.
    """
    chains = ["paragraph", "reference", "blockquote", "list"]
    md.block.ruler.before("table", "budget", _count_block, {"alt": chains})
    md.inline.ruler.before("text", "budget", _count_inline)
    md.core.ruler.before("inline", "budget", _count_before_inline)


def _spend(env: EnvType, steps: int = 1) -> None:
    spent: int = env.get(_STEPS, 0)
    if spent > MAX_STEPS:
        raise _too_much()
    env[_STEPS] = spent + steps


def _count_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.level >= MAX_NESTING - 2:  # a list steps over one level, so the last two are watched
        raise _too_deep()
    # A table is made whole before its cells can be counted.
    columns = state.src.count("|", state.bMarks[start], state.eMarks[start])
    if len(state.tokens) > MAX_TOKENS or columns > MAX_COLUMNS:
        raise _too_much()
    _spend(state.env)
    return False


def _count_inline(state: StateInline, silent: bool) -> bool:
    bracket = state.src.startswith("[", state.pos) or state.src.startswith("[", state.pos + 1)
    _spend(state.env, _BRACKET if bracket else 1)
    return False


def _count_before_inline(state: StateCore) -> None:
    """Finding a link in plain text costs 40 µs, a table cell as much: count them before looking closer."""
    links = sum(
        token.content.count("@") + token.content.count("://") + token.content.count("www.")
        for token in state.tokens
        if token.type == "inline"
    )
    if links > MAX_LINKS or len(state.tokens) > MAX_TOKENS:
        raise _too_much()


def check_tokens(tokens: Sequence[Token]) -> None:
    """Raise InvalidError where the parsed text is too deep or would render to more than MAX_HTML bytes.

    Asked before rendering: one definition of a long address, used by thousands of short references, would make 37 MB
    out of 50 kB. Emphasis is matched after parsing, so the parser's own limit does not see its depth.
    """
    depth = size = 0
    for token in tokens:
        for part in (token, *(token.children or ())):
            depth += part.nesting
            size += 16 + (len(part.content) if part.type != "inline" else 0)
            size += sum(len(name) + len(str(value)) for name, value in part.attrs.items())
            if depth > MAX_DEPTH:
                raise _too_deep()
            if size > MAX_HTML:
                raise too_large()
