"""The port, bound once by the supervisor: its workers inherit the listening socket."""

import errno
import socket
import time

from tidings.errors import SettingsError

__all__ = ["address_of", "bind"]

BIND_SECONDS = 3.0
PAUSE = 0.1
# What the kernel takes from us ahead of a slow reader. Left to grow by itself it hides megabytes.
SEND_BUFFER = 128 * 1024
# A peer that acknowledges nothing for so long is gone; without it a stalled reader's connection stays for ever.
USER_TIMEOUT_MS = 20_000


def bind(host: str, port: int, backlog: int) -> socket.socket:
    """A listening socket. Waits three seconds for the port to come free; SettingsError says what to do."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"{host!r} is no address of this machine: {error}") from error
    family, kind, _, _, address = found[0]
    deadline = time.monotonic() + BIND_SECONDS
    while True:
        listener = socket.socket(family, kind)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Connections inherit these from the listener.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
            listener.bind(address)
            listener.listen(backlog)
            listener.setblocking(False)
        except OSError as error:
            listener.close()
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(PAUSE)
                continue
            raise SettingsError(_why_not(host, port, error)) from error
        return listener


def address_of(listener: socket.socket) -> str:
    """host:port as it stands in a URL."""
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is used by another program. Stop it, or choose another port: --port {port + 1}"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Port {port} may not be used by this user. Choose one above 1023: --port 8000"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine. Choose another: --host 127.0.0.1"
    return f"Port {port} of {host} cannot be used: {error.strerror}"
