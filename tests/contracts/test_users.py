"""People: unique by name and address whatever the case, and found by both."""

import asyncio
from datetime import timedelta

import pytest

from tests.people import NOON, make_follow, make_user, mint
from tidings.documents.user import Role
from tidings.errors import TakenError
from tidings.repositories.protocols import Storage


async def test_a_person_comes_back_as_they_were_kept(storage: Storage):
    ada = make_user(
        "Ada",
        name="Ada Lovelace",
        location="London",
        about="*Hi*",
        about_html="<p><em>Hi</em></p>",
        role=Role.MODERATOR,
    )
    await storage.users.add(ada)
    assert await storage.users.get(ada.id) == ada


async def test_somebody_who_is_not_there_is_none(storage: Storage):
    assert await storage.users.get(mint()) is None
    assert await storage.users.by_username("nobody") is None
    assert await storage.users.by_email("nobody@example.org") is None


async def test_a_name_and_an_address_are_found_in_any_case(storage: Storage):
    ada = make_user("Ada", email="Ada@Example.org")
    await storage.users.add(ada)
    for name in ("Ada", "ada", "ADA"):
        assert await storage.users.by_username(name) == ada
    for email in ("Ada@Example.org", "ada@example.org", "ADA@EXAMPLE.ORG"):
        assert await storage.users.by_email(email) == ada


async def test_a_name_is_not_found_by_its_beginning_or_by_a_pattern(storage: Storage):
    await storage.users.add(make_user("ada"))
    for name in ("ad", "ada.", "a.a", "^ada", ".*", "", "ada\x00"):
        assert await storage.users.by_username(name) is None


@pytest.mark.parametrize("name", ["ada", "ADA", "Ada"])
async def test_a_name_that_differs_in_case_alone_is_taken(storage: Storage, name: str):
    await storage.users.add(make_user("Ada"))
    with pytest.raises(TakenError) as caught:
        await storage.users.add(make_user(name, email="other@example.org"))
    assert caught.value.field == "username"


@pytest.mark.parametrize("email", ["ada@example.org", "ADA@example.org", "ada@EXAMPLE.org"])
async def test_an_address_that_differs_in_case_alone_is_taken(storage: Storage, email: str):
    await storage.users.add(make_user("ada", email="Ada@example.org"))
    with pytest.raises(TakenError) as caught:
        await storage.users.add(make_user("ben", email=email))
    assert caught.value.field == "email"


async def test_of_twenty_simultaneous_registrations_of_one_name_exactly_one_wins(storage: Storage):
    spellings = ["ada", "Ada", "ADA", "aDa", "adA"]
    people = [make_user(spellings[n % 5], email=f"a{n}@example.org") for n in range(20)]
    answers = await asyncio.gather(*(storage.users.add(person) for person in people), return_exceptions=True)
    refused = [answer for answer in answers if answer is not None]
    assert len(refused) == 19
    assert all(isinstance(answer, TakenError) and answer.field == "username" for answer in refused), refused
    kept = await storage.users.by_username("ada")
    assert kept == people[answers.index(None)]


async def test_of_twenty_simultaneous_registrations_of_one_address_exactly_one_wins(storage: Storage):
    people = [make_user(f"ada{n}", email="ADA@example.org" if n % 2 else "ada@example.org") for n in range(20)]
    answers = await asyncio.gather(*(storage.users.add(person) for person in people), return_exceptions=True)
    refused = [answer for answer in answers if answer is not None]
    assert len(refused) == 19
    assert all(isinstance(answer, TakenError) and answer.field == "email" for answer in refused), refused


async def test_people_by_id_come_in_the_order_asked_for_without_those_that_are_not(storage: Storage):
    ada, ben, cleo = people = [make_user(name) for name in ("ada", "ben", "cleo")]
    for person in people:
        await storage.users.add(person)
    assert await storage.users.of_ids([cleo.id, mint(), ada.id, ben.id]) == [cleo, ada, ben]
    assert await storage.users.of_ids([]) == []


async def test_confirming_keeps_when_and_which_role(storage: Storage):
    ada = make_user("ada", confirmed_at=None)
    await storage.users.add(ada)
    await storage.users.set_confirmed(ada.id, NOON, Role.ADMINISTRATOR)
    kept = await storage.users.get(ada.id)
    assert kept == ada.model_copy(update={"confirmed_at": NOON, "role": Role.ADMINISTRATOR})


async def test_hash_and_last_seen_change_nothing_else(storage: Storage):
    ada = make_user("ada")
    await storage.users.add(ada)
    later = NOON + timedelta(hours=1)
    await storage.users.set_password_hash(ada.id, "another")
    await storage.users.set_password_hash(ada.id, "stale", over="not a hash")
    await storage.users.set_last_seen(ada.id, later)
    assert await storage.users.get(ada.id) == ada.model_copy(update={"password_hash": "another", "last_seen": later})


async def test_people_to_follow_are_confirmed_not_suspended_and_the_most_followed_first(storage: Storage):
    ada, ben = make_user("ada"), make_user("ben")
    strangers = [make_user("cleo", confirmed_at=None), make_user("dan", suspended_at=NOON)]
    for person in [ada, ben, *strangers]:
        await storage.users.add(person)
    await storage.follows.add(make_follow(ada, ben))
    assert [person.username for person in await storage.users.latest(10)] == ["ben", "ada"]
    assert [person.username for person in await storage.users.latest(1)] == ["ben"]


async def test_a_hash_is_replaced_only_where_it_is_still_the_one_that_was_read(storage: Storage):
    ada = make_user("ada", password_hash="first")
    await storage.users.add(ada)
    assert await storage.users.set_password_hash(ada.id, "second", over="first")
    assert not await storage.users.set_password_hash(ada.id, "third", over="first")
    assert await storage.users.get(ada.id) == ada.model_copy(update={"password_hash": "second"})


async def test_an_address_changes_and_is_found_in_any_case(storage: Storage):
    ada = make_user("ada")
    await storage.users.add(ada)
    await storage.users.set_email(ada.id, "Ada@Example.net")
    changed = ada.model_copy(update={"email": "Ada@Example.net", "email_key": "ada@example.net", "epoch": 1})
    assert await storage.users.by_email("ADA@example.net") == changed
    assert await storage.users.by_email("ada@example.org") is None


async def test_of_many_who_change_to_one_address_at_once_exactly_one_wins(storage: Storage):
    people = [make_user(f"ada{number}") for number in range(10)]
    for person in people:
        await storage.users.add(person)
    answers = await asyncio.gather(
        *(storage.users.set_email(person.id, "wanted@example.org") for person in people), return_exceptions=True
    )
    refused = [answer for answer in answers if answer is not None]
    assert len(refused) == 9
    assert all(isinstance(answer, TakenError) and answer.field == "email" for answer in refused), refused
    owner = await storage.users.by_email("wanted@example.org")
    assert owner is not None
    assert owner.id == people[answers.index(None)].id
