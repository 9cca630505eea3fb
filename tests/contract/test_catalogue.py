"""Taxonomy, departments, sub-districts and elements fit together (docs/domain.md §4.3, §5, §8)."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from services.contracts import departments as departments_module
from services.contracts.data_files import InvalidData
from services.contracts.departments import (
    DepartmentKind,
    department_codes,
    departments,
    load_departments,
    parties,
)
from services.contracts.districts import FILE as DISTRICTS
from services.contracts.districts import district, load_sub_districts, sub_districts
from services.contracts.elements import elements
from services.contracts.taxonomy import FILE as TAXONOMY
from services.contracts.taxonomy import OFFICE_OF_THE_PLACE, OTHER, Area, load_taxonomy, taxonomy
from services.contracts.ticket_events import Urgency

TYPES = taxonomy().types
OFFICES = {code for code, found in departments().items() if found.kind is DepartmentKind.SUB_DISTRICT_OFFICE}
with TAXONOMY.open(encoding="utf-8", newline="") as lines:
    ROWS = {row["code"]: row for row in csv.DictReader(lines)}


def test_there_are_41_types_in_3_areas_8_sub_districts_and_32_elements() -> None:
    assert Counter(t.area for t in TYPES.values()) == {Area.ESTATE: 15, Area.REPAIR: 19, Area.MARKET: 7}
    assert list(sub_districts()) == [f"310109{n:03}" for n in (9, 10, 11, 14, 16, 17, 18, 19)]
    assert list(elements()) == [f"E{n:02}" for n in range(1, 33)]
    assert all(code.startswith(district().code) for code in sub_districts())


def test_each_sub_district_has_an_office_of_its_own() -> None:
    assert {place.office for place in sub_districts().values()} == OFFICES
    for place in sub_districts().values():
        assert departments()[place.office].name_cn == f"{place.name_cn}办事处"


@pytest.mark.parametrize("code", TYPES)
def test_every_lead_and_helper_of_the_catalogue_is_found(code: str) -> None:
    found, row = TYPES[code], ROWS[code]
    names = {**department_codes(), "街道办事处": OFFICE_OF_THE_PLACE}
    assert found.lead == names[row["lead_dept_cn"]]
    helpers = row["co_depts_cn"].split(";")
    assert [*found.co_handlers] == [names[name] for name in helpers if name in names]
    assert [*found.parties] == [name for name in helpers if name not in names]
    assert set(found.parties) <= set(parties())


@pytest.mark.parametrize("code", TYPES)
def test_each_type_has_in_each_place_one_lead_and_helpers_that_are_others(code: str) -> None:
    for place, found in sub_districts().items():
        lead, helpers = TYPES[code].lead_at(place), TYPES[code].co_handlers_at(place)
        assert lead in departments()
        assert set(helpers) <= departments().keys() - {lead}
        assert len(set(helpers)) == len(helpers)
        assert OFFICES & {lead, *helpers} <= {found.office}


def test_the_office_of_the_place_leads_where_the_catalogue_says_so() -> None:
    assert TYPES["XQ08"].lead_at("310109010") == "quyanglu"
    assert TYPES["XQ08"].lead_at("310109018") == "beiwaitan"
    assert TYPES["MJ01"].lead_at("310109010") == "housing"
    assert TYPES["MJ01"].co_handlers_at("310109010") == ("quyanglu",)


@pytest.mark.parametrize("place", [None, "110101001"])
def test_where_the_place_is_unknown_its_office_can_neither_lead_nor_help(place: str | None) -> None:
    assert TYPES["XQ08"].lead_at(place) is None
    assert TYPES["MJ01"].lead_at(place) == "housing"
    assert TYPES["MJ01"].co_handlers_at(place) == ()


def test_limits_and_urgency_are_the_rows() -> None:
    enquiry, leak = TYPES["MJ19"], TYPES["MJ01"]
    assert (enquiry.first_contact_days, enquiry.settle_days, enquiry.extended_settle_days) == (1, 1, 5)
    assert (leak.settle_days, leak.extended_settle_days, leak.urgency) == (5, 15, Urgency.URGENT)
    assert leak.elements == ("E01", "E14")
    assert leak.inferred == ("limit",)


def test_keywords_are_there_for_every_type_and_other_is_no_type() -> None:
    assert all(found.keywords for found in TYPES.values())
    assert OTHER not in TYPES


def test_data_cannot_be_changed_by_a_reader() -> None:
    with pytest.raises(TypeError):
        TYPES["XQ01"] = TYPES["XQ02"]  # type: ignore[index]
    with pytest.raises(ValueError, match="frozen"):
        TYPES["XQ01"].lead = "fire"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        (
            "街道办事处,Sub-district",
            "区月球局,Sub-district",
            r"row 2 \(XQ01\): lead_dept_cn '区月球局' is not known; add it",
        ),
        (
            "区房管局;居委会",
            "区房管局;居民会",
            r"row 2 \(XQ01\): co_depts_cn 居民会 not known; add it to departments.yaml",
        ),
        ("E18;E19", "E18;E99", r"row 5 \(XQ04\): repair_elements E99 not known; add it to elements.yaml"),
        ("区房管局;居委会", "街道办事处;居委会", r"row 2 \(XQ01\): .*lead or co-handlers name a unit twice"),
        ("区房管局;居委会", "区房管局;居委会,", r"row 2 \(XQ01\): has not as many cells as columns; put quotes"),
        (",,sourced,sourced,sourced,,S32;S34;L1", "", r"row 2 \(XQ01\): has not as many cells"),
        ("XQ02,", "XQ01,", "types row 2: code 'XQ01' stands twice"),
        ("XQ01,", "QX01,", r"row 2 \(QX01\): code: String should match pattern"),
        (
            ",投诉,normal,1,5,15",
            ",抱怨,normal,1,5,15",
            r"row 2 \(XQ01\): default_kind '抱怨' is not known; write one of",
        ),
        (",normal,1,5,15", ",calm,1,5,15", r"row 2 \(XQ01\): urgency: Input should be"),
        (",normal,1,5,15", ",normal,1,-5,15", r"row 2 \(XQ01\): settle_days: Input should be greater than 0"),
        ("lead_dept_cn", "lead", "the column 'lead_dept_cn' is missing; add it"),
    ],
)
def test_a_wrong_taxonomy_is_refused_with_row_and_remedy(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    with pytest.raises(InvalidData, match=message) as raised:
        load_taxonomy(changed(TAXONOMY, tmp_path, right, wrong))
    assert str(raised.value).startswith("taxonomy.csv, ")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        (
            "aliases: [公安分局]",
            "aliases: [区房管局]",
            "department 'police': the name '区房管局' already means 'housing'",
        ),
        ("code: fire", "code: Fire Brigade", "departments row 7: code: String should match pattern"),
        ("code: fire", "code: police", "departments row 7: code 'police' stands twice"),
        ("kind: hub", "kind: club", "departments row 5: kind: Input should be"),
        ("name_en: District Commerce Commission, ", "", "departments row 11: name_en: Field required"),
        ("aliases: [区城管局]", "alias: [区城管局]", "departments row 6: alias: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_department_is_refused_with_row_and_reason(
    tmp_path: Path, right: str, wrong: str, message: str
) -> None:
    with pytest.raises(InvalidData, match=message):
        load_departments(changed(departments_module.FILE, tmp_path, right, wrong))


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("office: quyanglu", "office: housing", "sub-district 310109010: office 'housing' is no sub-district office"),
        ("office: quyanglu", "office: ouyanglu", "sub-district 310109010: office 'ouyanglu' is no .* of its own"),
        (
            '  - {code: "310109019", name_cn: 江湾镇街道, name_en: Jiangwan Town, office: jiangwanzhen}\n',
            "",
            r"no sub-district names the offices \['jiangwanzhen'\]; add them",
        ),
    ],
)
def test_sub_districts_and_offices_pair_off(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    with pytest.raises(InvalidData, match=message):
        load_sub_districts(changed(DISTRICTS, tmp_path, right, wrong), departments())


def changed(file: Path, folder: Path, right: str, wrong: str) -> Path:
    text = file.read_text(encoding="utf-8")
    assert right in text
    copy = folder / file.name
    copy.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    return copy
