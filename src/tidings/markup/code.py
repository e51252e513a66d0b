"""Program text with colours: a few short classes, known languages only, and a bound on how much is coloured."""

from functools import cache
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType

__all__ = ["CLASSES", "LANGUAGES", "MAX_CODE", "highlight", "language_of"]

MAX_CODE = 10_000  # characters a text; 50 kB of code can render to 978 kB

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

# What may stand after the fence → Pygments' name. A fixed list: loading a lexer runs its module, and each of these was
# measured with hostile input (tests/units/test_markup_code.py).
LANGUAGES = {
    **{name: name for name in (
        "bash", "c", "css", "diff", "go", "html", "ini", "java", "javascript", "json", "kotlin",
        "lua", "make", "nginx", "php", "python", "ruby", "rust", "sql", "swift", "toml", "typescript", "xml", "yaml",
    )},
    "sh": "bash", "shell": "bash", "zsh": "bash", "console": "console", "c++": "cpp", "cpp": "cpp", "c#": "csharp",
    "csharp": "csharp", "cs": "csharp", "docker": "docker", "dockerfile": "docker", "golang": "go", "htm": "html",
    "jinja": "html+jinja", "js": "javascript", "kt": "kotlin", "makefile": "make", "patch": "diff", "py": "python",
    "python3": "python", "pycon": "pycon", "rb": "ruby", "rs": "rust", "svg": "xml", "ts": "typescript",
    "yml": "yaml",
}  # fmt: skip


def language_of(info: str) -> str | None:
    """The language that a fence's info string names ("python title=x" → "python"), or None for an unknown one."""
    words = info.split(maxsplit=1)
    return LANGUAGES.get(words[0].lower()) if words else None


@cache
def _lexer(language: str) -> Lexer:
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
    safe = escape(text, quote=False)
    return f'<span class="{name}">{safe}</span>' if name and text else safe
