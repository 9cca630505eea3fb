"""Refused commands as problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from services.chassis.web import refusals
from services.chassis.web.problems import Problem, invalid
from services.projects.domain.repair_project import MissingFacts
from services.projects.domain.works.gates import Gate, GatesShut
from services.projects.http.rights import not_found

FACTS: Mapping[str, str] = {
    "lead": "a department must lead the project",
    "note": "say what the consultation came to, or why the project is stopped",
    "floor_area_m2": "give the floor area that is repaired, in m²",
    "planned_end": "give the day on which the works are to end",
    "started_at": "the works must have been started",
    "responsible": "name the department that must remove what stops the works",
    "review_on": "give the day on which the stopped works are looked at again",
    "effect_shown": "each of its hot issues must be verified first",
}
"""What each fact means without which a project cannot take a step."""


REMEDIES: Mapping[Gate, str] = {
    Gate.ITEMS_NAMED: "contract the items that are built",
    Gate.MUST_ITEMS_CONFIRMED: "confirm what must be done by the approval or the consultation's result",
    Gate.CHOSEN_ITEMS_CONFIRMED: "confirm what residents choose by their consultation's result, or drop it",
    Gate.CLEARED_BEFORE_WORKS: "inspect and accept what is cleared before works start",
    Gate.PARTIES_NAMED: "name the units of these roles",
    Gate.BUILDER_CONTRACTED: "sign the contract with who builds",
    Gate.CONTRACTS_AUDITED: "have these contracts audited",
    Gate.PAPERS_THERE: "file the missing papers",
    Gate.DISCLOSED: "make the rest of the list public on site, and say so",
    Gate.ITEMS_ACCEPTED: "inspect these items until the whole quantity is accepted, or change or drop them",
    Gate.DEFECTS_CLOSED: "have these defects cured, and closed by another party",
    Gate.RESIDENTS_INSPECTED: "accept these blocks with their residents",
    Gate.BLOCKS_ACCEPTED: "accept these blocks first",
    Gate.WARRANTIES_GIVEN: "accept the blocks of these items, which gives the warranties",
    Gate.EVERY_DEFECT_CLOSED: "have every defect cured and closed, minor ones too",
}
"""What to do at a shut gate."""


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
    except GatesShut as shut:
        holds = [{"gate": hold.gate, "by": list(hold.by), "remedy": REMEDIES[hold.gate]} for hold in shut.holds]
        what = "; ".join(f"{hold.gate}: {REMEDIES[hold.gate]}" for hold in shut.holds)
        raise Problem(409, "gates-shut", "The works are not as far", what, step=shut.step, holds=holds) from None
