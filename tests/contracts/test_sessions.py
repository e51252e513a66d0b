"""Sessions and letter tokens: there until they end, and used up at most once."""

import asyncio
from datetime import timedelta

from tests.people import NOON, make_session, make_token, make_user
from tidings.documents.mail_token import Purpose
from tidings.repositories.protocols import Storage


async def test_a_session_comes_back_as_it_was_kept(storage: Storage):
    session = make_session(make_user(), "a", remember=True, user_agent="Näïve/1.0", address="::1")
    await storage.sessions.add(session)
    assert await storage.sessions.get(session.id) == session
    assert await storage.sessions.get("b" * 64) is None


async def test_a_session_remembers_when_it_was_last_seen(storage: Storage):
    session = make_session(make_user(), "a")
    await storage.sessions.add(session)
    later, end = NOON + timedelta(minutes=5), session.expires_at + timedelta(minutes=5)
    await storage.sessions.set_last_seen(session.id, later, end)
    seen = session.model_copy(update={"last_seen": later, "expires_at": end})
    assert await storage.sessions.get(session.id) == seen
    await storage.sessions.set_last_seen(session.id, NOON, session.expires_at)
    assert await storage.sessions.get(session.id) == seen, "an answer that came late moves nothing back"


async def test_an_ended_session_is_gone_and_stays_gone(storage: Storage):
    session = make_session(make_user(), "a")
    other = make_session(make_user("ben"), "b")
    await storage.sessions.add(session)
    await storage.sessions.add(other)
    await storage.sessions.remove(session.id)
    await storage.sessions.remove(session.id)
    assert await storage.sessions.get(session.id) is None
    assert await storage.sessions.get(other.id) == other


async def test_to_see_an_ended_session_does_not_bring_it_back(storage: Storage):
    session = make_session(make_user(), "a")
    await storage.sessions.add(session)
    await storage.sessions.remove(session.id)
    await storage.sessions.set_last_seen(session.id, NOON, session.expires_at)
    assert await storage.sessions.get(session.id) is None


async def test_a_token_comes_back_for_its_own_purpose(storage: Storage):
    token = make_token(make_user(), "a")
    await storage.mail_tokens.add(token)
    assert await storage.mail_tokens.get(token.id, Purpose.CONFIRM) == token
    assert await storage.mail_tokens.get("b" * 64, Purpose.CONFIRM) is None


async def test_a_newer_token_kills_the_older_one(storage: Storage):
    ada, ben = make_user("ada"), make_user("ben")
    old, new, other = make_token(ada, "a"), make_token(ada, "b"), make_token(ben, "c")
    for token in (old, other, new):
        await storage.mail_tokens.add(token)
    assert await storage.mail_tokens.get(old.id, Purpose.CONFIRM) is None
    assert await storage.mail_tokens.get(new.id, Purpose.CONFIRM) == new
    assert await storage.mail_tokens.get(other.id, Purpose.CONFIRM) == other


async def test_of_two_who_use_a_token_at_once_exactly_one_does(storage: Storage):
    token = make_token(make_user(), "a")
    await storage.mail_tokens.add(token)
    assert sorted(await asyncio.gather(*(storage.mail_tokens.remove(token.id) for _ in range(10)))) == [
        *[False] * 9,
        True,
    ]
    assert await storage.mail_tokens.get(token.id, Purpose.CONFIRM) is None


async def test_all_sessions_of_a_person_end_but_the_one_that_is_kept(storage: Storage):
    ada, ben = make_user("ada"), make_user("ben")
    mine = [make_session(ada, letter) for letter in "abc"]
    theirs = make_session(ben, "d")
    for session in (*mine, theirs):
        await storage.sessions.add(session)
    assert {session.id for session in await storage.sessions.of_user(ada.id)} == {session.id for session in mine}
    assert await storage.sessions.remove_of_user(ada.id, keep=mine[1].id) == 2
    assert [session.id for session in await storage.sessions.of_user(ada.id)] == [mine[1].id]
    assert await storage.sessions.get(theirs.id) == theirs


async def test_of_many_sessions_those_seen_last_stay(storage: Storage):
    ada, ben = make_user("ada"), make_user("ben")
    for number in range(6):
        seen = NOON + timedelta(minutes=(number * 5) % 6)
        await storage.sessions.add(make_session(ada, f"{number}", last_seen=seen))
    waiting = make_session(ada, "a", pending=True, next="/posts/new")
    theirs = make_session(ben, "b")
    for session in (waiting, theirs):
        await storage.sessions.add(session)
    assert await storage.sessions.remove_oldest_of_user(ada.id, pending=False, keep=4) == 2
    left = await storage.sessions.of_user(ada.id)
    assert {session.id[0] for session in left} == {"1", "2", "3", "4", "a"}
    assert await storage.sessions.remove_oldest_of_user(ada.id, pending=False, keep=4) == 0
    assert await storage.sessions.get(waiting.id) == waiting
    assert await storage.sessions.remove_oldest_of_user(ada.id, pending=True, keep=0) == 1
    assert await storage.sessions.get(theirs.id) == theirs


async def test_code_tries_at_once_are_each_counted(storage: Storage):
    session = make_session(make_user(), "a", pending=True)
    await storage.sessions.add(session)
    counted = await asyncio.gather(*(storage.sessions.count_code_try(session.id) for _ in range(10)))
    assert sorted(counted) == list(range(1, 11))
    assert await storage.sessions.get(session.id) == session.model_copy(update={"code_tries": 10})
    await storage.sessions.remove(session.id)
    assert await storage.sessions.count_code_try(session.id) == 0
    assert await storage.sessions.get(session.id) is None


async def test_all_tokens_of_a_person_die_together(storage: Storage):
    ada, ben = make_user("ada"), make_user("ben")
    mine = [
        make_token(ada, "a"),
        make_token(ada, "b", purpose=Purpose.RESET),
        make_token(ada, "c", purpose=Purpose.EMAIL, new_email="Ada@example.net"),
    ]
    theirs = make_token(ben, "d", purpose=Purpose.RESET)
    for token in (*mine, theirs):
        await storage.mail_tokens.add(token)
    assert [await storage.mail_tokens.get(token.id, token.purpose) for token in mine] == mine
    assert await storage.mail_tokens.get(mine[1].id, Purpose.EMAIL) is None, "a token is good for one purpose"
    await storage.mail_tokens.remove_of_user(ada.id)
    assert [await storage.mail_tokens.get(token.id, token.purpose) for token in mine] == [None] * 3
    assert await storage.mail_tokens.get(theirs.id, Purpose.RESET) == theirs
