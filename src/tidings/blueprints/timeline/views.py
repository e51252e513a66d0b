"""The timelines."""

from quart import Blueprint, render_template
from quart.typing import ResponseReturnValue

from tidings.auth.guards import open_to_all
from tidings.auth.secrets import new_secret
from tidings.auth.sessions import me
from tidings.documents.post import Post
from tidings.documents.user import User
from tidings.parts import parts
from tidings.web.forms import Shown
from tidings.web.paging import POSTS, before, page

__all__ = ["blueprint"]

blueprint = Blueprint("timeline", __name__)

SUGGESTIONS = 5


@blueprint.get("/")
@open_to_all
async def home() -> ResponseReturnValue:
    """One's own posts and those of people one follows; until the first follow, and for strangers, all public ones."""
    user, storage = me(), parts().storage
    if user is None:
        return await public()
    # Taken before anything is read: what is committed while we read is then told to the page once more.
    position = str(parts().relay.position)
    following = await storage.follows.of_follower(user.id)
    key = before()
    if following:
        posts = await storage.posts.latest_home(user.id, following, key, POSTS + 1)
    else:
        posts = await storage.posts.latest_public(key, POSTS + 1)
    return await timeline(
        "timeline/home.html",
        posts,
        position,
        channel="home" if following else "public",
        first_run=not following,
        suggestions=await suggestions(user, following),
    )


@blueprint.get("/public")
@open_to_all
async def public() -> ResponseReturnValue:
    """Everything that is meant for everybody."""
    position = str(parts().relay.position)
    posts = await parts().storage.posts.latest_public(before(), POSTS + 1)
    user = me()
    known = await suggestions(user, await parts().storage.follows.of_follower(user.id)) if user is not None else []
    return await timeline("timeline/public.html", posts, position, channel="public", first_run=False, suggestions=known)


async def timeline(
    template: str, posts: list[Post], position: str, *, channel: str, first_run: bool, suggestions: list[User]
) -> str:
    shown, older = page(posts, POSTS, lambda post: post.id)
    return await render_template(
        template,
        posts=shown,
        older=older,
        # Only the first page is live: what is new does not belong on an older one.
        channel=channel if before() is None else "",
        position=position,
        first_run=first_run,
        suggestions=suggestions,
        request_key=new_secret(),
        form=Shown(),
    )


async def suggestions(user: User, following: list[int]) -> list[User]:
    """People whom one might want to follow."""
    known = {user.id, *following}
    candidates = await parts().storage.users.latest(SUGGESTIONS + len(known) if len(known) < 50 else 50)
    return [person for person in candidates if person.id not in known][:SUGGESTIONS]
