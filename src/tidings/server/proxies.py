"""Believes X-Forwarded-For and X-Forwarded-Proto as far as the proxies in front are our own."""

import ipaddress
from typing import Any

__all__ = ["TrustedProxies"]


class TrustedProxies:
    """An ASGI application that gives the one inside the client's own address and scheme.

    `hops` proxies stand in front and each appends to the headers, so the entry that the outermost of ours
    made is the `hops`-th from the right. All before it may be made up by the client; with too few entries nothing
    is believed. The Host is left alone: links are made of the base URL. (Hypercorn's ProxyFixMiddleware
    takes X-Forwarded-Host, which a client can send through most proxies, and copies the scope deeply.)
    """

    def __init__(self, app: Any, hops: int) -> None:
        self._app = app
        self._hops = hops

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] in ("http", "websocket"):
            changes: dict[str, Any] = {}
            address = _address(self._entry(scope, b"x-forwarded-for"))
            if address is not None:
                changes["client"] = (address, 0)
            proto = self._entry(scope, b"x-forwarded-proto").lower()
            if proto in ("http", "https"):
                secure = proto == "https"
                changes["scheme"] = proto if scope["type"] == "http" else ("wss" if secure else "ws")
            if changes:
                scope = {**scope, **changes}
        await self._app(scope, receive, send)

    def _entry(self, scope: Any, header: bytes) -> str:
        entries = [
            entry.strip()
            for name, value in scope["headers"]
            if name.lower() == header
            for entry in value.decode("latin-1").split(",")
        ]
        return entries[-self._hops] if 0 < self._hops <= len(entries) else ""


def _address(entry: str) -> str | None:
    """The IP address of an entry, which some proxies write with a port: 192.0.2.1:1234, [2001:db8::1]:1234."""
    if entry.startswith("["):
        entry = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]
    try:
        return str(ipaddress.ip_address(entry))
    except ValueError:
        return None
