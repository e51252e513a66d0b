"""Program text with colours: a few short classes, known languages only, and a bound on the work it makes."""

from functools import cache
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType

from tidings.markup.braces import BracesLexer

__all__ = ["CLASSES", "LANGUAGES", "LIMITS", "highlight", "language_of"]

# Kind of token → class. A kind that is not here has the class of the nearest kind above it, or none.
CLASSES = {
    Token.Keyword: "k",
    Token.Operator.Word: "k",
    Token.Name.Builtin: "nb",
    Token.Name.Class: "nc",
    Token.Name.Decorator: "nd",
    Token.Name.Function: "nf",
    Token.Name.Tag: "nt",
    Token.Name.Attribute: "na",
    Token.Name.Variable: "nv",
    Token.Literal.String: "s",
    Token.Literal.Number: "m",
    Token.Comment: "c",
    Token.Generic.Deleted: "gd",
    Token.Generic.Inserted: "gi",
    Token.Generic.Heading: "gh",
    Token.Generic.Subheading: "gh",
    Token.Generic.Prompt: "gp",
    Token.Generic.Output: "go",
}

# How many characters of a language one text may have coloured. Many of Pygments' lexers take quadratic time on hostile
# input, and hold the interpreter for all of it: 10,000 characters took csharp 15 s, java and c 5 s, css 1.5 s. These
# limits keep every one of them below about 60 ms; languages with braces have a linear lexer of our own.
LIMITS = {
    "braces": 8_000, "bash": 4_000, "docker": 4_000, "json": 8_000, "nginx": 4_000, "php": 8_000, "pycon": 4_000,
    "python": 4_000, "sql": 8_000, "swift": 8_000, "toml": 8_000,
    "console": 1_500, "css": 1_500, "diff": 1_500, "html": 2_000, "html+jinja": 2_000, "ini": 1_500, "lua": 2_000,
    "ruby": 2_000, "rust": 2_000, "xml": 2_000, "yaml": 2_000,
}  # fmt: skip

# What may stand after the fence → the lexer's name.
LANGUAGES = {name: name for name in LIMITS if name != "braces"} | {
    **dict.fromkeys(
        (
            "c", "c++", "cpp", "c#", "cs", "csharp", "dart", "go", "golang", "java", "javascript", "js", "jsx",
            "kotlin", "kt", "scala", "ts", "tsx", "typescript",
        ),
        "braces",
    ),
    "dockerfile": "docker", "htm": "html", "jinja": "html+jinja", "patch": "diff", "py": "python", "python3": "python",
    "rb": "ruby", "rs": "rust", "sh": "bash", "shell": "bash", "svg": "xml", "yml": "yaml", "zsh": "bash",
}  # fmt: skip


def language_of(info: str) -> str | None:
    """The lexer for a fence's info string ("py title=x" → "python"), or None for an unknown language."""
    words = info.split(maxsplit=1)
    return LANGUAGES.get(words[0].lower()) if words else None


@cache
def _lexer(language: str) -> Lexer:
    if language == "braces":
        return BracesLexer(stripnl=False, ensurenl=False)
    return get_lexer_by_name(language, stripnl=False, ensurenl=False)


@cache
def _class_of(kind: _TokenType) -> str:
    node: _TokenType | None = kind
    while node is not None:
        if node in CLASSES:
            return CLASSES[node]
        node = node.parent
    return ""


def highlight(code: str, language: str) -> str:
    """`code` as HTML: escaped, with <span class> around what has a colour. Neighbours of one class share a span."""
    parts: list[str] = []
    name, run = "", ""
    for kind, text in _lexer(language).get_tokens(code):
        found = name if text.isspace() else _class_of(kind)
        if found != name:
            parts.append(_span(name, run))
            name, run = found, ""
        run += text
    parts.append(_span(name, run))
    return "".join(parts)


def _span(name: str, text: str) -> str:
    """White space at the end of a run stays outside, so that lines can be cut between spans."""
    words = text.rstrip() if name else text
    safe = escape(words, quote=False)
    return (f'<span class="{name}">{safe}</span>' if name and words else safe) + text[len(words) :]
