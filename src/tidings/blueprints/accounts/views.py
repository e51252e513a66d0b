"""The pages and forms about accounts."""

from quart import Blueprint, flash, redirect, render_template, request
from quart.typing import ResponseReturnValue

from tidings.auth.devices import remember_device
from tidings.auth.guards import open_to_all
from tidings.auth.sessions import begin_pending_session, begin_session, end_session, me, renew_session, session_id
from tidings.blueprints.accounts import actions, changes, links
from tidings.blueprints.accounts.forms import EmailForm, LoginForm, RegisterForm
from tidings.documents.mail_token import Purpose
from tidings.errors import ForbiddenError, InvalidError
from tidings.parts import parts
from tidings.web import throttle
from tidings.web.evenly import evenly, whole
from tidings.web.forms import Shown, refuse, submitted
from tidings.web.origin import site_origin
from tidings.web.requests import safe_path

__all__ = ["blueprint"]

blueprint = Blueprint("accounts", __name__)

WRONG = "Name and password do not belong together. Please look at both."


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
    try:
        form = await submitted(RegisterForm)
        await throttle.register()
        await whole(make_account(form))
    except InvalidError as error:
        return await refuse("accounts/register.html", error)
    await flash(f"We have sent a letter to {form.email}. Open the link in it, then sign in.")
    return redirect("/login", 303)


async def make_account(form: RegisterForm) -> None:
    house = parts()
    letter = await actions.register(
        form, house.storage, house.passwords, house.letters, house.clock, house.ids, site_origin(house.settings)
    )
    # Nothing is said where it is one too many: who registers somebody else's address must not fill their mailbox,
    # and who registers their own can ask again later.
    if await throttle.letter_allowed(form.email):
        await house.postman.post(letter)


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
        attempt = await throttle.sign_in(form.identifier)
        user = await actions.sign_in(form.identifier, form.password, parts().storage.users, parts().passwords)
        if user is None:
            raise InvalidError({"identifier": WRONG}, WRONG)
        await attempt.succeeded()
        remember, destination = form.remember == "1", safe_path(form.next)
        if await parts().storage.second_factors.get(user.id) is not None:
            await begin_pending_session(user, remember, destination)
            return redirect("/login/code", 303)
        await begin_session(user, remember)
    except InvalidError as error:
        return await refuse("accounts/login.html", error)
    await remember_device(user.id)
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
        form = await submitted(EmailForm)
    except InvalidError as error:
        return await refuse("accounts/confirm.html", error)
    await throttle.ask_for_letter(form.email)
    house = parts()
    await evenly(
        actions.resend(
            form.email, house.storage, house.letters, house.postman, house.clock, site_origin(house.settings)
        )
    )
    await flash(f"If {form.email} waits to be confirmed, a new letter is on its way. Older links are dead.")
    return redirect("/confirm", 303)


@blueprint.get("/confirm/<token>")
@open_to_all
async def confirm_link(token: str) -> ResponseReturnValue:
    """Opening a link changes nothing: mail programs open links too. Its button does."""
    row, user = await links.live(token, parts().storage, parts().clock, Purpose.CONFIRM, Purpose.EMAIL)
    return await render_template("accounts/confirm_link.html", form=Shown(), person=user, new_email=row.new_email)


@blueprint.post("/confirm/<token>")
@open_to_all
async def confirm_address(token: str) -> ResponseReturnValue:
    house = parts()
    row, user = await links.live(token, house.storage, house.clock, Purpose.CONFIRM, Purpose.EMAIL)
    admin_email = house.settings.admin_email
    if row.purpose is Purpose.CONFIRM:
        await whole(actions.confirm(row, user, house.storage, house.clock, house.ids, admin_email))
        await flash(f"Thank you, {user.username}: your address is confirmed.")
        return redirect("/login", 303)
    asking = me()
    await whole(
        changes.change_email(
            row,
            user,
            house.storage,
            house.letters,
            house.postman,
            house.clock,
            house.ids,
            site_origin(house.settings),
            admin_email,
            session_id() if asking is not None and asking.id == user.id else None,
        )
    )
    # Every device of before is forgotten, and the owner must not wait behind those who guess.
    await remember_device(user.id)
    if asking is not None and asking.id == user.id:
        await renew_session()  # all sessions are over; the one that pressed the button goes on
    await flash(f"Thank you, {user.username}: {row.new_email} is your address now.")
    return redirect("/login", 303)
