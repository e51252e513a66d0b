"""The pages and forms about accounts."""

import logging

from quart import Blueprint, current_app, flash, redirect, render_template, request
from quart.typing import ResponseReturnValue

from tidings.auth.guards import open_to_all
from tidings.auth.sessions import begin_pending_session, begin_session, end_session, me
from tidings.blueprints.accounts import actions
from tidings.blueprints.accounts.forms import ConfirmForm, LoginForm, RegisterForm
from tidings.errors import ForbiddenError, InvalidError
from tidings.mail import Letter, MailError
from tidings.parts import parts
from tidings.web.forms import Shown, refuse, submitted
from tidings.web.origin import site_origin
from tidings.web.requests import safe_path

__all__ = ["blueprint"]

log = logging.getLogger(__name__)
blueprint = Blueprint("accounts", __name__)


@blueprint.get("/register")
@open_to_all
async def register() -> ResponseReturnValue:
    if me() is not None:
        return redirect("/", 303)
    closed_to_strangers()
    return await render_template("accounts/register.html", form=Shown())


@blueprint.post("/register")
@open_to_all
async def sign_up() -> ResponseReturnValue:
    closed_to_strangers()
    house = parts()
    try:
        form = await submitted(RegisterForm)
        letter = await actions.register(
            form,
            house.storage,
            house.passwords,
            house.letters,
            house.clock,
            house.ids,
            site_origin(house.settings),
        )
    except InvalidError as error:
        return await refuse("accounts/register.html", error)
    send_soon(letter)
    await flash(f"We have sent a letter to {form.email}. Open the link in it, then sign in.")
    return redirect("/login", 303)


def closed_to_strangers() -> None:
    if parts().settings.registration == "closed":
        raise ForbiddenError("This site does not take new people just now.")


@blueprint.get("/login")
@open_to_all
async def login() -> ResponseReturnValue:
    destination = safe_path(request.args.get("next", "/"))
    if me() is not None:
        return redirect(destination, 303)
    return await render_template("accounts/login.html", form=Shown({"next": destination}))


@blueprint.post("/login")
@open_to_all
async def sign_in() -> ResponseReturnValue:
    try:
        form = await submitted(LoginForm)
        user = await actions.sign_in(form.identifier, form.password, parts().storage.users, parts().passwords)
        if user is None:
            wrong = "Name and password do not belong together. Please look at both."
            raise InvalidError({"identifier": wrong}, wrong)
    except InvalidError as error:
        return await refuse("accounts/login.html", error)
    remember, destination = form.remember == "1", safe_path(form.next)
    if await parts().storage.second_factors.get(user.id) is not None:
        await begin_pending_session(user, remember, destination)
        return redirect("/login/code", 303)
    await begin_session(user, remember)
    return redirect(destination, 303)


@blueprint.post("/logout")
@open_to_all
async def logout() -> ResponseReturnValue:
    await end_session()
    return redirect("/", 303)


@blueprint.get("/confirm")
@open_to_all
async def confirm() -> ResponseReturnValue:
    user = me()
    if user is not None and user.confirmed:
        return redirect("/", 303)
    return await render_template("accounts/confirm.html", form=Shown({"email": user.email if user else ""}))


@blueprint.post("/confirm")
@open_to_all
async def resend() -> ResponseReturnValue:
    try:
        form = await submitted(ConfirmForm)
    except InvalidError as error:
        return await refuse("accounts/confirm.html", error)
    house = parts()
    user = await house.storage.users.by_email(form.email)
    if user is not None and not user.confirmed:
        send_soon(
            await actions.confirmation_letter(
                user, house.storage.mail_tokens, house.letters, house.clock, site_origin(house.settings)
            )
        )
    await flash(f"If {form.email} waits to be confirmed, a new letter is on its way. Older links are dead.")
    return redirect("/confirm", 303)


@blueprint.get("/confirm/<token>")
@open_to_all
async def confirm_link(token: str) -> ResponseReturnValue:
    """Opening a link changes nothing: mail programs open links too. Its button does."""
    _, user = await actions.live_token(token, parts().storage, parts().clock)
    return await render_template("accounts/confirm_link.html", form=Shown(), person=user)


@blueprint.post("/confirm/<token>")
@open_to_all
async def confirm_address(token: str) -> ResponseReturnValue:
    house = parts()
    user = await actions.confirm(token, house.storage, house.clock, house.settings.admin_email)
    await flash(f"Thank you, {user.username}: your address is confirmed.")
    return redirect("/login", 303)


def send_soon(letter: Letter) -> None:
    """Send after the page has been answered: a slow mail server delays letters, never a page."""
    current_app.add_background_task(send, letter)


async def send(letter: Letter) -> None:
    try:
        await parts().mailer.send(letter)
    except MailError as error:
        log.error("A letter could not be sent (%s): %s", letter.subject, error)
