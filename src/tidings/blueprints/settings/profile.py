"""Name, location, and a few words about oneself."""

from quart import Blueprint, current_app, flash, redirect, render_template
from quart.typing import ResponseReturnValue

from tidings.auth.guards import account, somebody
from tidings.blueprints.settings.forms import MAX_ABOUT, MAX_LINE, ProfileForm
from tidings.documents.user import User
from tidings.errors import InvalidError, StaleError, found
from tidings.markup import render_off_loop
from tidings.parts import parts
from tidings.repositories.protocols import UserRepository
from tidings.repositories.settling import settle_soon
from tidings.web.forms import Shown, refuse, submitted

__all__ = ["blueprint", "save_profile"]

blueprint = Blueprint("profile", __name__)

TEMPLATE = "settings/profile.html"
TRIES = 10
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
        current_app.add_background_task(settle_soon, parts().storage, user.id)
    await flash("Your profile is saved.")
    return redirect("/settings/profile", 303)


async def save_profile(form: ProfileForm, user: User, users: UserRepository) -> bool:
    """Keep what was sent, the text rendered. Says whether the name is another: then their posts have to hear of it.

    The row itself carries the mark that this is still to be done. Should the process die before it is, another
    goes on with it; until then some posts show the name of before, nothing else.

    Raises InvalidError for a text that cannot be rendered, StaleError where others keep changing the same fields.
    """
    wanted = form.model_dump(exclude_none=True)
    if form.about is not None:
        wanted["about_html"] = await rendered(form.about)
    for _ in range(TRIES):
        after = user.model_copy(update=wanted)
        renamed = after.name != user.name
        if await users.set_account(user, after.model_copy(update={"unsettled": renamed or user.unsettled})):
            return renamed
        user = found(await users.get(user.id))
    raise StaleError


async def rendered(about: str) -> str:
    try:
        return (await render_off_loop(about)).html if about.strip() else ""
    except InvalidError as error:
        raise InvalidError({"about": error.fields.get("source", error.sentence)}) from error
