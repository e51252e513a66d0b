"""Devices that signed in before: a cookie of a year that is good for nothing but a throttle of its own.

So strangers who guess at somebody's password exhaust the strangers' bucket, and the owner still signs in where they
did before (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). Whoever steals the cookie may guess as
often as the owner may mistype, and no more: the password is asked for all the same.
"""

from datetime import timedelta

from quart import after_this_request, request
from quart.typing import ResponseTypes

from tidings.auth.secrets import digest, new_secret
from tidings.documents.device import Device
from tidings.parts import parts
from tidings.settings import Settings

__all__ = ["known_device", "remember_device"]

A_YEAR = timedelta(days=365)
SECRET_LENGTH = len(new_secret())


async def known_device(user_id: int) -> str | None:
    """The id of the device that asks, where this person signed in with it before."""
    secret = sent_secret()
    if secret is None:
        return None
    device = await parts().storage.devices.get(device_id(secret, user_id))
    return device.id if device is not None and device.expires_at > parts().clock.now() else None


async def remember_device(user_id: int) -> None:
    """Call it once somebody is signed in for good: this response sets the cookie."""
    secret = sent_secret() or new_secret()
    await parts().storage.devices.add(
        Device(id=device_id(secret, user_id), user_id=user_id, expires_at=parts().clock.now() + A_YEAR)
    )
    settings = parts().settings

    @after_this_request
    def set_cookie(response: ResponseTypes) -> ResponseTypes:
        response.set_cookie(
            cookie_name(settings),
            secret,
            max_age=A_YEAR,
            secure=settings.production,
            httponly=True,
            samesite="Lax",
            path="/",
        )
        return response


def cookie_name(settings: Settings) -> str:
    return "__Host-tidings-device" if settings.production else "tidings-device"


def sent_secret() -> str | None:
    """What the cookie holds, where it could be ours. A family shares a browser: one secret, a device for each."""
    secret = request.cookies.get(cookie_name(parts().settings), "")
    return secret if len(secret) == SECRET_LENGTH and secret.isascii() else None


def device_id(secret: str, user_id: int) -> str:
    return digest(f"{user_id} {secret}")
