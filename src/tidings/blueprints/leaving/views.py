"""The pages about one's own data: take it along, or have it forgotten."""

import asyncio
from collections.abc import AsyncIterator
from typing import IO

from quart import Blueprint, Response, current_app, flash, redirect, render_template
from quart.typing import ResponseReturnValue

from tidings.auth.guards import account, somebody
from tidings.auth.sessions import end_session
from tidings.blueprints.leaving import actions
from tidings.blueprints.leaving.archive import archive
from tidings.blueprints.leaving.forms import DeleteForm
from tidings.errors import InvalidError, LastAdministratorError
from tidings.parts import parts
from tidings.web import throttle
from tidings.web.forms import Shown, refuse, submitted

__all__ = ["blueprint"]

blueprint = Blueprint("leaving", __name__)

CHUNK = 64 * 1024
AT_ONCE = 2


@blueprint.get("/settings/export")
@account()
async def export() -> ResponseReturnValue:
    """All of it as a zip. It is made in a file, so its size is no matter, and sent a piece at a time."""
    user, house = somebody(), parts()
    async with turns():
        file = await archive(user, house.storage, house.settings.site_name, house.clock)
    response = Response(
        pieces(file),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{user.username}-{house.clock.now():%Y-%m-%d}.zip"',
            "Cache-Control": "no-store",
            "Vary": "Cookie",
        },
    )
    response.timeout = None  # somebody with much to take along and a slow line needs longer than a page
    return response


def turns() -> asyncio.Semaphore:
    """Packing reads the database again and again and keeps a thread busy: two at once, others wait their turn."""
    semaphore: asyncio.Semaphore = current_app.extensions.setdefault("tidings exports", asyncio.Semaphore(AT_ONCE))
    return semaphore


async def pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, CHUNK):
            yield piece


@blueprint.get("/settings/delete")
@account()
async def delete() -> ResponseReturnValue:
    return await render_template("leaving/delete.html", form=Shown())


@blueprint.post("/settings/delete")
@account()
async def leave() -> ResponseReturnValue:
    house = parts()
    try:
        form = await submitted(DeleteForm)
        attempt = await throttle.own_password(somebody().id)
        await actions.leave(somebody(), form.password, house.storage, house.passwords, house.clock)
        await attempt.succeeded()
    except LastAdministratorError as error:
        return await refuse("leaving/delete.html", InvalidError({"form": error.sentence}, error.sentence))
    except InvalidError as error:
        return await refuse("leaving/delete.html", error)
    await end_session()
    await flash("Your account is gone, and everything you wrote with it. Farewell.")
    return redirect("/", 303)
