"""Changes of accounts: whole or not at all, with their audit row, and never without somebody who administers."""

import asyncio
from datetime import timedelta

import pytest

from tests.people import NOON, make_user, mint
from tidings.clock import SystemClock
from tidings.documents.audit import COMMAND_LINE, Actor, AuditEntry, about_person
from tidings.documents.user import Role, User, username_key
from tidings.errors import LastAdministratorError, TakenError
from tidings.ids import IdMint
from tidings.repositories.protocols import Storage

IDS = IdMint(SystemClock(), process=1022)


def entry(person: User, detail: str = "") -> AuditEntry:
    return about_person(COMMAND_LINE, "person.edited", person, IDS, detail)


async def kept(storage: Storage, *people: User) -> list[User]:
    for person in people:
        await storage.users.add(person)
    return list(people)


def renamed(person: User, username: str) -> User:
    return person.model_copy(update={"username": username, "username_key": username_key(username)})


async def test_a_change_is_written_with_its_row(storage: Storage):
    (ada,) = await kept(storage, make_user("ada"))
    after = ada.model_copy(update={"name": "Ada L.", "location": "London", "role": Role.MODERATOR})
    row = entry(ada, "another name")
    assert await storage.users.set_account(ada, after, row)
    assert await storage.users.get(ada.id) == after
    assert await storage.audit.latest(None, 10) == [row]


async def test_a_change_over_a_value_that_is_another_by_now_writes_nothing(storage: Storage):
    (ada,) = await kept(storage, make_user("ada"))
    await storage.users.set_account(ada, ada.model_copy(update={"name": "First"}))
    second = ada.model_copy(update={"name": "Second"})
    assert not await storage.users.set_account(ada, second, entry(ada))
    assert [person.name for person in await storage.users.of_ids([ada.id])] == ["First"]
    assert await storage.audit.latest(None, 10) == []


async def test_counters_and_last_seen_move_on_under_a_change(storage: Storage):
    (ada,) = await kept(storage, make_user("ada"))
    await storage.users.set_last_seen(ada.id, NOON + timedelta(hours=1))
    assert await storage.users.set_account(ada, ada.model_copy(update={"name": "Ada", "last_seen": NOON}))
    (now,) = await storage.users.of_ids([ada.id])
    assert (now.name, now.last_seen) == ("Ada", NOON + timedelta(hours=1))


@pytest.mark.parametrize("spelling", ["ben", "Ben", "BEN"])
async def test_a_name_or_address_of_somebody_else_cannot_be_taken_over(storage: Storage, spelling: str):
    ada, _ = await kept(storage, make_user("ada"), make_user("ben"))
    with pytest.raises(TakenError) as caught:
        await storage.users.set_account(ada, renamed(ada, spelling), entry(ada))
    assert caught.value.field == "username"
    address = {"email": f"{spelling}@example.org", "email_key": "ben@example.org"}
    with pytest.raises(TakenError) as caught:
        await storage.users.set_account(ada, ada.model_copy(update=address), entry(ada))
    assert caught.value.field == "email"
    assert await storage.users.get(ada.id) == ada
    assert await storage.audit.latest(None, 10) == []


async def test_a_name_given_up_belongs_to_its_owner_for_ever(storage: Storage):
    ada, ben = await kept(storage, make_user("Ada"), make_user("ben"))
    lovelace = renamed(ada, "lovelace")
    assert await storage.users.set_account(ada, lovelace)
    assert await storage.users.by_username("ada") is None
    for spelling in ("Ada", "ada", "ADA"):
        assert await storage.users.by_former_username(spelling) == lovelace
        with pytest.raises(TakenError) as caught:
            await storage.users.add(make_user(spelling, email="new@example.org"))
        assert caught.value.field == "username"
    assert await storage.users.by_email("new@example.org") is None
    with pytest.raises(TakenError):
        await storage.users.set_account(ben, renamed(ben, "ada"))
    again = renamed(lovelace, "ada")
    assert await storage.users.set_account(lovelace, again), "one's own name of before"
    assert await storage.users.by_username("ADA") == again
    assert await storage.users.by_former_username("lovelace") == again


async def test_a_name_that_is_taken_or_was_is_told_whether_or_not_the_address_is_known(storage: Storage):
    ada, _ = await kept(storage, make_user("Ada"), make_user("ben"))
    assert await storage.users.set_account(ada, renamed(ada, "lovelace"))
    for name in ("ada", "lovelace"):
        for email in ("free@example.org", "ben@example.org"):
            with pytest.raises(TakenError) as caught:
                await storage.users.add(make_user(name, email=email))
            assert caught.value.field == "username"


async def test_another_spelling_of_ones_name_gives_nothing_up(storage: Storage):
    (ada,) = await kept(storage, make_user("ada"))
    assert await storage.users.set_account(ada, renamed(ada, "Ada"))
    assert await storage.users.by_former_username("ada") is None


@pytest.mark.parametrize(
    "loss", [{"role": Role.USER}, {"role": Role.MODERATOR}, {"suspended_at": NOON}, {"confirmed_at": None}]
)
async def test_the_last_who_administers_stays(storage: Storage, loss: dict[str, object]):
    ada, *_ = await kept(
        storage,
        make_user("ada", role=Role.ADMINISTRATOR),
        make_user("ben", role=Role.ADMINISTRATOR, suspended_at=NOON),
        make_user("cleo", role=Role.ADMINISTRATOR, confirmed_at=None),
        make_user("dan", role=Role.MODERATOR),
    )
    with pytest.raises(LastAdministratorError):
        await storage.users.set_account(ada, ada.model_copy(update=loss), entry(ada))
    assert await storage.users.get(ada.id) == ada
    assert await storage.audit.latest(None, 10) == []
    await storage.users.add(make_user("eve", role=Role.ADMINISTRATOR))
    assert await storage.users.set_account(ada, ada.model_copy(update=loss), entry(ada))


async def test_of_administrators_who_demote_each_other_at_once_one_stays(storage: Storage):
    for attempt in range(10):
        people = await kept(
            storage, *(make_user(f"{name}{attempt}", role=Role.ADMINISTRATOR) for name in ("ada", "ben", "cleo"))
        )
        answers = await asyncio.gather(
            *(storage.users.set_account(p, p.model_copy(update={"role": Role.USER}), entry(p)) for p in people),
            return_exceptions=True,
        )
        refused = [answer for answer in answers if answer is not True]
        assert [type(answer) for answer in refused] == [LastAdministratorError]
        now = await storage.users.of_ids([person.id for person in people])
        left = [person for person in now if person.administers]
        assert len(left) == 1
        assert len(await storage.audit.latest(None, 100)) == 2 * (attempt + 1) + attempt
        helper = (await kept(storage, make_user(f"helper{attempt}", role=Role.ADMINISTRATOR)))[0]
        assert await storage.users.set_account(left[0], left[0].model_copy(update={"role": Role.USER}), entry(left[0]))
        # The next round begins with its own three alone.
        await storage.users.set_confirmed(helper.id, NOON, Role.USER)


async def test_people_are_found_by_a_part_of_name_or_address_newest_first(storage: Storage):
    ada, ben, cleo, gone = await kept(
        storage,
        make_user("ada", name="Ada Lovelace"),
        make_user("ben", email="ben@love.example"),
        make_user("cleo", suspended_at=NOON),
        make_user("dan", name="Lovely", removed_at=NOON, suspended_at=NOON),
    )
    assert await storage.users.latest_found("LOVE", None, 10) == [ben, ada]
    assert await storage.users.latest_found("", None, 10) == [cleo, ben, ada]
    assert await storage.users.latest_found("", cleo.id, 1) == [ben]
    for pattern in (".*", "^a", "a|b", "$", "[", "\\"):
        assert await storage.users.latest_found(pattern, None, 10) == []
    assert gone not in await storage.users.latest_found("dan", None, 10)


async def test_audit_rows_come_newest_first_a_page_at_a_time(storage: Storage):
    ada = make_user("ada")
    rows = [about_person(Actor.of(ada), "person.suspended", make_user(f"b{n}"), IDS, f"{n}") for n in range(5)]
    for row in rows:
        await storage.audit.add(row)
    newest = rows[::-1]
    assert await storage.audit.latest(None, 3) == newest[:3]
    assert await storage.audit.latest(newest[2].id, 3) == newest[3:]


async def test_nothing_can_be_done_to_an_audit_row(storage: Storage):
    methods = {name for name in dir(storage.audit) if not name.startswith("_")}
    assert methods == {"add", "latest"}


async def test_an_erased_row_keeps_the_key_of_the_name_and_nothing_else(storage: Storage):
    (ada,) = await kept(
        storage,
        make_user("Ada", name="Ada L.", location="London", about="Hi", about_html="<p>Hi</p>", role=Role.MODERATOR),
    )
    gone = ada.model_copy(update={"removed_at": NOON, "suspended_at": NOON, "unsettled": True})
    assert await storage.users.set_account(ada, gone)
    left = await storage.users.erase(gone)
    assert await storage.users.get(ada.id) == left
    text = left.model_dump_json(exclude={"username_key"}).lower()
    assert not any(word in text for word in ("ada", "london", "hi<", "example.org", 'hash":"not', "moderator"))
    with pytest.raises(TakenError):
        await storage.users.add(make_user("ada", email="other@example.org"))
    await storage.users.add(make_user("somebody", email=ada.email))


async def test_to_settle_is_refused_where_the_row_moved_on(storage: Storage):
    (ada,) = await kept(storage, make_user("ada"))
    suspended = ada.model_copy(update={"suspended_at": NOON, "unsettled": True})
    assert await storage.users.set_account(ada, suspended)
    assert await storage.users.latest_unsettled(10) == [suspended]
    assert not await storage.users.set_settled(ada)
    assert await storage.users.set_settled(suspended)
    assert await storage.users.latest_unsettled(10) == []
    assert await storage.users.get(ada.id) == suspended.model_copy(update={"withdrawn_at": NOON, "unsettled": False})
    assert not await storage.users.set_settled(make_user("nobody", id=mint()))
