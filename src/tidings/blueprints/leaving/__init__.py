"""Taking along what is one's own, and leaving."""

from tidings.blueprints.leaving.views import blueprint

__all__ = ["blueprint"]
