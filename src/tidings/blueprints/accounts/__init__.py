"""Signing up, confirming, signing in and out."""

from tidings.blueprints.accounts.views import blueprint

__all__ = ["blueprint"]
