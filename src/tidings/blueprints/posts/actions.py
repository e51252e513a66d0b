"""What happens to a post, step by step: plain functions with their collaborators as parameters."""

from tidings.blueprints.posts.forms import ContentForm, EditForm
from tidings.clock import Clock
from tidings.documents.post import AuthorStamp, Post
from tidings.documents.user import User
from tidings.ids import IdMint, id_time
from tidings.markup import render_off_loop
from tidings.repositories.protocols import PostRepository

__all__ = ["edit", "publish"]


async def publish(
    form: ContentForm, author: User, posts: PostRepository, ids: IdMint, request_key: str | None = None
) -> Post:
    """Render and keep a post. Everybody who reads live hears of it through the database, not from here.

    Raises InvalidError for text that cannot be rendered, RequestKeyError where the key was used for another text.
    """
    rendered = await render_off_loop(form.source)
    post_id = ids.mint()
    post = Post(
        id=post_id,
        author=AuthorStamp(id=author.id, username=author.username, name=author.name),
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


async def edit(form: EditForm, post: Post, posts: PostRepository, clock: Clock) -> Post | None:
    """Render and keep the new text over the version that was edited. None where that is no longer the newest."""
    rendered = await render_off_loop(form.source)
    edited = post.model_copy(
        update={
            "title": form.title,
            "source": form.source,
            "html": rendered.html,
            "excerpt": rendered.excerpt,
            "excerpt_is_whole": rendered.excerpt_is_whole,
            "visibility": form.visibility,
            "edited_at": clock.now(),
        }
    )
    return await posts.set_content(edited, form.version)
