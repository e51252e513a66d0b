"""Small questions about a request: does it want JSON, is this address ours, which page comes next."""

from urllib.parse import urlsplit

from quart import request

__all__ = ["safe_path", "wants_json"]


def wants_json() -> bool:
    """Whether the client would rather have JSON than a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return bool(best == "application/json")


def safe_path(address: str) -> str:
    """`address` where it is a path on this site, else "/".

    Browsers drop tabs and newlines inside an address and read a backslash as a slash, so all of these could lead to
    another host: `//evil`, `/\\evil`, `/<tab>/evil` (WHATWG URL standard).
    """
    if not address.startswith("/") or address.startswith("//") or "\\" in address:
        return "/"
    if any(ord(character) <= 32 or ord(character) == 127 for character in address):
        return "/"
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    return address if not parts.scheme and not parts.netloc else "/"
