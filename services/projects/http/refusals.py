"""Refused commands as problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from services.chassis.web import refusals
from services.chassis.web.problems import invalid
from services.projects.domain.repair_project import MissingFacts
from services.projects.http.rights import not_found

FACTS: Mapping[str, str] = {
    "lead": "a department must lead the project",
    "note": "say what the consultation came to, or why the project is cancelled",
    "floor_area_m2": "give the floor area that is repaired, in m²",
    "planned_end": "give the day on which the works are to end",
    "started_at": "the works must have been started",
    "effect_shown": "each of its hot issues must be verified first",
}
"""What each fact means without which a project cannot take a step."""


@contextmanager
def answered(what: str) -> Iterator[None]:
    """Turns a refusal into its problem. Encloses the unit of work, which has been rolled back by then."""
    try:
        with refusals.answered(lambda: not_found(what), f"The {what} does not stand where the command was meant for"):
            yield
    except MissingFacts as missing:
        faults = [
            {"loc": ("body", fact), "type": "missing", "msg": f"{missing.state} needs it: {FACTS[fact]}"}
            for fact in missing.facts
        ]
        raise invalid(faults) from None
