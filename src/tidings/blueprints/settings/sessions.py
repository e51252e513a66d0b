"""Where one is signed in, and an end to any of it."""

from quart import Blueprint, flash, redirect, render_template
from quart.typing import ResponseReturnValue

from tidings.auth.guards import account, somebody
from tidings.auth.sessions import end_session, this_session
from tidings.blueprints.settings.browsers import describe
from tidings.blueprints.settings.forms import SessionsForm
from tidings.documents.session import Session
from tidings.errors import InvalidError, found
from tidings.parts import parts
from tidings.web.forms import submitted

__all__ = ["blueprint"]

blueprint = Blueprint("sessions", __name__)

HERE = "/settings/sessions"


async def own_sessions() -> list[Session]:
    """Where the person is signed in, this browser first. Who has still to give a code is not signed in."""
    now, this = parts().clock.now(), this_session()
    sessions = await parts().storage.sessions.of_user(somebody().id)
    standing = [session for session in sessions if not session.pending and session.expires_at > now]
    return sorted(standing, key=lambda session: session.id != this.id)


@blueprint.get(HERE)
@account()
async def show() -> ResponseReturnValue:
    return await render_template(
        "settings/sessions.html", sessions_shown=await own_sessions(), this=this_session().name, describe=describe
    )


@blueprint.post(HERE)
@account()
async def end() -> ResponseReturnValue:
    """What is ended is gone from the database, and so are its live sockets and every copy of its cookie."""
    form, sessions = await submitted(SessionsForm), parts().storage.sessions
    if form.all:
        ended = await sessions.remove_of_user(somebody().id, keep=this_session().id)
        await flash("You are signed in here and nowhere else." if ended else "There was no other session to end.")
    elif form.session:
        chosen = found(next((one for one in await own_sessions() if one.name == form.session), None))
        if chosen.id == this_session().id:
            await end_session()
        else:
            await sessions.remove(chosen.id)
            await flash(f"{describe(chosen.user_agent)} is signed out.")
    else:
        raise InvalidError({"session": "Please say which session is to end."})
    return redirect(HERE, 303)
