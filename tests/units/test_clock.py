"""Times are aware UTC in whole milliseconds, and the database's clock is the one that counts."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from tests.people import NOON
from tidings.clock import SystemClock, from_milliseconds, milliseconds


@given(st.integers(min_value=0, max_value=4_398_046_511_103))
def test_milliseconds_come_back_as_they_went(value):
    assert milliseconds(from_milliseconds(value)) == value


def test_what_lies_below_a_millisecond_is_cut_not_rounded():
    assert milliseconds(NOON + timedelta(microseconds=999)) == milliseconds(NOON)


def test_another_zone_is_the_same_moment():
    assert milliseconds(NOON.astimezone(timezone(timedelta(hours=-7)))) == milliseconds(NOON)


def test_now_is_aware_utc_without_a_remainder_below_a_millisecond():
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1_000 == 0
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_clock_that_is_five_minutes_off_follows_the_database():
    clock = SystemClock()
    database = datetime.now(UTC) + timedelta(minutes=5)
    clock.correct(database)
    assert timedelta(0) <= clock.now() - from_milliseconds(milliseconds(database)) < timedelta(seconds=5)


def test_the_newest_correction_counts_and_not_their_sum():
    clock = SystemClock()
    for minutes in (5, 5, -3):
        clock.correct(datetime.now(UTC) + timedelta(minutes=minutes))
    assert abs(clock.now() - (datetime.now(UTC) - timedelta(minutes=3))) < timedelta(seconds=5)
