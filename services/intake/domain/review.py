"""Why a person has to look at a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from services.intake.domain.history import Facts


class ReviewCode(StrEnum):
    """`no place`: the type belongs to a sub-district office. `joins known`: the caller joins an open ticket.
    `elsewhere`: the matter is said to be outside the district. `about unit`: the catalogue would give it to the unit
    that it is about."""

    EMERGENCY = "emergency"
    ELSEWHERE = "elsewhere"
    NO_TYPE = "no type"
    DOUBTFUL = "doubtful"
    NO_PLACE = "no place"
    JOINS_KNOWN = "joins known"
    ABOUT_UNIT = "about unit"


@dataclass(frozen=True, slots=True)
class ReviewReason:
    """A code with its values, or what a person wrote, redacted.

    `confidence` is the classifier's, from 0 to 1, where it is the reason; `elsewhere` the district, city or province
    that the text names; `unit` the department that it is about.
    """

    code: ReviewCode | None = None
    type_code: str | None = None
    confidence: float | None = None
    words: str | None = None
    elsewhere: str | None = None
    unit: str | None = None

    @property
    def facts(self) -> Facts:
        """Empty for a person's words."""
        known = {
            "code": self.code,
            "type_code": self.type_code,
            "confidence": self.confidence,
            "elsewhere": self.elsewhere,
            "unit": self.unit,
        }
        return {name: value for name, value in known.items() if value is not None}

    @classmethod
    def of_facts(cls, facts: Facts) -> ReviewReason:
        return cls(
            ReviewCode(facts["code"]),
            facts.get("type_code"),
            facts.get("confidence"),
            elsewhere=facts.get("elsewhere"),
            unit=facts.get("unit"),
        )
