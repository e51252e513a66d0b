"""What happens to a post, step by step: plain functions with their collaborators as parameters."""

from tidings.blueprints.posts.forms import EditForm, PostForm
from tidings.clock import Clock
from tidings.documents.audit import AuditEntry
from tidings.documents.post import AuthorStamp, Post
from tidings.documents.user import User
from tidings.errors import InvalidError
from tidings.ids import IdMint, id_time
from tidings.markup import Rendered, has_ink, render_off_loop
from tidings.repositories.protocols import PostRepository

__all__ = ["edit", "publish"]


async def rendered_text(source: str) -> Rendered:
    """The text as HTML. InvalidError where there would be nothing to see: characters without ink, definitions alone."""
    rendered = await render_off_loop(source)
    if not has_ink(rendered.html):
        raise InvalidError({"source": "There is nothing to see in this. Please write something."})
    return rendered


async def publish(
    form: PostForm, author: User, posts: PostRepository, ids: IdMint, request_key: str | None = None
) -> Post:
    """Render and keep a post. Everybody who reads live hears of it through the database, not from here.

    Raises InvalidError for text that cannot be rendered, RequestKeyError where the key was used for another text.
    """
    rendered = await rendered_text(form.source)
    post_id = ids.mint()
    post = Post(
        id=post_id,
        author=AuthorStamp.of(author),
        title=form.title,
        source=form.source,
        html=rendered.html,
        excerpt=rendered.excerpt,
        excerpt_is_whole=rendered.excerpt_is_whole,
        thread=post_id,
        visibility=form.visibility,
        created_at=id_time(post_id),
    )
    return await posts.add(post, request_key)


async def edit(
    form: EditForm, post: Post, posts: PostRepository, clock: Clock, entry: AuditEntry | None = None
) -> Post | None:
    """Render and keep the new text over the version that was edited. None where that is no longer the newest.

    `entry` goes with it where somebody else than the author edits.
    """
    rendered = await rendered_text(form.source)
    edited = post.model_copy(
        update={
            "title": post.title if form.title is None else form.title,
            "source": form.source,
            "html": rendered.html,
            "excerpt": rendered.excerpt,
            "excerpt_is_whole": rendered.excerpt_is_whole,
            "visibility": form.visibility or post.visibility,
            "edited_at": clock.now(),
        }
    )
    return await posts.set_content(edited, form.version, entry)
