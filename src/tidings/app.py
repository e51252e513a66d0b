"""The application: the one place that knows every room and joins them."""

import asyncio
import logging
import secrets
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from quart import Quart, get_flashed_messages, request

from tidings.auth import guards, sessions
from tidings.auth.passwords import Passwords
from tidings.blueprints import accounts, admin, health, leaving, people, posts, timeline
from tidings.blueprints import settings as own_settings
from tidings.clock import SystemClock
from tidings.ids import IdMint
from tidings.live.history import History
from tidings.live.hub import Hub
from tidings.live.relay import Relay
from tidings.mail import open_mailer
from tidings.mail.letters import Letters
from tidings.mail.postman import Postman
from tidings.mail.reports import ErrorReports
from tidings.parts import EXTENSION, Parts
from tidings.repositories import open_storage
from tidings.repositories.settling import keep_settling
from tidings.settings import Settings, read_settings
from tidings.web import headers, origin, problems, templating

__all__ = ["create_app", "drain"]

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1024 * 1024
BODY_SECONDS = 20
BLUEPRINTS = (
    timeline.blueprint,
    posts.blueprint,
    people.blueprint,
    *accounts.BLUEPRINTS,
    own_settings.blueprint,
    admin.blueprint,
    leaving.blueprint,
    health.blueprint,
)
REPLACEABLE = {"storage", "mailer", "passwords", "clock"}


def create_app(settings: Settings | None = None, **replacements: Any) -> Quart:
    """The application for these settings (by default those of the environment).

    `replacements` put something of one's own in the place of a part: `storage`, `mailer`, `passwords` or `clock`,
    each an object with the methods of the one it replaces. Raises SettingsError with what to do about it.
    """
    unknown = replacements.keys() - REPLACEABLE
    if unknown:
        raise TypeError(f"create_app cannot replace {sorted(unknown)}; it can replace {sorted(REPLACEABLE)}")
    settings = settings if settings is not None else read_settings()
    settings.check()
    app = Quart("tidings", static_folder=str(templating.asset_folder("static")))
    parts = join(settings, replacements)
    configure(app, settings)
    app.extensions[EXTENSION] = parts

    problems.install(app)
    origin.install(app, settings)
    sessions.install(app, settings)
    guards.install(app)
    headers.install(app, settings)
    templating.install(app, settings)
    app.view_functions["static"] = guards.anonymous(partial(app.send_static_file))
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.context_processor(page_context)
    live_and_die(app, parts)
    return app


def configure(app: Quart, settings: Settings) -> None:
    """What Quart itself has to know."""
    # Without a database of its own a process has nobody to agree with on a secret (`Settings.check` sees to the rest).
    app.secret_key, *older = settings.secret_keys or [secrets.token_urlsafe(32)]
    app.config.update(
        SECRET_KEY_FALLBACKS=older,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        BODY_TIMEOUT=BODY_SECONDS,
        SEND_FILE_MAX_AGE_DEFAULT=None,  # `web.headers` says what may be kept
        # Quart's own session carries nothing but notices from one page to the next.
        SESSION_COOKIE_NAME="__Host-tidings-notes" if settings.production else "tidings-notes",
        SESSION_COOKIE_SECURE=settings.production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=1),
    )


def join(settings: Settings, replacements: dict[str, Any]) -> Parts:
    """Make the parts, and let those who depend on each other know each other."""
    storage = replacements.get("storage") or open_storage(settings)
    clock = replacements.get("clock") or SystemClock()
    render_article = templating.make_article_renderer(settings)
    history = History(render_article)

    async def session_alive(row: str) -> bool:
        return await sessions.session_alive(storage, clock, row)

    mailer = replacements.get("mailer") or open_mailer(settings.mail_url, sender(settings))
    hub = Hub(history, storage.follows.of_follower, session_alive)
    return Parts(
        settings=settings,
        storage=storage,
        mailer=mailer,
        postman=Postman(storage.outbox, mailer, clock),
        letters=Letters(templating.asset_folder("templates"), settings.site_name),
        passwords=replacements.get("passwords") or Passwords(site_name=settings.site_name),
        clock=clock,
        ids=IdMint(clock),
        hub=hub,
        relay=Relay(storage, history, hub),
    )


def sender(settings: Settings) -> str:
    """Who letters come from."""
    host = urlsplit(settings.base_url or "").hostname or "localhost"
    return f"{settings.site_name} <tidings@{host}>"


def page_context() -> dict[str, Any]:
    """What every page's template is given."""
    return {"me": sessions.me(), "path": request.path, "flashes": get_flashed_messages()}


def live_and_die(app: Quart, parts: Parts) -> None:
    """Open storage and relay before the first request, and close them after the last."""
    reports = error_reports(parts)
    upkeep: list[asyncio.Task[None]] = []

    async def begin() -> None:
        await parts.storage.open()
        if isinstance(parts.clock, SystemClock):
            parts.clock.correct(await parts.storage.now())
        parts.ids.renumber(await parts.storage.lease_process(parts.ids.renumber))
        await parts.relay.start()
        await parts.postman.start()
        if reports is not None:
            reports.start()
            logging.getLogger().addHandler(reports)
        upkeep.append(asyncio.create_task(keep_settling(parts.storage), name="settle accounts"))

    async def end() -> None:
        for task in upkeep:
            task.cancel()
        await asyncio.gather(*upkeep, return_exceptions=True)
        await parts.hub.drain()
        await parts.relay.stop()
        if reports is not None:
            logging.getLogger().removeHandler(reports)
            await reports.stop()
        await parts.postman.stop()
        await parts.storage.close()

    app.before_serving(begin)
    app.after_serving(end)


def error_reports(parts: Parts) -> ErrorReports | None:
    """What writes errors to the administrator: in production, where there is an address for it."""
    settings = parts.settings
    if settings.admin_email is None or not settings.production:
        return None
    return ErrorReports(settings.admin_email, parts.letters, parts.postman, parts.storage.throttles, parts.clock)


async def drain(app: Quart) -> None:
    """Send everybody elsewhere: `/readyz` says 503 from now on, and every live socket is closed with 1012."""
    parts: Parts = app.extensions[EXTENSION]
    await parts.hub.drain()
