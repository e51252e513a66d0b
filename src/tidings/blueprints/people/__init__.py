"""Profiles, and who follows whom."""

from tidings.blueprints.people.views import blueprint

__all__ = ["blueprint"]
