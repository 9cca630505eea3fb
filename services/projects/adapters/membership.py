"""What a person says of a ticket and a matter: a false join is split, a missed one joined, and both stay."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.work import Work
from services.projects.adapters.hot_issues import SqlHotIssues
from services.projects.adapters.loop import loop
from services.projects.adapters.tables import matter_choices, ticket_sightings, trace_keys, traces
from services.projects.adapters.trace_store import IN_PLACE_OF_ESTATE, lock_matters
from services.projects.app.commands import Authorise, Conflict, Unfit, Unknown, must_be_at
from services.projects.app.telling import tell_chosen
from services.projects.domain.detection import Call, Sighted
from services.projects.domain.evidence import Cell
from services.projects.domain.hot_issue import OPEN, HotIssue, Reason

_TRACE = traces.c


@dataclass(frozen=True, slots=True)
class Membership:
    """`version` is the issue's as the person saw it."""

    version: int
    ticket_id: str
    belongs: bool
    actor: str
    reason: str


def say(work: Work, issue_id: str, said: Membership, authorise: Authorise) -> HotIssue:
    """Raises Unknown, Conflict, Unfit. A ticket that is taken out is free for other matters, never for this one."""
    lock_matters(work.connection)
    issues = SqlHotIssues()
    issue = issues.lock(work, issue_id)
    if issue is None:
        raise Unknown
    authorise(issue.lead)
    assert issue.state
    if not issue.cell.estate.startswith(IN_PLACE_OF_ESTATE):
        raise Conflict("it is of a registered estate: correct the ticket's place or type", issue.version, issue.state)
    if issue.state not in OPEN:
        raise Conflict(f"it is {issue.state}: it takes no members", issue.version, issue.state)
    must_be_at(said.version, issue.version, issue.state)
    call, matter_id = _ticket(work, said.ticket_id)
    if (matter_id == issue.cell.estate) == said.belongs:
        raise Unfit("ticket_id", "is of this matter already" if said.belongs else "is not of this matter")
    if said.belongs and matter_id is not None:
        raise Unfit("ticket_id", "is of another matter: take it out there first")
    _keep(work, issue.cell, said)
    if said.belongs:
        issues.join(work, issue, call, Reason.BY_HAND, work.clock.now())
    else:
        issues.drop_member(work, issue, call.ticket_id)
    tally = issues.tally(work, issue)
    if tally:
        issue.tally(tally)
    else:
        issue.calls = issue.callers = 0
    issue.note(work.clock.now(), said.actor, said.reason)
    tell_chosen(work, issue, call.ticket_id, said.belongs)
    issues.save(work, issue)
    if not said.belongs:
        loop().detect(work, Sighted(issue.cell, call), None)
    after = issues.lock(work, issue_id)
    assert after
    return after


def _ticket(work: Work, ticket_id: str) -> tuple[Call, str | None]:
    seen = ticket_sightings.c
    row = work.connection.execute(
        select(_TRACE.ticket_id, _TRACE.caller_ref, _TRACE.occurred_at, _TRACE.history, _TRACE.matter_id, seen.estate)
        .join_from(traces, ticket_sightings, seen.ticket_id == _TRACE.ticket_id)
        .where(_TRACE.ticket_id == ticket_id)
    ).one_or_none()
    if row is None or row.occurred_at is None:
        raise Unfit("ticket_id", "is not known as a ticket without a registered estate")
    if row.estate is not None:
        raise Unfit("ticket_id", "counts in a registered estate: correct its place first, or merge the issues")
    return Call(row.ticket_id, row.caller_ref, row.occurred_at, row.history), row.matter_id


def _keep(work: Work, cell: Cell, said: Membership) -> None:
    matter_id = cell.estate if said.belongs else None
    work.connection.execute(update(traces).where(_TRACE.ticket_id == said.ticket_id).values(matter_id=matter_id))
    work.connection.execute(delete(trace_keys).where(trace_keys.c.ticket_id == said.ticket_id))
    choice = insert(matter_choices).values(ticket_id=said.ticket_id, matter_id=cell.estate, belongs=said.belongs)
    work.connection.execute(
        choice.on_conflict_do_update(
            index_elements=["ticket_id", "matter_id"], set_={"belongs": choice.excluded.belongs}
        )
    )
