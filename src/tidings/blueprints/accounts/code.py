"""The second step of signing in: who gave the right password gives a code as well."""

from quart import Blueprint, flash, redirect, render_template
from quart.typing import ResponseReturnValue

from tidings.auth import second_factor
from tidings.auth.devices import remember_device
from tidings.auth.guards import open_to_all
from tidings.auth.sessions import begin_session, end_session, me, pending_session
from tidings.blueprints.accounts.forms import CodeForm
from tidings.documents.session import Session
from tidings.documents.user import User
from tidings.errors import InvalidError
from tidings.parts import parts
from tidings.web import throttle
from tidings.web.forms import Shown, refuse, submitted
from tidings.web.requests import wants_json

__all__ = ["blueprint"]

blueprint = Blueprint("code", __name__)

BEGIN_AGAIN = "Please sign in again: there are ten minutes and five tries for the code."


@blueprint.get("/login/code")
@open_to_all
async def ask() -> ResponseReturnValue:
    if me() is not None:
        return redirect("/", 303)
    if pending_session() is None:
        return await begin_again()
    return await render_template("accounts/code.html", form=Shown())


@blueprint.post("/login/code")
@open_to_all
async def give() -> ResponseReturnValue:
    session = pending_session()
    if session is None:
        return await begin_again()
    try:
        form = await submitted(CodeForm)
        attempt = await throttle.second_factor(session.user_id)
        # Counted before it is looked at: many at once get no more tries than one after the other.
        tries = await parts().storage.sessions.count_code_try(session.id)
        if not 0 < tries <= second_factor.MAX_TRIES:
            return await begin_again()
        user = await whose(session, form.code)
        if user is None and tries == second_factor.MAX_TRIES:
            return await begin_again()
        if user is None:
            raise InvalidError({"code": "This code is not right, or it was used before. Please wait for the next one."})
        await attempt.succeeded()
        await begin_session(user, session.remember)
    except InvalidError as error:
        return await refuse("accounts/code.html", error)
    await remember_device(user.id)
    return redirect(session.next, 303)


async def whose(session: Session, code: str) -> User | None:
    """Who is signed in by this code, or None where it is not right."""
    storage = parts().storage
    user = await storage.users.get(session.user_id)
    if user is None or user.suspended_at is not None:
        return None
    factor = await storage.second_factors.get(user.id)
    # It was switched off elsewhere meanwhile: the password, which was right, is enough.
    if factor is None or await second_factor.passes(code, factor, storage.second_factors, parts().clock.now()):
        return user
    return None


async def begin_again() -> ResponseReturnValue:
    if pending_session() is not None:
        await end_session()
    if wants_json():
        return {"error": BEGIN_AGAIN}, 401
    await flash(BEGIN_AGAIN)
    return redirect("/login", 303)
