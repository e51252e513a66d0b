"""Writing, reading, editing and removing a post."""

from tidings.blueprints.posts.views import blueprint

__all__ = ["blueprint"]
