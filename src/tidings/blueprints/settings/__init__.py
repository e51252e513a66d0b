"""What people decide about their own account: one module for each section."""

from typing import Any

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from tidings.auth.guards import account
from tidings.blueprints.settings import password, profile, sessions, two_factor
from tidings.blueprints.settings.sections import sections

__all__ = ["blueprint"]

blueprint = Blueprint("settings", __name__)
for section in (profile, password, two_factor, sessions):
    blueprint.register_blueprint(section.blueprint)


@blueprint.get("/settings")
@account()
async def first() -> ResponseReturnValue:
    return redirect("/settings/profile", 303)


@blueprint.app_context_processor
def listed() -> dict[str, Any]:
    """For templates/settings/_section.html, which sections in other rooms extend as well."""
    return {"sections": sections}
