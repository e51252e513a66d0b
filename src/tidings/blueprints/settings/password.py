"""Another password: with the present one, and with an end to every other session."""

from quart import Blueprint, flash, redirect, render_template
from quart.typing import ResponseReturnValue

from tidings.auth.devices import remember_device
from tidings.auth.guards import account, somebody
from tidings.auth.sessions import renew_session, this_session
from tidings.blueprints.settings.forms import PasswordForm
from tidings.documents.user import User
from tidings.errors import InvalidError
from tidings.parts import PasswordKeeper, parts
from tidings.repositories.protocols import Storage
from tidings.web import throttle
from tidings.web.evenly import whole
from tidings.web.forms import Shown, refuse, submitted

__all__ = ["blueprint", "change_password"]

blueprint = Blueprint("password", __name__)

TEMPLATE = "settings/password.html"
WRONG = "This is not your present password."


@blueprint.get("/settings/password")
@account()
async def show() -> ResponseReturnValue:
    return await render_template(TEMPLATE, form=Shown())


@blueprint.post("/settings/password")
@account()
async def change() -> ResponseReturnValue:
    try:
        form = await submitted(PasswordForm)
        attempt = await throttle.own_password(somebody().id)
        await whole(change_and_renew(form, somebody(), attempt))
    except InvalidError as error:
        return await refuse(TEMPLATE, error)
    await flash("Your password is changed. Wherever else you were signed in, you are not any more.")
    return redirect("/settings/password", 303)


async def change_and_renew(form: PasswordForm, user: User, attempt: throttle.Attempt) -> None:
    await change_password(form, user, this_session().id, parts().storage, parts().passwords, attempt)
    await renew_session()
    await remember_device(user.id)


async def change_password(
    form: PasswordForm,
    user: User,
    session_id: str,
    storage: Storage,
    passwords: PasswordKeeper,
    attempt: throttle.Attempt,
) -> None:
    """Put the new password in the place of the present one. All sessions of the person but this one end, links in
    letters are dead, and no device of before is trusted.

    Raises InvalidError where the present one is not right or the new one is no good.
    """
    if not await passwords.verify(user.password_hash, form.current):
        raise InvalidError({"current": WRONG})
    # What is counted is guesses at the present password: a new one that is no good is none.
    await attempt.succeeded()
    problem = passwords.problem(form.password, user.username, user.email)
    if problem is not None:
        raise InvalidError({"password": problem})
    fresh = await passwords.hash(form.password)
    # First the password, then the sessions: a sign-in with the old one in between looks again once it has begun.
    if not await storage.users.set_password_hash(user.id, fresh, over=user.password_hash, new_epoch=True):
        raise InvalidError({"current": WRONG})
    await storage.mail_tokens.remove_of_user(user.id)
    await storage.sessions.remove_of_user(user.id, keep=session_id)
    await storage.devices.remove_of_user(user.id)
