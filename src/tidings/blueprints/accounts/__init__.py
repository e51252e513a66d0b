"""Accounts: signing up and in, and what letters confirm, reset and change."""

from tidings.blueprints.accounts import address, code, reset, views

__all__ = ["BLUEPRINTS"]

BLUEPRINTS = (views.blueprint, code.blueprint, reset.blueprint, address.blueprint)
