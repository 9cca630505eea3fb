"""Numbers that people say, hear and type (services/contracts/numbers.py)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.contracts.districts import SHANGHAI
from services.contracts.numbers import (
    ShortKind,
    WrongCheckCharacter,
    as_typed,
    read_short_number,
    short_number,
    ticket_number,
)

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2068, 12, 30), timezones=st.just(UTC))
SHORT = st.builds(short_number, st.sampled_from(ShortKind), MOMENTS, st.integers(0, 999_999_999))
DIGITS = "0123456789"


def typed_wrong(number: str) -> bool:
    """Whether it is known that this is no number as it was given out."""
    try:
        return read_short_number(number) is None
    except WrongCheckCharacter:
        return True


def test_a_ticket_is_numbered_by_the_second_of_its_receipt_in_the_districts_time() -> None:
    assert ticket_number(datetime(2026, 12, 31, 16, 0, 59, 999_999, UTC), 42) == "270101000059000042"


@given(MOMENTS, st.integers(0, 10**9))
def test_a_tickets_number_has_18_digits_and_tells_its_second(at: datetime, serial: int) -> None:
    number = ticket_number(at, serial)
    assert len(number) == 18
    assert number.isdigit()
    said = datetime.strptime(number[:12], "%y%m%d%H%M%S").replace(tzinfo=SHANGHAI)
    assert said == at.replace(microsecond=0)


@given(MOMENTS, st.sets(st.integers(0, 999_999), min_size=2, max_size=20))
def test_tickets_of_one_second_differ(at: datetime, serials: set[int]) -> None:
    assert len({ticket_number(at, serial) for serial in serials}) == len(serials)


def test_a_short_number_is_what_it_was() -> None:
    """A number that was given out must stay valid."""
    opened = datetime(2026, 3, 1, tzinfo=UTC)
    assert short_number(ShortKind.HOT_ISSUE, opened, 42) == "R26-00042-0"
    assert short_number(ShortKind.PROJECT, opened, 42) == "W26-00042-7"


@given(st.sampled_from(ShortKind), MOMENTS, st.integers(0, 999_999_999))
def test_a_short_number_is_read_as_it_was_written(kind: ShortKind, at: datetime, running: int) -> None:
    number = short_number(kind, at, running)
    assert read_short_number(number) == (kind, number)


@given(SHORT, st.data())
def test_every_single_wrong_character_is_found(number: str, data: st.DataObject) -> None:
    compact = as_typed(number)
    place = data.draw(st.integers(0, len(compact) - 1))
    other = data.draw(st.sampled_from(DIGITS + "X" + "".join(ShortKind)).filter(lambda one: one != compact[place]))
    assert typed_wrong(compact[:place] + other + compact[place + 1 :])


@given(SHORT, st.data())
def test_every_swap_of_two_neighbours_is_found(number: str, data: st.DataObject) -> None:
    compact = as_typed(number)
    place = data.draw(st.integers(0, len(compact) - 2))
    assume(compact[place] != compact[place + 1])
    assert typed_wrong(compact[:place] + compact[place + 1] + compact[place] + compact[place + 2 :])


@given(SHORT, st.data())
def test_a_short_number_is_read_however_it_is_typed(number: str, data: st.DataObject) -> None:
    separator = data.draw(st.sampled_from(["", " ", "-", "－", "—", " – ", "　", "."]))
    typed = separator.join(number.split("-"))
    if data.draw(st.booleans()):
        typed = "".join(chr(ord(one) + 0xFEE0) if one.isascii() and one.isalnum() else one for one in typed)
    assert read_short_number(f" {typed.lower()}\t") == (ShortKind(number[0]), number)


@pytest.mark.parametrize("typed", ["", "26", "R26-0042-4", "Q26-00042-4", "260701080000000001", "凉城二村", "R2600042"])
def test_what_looks_like_no_short_number_is_none(typed: str) -> None:
    assert read_short_number(typed) is None


def test_a_wrong_check_character_names_the_number_as_it_was_read() -> None:
    with pytest.raises(WrongCheckCharacter, match=r"^R26-00042-5$"):
        read_short_number("r26 00042 5")
