"""Passwords and secrets: what is accepted, what is kept, and that time tells nothing."""

import asyncio
import statistics
import subprocess
import sys
import threading
import time

import pytest

from tidings.auth import passwords as module
from tidings.auth.passwords import CHEAP, Cost, Passwords
from tidings.auth.secrets import digest, new_secret

LONG = " ".join(str(number**3) for number in range(300))[:1024]


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(CHEAP)


async def test_a_password_is_verified_and_another_is_not(passwords: Passwords) -> None:
    hashed = await passwords.hash("correct horse")
    assert hashed.startswith("$argon2id$")
    assert await passwords.verify(hashed, "correct horse")
    assert not await passwords.verify(hashed, "correct hors")
    assert not await passwords.verify(hashed, "correct horse ")


async def test_two_hashes_of_one_password_differ(passwords: Passwords) -> None:
    assert await passwords.hash("correct horse") != await passwords.hash("correct horse")


async def test_nobody_has_no_password(passwords: Passwords) -> None:
    assert not await passwords.verify(None, "correct horse")
    assert not await passwords.verify("", "correct horse")


async def test_a_broken_hash_matches_nothing(passwords: Passwords) -> None:
    assert not await passwords.verify("$argon2id$broken", "correct horse")
    assert passwords.needs_rehash("$argon2id$broken")


async def test_all_of_a_long_password_counts(passwords: Passwords) -> None:
    hashed = await passwords.hash("x" * 1023 + "a")
    assert await passwords.verify(hashed, "x" * 1023 + "a")
    assert not await passwords.verify(hashed, "x" * 1023 + "b")


async def test_one_password_is_one_however_its_letters_are_composed(passwords: Passwords) -> None:
    hashed = await passwords.hash("cafe\N{COMBINING ACUTE ACCENT} au lait")
    assert await passwords.verify(hashed, "caf\N{LATIN SMALL LETTER E WITH ACUTE} au lait")


@pytest.mark.parametrize("password", ["\ud800" * 9, "x" * 1025, "", "\0", "\N{PILE OF POO}" * 300])
async def test_what_can_be_no_password_matches_nothing(passwords: Passwords, password: str) -> None:
    assert not await passwords.verify(await passwords.hash("correct horse"), password)
    assert not await passwords.verify(None, password)


async def test_a_hash_with_other_parameters_is_due_again(passwords: Passwords) -> None:
    old = await Passwords(Cost(passes=1, memory=16, lanes=1)).hash("correct horse")
    assert await passwords.verify(old, "correct horse")
    assert passwords.needs_rehash(old)
    assert not passwords.needs_rehash(await passwords.hash("correct horse"))


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("", "8 characters"),
        ("short12", "8 characters"),
        ("x" * 1025, "1,024 bytes"),
        ("é" * 513, "1,024 bytes"),
        ("Ada.Lovelace", "user name"),
        ("ada.lovelace ", "user name"),
        ("ada.lovelace2", "user name"),
        ("1!Ada.Lovelace!1", "user name"),
        ("ADA@example.org", "address"),
        ("ada@example.org1", "address"),
        ("Tidings1", "site's name"),
        ("tidings 2026!", "site's name"),
        ("tidingstidings", "site's name"),
        ("Tidings tidings 1", "site's name"),
        ("t i d i n g s", "site's name"),
        ("Ada Lovelace!", "user name"),
        ("ada.lovelaceADA.LOVELACE", "user name"),
        ("stokecit", "tried first"),
        ("Anna12345", "tried first"),
        ("pass word 1", "tried first"),
        ("passwordPASSWORD", "tried first"),
        ("ABCDEFGH", "tried first"),
        ("abcdefghijklm", "tried first"),
        ("zyxwvuts", "tried first"),
        ("6789012345", "tried first"),
        ("87654321", "tried first"),
        ("QwertyUi", "tried first"),
        ("lkjhgfds", "tried first"),
        ("1qaz2wsx3edc", "tried first"),
        ("aaaaaaaa", "repeats"),
        ("x" * 1024, "repeats"),
        ("é" * 8, "repeats"),
        ("12341234", "repeats"),
        ("1234 1234 1234", "repeats"),
        ("AbcABCabcA", "repeats"),
        ("!?!?!?!?!", "repeats"),
        ("a a a a a a a a", "repeats"),
        ("password", "tried first"),
        ("Password1", "tried first"),
        ("12345678", "tried first"),
        ("iloveyou", "tried first"),
        ("QWERTYUIOP", "tried first"),
        (" sunshine1 ", "tried first"),
        ("pass\0word", "control"),
        ("pass\nword", "control"),
        ("pass\ud800word", "no text"),
        ("         ", "spaces"),
    ],
)
def test_a_password_is_refused_with_a_sentence(passwords: Passwords, password: str, word: str) -> None:
    problem = passwords.problem(password, "ada.lovelace", "ada@example.org")
    assert problem is not None
    assert word in problem
    assert problem.endswith(".")


@pytest.mark.parametrize(
    "password",
    [
        *("eight889", "éèêëēėęě", LONG, "é" + LONG[:1022], " eight ch ", "ada.lovelace likes tea", "my ada.lovelace"),
        *("the tidings of the day", "83921-47", "!?!?&!?!?", "aaaaaaab", "abcdefg hijk lmnop!"),
    ],
)
def test_a_password_is_accepted(passwords: Passwords, password: str) -> None:
    assert passwords.problem(password, "ada.lovelace", "ada@example.org") is None


def test_the_sites_own_name_is_no_password() -> None:
    own = Passwords(CHEAP, site_name="Harbour Notes")
    problem = own.problem("harbour notes 1", "ada")
    assert problem is not None
    assert "site's name" in problem
    assert own.problem("tidings 2026!", "ada") is None


def test_common_passwords_are_many_thousand_and_cost_nothing_until_asked() -> None:
    script = (
        "import sys, tidings.app\n"
        "assert not any('zxcvbn' in name for name in sys.modules)\n"
        "from tidings.auth.common import _most_common\n"
        "assert 10_000 < _most_common().count('\\n') < 30_000\n"
        "assert len(_most_common()) < 200_000\n"
        "assert 'zxcvbn' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


async def test_at_most_two_hashes_run_at_once_in_the_whole_process(monkeypatch: pytest.MonkeyPatch) -> None:
    running = peak = 0
    lock = threading.Lock()

    def counted(self: Passwords, password: str) -> str:
        nonlocal running, peak
        with lock:
            running += 1
            peak = max(peak, running)
        time.sleep(0.01)
        with lock:
            running -= 1
        return password

    monkeypatch.setattr(module.Passwords, "_hash", counted)
    several = [Passwords(CHEAP) for _ in range(3)]
    await asyncio.gather(*(several[n % 3].hash("correct horse") for n in range(12)))
    assert peak == 2


async def test_the_loop_goes_on_while_hashing() -> None:
    slow = Passwords(Cost(passes=2, memory=64 * 1024, lanes=1))
    hashing = asyncio.create_task(slow.hash("correct horse"))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 5


async def test_an_unknown_name_takes_as_long_as_a_wrong_password() -> None:
    costly = Passwords(Cost(passes=2, memory=16 * 1024, lanes=1))
    hashed = await costly.hash("correct horse")
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(15):
        for known in times:
            start = time.perf_counter()
            await costly.verify(hashed if known else None, "wrong horse")
            times[known].append(time.perf_counter() - start)
    known, unknown = statistics.median(times[True]), statistics.median(times[False])
    assert 0.7 < known / unknown < 1.4


def test_secrets_are_long_different_and_safe_in_a_link() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(len(secret) == 43 and secret.replace("-", "").replace("_", "").isalnum() for secret in made)


def test_a_digest_is_sha_256_and_takes_any_text() -> None:
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(digest("\ud800\0")) == 64
