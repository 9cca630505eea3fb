"""Many hot issues and their members at once, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import text

from services.chassis.database.rows import by_column, insert_rows
from services.chassis.database.work import Work
from services.projects.app.counting_ports import KnownMembers, NewMember
from services.projects.domain.evidence import Cell
from services.projects.domain.hot_issue import HotIssue
from services.projects.store.hot_issues import issue_columns, issue_of
from services.projects.store.tables import hot_issue_members, hot_issues

_LOCK = text(
    """
    WITH RECURSIVE reached AS (
        SELECT id, merged_into FROM hot_issues
         WHERE (estate, type_code) IN (SELECT * FROM unnest(CAST(:estates AS text[]), CAST(:types AS text[])))
         UNION
        SELECT target.id, target.merged_into FROM hot_issues AS target JOIN reached ON target.id = reached.merged_into
    )
    SELECT * FROM hot_issues WHERE id IN (SELECT id FROM reached) ORDER BY id FOR NO KEY UPDATE
    """
)
_KNOWN = text(
    """
    SELECT hot_issue_id, ticket_id, NULL AS caller_ref FROM hot_issue_members
     WHERE hot_issue_id = ANY(:issues) AND ticket_id = ANY(:tickets)
     UNION
    SELECT hot_issue_id, NULL, caller_ref FROM hot_issue_members
     WHERE hot_issue_id = ANY(:issues) AND caller_ref = ANY(:callers)
    """
)
_ADD = insert_rows(hot_issue_members, *hot_issue_members.c.keys()).on_conflict_do_nothing()
_ISSUE = [column.name for column in hot_issues.c]
_insert = insert_rows(hot_issues, *_ISSUE)
_SAVE = _insert.on_conflict_do_update(
    index_elements=["id"], set_={name: _insert.excluded[name] for name in _ISSUE if name != "id"}
)


class SqlIssueBatches:
    """Implements the port IssueBatches."""

    def lock_of(self, work: Work, cells: Collection[Cell]) -> list[HotIssue]:
        named = {"estates": [cell.estate for cell in cells], "types": [cell.type_code for cell in cells]}
        return [issue_of(row) for row in work.connection.execute(_LOCK, named)]

    def known(
        self, work: Work, issue_ids: Collection[str], tickets: Collection[str], callers: Collection[str]
    ) -> dict[str, KnownMembers]:
        named = {"issues": list(issue_ids), "tickets": list(tickets), "callers": list(callers)}
        found = {issue_id: KnownMembers(set(), set()) for issue_id in issue_ids}
        for row in work.connection.execute(_KNOWN, named):
            if row.ticket_id is None:
                found[row.hot_issue_id].callers.add(row.caller_ref)
            else:
                found[row.hot_issue_id].tickets.add(row.ticket_id)
        return found

    def add(self, work: Work, members: Sequence[NewMember]) -> None:
        rows = [
            {
                "hot_issue_id": one.issue_id,
                "ticket_id": one.call.ticket_id,
                "caller_ref": one.call.caller_ref,
                "occurred_at": one.call.occurred_at,
                "joined_at": one.joined_at,
                "reason": one.reason,
            }
            for one in members
        ]
        work.connection.execute(_ADD, by_column(rows))

    def save_many(self, work: Work, issues: Collection[HotIssue]) -> None:
        work.connection.execute(_SAVE, by_column([issue_columns(issue) for issue in issues]))
