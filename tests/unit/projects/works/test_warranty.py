"""Warranties: at least the law's years, from the acceptance of the item where it was built, to a last day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.contracts.elements import Choice
from services.projects.domain.works.items import WorksItem
from services.projects.domain.works.warranty import NoTerm, TooShort, WarrantyTerm, plus_years, warranty

ROOF = WorksItem("i", "M01-A", 1, "E01", Choice.MUST, "3", Decimal(100), 10, confirmed_by="paper")
TERMS = {
    "E01": WarrantyTerm("waterproofing", frozenset({"E01"}), 5, "art. 40"),
    "E16": WarrantyTerm("structure", frozenset({"E16"}), None, "art. 40"),
}
ACCEPTED = date(2026, 3, 31)


def test_the_law_s_years_count_from_the_acceptance_and_the_last_day_is_covered() -> None:
    given = warranty(ROOF, ACCEPTED, TERMS)
    assert (given.ends, given.term, given.block) == (date(2031, 3, 31), "waterproofing", "3")
    days = (date(2026, 3, 30), ACCEPTED, date(2031, 3, 31), date(2031, 4, 1))
    assert [given.covers(day) for day in days] == [False, True, True, False]


def test_more_may_be_agreed_and_less_is_refused() -> None:
    assert warranty(ROOF, ACCEPTED, TERMS, agreed_years=8).ends == date(2034, 3, 31)
    with pytest.raises(TooShort, match="at least 5 years"):
        warranty(ROOF, ACCEPTED, TERMS, agreed_years=4)


def test_a_structure_is_warranted_for_its_design_life() -> None:
    shed = replace(ROOF, element="E16")
    assert warranty(shed, ACCEPTED, TERMS, design_life_years=25).ends == date(2051, 3, 31)
    with pytest.raises(NoTerm):
        warranty(shed, ACCEPTED, TERMS)


def test_what_has_no_term_by_rule_needs_an_agreed_one() -> None:
    lamp = replace(ROOF, element="E21")
    with pytest.raises(NoTerm, match="E21"):
        warranty(lamp, ACCEPTED, TERMS)
    assert warranty(lamp, ACCEPTED, TERMS, agreed_years=2).term == "agreed"


def test_a_leap_day_ends_on_the_last_of_february() -> None:
    assert plus_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert plus_years(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_what_was_replaced_is_no_longer_covered() -> None:
    assert not replace(warranty(ROOF, ACCEPTED, TERMS), replaced_by="w2").covers(ACCEPTED)
