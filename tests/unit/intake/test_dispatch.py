"""Whom a ticket goes to, for every type in every sub-district: the catalogue as it is written (docs/domain.md §8)."""

from __future__ import annotations

import csv
from collections.abc import Mapping

import pytest

from services.contracts.departments import departments
from services.contracts.districts import sub_districts
from services.contracts.taxonomy import FILE, OTHER, taxonomy
from services.contracts.ticket_events import Place
from services.intake.app.plain_english import reason_in_english
from services.intake.domain.dispatch import DOUBTFUL_BELOW, Catalogue, CatalogueEdit, Dispatch, decide
from services.intake.domain.review import ReviewCode, ReviewReason

with FILE.open(encoding="utf-8", newline="") as _lines:
    ROWS: Mapping[str, dict[str, str]] = {row["code"]: row for row in csv.DictReader(_lines)}
OFFICE = "街道办事处"


def names_of(code: str) -> set[str]:
    department = departments()[code]
    return {department.name_cn, *department.aliases}


def place(sub_district: str | None) -> Place:
    return Place(sub_district=sub_district)


def test_the_catalogue_has_forty_one_types_and_eight_sub_districts() -> None:
    assert len(ROWS) == len(taxonomy().types) == 41
    assert len(sub_districts()) == 8


@pytest.mark.parametrize("sub_district", sorted(sub_districts()))
@pytest.mark.parametrize("type_code", ROWS)
def test_a_sure_reading_goes_where_the_catalogue_says(type_code: str, sub_district: str) -> None:
    decision = decide(Catalogue(taxonomy()), type_code, 0.9, place(sub_district))
    assert isinstance(decision, Dispatch)
    office = sub_districts()[sub_district].office
    row = ROWS[type_code]
    if row["lead_dept_cn"] == OFFICE:
        assert decision.lead == office
    else:
        assert row["lead_dept_cn"] in names_of(decision.lead)
    helpers = {name for name in row["co_depts_cn"].split(";") if name}
    for code in decision.co_handlers:
        assert (code == office and OFFICE in helpers) or names_of(code) & helpers
    known = {name for name in helpers if name == OFFICE or any(name in names_of(code) for code in departments())}
    assert len(decision.co_handlers) == len(set(decision.co_handlers)) == len(known)
    assert decision.lead not in decision.co_handlers


@pytest.mark.parametrize("type_code", ROWS)
@pytest.mark.parametrize("unknown", [None, "310109999"])
def test_without_a_known_place_only_an_office_type_waits_for_a_person(type_code: str, unknown: str | None) -> None:
    decision = decide(Catalogue(taxonomy()), type_code, 1.0, place(unknown))
    if ROWS[type_code]["lead_dept_cn"] == OFFICE:
        assert isinstance(decision, ReviewReason)
        assert decision == ReviewReason(ReviewCode.NO_PLACE, type_code)
    else:
        assert isinstance(decision, Dispatch)
        assert departments()[decision.lead].kind != "sub-district-office"


@pytest.mark.parametrize("type_code", ROWS)
def test_a_doubtful_reading_is_never_dispatched(type_code: str) -> None:
    for confidence in (0.0, DOUBTFUL_BELOW - 0.001):
        decision = decide(Catalogue(taxonomy()), type_code, confidence, place("310109009"))
        assert isinstance(decision, ReviewReason)
        assert decision == ReviewReason(ReviewCode.DOUBTFUL, type_code, confidence)
    assert isinstance(decide(Catalogue(taxonomy()), type_code, DOUBTFUL_BELOW, place("310109009")), Dispatch)


def test_none_of_the_types_is_for_a_person_however_sure_the_model() -> None:
    decision = decide(Catalogue(taxonomy()), OTHER, 1.0, place("310109009"))
    assert decision == ReviewReason(ReviewCode.NO_TYPE)


def test_a_matter_of_another_district_is_for_a_person_who_is_shown_where() -> None:
    decision = decide(Catalogue(taxonomy()), "MJ01", 1.0, place(None), elsewhere="浦东新区")
    assert decision == ReviewReason(ReviewCode.ELSEWHERE, elsewhere="浦东新区")
    assert isinstance(decision, ReviewReason)
    assert ReviewReason.of_facts(decision.facts) == decision
    assert "浦东新区" in reason_in_english(decision)


def test_an_edit_replaces_the_earlier_one_of_its_place_and_no_other() -> None:
    here, there = "310109016", "310109010"
    delivered = Catalogue(taxonomy())
    first = delivered.edited(
        [CatalogueEdit("MJ01", here, Dispatch("fire", ())), CatalogueEdit("MJ01", None, Dispatch("market", ()))]
    )
    second = first.edited([CatalogueEdit("MJ01", None, Dispatch("construction", ()))])
    leads = [
        [units.lead for place in (here, there, None) if (units := one.units("MJ01", place))]
        for one in (delivered, first, second)
    ]
    assert leads == [["housing"] * 3, ["fire", "market", "market"], ["fire", "construction", "construction"]]
    assert [one.version for one in (delivered, first, second)] == [0, 1, 2]
    assert second.units("XQ01", here) == delivered.units("XQ01", here)
