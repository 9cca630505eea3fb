"""Who sees what, and who may act: the hub everywhere, a department where it leads, a sub-district in its own area."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem
from services.projects.app.authority import Authority
from services.projects.app.share import DistrictShare

WHOLE_DISTRICT = frozenset({Role.HUB, Role.SUPERVISOR, Role.ADMIN})

Reader = Annotated[Actor, Depends(require(*WHOLE_DISTRICT, Role.DEPARTMENT, Role.SUBDISTRICT))]
Commander = Annotated[Actor, Depends(require(Role.HUB, Role.DEPARTMENT))]


def share_of(actor: Actor) -> DistrictShare:
    return DistrictShare(
        bool(actor.roles & WHOLE_DISTRICT), actor.departments, actor.sub_districts, Role.HUB in actor.roles
    )


def authority_of(actor: Actor) -> Authority:
    return Authority(share_of(actor), is_hub=Role.HUB in actor.roles)


def not_found(what: str) -> Problem:
    return Problem(404, "not-found", f"No such {what}", f"Take the id from the list; a {what} of others is not shown.")
