"""Signing in with two steps: switched on with a proof, off with another, and recovery codes on paper."""

from typing import Any

import segno
from markupsafe import Markup
from quart import Blueprint, flash, redirect, render_template
from quart import session as notes
from quart.typing import ResponseReturnValue

from tidings.auth import second_factor
from tidings.auth.guards import account, somebody
from tidings.auth.secrets import digest
from tidings.auth.sessions import end_session, renew_session, this_session
from tidings.blueprints.settings.forms import TwoFactorForm
from tidings.documents.second_factor import SecondFactor
from tidings.errors import InvalidError
from tidings.parts import parts
from tidings.web import throttle
from tidings.web.evenly import whole
from tidings.web.forms import Shown, refuse, submitted

__all__ = ["blueprint"]

blueprint = Blueprint("two_factor", __name__)

HERE = "/settings/two-factor"
TEMPLATE = "settings/two_factor.html"
RECOVERY = "recovery"
WRONG_CODE = "This code is not right, or it was used before. Please wait for the next one."


@blueprint.get(HERE)
@account()
async def show() -> ResponseReturnValue:
    factor = await parts().storage.second_factors.get(somebody().id)
    return await render_template(TEMPLATE, form=Shown(), codes=codes_to_show(), **around(factor))


@blueprint.post(HERE)
@account()
async def change() -> ResponseReturnValue:
    factor = await parts().storage.second_factors.get(somebody().id)
    try:
        form = await submitted(TwoFactorForm)
        attempt = await throttle.own_password(somebody().id)
        if not await parts().passwords.verify(somebody().password_hash, form.password):
            raise InvalidError({"password": "This is not your password."})
        await attempt.succeeded()
        if factor is None:
            await whole(switch_on(form.code))
        elif not await proven(factor, form.code):
            return redirect(HERE, 303)
        elif form.codes:
            await whole(make_codes())
        else:
            await whole(switch_off())
    except InvalidError as error:
        return await refuse(TEMPLATE, error, **around(factor))
    return redirect(HERE, 303)


async def switch_on(code: str) -> None:
    """The authenticator has the secret: this proves it. Whoever was signed in without it has to begin again."""
    user, session, now = somebody(), this_session(), parts().clock.now()
    secret, codes = second_factor.offered_secret(session), second_factor.new_recovery_codes()
    step = second_factor.matching_step(secret, second_factor.tidy(code), now)
    if step is None:
        raise InvalidError({"code": "This is not the code for the secret above. Is the clock of your phone right?"})
    factor = SecondFactor(
        id=user.id, secret=secret, enabled_at=now, last_step=step, recovery=tuple(digest(code) for code in codes)
    )
    if not await parts().storage.second_factors.add(factor):
        raise InvalidError({"code": "Signing in with two steps is on already."})
    await renew_alone()
    notes[RECOVERY] = [str(user.id), *codes]


async def renew_alone() -> None:
    """What signing in takes is another now: whoever else is signed in has to begin again."""
    users, sessions = parts().storage.users, parts().storage.sessions
    await users.begin_epoch(somebody().id)
    await sessions.remove_of_user(somebody().id, keep=this_session().id)
    await renew_session()


async def proven(factor: SecondFactor, code: str) -> bool:
    """Whether the code is right. InvalidError where it is not; False where that was one time too many, and then this
    session is over: whoever sits there knows the password and guesses."""
    attempt = await throttle.second_factor(factor.id)
    tries = await parts().storage.sessions.count_code_try(this_session().id)
    if 0 < tries <= second_factor.MAX_TRIES:
        if await second_factor.passes(code, factor, parts().storage.second_factors, parts().clock.now()):
            await attempt.succeeded()
            return True
        if tries < second_factor.MAX_TRIES:
            raise InvalidError({"code": WRONG_CODE})
    await end_session()
    await flash("These were too many wrong codes. Please sign in again.")
    return False


async def make_codes() -> None:
    codes = second_factor.new_recovery_codes()
    await parts().storage.second_factors.set_recovery(somebody().id, [digest(code) for code in codes])
    await renew_alone()
    notes[RECOVERY] = [str(somebody().id), *codes]


async def switch_off() -> None:
    await parts().storage.second_factors.remove(somebody().id)
    await renew_alone()
    await flash("Signing in takes your password alone from now on.")


def codes_to_show() -> list[str]:
    """The recovery codes that were just made: they come here with the redirect, in the browser's own cookie, and are
    taken out of it. We keep nothing but their digests."""
    owner, *codes = notes.pop(RECOVERY, [""])
    return [second_factor.grouped(code) for code in codes] if owner == str(somebody().id) else []


def around(factor: SecondFactor | None) -> dict[str, Any]:
    """What the page shows besides the form: where it is off, the secret to take along."""
    if factor is not None:
        return {"factor": factor}
    secret = second_factor.offered_secret(this_session())
    address = second_factor.otpauth(secret, somebody().username, parts().settings.site_name)
    # Black on white in both themes: many cameras read nothing else.
    drawing = segno.make(address, error="m").svg_inline(
        scale=4, border=3, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return {"factor": None, "secret": secret, "address": address, "qr": Markup(drawing)}
