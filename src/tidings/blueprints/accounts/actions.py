"""What happens to an account, step by step: plain functions with their collaborators as parameters."""

from datetime import timedelta

from tidings.auth.secrets import digest, new_secret
from tidings.blueprints.accounts.forms import RegisterForm
from tidings.clock import Clock
from tidings.documents.mail_token import MailToken, Purpose
from tidings.documents.user import Role, User, email_key, username_key
from tidings.errors import GoneError, InvalidError, TakenError
from tidings.ids import IdMint
from tidings.mail import Letter
from tidings.mail.letters import Letters
from tidings.parts import PasswordKeeper
from tidings.repositories.protocols import MailTokenRepository, Storage, UserRepository

__all__ = ["confirm", "confirmation_letter", "live_token", "register", "sign_in"]

TOKEN_LIFE = timedelta(hours=1)


async def register(
    form: RegisterForm,
    storage: Storage,
    passwords: PasswordKeeper,
    letters: Letters,
    clock: Clock,
    ids: IdMint,
    base: str,
) -> Letter:
    """Make an account that waits for its address to be confirmed, and give the letter to send.

    Somebody else's address gets another letter and no account; who fills in the form cannot tell the difference.
    Raises InvalidError for a name that is taken or a password that is no good.
    """
    problem = passwords.problem(form.password, form.username, form.email)
    if problem is not None:
        raise InvalidError({"password": problem})
    taken = InvalidError({"username": "This name is taken. Please choose another."})
    # Asked before the slow hash, for the person's sake; what decides is the unique index.
    if await storage.users.by_username(form.username) is not None:
        raise taken
    now = clock.now()
    user = User(
        id=ids.mint(),
        username=form.username,
        username_key=username_key(form.username),
        email=form.email,
        email_key=email_key(form.email),
        password_hash=await passwords.hash(form.password),
        member_since=now,
        last_seen=now,
    )
    try:
        await storage.users.add(user)
    except TakenError as error:
        if error.field == "username":
            raise taken from error
        owner = await storage.users.by_email(form.email)
        name = owner.username if owner is not None else form.username
        return letters.compose("already_registered", form.email, username=name, url_login=f"{base}/login")
    return await confirmation_letter(user, storage.mail_tokens, letters, clock, base)


async def confirmation_letter(
    user: User, tokens: MailTokenRepository, letters: Letters, clock: Clock, base: str
) -> Letter:
    """A letter with a new link, which makes older ones worthless."""
    token = new_secret()
    await tokens.add(
        MailToken(
            id=digest(token),
            purpose=Purpose.CONFIRM,
            user_id=user.id,
            email_key=user.email_key,
            expires_at=clock.now() + TOKEN_LIFE,
        )
    )
    return letters.compose("confirm", user.email, username=user.username, url=f"{base}/confirm/{token}")


async def live_token(token: str, storage: Storage, clock: Clock) -> tuple[MailToken, User]:
    """The confirmation token and its person. GoneError where it is used, superseded, too old, or never was."""
    row = await storage.mail_tokens.get(digest(token), Purpose.CONFIRM)
    user = await storage.users.get(row.user_id) if row is not None and row.expires_at > clock.now() else None
    if row is None or user is None or user.email_key != row.email_key:
        raise GoneError("This link has been used or is too old. Sign in to get a new one.")
    return row, user


async def confirm(token: str, storage: Storage, clock: Clock, admin_email: str | None) -> User:
    """Use the token up and mark the address as confirmed; its owner becomes administrator where it is that address."""
    row, user = await live_token(token, storage, clock)
    # Marked before the token goes: a failure in between leaves a link that can be pressed again.
    is_admin = admin_email is not None and user.email_key == email_key(admin_email)
    await storage.users.set_confirmed(user.id, clock.now(), Role.ADMINISTRATOR if is_admin else user.role)
    await storage.mail_tokens.remove(row.id)
    return user


async def sign_in(identifier: str, password: str, users: UserRepository, passwords: PasswordKeeper) -> User | None:
    """The person whose name or address and password these are, or None; it takes as long either way."""
    user = await (users.by_email(identifier) if "@" in identifier else users.by_username(identifier))
    if not await passwords.verify(user.password_hash if user is not None else None, password):
        return None
    if user is None or user.suspended_at is not None:
        return None
    if passwords.needs_rehash(user.password_hash):
        fresh = await passwords.hash(password)
        # Over the old hash alone: whoever changes the password meanwhile must not get the old one back.
        if await users.set_password_hash(user.id, fresh, over=user.password_hash):
            user = user.model_copy(update={"password_hash": fresh})
    return user
