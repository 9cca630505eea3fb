"""The records of processing: each id once, days in order, assessments kept long enough."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.contracts.data_files import InvalidData
from services.intake.files.processing_records import FILE, processing_records

MADE: dict[str, Any] = {"id": "assessment-x", "article": "55(1)", "of": "x", "made_on": "2026-02-01"}
NOTICE: dict[str, Any] = {"id": "notice-2", "version": 2, "in_force_from": "2027-01-01", "zh": "新", "en": "new"}


def changed(folder: Path, **more: dict[str, Any]) -> Path:
    """The file with a row more in each of these sections."""
    sections = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for section, row in more.items():
        sections[section].append(row)
    file = folder / "processing_records.yaml"
    file.write_text(yaml.safe_dump(sections, allow_unicode=True), encoding="utf-8")
    return file


def test_each_id_stands_once_and_each_basis_of_the_law_is_there() -> None:
    records = processing_records()
    ids = [one.id for one in (*records.notices, *records.legal_bases, *records.assessments)]
    assert len(ids) == len(set(ids))
    assert {one.article for one in records.legal_bases} == {"13(3)", "34", "35"}
    assert [one.in_force_from for one in records.notices] == sorted({one.in_force_from for one in records.notices})


def test_a_later_notice_and_an_assessment_that_was_made_are_taken(tmp_path: Path) -> None:
    records = processing_records(changed(tmp_path, notices=NOTICE, assessments={**MADE, "kept_until": "2029-02-01"}))
    assert records.notices[-1].version == 2
    assert records.assessments[-1].made_on is not None


@pytest.mark.parametrize(
    ("section", "row", "named"),
    [
        ("notices", {**NOTICE, "in_force_from": "2026-01-01"}, "'notice-2' is not later"),
        ("notices", {**NOTICE, "version": 1}, "'notice-2' is not later"),
        ("notices", {**NOTICE, "id": "notice-1"}, "notices row 2: id 'notice-1' stands twice"),
        ("notices", {**NOTICE, "en": ""}, "notices row 2: en"),
        ("assessments", {**MADE, "kept_until": "2029-01-31"}, "assessments row 5: .*less than 3 years"),
        ("assessments", MADE, "assessments row 5: .*together"),
        ("assessments", {**MADE, "id": "basis-duty", "kept_until": "2029-02-01"}, "'basis-duty' stands in another"),
    ],
)
def test_an_error_names_the_row(tmp_path: Path, section: str, row: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidData, match=named):
        processing_records(changed(tmp_path, **{section: row}))
