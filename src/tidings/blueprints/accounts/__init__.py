"""Signing up, confirming, signing in and out."""

from tidings.blueprints.accounts import code
from tidings.blueprints.accounts.views import blueprint

__all__ = ["blueprint"]

blueprint.register_blueprint(code.blueprint)
