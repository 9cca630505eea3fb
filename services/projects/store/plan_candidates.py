"""What is known of the estates that have needs: one statement a table, however many estates there are."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, text

from services.contracts.ticket_events import Place
from services.projects.app.plans.ports import Candidate
from services.projects.domain.hot_issue import OPEN, HotIssue
from services.projects.domain.needs import PLANNABLE
from services.projects.store.hot_issues import issue_of
from services.projects.store.need_tables import needs
from services.projects.store.register_tables import estates
from services.projects.store.tables import hot_issues

YEAR = timedelta(days=365)
_CALLERS = text(
    """
    SELECT estate, count(DISTINCT caller_ref) AS callers FROM ticket_sightings
     WHERE estate = ANY(:estates) AND type_code LIKE 'MJ%' AND NOT rejected AND occurred_at > :since GROUP BY estate
    """
)
_REPAIRED = text(
    """
    SELECT estate, max(accepted_at) AS accepted_at FROM (
        SELECT estate, accepted_at FROM repair_projects WHERE accepted_at IS NOT NULL
        UNION ALL
        SELECT one ->> 'estate', accepted_at FROM repair_projects, jsonb_array_elements(estates) AS one
         WHERE accepted_at IS NOT NULL AND estates IS NOT NULL
    ) AS works WHERE estate = ANY(:estates) GROUP BY estate
    """
)


def candidates(connection: Connection, now: datetime) -> list[Candidate]:
    """By the estates' ids."""
    open_needs: dict[str, list[str]] = defaultdict(list)
    places: dict[str, Place] = {}
    plannable = select(needs).where(needs.c.state.in_(sorted(PLANNABLE))).order_by(needs.c.estate, needs.c.id)
    for row in connection.execute(plannable):
        open_needs[row.estate].append(row.id)
        places[row.estate] = Place(sub_district=row.sub_district, estate=row.estate, estate_name=row.estate_name)
    ids = list(places)
    listed = select(estates).where(estates.c.id.in_(ids), ~estates.c.removed)
    registered = {row.id: row for row in connection.execute(listed)}
    callers = {row.estate: row.callers for row in connection.execute(_CALLERS, {"estates": ids, "since": now - YEAR})}
    repaired = {row.estate: row.accepted_at.year for row in connection.execute(_REPAIRED, {"estates": ids})}
    issues: dict[str, list[HotIssue]] = defaultdict(list)
    standing = select(hot_issues).where(hot_issues.c.estate.in_(ids), hot_issues.c.state.in_(sorted(OPEN)))
    for row in connection.execute(standing.order_by(hot_issues.c.id)):
        issues[row.estate].append(issue_of(row))
    found = []
    for estate, place in places.items():
        known = registered.get(estate)
        if known:
            place = Place(sub_district=known.sub_district, estate=estate, estate_name=known.name)
        found.append(
            Candidate(
                place,
                tuple(open_needs[estate]),
                known.property_kind if known else None,
                known.built if known else None,
                callers.get(estate, 0),
                repaired.get(estate),
                tuple(issues[estate]),
            )
        )
    return found
