"""The board: hot issues by area and by how far they have come, the newest of each on show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from services.contracts.taxonomy import Area
from services.projects.adapters.hot_issues import issue_of
from services.projects.adapters.issue_views import issue_shown
from services.projects.adapters.rights import Share
from services.projects.adapters.tables import hot_issues
from services.projects.domain.hot_issue import State

SHOWN = 6
"""Of each area and state."""

COLUMNS: Mapping[str, Sequence[State]] = {
    "suspected": (State.SUSPECTED,),
    "to_decide": (State.REOPENED, State.CONFIRMED, State.ASSIGNED),
    "in_cure": (State.DECIDED, State.IN_CURE),
    "observing": (State.OBSERVING,),
    "closed": (State.VERIFIED, State.NOT_SHOWN, State.EXPLAINED, State.MERGED, State.WITHDRAWN, State.LAPSED),
}


@dataclass(slots=True)
class Lane:
    """One column of one area. `counts` are of all its issues by state, `issues` the newest of each."""

    counts: dict[State, int] = field(default_factory=dict)
    issues: list[dict[str, Any]] = field(default_factory=list)

    @property
    def hidden(self) -> int:
        return sum(self.counts.values()) - len(self.issues)


def board_of(connection: Connection, share: Share) -> dict[Area, dict[str, Lane]]:
    """What the actor may see; an area or a column without issues is there and empty."""
    alike = [func.substr(hot_issues.c.type_code, 1, 2), hot_issues.c.state]
    newest_first = [hot_issues.c.confirmed_at.desc(), hot_issues.c.id]
    ranked = (
        select(
            *hot_issues.c,
            func.count().over(partition_by=alike).label("alike"),
            func.row_number().over(partition_by=alike, order_by=newest_first).label("rank"),
        )
        .where(share.of(hot_issues))
        .subquery()
    )
    newest = select(ranked).where(ranked.c.rank <= SHOWN).order_by(ranked.c.confirmed_at.desc(), ranked.c.id)
    board = {one: {column: Lane() for column in COLUMNS} for one in Area}
    column_of = {state: column for column, states in COLUMNS.items() for state in states}
    for row in connection.execute(newest):
        state = State(row.state)
        lane = board[Area(row.type_code[:2])][column_of[state]]
        lane.counts[state] = row.alike
        lane.issues.append(issue_shown(issue_of(row)))
    return board
