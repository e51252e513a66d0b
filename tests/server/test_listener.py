"""Ports that cannot be had, and what to do about it."""

import errno

import pytest

from tidings.errors import SettingsError
from tidings.server import listener
from tidings.server.listener import address_of, bind


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EADDRINUSE, "--port 81"),
        (errno.EACCES, "above 1023"),
        (errno.EADDRNOTAVAIL, "no address of this machine"),
        (errno.ENOBUFS, "cannot be used"),
    ],
)
def test_each_reason_has_its_advice(monkeypatch: pytest.MonkeyPatch, number: int, said: str) -> None:
    class Refusing(listener.socket.socket):
        def bind(self, address: object) -> None:
            raise OSError(number, "refused")

    monkeypatch.setattr(listener.socket, "socket", Refusing)
    monkeypatch.setattr(listener, "BIND_SECONDS", 0)
    with pytest.raises(SettingsError, match=said):
        bind("127.0.0.1", 80, 16)


def test_an_address_of_version_six_stands_in_brackets() -> None:
    with bind("::1", 0, 16) as socket:
        assert address_of(socket) == f"[::1]:{socket.getsockname()[1]}"


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="no address"):
        bind("no such host.invalid", 0, 16)
