"""What a rebuild writes beside sightings and matters: hot issues, projects, citywide days and deadlines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, text

from services.projects.domain.citywide import Spread, TypeDay, type_day
from services.projects.store.tables import (
    hot_issue_history,
    hot_issues,
    repair_project_history,
    repair_projects,
    type_days,
)

Rows = Sequence[Mapping[str, Any]]

_MEMBERS = text(
    """
    INSERT INTO hot_issue_members (hot_issue_id, ticket_id, caller_ref, occurred_at, joined_at, reason)
    SELECT :hot_issue_id, ticket_id, caller_ref, occurred_at, :joined_at, :reason
      FROM ticket_sightings WHERE ticket_id = :ticket_id AND occurred_at IS NOT NULL
    """
)
_SPREADS = text(
    """
    SELECT type_code, (occurred_at AT TIME ZONE 'Asia/Shanghai')::date AS day, min(occurred_at) AS first_at,
           count(DISTINCT estate) AS estates, count(DISTINCT sub_district) AS sub_districts
      FROM ticket_sightings WHERE estate IS NOT NULL AND evidence AND occurred_at IS NOT NULL
     GROUP BY 1, 2 HAVING count(DISTINCT estate) >= 3
    """
)
_WAITING = text("SELECT id, state, decide_by, observe_until, overdue FROM hot_issues")

_WATCHED = text(
    """
    SELECT id, accepted_at, observe_until FROM hot_issues AS one
     WHERE state = 'verified' AND judged IS NOT NULL
       AND NOT EXISTS (SELECT FROM hot_issue_history AS line
                        WHERE line.hot_issue_id = one.id AND line.cause = 'relapse_suspected'
                          AND line.at >= one.observe_until)
    """
)

_SUSPENDED = text("SELECT id, review_on FROM repair_projects WHERE review_on IS NOT NULL")
_CLOCKS = text("SELECT id, cure_by FROM works_defects WHERE state = 'open' AND NOT overdue AND cure_by IS NOT NULL")

_COUNT_ON = """
    SELECT setval('{}', max(split_part(number, '-', 2)::bigint))
      FROM {} WHERE number NOT LIKE '_00-%' HAVING count(*) > 0
"""
_COUNT_ISSUES_ON = text(_COUNT_ON.format("hot_issue_numbers", "hot_issues"))
_COUNT_PROJECTS_ON = text(_COUNT_ON.format("project_numbers", "repair_projects"))
"""The next running number is one that nobody has."""


def is_empty(connection: Connection) -> bool:
    return not connection.execute(text("SELECT EXISTS (SELECT FROM ticket_sightings)")).scalar_one()


def see_one_moment(connection: Connection) -> None:
    """From now on the transaction sees the database as it is at this moment, and changes nothing."""
    connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


def replace_issues(connection: Connection, issues: Rows, history: Rows, members: Rows) -> None:
    """Replaces all of them; the sightings of the members must be there."""
    for name in ("hot_issue_history", "hot_issue_members", "hot_issues"):
        connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608 - constants
    _insert(connection, hot_issues, [{**row, "merged_into": None} for row in issues])
    merged = [{"id": row["id"], "target": row["merged_into"]} for row in issues if row["merged_into"]]
    if merged:
        connection.execute(text("UPDATE hot_issues SET merged_into = :target WHERE id = :id"), merged)
    connection.execute(_COUNT_ISSUES_ON)
    _insert(connection, hot_issue_history, history)
    if members:
        connection.execute(_MEMBERS, members)


def replace_projects(connection: Connection, projects: Rows, history: Rows) -> None:
    """Replaces all of them."""
    for name in ("repair_project_history", "repair_projects"):
        connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608 - constants
    _insert(connection, repair_projects, projects)
    connection.execute(_COUNT_PROJECTS_ON)
    _insert(connection, repair_project_history, history)


def spreads(connection: Connection) -> Iterator[tuple[TypeDay, Spread]]:
    """Of all days on which at least three estates call about a type."""
    for row in connection.execute(_SPREADS):
        yield type_day(row.type_code, row.first_at), Spread(row.estates, row.sub_districts)


def replace_citywide(connection: Connection, days: Sequence[TypeDay]) -> None:
    connection.execute(text("DELETE FROM type_days"))
    _insert(connection, type_days, [{"type_code": one.type_code, "day": one.day, "citywide": True} for one in days])


def forget_deadlines(connection: Connection) -> None:
    connection.execute(text("DELETE FROM timers"))


def waiting_issues(connection: Connection) -> list[tuple[str, str, datetime, datetime | None, bool]]:
    """(id, state, decide by, observe until, overdue) of every issue."""
    return [tuple(row) for row in connection.execute(_WAITING)]


def watched_issues(connection: Connection) -> list[tuple[str, datetime, datetime]]:
    """(id, accepted at, time of the look) of every verified issue that no relapse was suspected of."""
    return [tuple(row) for row in connection.execute(_WATCHED)]


def waiting_fund_uses(connection: Connection) -> list[tuple[str, datetime]]:
    """(id, answer by) of every request to the maintenance fund that nobody has answered yet."""
    waiting = text("SELECT id, answer_by FROM fund_uses WHERE state = 'asked'")
    return [tuple(row) for row in connection.execute(waiting)]


def waiting_projects(connection: Connection) -> list[tuple[str, date]]:
    """(id, day of the review) of every suspended project."""
    return [tuple(row) for row in connection.execute(_SUSPENDED)]


def clocks_of_defects(connection: Connection) -> list[tuple[str, datetime]]:
    """(defect, cure by) of those that nobody cured yet."""
    return [tuple(row) for row in connection.execute(_CLOCKS)]


def measures_to_do(connection: Connection) -> list[tuple[str, str, date]]:
    """(case, countermeasure, last day) of every one that is neither done nor known to be late."""
    waiting = text(
        """
        SELECT typical_cases.id, measure->>'id', (measure->>'due')::date
          FROM typical_cases, jsonb_array_elements(causes) AS cause, jsonb_array_elements(cause->'measures') AS measure
         WHERE measure->>'done_on' IS NULL AND NOT (measure->>'overdue')::bool
        """
    )
    return [tuple(row) for row in connection.execute(waiting)]


def pilots_without_standard(connection: Connection) -> list[tuple[str, datetime]]:
    """(case, when its pilot was accepted) of those that wait for a standard."""
    waiting = text(
        """
        SELECT id, pilot_accepted_at FROM typical_cases
         WHERE state = 'pilot' AND pilot_accepted_at IS NOT NULL AND NOT standard_overdue
        """
    )
    return [tuple(row) for row in connection.execute(waiting)]


def days_of_standards(connection: Connection) -> list[tuple[str, str, date]]:
    """(kind, subject, last day) of what is to be adopted, mended and reviewed, and of exemptions that end."""
    waiting = text(
        """
        SELECT 'adopt', standard_id || ' ' || sub_district, adopt_by FROM standard_rollouts WHERE NOT overdue
        UNION SELECT 'adopt', standard_id || ' ' || sub_district, exempt_until FROM standard_rollouts
               WHERE NOT overdue AND exempt_until IS NOT NULL
        UNION SELECT 'mend', standard_id || ' ' || id, mend_by FROM standard_checks
               WHERE NOT overdue AND mend_by IS NOT NULL
        UNION SELECT 'review standard', id, review_on FROM standards
               WHERE NOT review_overdue AND review_on IS NOT NULL
        """
    )
    return [tuple(row) for row in connection.execute(waiting)]


def projects(connection: Connection) -> list[tuple[str, int]]:
    """(id, version) of every project."""
    return [tuple(row) for row in connection.execute(text("SELECT id, version FROM repair_projects"))]


def _insert(connection: Connection, table: Table, rows: Rows) -> None:
    if rows:
        connection.execute(insert(table), list(rows))
