"""Needs and surveys for display."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, true, tuple_

from services.chassis.web.cursors import Position
from services.projects.app.share import DistrictShare
from services.projects.domain.needs import Need, NeedState
from services.projects.domain.surveys import NeedsSurvey
from services.projects.store.need_tables import needs, needs_surveys
from services.projects.store.needs import need_of, survey_of
from services.projects.store.shares import visible
from services.projects.store.tables import ticket_sightings


def page_of_needs(
    connection: Connection,
    state: NeedState | None,
    estate: str | None,
    element: str | None,
    share: DistrictShare,
    before: Position | None,
    limit: int,
) -> list[Need]:
    """The newest first, by when they were opened."""
    page = select(needs).where(visible(needs, share)).order_by(needs.c.opened_at.desc(), needs.c.id.desc()).limit(limit)
    if state is not None:
        page = page.where(needs.c.state == state)
    if estate is not None:
        page = page.where(needs.c.estate == estate)
    if element is not None:
        page = page.where(needs.c.element == element)
    if before is not None:
        page = page.where(tuple_(needs.c.opened_at, needs.c.id) < tuple_(*before))
    return [need_of(row) for row in connection.execute(page)]


def ticket_numbers(connection: Connection, needs: Sequence[Need], share: DistrictShare) -> dict[str, str]:
    """By id, the numbers of the tickets that ask for these needs; those for few are for the hub alone."""
    asked = {ticket for need in needs for ticket in need.tickets}
    seen = true() if share.hub else ticket_sightings.c.for_few.is_not(True)
    found = select(ticket_sightings.c.ticket_id, ticket_sightings.c.number).where(
        ticket_sightings.c.ticket_id.in_(sorted(asked)), ticket_sightings.c.number.is_not(None), seen
    )
    return dict(connection.execute(found).tuples()) if asked else {}


def surveys_of(connection: Connection, estate: str, share: DistrictShare) -> Sequence[NeedsSurvey]:
    """Of one estate, the newest first."""
    made = select(needs_surveys).where(needs_surveys.c.estate == estate, visible(needs_surveys, share))
    return [survey_of(row) for row in connection.execute(made.order_by(needs_surveys.c.made_at.desc()))]
