"""The pages and forms about people."""

from collections.abc import Awaitable, Callable

from quart import Blueprint, Response, redirect, render_template, request
from quart.typing import ResponseReturnValue
from werkzeug.wrappers import Response as WerkzeugResponse

from tidings.auth.guards import account, anonymous, open_to_all, somebody
from tidings.auth.sessions import me
from tidings.documents.follow import Follow
from tidings.documents.user import Permission, User
from tidings.documents.visibility import Viewer
from tidings.errors import InvalidError, NotFoundError, found
from tidings.ids import parse_id
from tidings.parts import parts
from tidings.web.avatars import avatar_svg
from tidings.web.paging import POSTS, before, page

__all__ = ["blueprint"]

blueprint = Blueprint("people", __name__)

PEOPLE = 50
A_YEAR = 365 * 24 * 3600


@blueprint.get("/@<name>")
@open_to_all
async def profile(name: str) -> ResponseReturnValue:
    position = str(parts().relay.position)
    person = await named(name)
    if moved := elsewhere(name, person):
        return moved
    user, follows = me(), parts().storage.follows
    is_me = user is not None and user.id == person.id
    following = user is not None and await follows.get(user.id, person.id) is not None
    follows_me = user is not None and await follows.get(person.id, user.id) is not None
    viewer = Viewer.of(user, {person.id} if following else frozenset())
    posts = await parts().storage.posts.latest_of(person.id, viewer, before(), POSTS + 1)
    shown, older = page(posts, POSTS, lambda post: post.id)
    return await render_template(
        "people/profile.html",
        person=person,
        posts=shown,
        older=older,
        channel=f"user:{person.username}" if before() is None else "",
        position=position,
        is_me=is_me,
        following=following,
        follows_me=follows_me,
    )


@blueprint.get("/@<name>/followers")
@open_to_all
async def followers(name: str) -> ResponseReturnValue:
    return await people(
        name, parts().storage.follows.latest_followers, lambda follow: follow.follower_id, "Followers of {}"
    )


@blueprint.get("/@<name>/following")
@open_to_all
async def following(name: str) -> ResponseReturnValue:
    return await people(
        name, parts().storage.follows.latest_following, lambda follow: follow.followed_id, "Followed by {}"
    )


async def people(
    name: str,
    latest: Callable[[int, int | None, int], Awaitable[list[Follow]]],
    other: Callable[[Follow], int],
    heading: str,
) -> ResponseReturnValue:
    """A page of the people at the other end of somebody's follows."""
    person = await named(name)
    if moved := elsewhere(name, person):
        return moved
    follows = await latest(person.id, before(), PEOPLE + 1)
    shown, older = page(follows, PEOPLE, lambda follow: follow.id)
    user, storage = me(), parts().storage
    return await render_template(
        "people/list.html",
        person=person,
        people=[
            person
            for person in await storage.users.of_ids([other(follow) for follow in shown])
            if person.suspended_at is None
        ],
        heading=heading.format(person.display_name),
        older=older,
        followed_ids=set(await storage.follows.of_follower(user.id)) if user is not None else set(),
    )


@blueprint.post("/@<name>/follow")
@account(Permission.FOLLOW)
async def follow(name: str) -> ResponseReturnValue:
    person, user = await named(name), somebody()
    if person.id == user.id:
        raise InvalidError({}, "You cannot follow yourself; your own posts are in your timeline anyway.")
    link = Follow(id=parts().ids.mint(), follower_id=user.id, followed_id=person.id, created_at=parts().clock.now())
    await parts().storage.follows.add(link)
    return redirect(f"/@{person.username}", 303)


@blueprint.post("/@<name>/unfollow")
@account(Permission.FOLLOW)
async def unfollow(name: str) -> ResponseReturnValue:
    person, user = await named(name), somebody()
    if person.id == user.id:
        raise InvalidError({}, "You cannot unfollow yourself.")
    await parts().storage.follows.remove(user.id, person.id)
    return redirect(f"/@{person.username}", 303)


@blueprint.get("/avatars/<user_id>.svg")
@anonymous
async def avatar(user_id: str) -> ResponseReturnValue:
    """A picture made from the id alone: the same for ever, and without asking the database."""
    key = parse_id(user_id)
    if key is None:
        raise NotFoundError
    kept = {"Cache-Control": f"public, max-age={A_YEAR}, immutable"}
    return Response(avatar_svg(key), content_type="image/svg+xml", headers=kept)


async def named(name: str) -> User:
    """The person who has that name in any case, or had it. 404 where there is nobody, or nobody to be seen."""
    users = parts().storage.users
    person = found(await users.by_username(name) or await users.by_former_username(name))
    user = me()
    if not person.shown and (user is None or user.id != person.id):
        raise NotFoundError
    return person


def elsewhere(name: str, person: User) -> WerkzeugResponse | None:
    """A redirect to the name as its owner spells it now, where it was another or in another case."""
    if name == person.username:
        return None
    path = request.path.replace(f"/@{name}", f"/@{person.username}", 1)
    query = request.query_string.decode("ascii", "ignore")
    return redirect(path + (f"?{query}" if query else ""), 301)
