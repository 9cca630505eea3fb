"""Who sees what, and who may act: the hub everywhere, a department where it leads, a sub-district in its own area."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem
from services.projects.app.authority import Authority
from services.projects.app.share import DistrictShare
from services.projects.app.works.desk import Who
from services.projects.domain.works.repair_project import ProjectEntry, RepairProject

WHOLE_DISTRICT = frozenset({Role.HUB, Role.SUPERVISOR, Role.ADMIN})

Reader = Annotated[Actor, Depends(require(*WHOLE_DISTRICT, Role.DEPARTMENT, Role.SUBDISTRICT))]
RuleReader = Annotated[Actor, Depends(require(*WHOLE_DISTRICT, Role.DEPARTMENT, Role.SUBDISTRICT, Role.DEPUTY))]
"""Who reads cases, standards and their roll-out: deputies, too, who see no hot issue and no ticket with them."""
Commander = Annotated[Actor, Depends(require(Role.HUB, Role.DEPARTMENT))]


def share_of(actor: Actor) -> DistrictShare:
    return DistrictShare(
        bool(actor.roles & WHOLE_DISTRICT), actor.departments, actor.sub_districts, Role.HUB in actor.roles
    )


def authority_of(actor: Actor) -> Authority:
    return Authority(share_of(actor), is_hub=Role.HUB in actor.roles)


InFull = tuple[RepairProject, list[ProjectEntry]]
"""A project with its history."""


def visible_project(found: InFull | None, actor: Actor) -> InFull:
    """Raises the same Problem for what others have and for what does not exist."""
    if found is None or not share_of(actor).holds(found[0].lead, found[0].place.sub_district):
        raise not_found("project")
    return found


def who_of(actor: Actor) -> Who:
    return Who(actor.subject, authority_of(actor))


def not_found(what: str) -> Problem:
    return Problem(404, "not-found", f"No such {what}", "Take the id from the list; what is of others is not shown.")
