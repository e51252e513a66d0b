"""One lexer for the languages with braces (C, Java, JavaScript and their kin), in linear time whatever it is given."""

from collections.abc import Iterator
from re import Match
from typing import ClassVar

from pygments.lexer import Lexer, RegexLexer
from pygments.token import Comment, Keyword, Name, Number, String, Text, _TokenType

__all__ = ["BracesLexer"]

# What is a keyword in one of them is coloured in all: a reader hardly notices, and it needs no list for each.
_KEYWORDS = frozenset(
    """
    abstract as async await base bool boolean break byte case catch chan char class const constexpr continue
    data debugger default defer delegate delete do double else enum export extends false final finally float fn
    for foreach from fun func function get go goto if implements import in init inline instanceof int interface
    internal is let long map namespace new nil null nullptr object of operator out override package private
    protected public range readonly record return sealed select set short signed sizeof static string struct
    super suspend switch template this throw throws true try type typedef typename typeof uint undefined union
    unsigned using val var virtual void volatile when where while yield
    """.split()  # noqa: SIM905 - words are easier to read than quotes
)


def _word(lexer: Lexer, match: Match[str]) -> Iterator[tuple[int, _TokenType, str]]:
    word = match[1]
    if word in _KEYWORDS:
        kind = Keyword
    elif match[2] is not None:
        kind = Name.Function
    else:
        kind = Name
    yield match.start(), kind, word


class BracesLexer(RegexLexer):
    """Comments, strings, numbers, keywords and calls. No rule looks ahead further than one token."""

    name = "Braces"
    # A missing end of a comment or a string is no failure (which would be tried again at the next character).
    tokens: ClassVar = {
        "root": [
            (r"\s+", Text),
            (r"//[^\n]*", Comment),
            (r"/\*(?:[^*]|\*(?!/))*(?:\*/)?", Comment),
            (r'"(?:\\.|[^"\\\n])*"?', String),
            (r"'(?:\\.|[^'\\\n])*'?", String),
            (r"`(?:\\[\s\S]|[^`\\])*`?", String),
            (r"#[ \t]*[a-z]+", Comment.Preproc),
            (r"@[A-Za-z_]\w*", Name.Decorator),
            (r"([^\W\d]\w*)(?=([ \t]*\())?", _word),
            (r"\d[\w.]*", Number),
            (r"[\s\S]", Text),
        ]
    }
