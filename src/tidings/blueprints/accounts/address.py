"""Another address: asked for with the password, and confirmed from the new one (see `views.confirm_address`)."""

from quart import Blueprint, flash, redirect, render_template
from quart.typing import ResponseReturnValue

from tidings.auth.guards import account, somebody
from tidings.blueprints.accounts import changes
from tidings.blueprints.accounts.forms import ChangeEmailForm
from tidings.documents.user import email_key
from tidings.errors import InvalidError
from tidings.parts import parts
from tidings.web import throttle
from tidings.web.evenly import evenly
from tidings.web.forms import Shown, refuse, submitted
from tidings.web.origin import site_origin

__all__ = ["blueprint"]

blueprint = Blueprint("address", __name__)


@blueprint.get("/settings/email")
@account()
async def show() -> ResponseReturnValue:
    return await render_template("settings/email.html", form=Shown())


@blueprint.post("/settings/email")
@account()
async def ask() -> ResponseReturnValue:
    house, user = parts(), somebody()
    try:
        form = await submitted(ChangeEmailForm)
        if email_key(form.email) == user.email_key:
            raise InvalidError({"email": "This is your address already."})
        attempt = await throttle.own_password(user.id)
        if not await house.passwords.verify(user.password_hash, form.password):
            raise InvalidError({"password": "This is not your password. Please look at it again."})
        await attempt.succeeded()
    except InvalidError as error:
        return await refuse("settings/email.html", error)
    await throttle.ask_for_letter(form.email)
    await evenly(
        changes.ask_change(
            user, form.email, house.storage, house.letters, house.postman, house.clock, site_origin(house.settings)
        )
    )
    await flash(f"We have sent a letter to {form.email}. Open the link in it; until then everything stays as it is.")
    return redirect("/settings/email", 303)
