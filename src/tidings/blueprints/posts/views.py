"""The pages and forms about posts."""

from typing import Literal

from quart import Blueprint, redirect, render_template, request
from quart.typing import ResponseReturnValue

from tidings.auth.guards import account, open_to_all, somebody
from tidings.auth.secrets import new_secret
from tidings.auth.sessions import me
from tidings.blueprints.posts import actions
from tidings.blueprints.posts.forms import EditForm, PostForm, PreviewForm
from tidings.documents.audit import Actor, AuditEntry, about_post
from tidings.documents.post import Post, State
from tidings.documents.user import Permission
from tidings.documents.visibility import Viewer, may_see
from tidings.errors import ForbiddenError, InvalidError, NotFoundError, StaleError, found
from tidings.ids import parse_id
from tidings.markup import render_off_loop
from tidings.parts import parts
from tidings.web.forms import Shown, refuse, submitted
from tidings.web.requests import wants_json

__all__ = ["blueprint"]

blueprint = Blueprint("posts", __name__)


@blueprint.get("/posts/new")
@account(Permission.WRITE)
async def new() -> ResponseReturnValue:
    return await render_template("posts/new.html", form=Shown(), request_key=new_secret())


@blueprint.post("/posts")
@account(Permission.WRITE)
async def publish() -> ResponseReturnValue:
    try:
        form = await submitted(PostForm)
        post = await actions.publish(form, somebody(), parts().storage.posts, parts().ids, form.request_key or None)
    except InvalidError as error:
        return await refuse("posts/new.html", error, request_key=new_secret())
    return redirect(post.path, 303)


@blueprint.get("/@<name>/<post_id>")
@open_to_all
async def show(name: str, post_id: str) -> ResponseReturnValue:
    position = str(parts().relay.position)
    post = await visible(post_id)
    if request.path != post.path:
        query = request.query_string.decode("ascii", "ignore")
        return redirect(post.path + (f"?{query}" if query else ""), 301)
    user = me()
    return await render_template(
        "posts/show.html",
        post=post,
        mine=user is not None and user.id == post.author.id,
        viewer_follows=user is not None and await parts().storage.follows.get(user.id, post.author.id) is not None,
        channel=f"post:{post.thread}",
        position=position,
    )


@blueprint.get("/posts/<post_id>/edit")
@account(Permission.WRITE)
async def edit(post_id: str) -> ResponseReturnValue:
    post = await own(post_id)
    return await render_template("posts/edit.html", post=post, form=Shown(content_of(post)), theirs=None)


@blueprint.post("/posts/<post_id>/edit")
@account(Permission.WRITE)
async def save(post_id: str) -> ResponseReturnValue:
    post = await own(post_id)
    try:
        form = await submitted(EditForm)
        edited = await actions.edit(form, post, parts().storage.posts, parts().clock, entry_of("post.edited", post))
    except InvalidError as error:
        return await refuse("posts/edit.html", error, post=post, theirs=None)
    if edited is not None:
        return redirect(edited.path, 303)
    if wants_json():
        raise StaleError
    newest = await own(post_id)
    # What was typed is shown beside what is stored now; sending it again replaces that knowingly.
    typed = content_of(newest) | {"source": form.source}
    if form.title is not None:
        typed["title"] = form.title
    if form.visibility is not None:
        typed["visibility"] = form.visibility.value
    return await render_template("posts/edit.html", post=newest, form=Shown(typed), theirs=newest), 409


@blueprint.post("/posts/<post_id>/remove")
@account(Permission.WRITE)
async def remove(post_id: str) -> ResponseReturnValue:
    post = await own(post_id)
    await parts().storage.posts.remove(post.id, parts().clock.now(), entry_of("post.removed", post))
    return redirect(f"/@{post.author.username}", 303)


@blueprint.post("/preview")
@account(Permission.WRITE)
async def preview() -> ResponseReturnValue:
    """The fragment that the text would become, from the same renderer as the post itself."""
    form = await submitted(PreviewForm)
    return (await render_off_loop(form.source)).html


def content_of(post: Post) -> dict[str, str]:
    return {
        "title": post.title,
        "source": post.source,
        "visibility": post.visibility.value,
        "version": str(post.version),
    }


def entry_of(action: Literal["post.edited", "post.removed"], post: Post) -> AuditEntry | None:
    """What an administrator does to somebody else's post leaves a row; what one does to one's own is nobody's."""
    user = somebody()
    return None if user.id == post.author.id else about_post(Actor.of(user), action, post, parts().ids)


async def visible(post_id: str) -> Post:
    """The post, for whoever is asking. NotFoundError alike for those that never were and those not for them."""
    key, storage, user = parse_id(post_id), parts().storage, me()
    post = found(await storage.posts.get(key) if key is not None else None)
    following: set[int] = set()
    if user is not None and await storage.follows.get(user.id, post.author.id) is not None:
        following.add(post.author.id)
    if not may_see(post, Viewer.of(user, following)):
        raise NotFoundError
    return post


async def own(post_id: str) -> Post:
    """The post, for its author (or an administrator) to change. ForbiddenError for everybody else who sees it."""
    post, user = await visible(post_id), somebody()
    if post.author.id != user.id and not user.role.allows(Permission.ADMIN):
        raise ForbiddenError("Only the author can change this post.")
    if post.state is not State.PUBLISHED:
        raise ForbiddenError("A moderator has hidden this post, so it cannot be changed.")
    return post
