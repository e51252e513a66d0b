"""What templates are given: where they are found, the helpers they call, and the one way an article is rendered.

Pages are rendered by Quart's environment, which is asynchronous. An article is rendered by a synchronous one of our
own, for pages and for the live relay alike: so the article in a page and the article in a frame are the same bytes,
and the relay can render inside the event loop without a request.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2s
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape
from quart import Quart

from tidings.documents.post import Post
from tidings.settings import Settings
from tidings.web.icons import icon

__all__ = ["ArticleRenderer", "asset_folder", "avatar_url", "install", "make_article_renderer", "static_url"]

ArticleRenderer = Callable[[Post, bool], str]


def asset_folder(name: str) -> Path:
    """The folder `templates` or `static`: inside the package where it came as a wheel, else at the checkout's top."""
    package = Path(__file__).resolve().parents[1]
    packed = package / "assets" / name
    return packed if packed.is_dir() else package.parents[1] / name


@cache
def static_url(name: str) -> str:
    """The address of a static file with a hash of its content, so that a browser may keep it for ever."""
    content = (asset_folder("static") / name).read_bytes()
    return f"/static/{name}?v={blake2s(content, digest_size=6).hexdigest()}"


def avatar_url(user_id: int) -> str:
    """Where a person's picture is."""
    return f"/avatars/{user_id}.svg"


def moment(when: datetime) -> Markup:
    """A short date. The browser makes it relative ("5 min"), in the reader's zone; hovering shows all of it."""
    return _time(when, f"{when:%-d} {when:%b %Y}", title=_exactly(when))


def exactly(when: datetime) -> Markup:
    """Date and time of day in full. The browser moves it to the reader's zone."""
    return _time(when, _exactly(when), form="exact")


def month(when: datetime) -> Markup:
    """The month, for things that happened long ago."""
    return _time(when, f"{when:%B %Y}", title=f"{when:%-d %B %Y}", form="month")


def _time(when: datetime, text: str, title: str = "", form: str = "") -> Markup:
    iso = when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    attributes = f' data-form="{form}"' if form else ""
    attributes += f' title="{escape(title)}"' if title else ""
    return Markup(f'<time datetime="{iso}"{attributes}>{escape(text)}</time>')


def _exactly(when: datetime) -> str:
    return f"{when.astimezone(UTC):%-d %B %Y, %H:%M} UTC"


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """The count with its noun: "1 post", "1,204 posts", "3 people"."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def _prepare(environment: Environment, settings: Settings) -> None:
    """Give an environment everything that templates call."""
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.globals.update(
        site_name=settings.site_name,
        registration_open=settings.registration == "open",
        static_url=static_url,
        avatar_url=avatar_url,
        icon=icon,
    )
    environment.filters.update(moment=moment, exactly=exactly, month=month, plural=plural)


def make_article_renderer(settings: Settings) -> ArticleRenderer:
    """A function that renders a post's `<article>`: whole for the post's own page, else as it stands in lists.

    It needs no request, and what it gives is the same for every reader.
    """
    environment = Environment(loader=FileSystemLoader(asset_folder("templates")), autoescape=True, auto_reload=False)
    _prepare(environment, settings)
    template = environment.get_template("_article.html")

    def render(post: Post, whole: bool) -> str:
        return template.render(post=post, whole=whole).strip()

    return render


def install(app: Quart, settings: Settings) -> None:
    """Let the application find our templates, and give them their helpers. Call it before anything is rendered."""
    app.template_folder = str(asset_folder("templates"))
    environment = app.jinja_env
    _prepare(environment, settings)
    render = make_article_renderer(settings)

    def article(post: Post, whole: bool = False) -> Markup:
        return Markup(render(post, whole))

    helpers: dict[str, Any] = {"article": article}
    environment.globals.update(helpers)
