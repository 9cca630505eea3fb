"""What somebody types into the search, and what it can mean."""

from __future__ import annotations

import pytest

from services.contracts.numbers import ShortKind, WrongCheckCharacter
from services.intake.domain.search_words import asked_by


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("260701080000000042", "260701080000000042"),
        (" 2607 0108 0000 0000 42 ", "260701080000000042"),
        ("260701-080000-000042", "260701080000000042"),
        ("２６０７０１０８００００００００４２", "260701080000000042"),
        ("0042", "0042"),
        ("042", None),
        ("2607010800000000421", None),
        ("凉城二村", None),
        ("42号0042", None),
        ("R26-00042-0", None),
    ],
)
def test_the_digits_of_a_tickets_number(typed: str, digits: str | None) -> None:
    assert asked_by(typed).digits == digits


def test_a_short_number_is_no_name() -> None:
    asked = asked_by("ｗ26 00042 7")
    assert asked.short == (ShortKind.PROJECT, "W26-00042-7")
    assert asked.name is None


def test_a_short_number_that_cannot_be_right_is_refused() -> None:
    with pytest.raises(WrongCheckCharacter):
        asked_by("R26-00024-0")


@pytest.mark.parametrize(("typed", "name"), [(" 涼城 ", "凉城"), ("村", None), ("1201弄", "1201弄"), ("  ", None)])
def test_whatever_has_two_characters_may_be_a_part_of_a_name(typed: str, name: str | None) -> None:
    assert asked_by(typed).name == name


def test_the_citys_number_is_taken_as_it_is_typed_and_without_its_dashes() -> None:
    assert set(asked_by(" SH-2607-77 ").written) == {"SH-2607-77", "SH260777"}
