"""Positions are ordered as commits are, and their strings are ordered alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.documents.position import Position

numbers = st.integers(min_value=0, max_value=0xFFFFFFFF)
origins = st.text(alphabet="0123456789abcdefghijklmnopqrstuvwxyz", min_size=8, max_size=8)
positions = st.builds(Position, origins, numbers, numbers)


@given(positions)
def test_a_position_is_read_back_from_its_string(position):
    assert Position.parse(str(position)) == position


@given(origins, numbers, numbers, numbers, numbers)
def test_within_a_database_the_strings_sort_as_the_positions_do(origin, a, b, c, d):
    one, other = Position(origin, a, b), Position(origin, c, d)
    assert (one < other) == (str(one) < str(other))
    assert (one == other) == (str(one) == str(other))


def test_the_seconds_weigh_more_than_the_increment():
    assert Position("aaaaaaaa", 1, 0xFFFFFFFF) < Position("aaaaaaaa", 2, 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "aaaaaaaa",
        "aaaaaaaa.",
        "aaaaaaaa.0000000100000001 ",
        "aaaaaaaa.0000000100000001\n",
        "aaaaaaaa.000000010000000",
        "aaaaaaaa.00000001000000011",
        "AAAAAAAA.0000000100000001",
        "aaaaaaaa.000000010000000G",
        "aaaaaaaa.000000010000000A",
        "aaaaaaa.0000000100000001",
        "aaaaaaaa-0000000100000001",
        "\x00aaaaaaa.0000000100000001",
        "aaaaaaaa.००००००००००००००००",
    ],
)
def test_any_other_text_is_no_position(text):
    assert Position.parse(text) is None


@given(st.text())
def test_reading_a_position_never_fails(text):
    position = Position.parse(text)
    assert position is None or str(position) == text
