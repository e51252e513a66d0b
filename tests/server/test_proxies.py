"""Whose word about the client is taken."""

from typing import Any

import httpx2
import pytest

from tests.server.running import SampleServer
from tidings.server.proxies import TrustedProxies


async def seen(hops: int, *headers: tuple[str, str], kind: str = "http") -> tuple[str, str]:
    """The client's address and the scheme, as the application is told them."""
    result: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        result.extend((scope["client"][0], scope["scheme"]))

    scope = {
        "type": kind,
        "client": ("10.0.0.1", 5000),
        "scheme": "http" if kind == "http" else "ws",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
    }
    await TrustedProxies(app, hops)(scope, None, None)
    return result[0], result[1]


FORGED = "X-Forwarded-For", "6.6.6.6, 192.0.2.7"


@pytest.mark.parametrize(
    ("hops", "address"),
    [(0, "10.0.0.1"), (1, "192.0.2.7"), (2, "6.6.6.6"), (3, "10.0.0.1")],
)
async def test_only_what_our_own_proxies_appended_is_believed(hops: int, address: str) -> None:
    assert await seen(hops, FORGED) == (address, "http")


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("192.0.2.7:4711", "192.0.2.7"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("unknown", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
async def test_an_entry_is_an_address_or_nothing(entry: str, address: str) -> None:
    assert (await seen(1, ("X-Forwarded-For", entry)))[0] == address


async def test_headers_of_the_same_name_are_one_list() -> None:
    assert (await seen(1, ("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "192.0.2.7")))[0] == "192.0.2.7"


@pytest.mark.parametrize(
    ("kind", "proto", "scheme"),
    [
        ("http", "https", "https"),
        ("websocket", "https", "wss"),
        ("websocket", "http", "ws"),
        ("http", "gopher", "http"),
    ],
)
async def test_the_scheme_is_the_outermost_one(kind: str, proto: str, scheme: str) -> None:
    assert (await seen(1, ("X-Forwarded-Proto", proto), kind=kind))[1] == scheme


async def test_without_proxies_a_forged_header_changes_nothing(sample: SampleServer) -> None:
    answer = httpx2.get(f"{sample.url}/who", headers=dict([FORGED, ("X-Forwarded-Proto", "https")]))
    assert answer.json() == {"client": "127.0.0.1", "scheme": "http"}
