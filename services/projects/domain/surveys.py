"""A look at an estate that found its needs (需求调查): the findings ask for elements. Never changed, but withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SurveyRole(StrEnum):
    BUREAU = "bureau"
    SUB_DISTRICT = "sub_district"
    RESIDENTS_COMMITTEE = "residents_committee"
    OWNERS_COMMITTEE = "owners_committee"
    PROPERTY_FIRM = "property_firm"
    DESIGNER = "designer"


@dataclass(frozen=True, slots=True)
class SurveyedFinding:
    """`photographs`: the SHA-256 of each."""

    elements: tuple[str, ...]
    note: str
    photographs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedsSurvey:
    """`id` is the surveyor's own, so that a repeated upload is one survey."""

    id: str
    estate: str
    role: SurveyRole
    unit: str
    on_site: bool
    made_at: datetime
    findings: tuple[SurveyedFinding, ...]
    withdrawn_at: datetime | None = None

    @property
    def elements(self) -> tuple[str, ...]:
        """Each once, in the order in which they were found."""
        return tuple(dict.fromkeys(element for one in self.findings for element in one.elements))
