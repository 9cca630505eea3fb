"""The records of what is done with callers' data, read from `data/processing_records.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import Field, PositiveInt, model_validator

from services.contracts.data_files import DataRow, InvalidData, read_rows

FILE = Path(__file__).parents[1] / "data" / "processing_records.yaml"
KEPT_YEARS = 3
"""L22 art. 56."""
_Words = Annotated[str, Field(min_length=1)]


class Notice(DataRow):
    """The notice to callers, in force from a day until the next one's."""

    id: _Words
    version: PositiveInt
    in_force_from: date
    zh: _Words
    en: _Words


class LegalBasis(DataRow):
    """By which article of the law something is done."""

    id: _Words
    article: _Words
    processing: _Words
    text: _Words


class Assessment(DataRow):
    """An impact assessment; without days nobody has made it yet."""

    id: _Words
    article: _Words
    of: _Words
    made_on: date | None = None
    kept_until: date | None = None

    @model_validator(mode="after")
    def _kept_long_enough(self) -> Assessment:
        if (self.made_on is None) is not (self.kept_until is None):
            raise ValueError("give made_on and kept_until together")
        if self.made_on and self.kept_until and self.kept_until < _years_later(self.made_on):
            raise ValueError(f"kept_until is less than {KEPT_YEARS} years after made_on")
        return self


@dataclass(frozen=True, slots=True)
class ProcessingRecords:
    notices: Sequence[Notice]
    legal_bases: Sequence[LegalBasis]
    assessments: Sequence[Assessment]


@cache
def processing_records(file: Path = FILE) -> ProcessingRecords:
    """Raises InvalidData, also when an id stands twice anywhere, or notices are not in the order of their days."""
    notices = list(read_rows(file, "notices", Notice, "id").values())
    bases = list(read_rows(file, "legal_bases", LegalBasis, "id").values())
    assessments = list(read_rows(file, "assessments", Assessment, "id").values())
    seen: set[str] = set()
    for section, ids in (
        ("notices", [one.id for one in notices]),
        ("legal_bases", [one.id for one in bases]),
        ("assessments", [one.id for one in assessments]),
    ):
        if twice := seen.intersection(ids):
            raise InvalidData(file, section, f"id {min(twice)!r} stands in another section too; rename it")
        seen.update(ids)
    for before, after in pairwise(notices):
        if after.in_force_from <= before.in_force_from or after.version <= before.version:
            why = f"{after.id!r} is not later and of a higher version than {before.id!r}; put them in order"
            raise InvalidData(file, "notices", why)
    return ProcessingRecords(notices, bases, assessments)


def _years_later(day: date) -> date:
    try:
        return day.replace(year=day.year + KEPT_YEARS)
    except ValueError:
        return day.replace(year=day.year + KEPT_YEARS, month=3, day=1)
