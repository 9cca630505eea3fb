"""The board: hot issues by area and by stage, with the newest of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from services.contracts.taxonomy import Area
from services.projects.app.share import DistrictShare
from services.projects.domain.hot_issue import HotIssue, IssueState
from services.projects.store.hot_issues import issue_of
from services.projects.store.shares import visible
from services.projects.store.tables import hot_issues

SHOWN = 6
"""Of each area and state."""

COLUMNS: Mapping[str, Sequence[IssueState]] = {
    "suspected": (IssueState.SUSPECTED,),
    "to_decide": (IssueState.REOPENED, IssueState.CONFIRMED, IssueState.ASSIGNED),
    "in_cure": (IssueState.DECIDED, IssueState.IN_CURE),
    "observing": (IssueState.OBSERVING,),
    "closed": (
        IssueState.VERIFIED,
        IssueState.NOT_SHOWN,
        IssueState.EXPLAINED,
        IssueState.MERGED,
        IssueState.WITHDRAWN,
        IssueState.LAPSED,
    ),
}


@dataclass(slots=True)
class Lane:
    """One column of one area. `counts` are of all its issues by state, `issues` the newest of each."""

    counts: dict[IssueState, int] = field(default_factory=dict)
    issues: list[HotIssue] = field(default_factory=list)

    @property
    def hidden(self) -> int:
        return sum(self.counts.values()) - len(self.issues)


def board_of(connection: Connection, share: DistrictShare) -> dict[Area, dict[str, Lane]]:
    """What the actor may see; every area has every column, if need be an empty one."""
    alike = [func.substr(hot_issues.c.type_code, 1, 2), hot_issues.c.state]
    newest_first = [hot_issues.c.confirmed_at.desc(), hot_issues.c.id]
    ranked = (
        select(
            *hot_issues.c,
            func.count().over(partition_by=alike).label("alike"),
            func.row_number().over(partition_by=alike, order_by=newest_first).label("rank"),
        )
        .where(visible(hot_issues, share))
        .subquery()
    )
    newest = select(ranked).where(ranked.c.rank <= SHOWN).order_by(ranked.c.confirmed_at.desc(), ranked.c.id)
    board = {one: {column: Lane() for column in COLUMNS} for one in Area}
    column_of = {state: column for column, states in COLUMNS.items() for state in states}
    for row in connection.execute(newest):
        state = IssueState(row.state)
        lane = board[Area(row.type_code[:2])][column_of[state]]
        lane.counts[state] = row.alike
        lane.issues.append(issue_of(row))
    return board
