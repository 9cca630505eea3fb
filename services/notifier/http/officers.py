"""The directory of officers: the hub keeps it, each department its own part."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends

from services.chassis.database.work import Work, Workshop
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem, invalid
from services.contracts.ticket_events import DepartmentCode
from services.notifier.domain.directory_findings import Finding, findings, units
from services.notifier.domain.leaving import Leaving
from services.notifier.domain.officer import Officer, Reached
from services.notifier.http.officer_bodies import (
    FindingOut,
    OfficerIn,
    OfficerList,
    OfficerOut,
    OfficersBody,
    SavedOut,
    WrittenOut,
)
from services.notifier.store import officers

At = Callable[[int], tuple[str | int, ...]]
"""Where in the body the officer with this number stands."""
_OURS = "is the mailbox that our own mails come from: one to it would come back; give one that a person or a desk reads"
Keeper = Annotated[Actor, Depends(require(Role.HUB, Role.DEPARTMENT))]


def officer_routes(workshop: Workshop, leaving: Leaving) -> APIRouter:
    router = APIRouter(prefix="/officers", tags=["officers"])

    @router.get("")
    def list_officers(actor: Keeper, unit: DepartmentCode | None = None) -> OfficerList:
        """Who is notified by name, and who would not be reached. A department sees its own."""
        with workshop.open() as work:
            directory, found = directory_of(work, actor, unit)
        return OfficerList(
            items=[OfficerOut.model_validate(one) for one in directory],
            findings=[
                FindingOut(kind=one.kind, unit=one.unit, officer_id=one.officer and one.officer.officer_id)
                for one in found
            ],
            channels_absent=leaving.absent,
        )

    @router.post("", status_code=201)
    def add_officer(actor: Keeper, body: OfficerIn) -> SavedOut:
        """Adds one; who has the same unit, post and name already gets this language and these ways."""
        with workshop.open() as work:
            officer_id, added = add(work, actor, body, leaving.own)
        return SavedOut(officer_id=officer_id, added=added)

    @router.post("/batch")
    def replace_officers(actor: Keeper, body: OfficersBody, dry_run: bool = False) -> WrittenOut:
        """The units that are named have these officers and no others. All or nothing: 422 names each fault.

        `dry_run`: the same is checked and counted, and nothing changes.
        """
        given = checked(actor, body.officers, leaving.own, lambda number: ("body", "officers", number))
        with workshop.open() as work:
            written = officers.compared if dry_run else officers.replace
            return WrittenOut.model_validate(written(work, given, actor.subject))

    @router.delete("/{officer_id}", status_code=204)
    def remove_officer(actor: Keeper, officer_id: UUID) -> None:
        """The officer is notified no more; the addresses are deleted, what was sent stays in the log."""
        with workshop.open() as work:
            remove_own(work, actor, officer_id)

    return router


def own_units(actor: Actor) -> Collection[str] | None:
    """Whose officers the actor keeps; None: everybody's."""
    return None if Role.HUB in actor.roles else actor.departments


def directory_of(work: Work, actor: Actor, unit: str | None) -> tuple[Sequence[Officer], Sequence[Finding]]:
    """The officers that the actor may see, of one unit or of all, with what is wrong. Raises Problem 403."""
    own = own_units(actor)
    if unit is not None and own is not None and unit not in own:
        raise Problem(403, "not-yours", "Another department's officers", f"Leave unit={unit} out to see your own.")
    asked = own if unit is None else [unit]
    directory = officers.listed(work, asked)
    return directory, findings(directory, [one for one in units() if asked is None or one in asked])


def add(work: Work, actor: Actor, body: OfficerIn, own_mailboxes: Collection[str]) -> tuple[UUID, bool]:
    """Raises Problem 403 or 422."""
    (officer,) = checked(actor, [body], own_mailboxes, lambda _: ("body",))
    ((officer_id, added),) = officers.save(work, [officer], actor.subject).values()
    return officer_id, added


def remove_own(work: Work, actor: Actor, officer_id: UUID) -> None:
    """Raises Problem 404 for an officer whom the actor does not keep, too."""
    if not officers.remove(work, officer_id, own_units(actor), actor.subject):
        raise Problem(404, "not-found", "No such officer", "officer_id: take it from GET /officers.")


def checked(actor: Actor, given: Sequence[OfficerIn], own_mailboxes: Collection[str], at: At) -> Sequence[Officer]:
    """Raises Problem 403 for another department's unit, and 422 for a mailbox that our own mails come from."""
    own = own_units(actor)
    if own is not None and any(one.unit not in own for one in given):
        raise Problem(
            403, "not-yours", "Another department's officer", "unit: only its own role or the hub may do this."
        )
    faults = [
        {"loc": (*at(number), "ways", rank, "address"), "type": "value_error", "msg": _OURS}
        for number, one in enumerate(given)
        for rank, way in enumerate(one.ways)
        if way.address.casefold() in own_mailboxes
    ]
    if faults:
        raise invalid(faults)
    return [
        Officer(uuid4(), one.unit, one.post, one.name, one.language, [Reached(w.channel, w.address) for w in one.ways])
        for one in given
    ]
