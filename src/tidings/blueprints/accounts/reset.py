"""A forgotten password: ask for a letter, and choose another behind its link."""

from quart import Blueprint, flash, redirect, render_template
from quart.typing import ResponseReturnValue

from tidings.auth.devices import remember_device
from tidings.auth.guards import open_to_all
from tidings.blueprints.accounts import changes, links
from tidings.blueprints.accounts.forms import EmailForm, NewPasswordForm
from tidings.documents.mail_token import Purpose
from tidings.errors import InvalidError
from tidings.parts import parts
from tidings.web import throttle
from tidings.web.evenly import evenly, whole
from tidings.web.forms import Shown, refuse, submitted
from tidings.web.origin import site_origin

__all__ = ["blueprint"]

blueprint = Blueprint("reset", __name__)


@blueprint.get("/reset")
@open_to_all
async def forgotten() -> ResponseReturnValue:
    return await render_template("accounts/reset.html", form=Shown())


@blueprint.post("/reset")
@open_to_all
async def ask() -> ResponseReturnValue:
    try:
        form = await submitted(EmailForm)
    except InvalidError as error:
        return await refuse("accounts/reset.html", error)
    await throttle.ask_for_letter(form.email)
    house = parts()
    await evenly(
        changes.ask_reset(
            form.email, house.storage, house.letters, house.postman, house.clock, site_origin(house.settings)
        )
    )
    await flash(f"If somebody has an account with {form.email}, a letter is on its way. Older links are dead.")
    return redirect("/login", 303)


@blueprint.get("/reset/<token>")
@open_to_all
async def link(token: str) -> ResponseReturnValue:
    """Opening the link changes nothing: mail programs open links too."""
    await links.live(token, parts().storage, parts().clock, Purpose.RESET)
    return await render_template("accounts/reset_link.html", form=Shown())


@blueprint.post("/reset/<token>")
@open_to_all
async def choose(token: str) -> ResponseReturnValue:
    house = parts()
    # Before the form is judged: a dead link is dead whatever is sent to it.
    await links.live(token, house.storage, house.clock, Purpose.RESET)
    try:
        form = await submitted(NewPasswordForm)
        user = await whole(changes.reset_password(token, form.password, house.storage, house.passwords, house.clock))
    except InvalidError as error:
        return await refuse("accounts/reset_link.html", error)
    # Every device of before is forgotten, and the owner must not wait behind those who guess.
    await remember_device(user.id)
    await flash("Your password is changed, and you are signed out everywhere. Sign in with the new one.")
    return redirect("/login", 303)
