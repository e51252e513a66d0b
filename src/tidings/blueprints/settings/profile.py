"""Name, location, and a few words about oneself."""

from quart import Blueprint, current_app, flash, redirect, render_template
from quart.typing import ResponseReturnValue

from tidings.auth.guards import account, somebody
from tidings.blueprints.settings.forms import MAX_ABOUT, MAX_LINE, ProfileForm
from tidings.documents.user import User
from tidings.errors import InvalidError
from tidings.markup import render_off_loop
from tidings.parts import parts
from tidings.repositories.protocols import UserRepository
from tidings.repositories.stamping import stamp_posts
from tidings.web.forms import Shown, refuse, submitted

__all__ = ["blueprint", "save_profile"]

blueprint = Blueprint("profile", __name__)

TEMPLATE = "settings/profile.html"
LIMITS = {"max_about": MAX_ABOUT, "max_line": MAX_LINE}


@blueprint.get("/settings/profile")
@account()
async def show() -> ResponseReturnValue:
    user = somebody()
    form = Shown({"name": user.name, "location": user.location, "about": user.about})
    return await render_template(TEMPLATE, form=form, **LIMITS)


@blueprint.post("/settings/profile")
@account()
async def save() -> ResponseReturnValue:
    user = somebody()
    try:
        renamed = await save_profile(await submitted(ProfileForm), user, parts().storage.users)
    except InvalidError as error:
        return await refuse(TEMPLATE, error, **LIMITS)
    if renamed:
        current_app.add_background_task(stamp_posts, parts().storage, user.id)
    await flash("Your profile is saved.")
    return redirect("/settings/profile", 303)


async def save_profile(form: ProfileForm, user: User, users: UserRepository) -> bool:
    """Keep what was sent, the text rendered. Says whether the name is another, which the posts have to hear of.

    Raises InvalidError for a text that cannot be rendered.
    """
    name = user.name if form.name is None else form.name
    location = user.location if form.location is None else form.location
    about = user.about if form.about is None else form.about
    try:
        rendered = await render_off_loop(about) if about.strip() else None
    except InvalidError as error:
        raise InvalidError({"about": error.fields.get("source", error.sentence)}) from error
    await users.set_profile(user.id, name, location, about, rendered.html if rendered is not None else "")
    return name != user.name
