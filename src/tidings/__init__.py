"""Tidings: a social blog that you host yourself and that is live."""

from typing import Any

__all__ = ["create_app"]
__version__ = "0.1.0"


def create_app(*args: Any, **replacements: Any) -> Any:
    """The application; see `tidings.app.create_app`, which this forwards to without importing it early."""
    from tidings.app import create_app as build

    return build(*args, **replacements)
