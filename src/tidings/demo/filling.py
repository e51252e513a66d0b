"""Writes the demo through the same repositories and actions as the application; a second time it adds nothing."""

from datetime import datetime, timedelta

from tidings.blueprints.posts.actions import publish
from tidings.blueprints.posts.forms import PostForm
from tidings.clock import milliseconds
from tidings.demo.people import FOLLOWS, PEOPLE, Person
from tidings.demo.posts import POSTS
from tidings.documents.follow import Follow
from tidings.documents.user import User, email_key, username_key
from tidings.errors import SettingsError
from tidings.ids import IdMint
from tidings.markup import render
from tidings.parts import PasswordKeeper
from tidings.repositories.protocols import Storage

__all__ = ["fill"]

DOMAIN = "demo.invalid"


class SetClock:
    """A clock that stands where it is put: the demo's posts are as old as they say."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def milliseconds(self) -> int:
        return milliseconds(self.moment)


async def fill(storage: Storage, passwords: PasswordKeeper, password: str) -> int:
    """Add what is missing of the demo, and give how many posts were added. Everybody signs in with `password`.

    SettingsError where one of the demo's names belongs to somebody else already.
    """
    now = await storage.now()
    clock = SetClock(now)
    ids = IdMint(clock)
    found = {person.username: await storage.users.by_username(person.username) for person in PEOPLE}
    for user in found.values():
        if user is not None and not user.email.endswith(f"@{DOMAIN}"):
            raise SettingsError(f"Somebody else is called {user.username} here: the demo is for an empty site.")
    users = {name: user for name, user in found.items() if user is not None}
    await _agree_on_password(list(users.values()), storage, passwords, password)
    new = [person for person in PEOPLE if person.username not in users]
    # One for all: a hash takes a tenth of a second, and whoever knows one of these passwords knows them all.
    password_hash = await passwords.hash(password) if new else ""
    for person in new:
        clock.moment = now - timedelta(days=person.days)
        users[person.username] = _user(person, ids.mint(), password_hash, clock.now())
        await storage.users.add(users[person.username])
    new_names = {person.username for person in new}
    for follower, followed in FOLLOWS:
        if follower in new_names or followed in new_names:
            follow = Follow(
                id=ids.mint(), follower_id=users[follower].id, followed_id=users[followed].id, created_at=clock.now()
            )
            await storage.follows.add(follow)
    # Whoever was there before may have removed posts since; they do not come back.
    silent = {name for name, user in users.items() if name in new_names or not user.counts.posts}
    added = 0
    for minutes, username, title, source in sorted(POSTS, reverse=True):
        if username in silent:
            clock.moment = now - timedelta(minutes=minutes)
            form = PostForm(title=title, source=source.strip())
            # A mint of its own: an id is never below the one minted before it.
            await publish(form, users[username], storage.posts, IdMint(clock))
            added += 1
    return added


async def _agree_on_password(users: list[User], storage: Storage, passwords: PasswordKeeper, password: str) -> None:
    """The password belongs to the data folder, the people to the database: another folder means a new password."""
    if not users or await passwords.verify(users[0].password_hash, password):
        return
    password_hash = await passwords.hash(password)
    for user in users:
        await storage.users.set_password_hash(user.id, password_hash)


def _user(person: Person, user_id: int, password_hash: str, since: datetime) -> User:
    email = f"{person.username}@{DOMAIN}"
    return User(
        id=user_id,
        username=person.username,
        username_key=username_key(person.username),
        email=email,
        email_key=email_key(email),
        password_hash=password_hash,
        role=person.role,
        confirmed_at=since,
        name=person.name,
        location=person.location,
        about=person.about,
        about_html=render(person.about).html,
        member_since=since,
        last_seen=since,
    )
