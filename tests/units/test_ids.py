"""Identifiers sort by time, never repeat, and are read only in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people import NOON
from tidings.clock import from_milliseconds, milliseconds
from tidings.ids import MAX_ID, PROCESSES, IdMint, id_time, parse_id


class TurnedClock:
    """A clock that stands where it is put."""

    def __init__(self, at: int) -> None:
        self.at = at

    def milliseconds(self) -> int:
        return self.at

    def now(self):  # type: ignore[no-untyped-def]
        return from_milliseconds(self.at)


START = milliseconds(NOON)


def test_ids_of_one_process_grow_even_when_the_clock_is_set_back():
    clock = TurnedClock(START)
    mint = IdMint(clock)
    first = mint.mint()
    clock.at -= 60_000
    assert mint.mint() > first


def test_five_thousand_ids_of_one_millisecond_are_all_different_and_grow():
    mint = IdMint(TurnedClock(START), process=7)
    ids = [mint.mint() for _ in range(5_000)]
    assert ids == sorted(set(ids))


def test_two_processes_never_mint_the_same_id():
    clock = TurnedClock(START)
    one, other = IdMint(clock, process=1), IdMint(clock, process=2)
    assert not {one.mint() for _ in range(3_000)} & {other.mint() for _ in range(3_000)}


def test_a_later_millisecond_gives_a_greater_id_whatever_the_process():
    early, late = TurnedClock(START), TurnedClock(START + 1)
    assert IdMint(early, process=PROCESSES - 1).mint() < IdMint(late, process=0).mint()


def test_an_id_knows_when_it_was_minted():
    assert id_time(IdMint(TurnedClock(START), process=1000).mint()) == NOON


@pytest.mark.parametrize("process", [-1, PROCESSES])
def test_a_process_number_outside_the_lease_is_refused(process):
    with pytest.raises(ValueError, match="process number"):
        IdMint(TurnedClock(START), process=process)


@given(st.integers(min_value=1, max_value=MAX_ID))
def test_an_id_is_read_back_from_its_decimal(value):
    assert parse_id(str(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-1",
        "+1",
        "01",
        " 1",
        "1 ",
        "1\n",
        "1_0",
        "1.0",
        "1e3",
        "0x10",
        "१२",
        "１",
        "\x00",
        str(MAX_ID + 1),
        "9" * 5_000,
    ],
)
def test_any_other_spelling_is_no_id(text):
    assert parse_id(text) is None


@given(st.text())
def test_reading_an_id_never_fails(text):
    value = parse_id(text)
    assert value is None or str(value) == text
