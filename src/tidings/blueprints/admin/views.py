"""The pages and forms of administration."""

from urllib.parse import urlencode

from quart import Blueprint, flash, redirect, render_template, request
from quart.typing import ResponseReturnValue

from tidings.auth.guards import account, somebody
from tidings.auth.sessions import renew_session, session_id
from tidings.blueprints.admin import actions
from tidings.blueprints.admin.forms import AccountForm
from tidings.documents.audit import Actor
from tidings.documents.user import Permission, Role, User
from tidings.errors import InvalidError, NotFoundError, found
from tidings.parts import parts
from tidings.web.addresses import MAX_EMAIL
from tidings.web.forms import Shown, refuse, submitted
from tidings.web.paging import before, page

__all__ = ["blueprint"]

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

PEOPLE = 50
ENTRIES = 50


@blueprint.get("/users")
@account(Permission.ADMIN)
async def users() -> ResponseReturnValue:
    text = searched(request.args.get("q", ""))
    rows = await parts().storage.users.latest_found(text, before(), PEOPLE + 1)
    shown, older = page(rows, PEOPLE, lambda user: user.id)
    if older is not None and text:
        older += "&" + urlencode({"q": text})
    return await render_template("admin/users.html", people=shown, older=older, q=text, first=before() is None)


def searched(text: str) -> str:
    """What to look for: no more than an address can have, without what no name has."""
    return "".join(character for character in text if character.isprintable()).strip()[:MAX_EMAIL]


@blueprint.get("/users/<name>")
@account(Permission.ADMIN)
async def user(name: str) -> ResponseReturnValue:
    person = await named(name)
    if name != person.username:
        return redirect(f"/admin/users/{person.username}", 301)
    return await render_template("admin/user.html", person=person, form=Shown(stored(person)), roles=list(Role))


@blueprint.post("/users/<name>")
@account(Permission.ADMIN)
async def edit(name: str) -> ResponseReturnValue:
    person, house = await named(name), parts()
    try:
        form = await submitted(AccountForm)
        keep = session_id() if person.id == somebody().id else None
        after = await actions.edit(form, person, actor(), house.storage, house.clock, house.ids, keep)
    except InvalidError as error:
        return await refuse("admin/user.html", error, person=person, roles=list(Role))
    if keep is not None and after.epoch != person.epoch:
        await renew_session()
    await flash(f"{after.username} is saved.")
    return redirect(f"/admin/users/{after.username}", 303)


@blueprint.post("/users/<name>/suspend")
@account(Permission.ADMIN)
async def suspend(name: str) -> ResponseReturnValue:
    person, house = await named(name), parts()
    await actions.suspend(person, actor(), house.storage, house.clock, house.ids)
    await flash(f"{person.username} is suspended: signed out everywhere, and nothing they wrote is shown.")
    return redirect(f"/admin/users/{person.username}", 303)


@blueprint.post("/users/<name>/restore")
@account(Permission.ADMIN)
async def restore(name: str) -> ResponseReturnValue:
    person, house = await named(name), parts()
    await actions.restore(person, actor(), house.storage, house.ids)
    await flash(f"{person.username} is back, with everything they wrote.")
    return redirect(f"/admin/users/{person.username}", 303)


@blueprint.get("/audit")
@account(Permission.ADMIN)
async def audit() -> ResponseReturnValue:
    rows = await parts().storage.audit.latest(before(), ENTRIES + 1)
    shown, older = page(rows, ENTRIES, lambda entry: entry.id)
    return await render_template("admin/audit.html", entries=shown, older=older)


def actor() -> Actor:
    return Actor.of(somebody())


async def named(name: str) -> User:
    """Whoever has the name or had it, suspended or not. 404 where there is nobody (any more)."""
    users = parts().storage.users
    person = found(await users.by_username(name) or await users.by_former_username(name))
    if person.removed_at is not None:
        raise NotFoundError
    return person


def stored(person: User) -> dict[str, str]:
    return {
        "email": person.email,
        "username": person.username,
        "role": person.role.value,
        "confirmed": "1" if person.confirmed else "0",
        "name": person.name,
        "location": person.location,
        "about": person.about,
    }
