"""The frames of the live socket as text; docs/live.md describes them."""

import json
from typing import Any

from tidings.documents.position import Position
from tidings.live.channels import Outcome
from tidings.live.events import PersonEvent, PostEvent
from tidings.live.history import ShownPost

__all__ = ["current", "error", "event", "person", "pong", "resync", "subscribed"]


def encode(**fields: Any) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def subscribed(channel: str, position: Position, recovered: bool | None) -> str:
    known = {} if recovered is None else {"recovered": recovered}
    return encode(op="subscribed", channel=channel, position=str(position), **known)


def event(channel: str, whole: bool, happened: PostEvent, outcome: Outcome, shown: ShownPost) -> str:
    html = {"html": shown.article(whole)} if outcome.shown else {}
    return encode(
        op="event",
        channel=channel,
        name=outcome.name,
        id=str(happened.post_id),
        version=shown.post.version,
        position=str(happened.position),
        **html,
    )


def person(channel: str, happened: PersonEvent) -> str:
    stamp = happened.stamp
    signs = {"username": stamp.username, "name": stamp.display_name}
    named = {"person": signs} if happened.kind == "changed" else {}
    return encode(
        op="event",
        channel=channel,
        name=f"person.{happened.kind}",
        id=str(happened.person_id),
        position=str(happened.position),
        **named,
    )


def current(channel: str, position: Position) -> str:
    return encode(op="current", channel=channel, position=str(position))


def resync(channel: str) -> str:
    return encode(op="resync", channel=channel)


def pong(position: Position) -> str:
    return encode(op="pong", position=str(position))


def error(code: str, message: str, channel: str | None = None) -> str:
    named = {} if channel is None else {"channel": channel}
    return encode(op="error", code=code, **named, message=message)
