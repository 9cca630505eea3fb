"""Refused commands as problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from services.chassis.web import refusals
from services.chassis.web.problems import Problem, invalid
from services.projects.app.consultation.electors import DiffersFromRegister
from services.projects.app.works.disturb import BreaksRules
from services.projects.domain.consultation.register_check import Difference, DifferenceKind
from services.projects.domain.works.gates import Gate, GatesShut
from services.projects.domain.works.impact import Breach
from services.projects.domain.works.repair_project import MissingFacts
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
    Gate.CHOSEN_ITEMS_CONFIRMED: "confirm what residents choose by a published result in which it passed, or drop it",
    Gate.CLEARED_BEFORE_WORKS: "inspect and accept what is cleared before works start",
    Gate.APPROVED_BY_AUTHORITY: "file the approval of one of these units, which decide on works of this size",
    Gate.PARTIES_NAMED: "name the units of these roles",
    Gate.BUILDER_CONTRACTED: "sign the contract with who builds",
    Gate.CONTRACTS_AUDITED: "have these contracts audited",
    Gate.PAPERS_THERE: "file the missing papers",
    Gate.DISCLOSED: "make the rest of the list public on site, and say so",
    Gate.ITEMS_ACCEPTED: "inspect these items until the whole quantity is accepted, or change or drop them",
    Gate.INSPECTIONS_ARRIVED: "an inspection waits for another, the item's missing: upload that, or inspect again",
    Gate.DEFECTS_CLOSED: "have these defects cured, and closed by another party",
    Gate.RESIDENTS_INSPECTED: "accept these blocks with their residents",
    Gate.BLOCKS_ACCEPTED: "accept these blocks first",
    Gate.WARRANTIES_GIVEN: "accept the blocks of these items, which gives the warranties",
    Gate.RESIDENTS_AGREED: "publish the result of a consultation in which an item passed",
    Gate.RESULTS_STAND: "their result was annulled, or a later one refused them: confirm by a new one, or drop them",
    Gate.VOTES_ENDED: "count and publish these consultations, or annul them",
    Gate.MEETINGS_HELD: "hold these meetings, and note them with their minutes",
    Gate.OPINIONS_ANSWERED: "answer these opinions: adopted or not, and why",
    Gate.EVERY_DEFECT_CLOSED: "have every defect cured and closed, minor ones too",
    Gate.IMPACTS_PLANNED: "plan how the works disturb residents least",
}
"""What to do at a shut gate."""


BREACHES: Mapping[Breach, str] = {
    Breach.NOTICE_TOO_SHORT: "{kind} is announced {notice} whole days before; choose a later day, or report it",
    Breach.AT_NIGHT: "no noise from 22:00 to 06:00; choose another hour, or name the permit in the plan",
    Breach.OUTSIDE_HOURS: "noise from {begin} to {end} of one day alone; choose another hour, or announce each day",
    Breach.NOT_A_WORKING_DAY: "no noise on days off; choose a working day",
    Breach.IN_A_BAN_PERIOD: "no noise on these days; choose others than the bans of the plan",
    Breach.QUIET_NOT_ASKED: "ask those who need quiet first, of {quiet}, and name their blocks",
    Breach.SCAFFOLD_TOO_LONG: "a scaffold stands {scaffold} days at most, or as long as the plan says of the block",
    Breach.ENDS_BEFORE_IT_STARTS: "is not after starts",
}
"""Why a disturbance is not announced, and what would be."""
FIELD_OF: Mapping[Breach, str] = {
    **dict.fromkeys(Breach, "starts"),
    Breach.QUIET_NOT_ASKED: "asked",
    Breach.SCAFFOLD_TOO_LONG: "ends",
    Breach.ENDS_BEFORE_IT_STARTS: "ends",
}


FIRST_DIFFERENCES = 20


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
        raise Problem(409, "gates-shut", "The project is not as far", what, step=shut.step, holds=holds) from None
    except DiffersFromRegister as differs:
        raise _differs(differs) from None
    except BreaksRules as broken:
        raise invalid(
            [{"loc": ("body", FIELD_OF[one]), "type": one, "msg": _said(one, broken)} for one in broken.found]
        ) from None


def _kind(one: Difference) -> str:
    return f"{one.kind} in 0.01 m²" if one.kind is DifferenceKind.AREA else one.kind


def _differs(differs: DiffersFromRegister) -> Problem:
    """Names the first differences; `differences` holds them as facts."""
    listed = [one._asdict() for one in differs.found[:FIRST_DIFFERENCES]]
    errors = [
        {
            "field": "body.parts",
            "message": f"{one.part_id}: {_kind(one)}, {one.registered or '-'} in the register, {one.given or '-'} here",
            "remedy": "correct it, or the register, or give why_differs",
        }
        for one in differs.found[:FIRST_DIFFERENCES]
    ]
    detail = f"{differs}: " + "; ".join(one["message"] for one in errors[:3])
    title = "The parts are not those of the register"
    return Problem(
        422, "differs-from-register", title, detail, errors=errors, differences=listed, in_all=len(differs.found)
    )


def _said(one: Breach, broken: BreaksRules) -> str:
    plan = broken.plan
    facts = {
        "kind": broken.kind,
        "notice": plan.notice_days.get(broken.kind, 0),
        "begin": f"{plan.noise_from:%H:%M}",
        "end": f"{plan.noise_to:%H:%M}",
        "scaffold": plan.scaffold_days,
        "quiet": ", ".join(sorted(plan.quiet)),
    }
    return f"{one}: {BREACHES[one].format(**facts)}"
