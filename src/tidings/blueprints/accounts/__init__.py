"""Accounts: signing up and in, and what letters confirm, reset and change."""

from tidings.blueprints.accounts import address, reset, views

__all__ = ["BLUEPRINTS"]

BLUEPRINTS = (views.blueprint, reset.blueprint, address.blueprint)
