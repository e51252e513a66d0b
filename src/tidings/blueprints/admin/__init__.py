"""What administrators do: people, roles, suspension, and what was done by whom."""

from tidings.blueprints.admin.views import blueprint

__all__ = ["blueprint"]
