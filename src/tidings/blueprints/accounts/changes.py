"""What is changed by way of a letter: a forgotten password, and the address itself.

Each is two steps: somebody asks (a letter goes out, or not, and the answer is the same), and somebody presses the
button behind the letter's link.
"""

from tidings.blueprints.accounts.administrator import make_administrator
from tidings.blueprints.accounts.links import live, new_token, use_up
from tidings.clock import Clock
from tidings.documents.mail_token import MailToken, Purpose
from tidings.documents.user import User, email_key
from tidings.errors import ConflictError, InvalidError, TakenError
from tidings.ids import IdMint
from tidings.mail.letters import Letters
from tidings.mail.postman import Postman
from tidings.parts import PasswordKeeper
from tidings.repositories.protocols import Storage

__all__ = ["ask_change", "ask_reset", "change_email", "reset_password"]


async def ask_reset(email: str, storage: Storage, letters: Letters, postman: Postman, clock: Clock, base: str) -> None:
    """Write to the address where somebody has it, confirmed or not; a suspended account gets no letter."""
    user = await storage.users.by_email(email)
    if user is None or user.suspended_at is not None:
        return
    token = await new_token(user, Purpose.RESET, storage.mail_tokens, clock)
    await postman.post(letters.compose("reset", user.email, username=user.username, url=f"{base}/reset/{token}"))


async def reset_password(token: str, password: str, storage: Storage, passwords: PasswordKeeper, clock: Clock) -> User:
    """Set the password and sign its person out everywhere; it confirms no address and signs nobody in.

    Raises GoneError for a dead link, InvalidError for a password that is no good; the link is then still good.
    """
    row, user = await live(token, storage, clock, Purpose.RESET)
    problem = passwords.problem(password, user.username, user.email)
    if problem is not None:
        raise InvalidError({"password": problem})
    password_hash = await passwords.hash(password)
    await use_up(row, storage.mail_tokens)
    await storage.users.set_password_hash(user.id, password_hash, new_epoch=True)
    await storage.mail_tokens.remove_of_user(user.id)
    # Whoever knew the old password may have signed in: no place and no device of before is trusted.
    await storage.sessions.remove_of_user(user.id)
    await storage.devices.remove_of_user(user.id)
    return user


async def ask_change(
    user: User, email: str, storage: Storage, letters: Letters, postman: Postman, clock: Clock, base: str
) -> None:
    """Write to the new address. Where it is somebody's already, they are told, and there is no link in that letter."""
    owner = await storage.users.by_email(email)
    if owner is not None:
        # The same writes as below, so that neither the answer nor its time tells: the link that it makes is nobody's.
        await new_token(user, Purpose.EMAIL, storage.mail_tokens, clock, email)
        letter = letters.compose("address_in_use", owner.email, username=owner.username, url_login=f"{base}/login")
    else:
        token = await new_token(user, Purpose.EMAIL, storage.mail_tokens, clock, email)
        letter = letters.compose("change_email", email, username=user.username, url=f"{base}/confirm/{token}")
    await postman.post(letter)


async def change_email(
    row: MailToken,
    user: User,
    storage: Storage,
    letters: Letters,
    postman: Postman,
    clock: Clock,
    ids: IdMint,
    base: str,
    admin_email: str | None,
    keep_session: str | None,
) -> None:
    """Use a live token of Purpose.EMAIL: set the address, tell the old one, end the other sessions.

    Raises GoneError where the link has just been used, ConflictError where the address is somebody else's by now.
    """
    email = row.new_email or ""
    await use_up(row, storage.mail_tokens)
    try:
        await storage.users.set_email(user.id, email)
    except TakenError as error:
        raise ConflictError("This address belongs to another account by now, so nothing was changed.") from error
    await storage.mail_tokens.remove_of_user(user.id)
    if admin_email is not None and email_key(email) == email_key(admin_email):
        await make_administrator(user.id, storage, clock, ids)
    await storage.sessions.remove_of_user(user.id, keep=keep_session)
    await storage.devices.remove_of_user(user.id)
    await postman.post(letters.compose("email_changed", user.email, username=user.username, url_home=base))
