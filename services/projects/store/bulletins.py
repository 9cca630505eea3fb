"""What a bulletin says, read from the histories: each line is one thing that happened to one problem or project."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, FromClause, RowMapping, and_, case, func, not_, or_, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql import ColumnElement

from services.projects.domain.bulletin import BulletinSection, Span
from services.projects.domain.hot_issue import NO_ISSUE, UNDECIDED, IssueState
from services.projects.domain.months import ZONE
from services.projects.domain.supervision.opinions import OpinionStep
from services.projects.domain.works.repair_project import ProjectState
from services.projects.store.kpi import complaints_apart
from services.projects.store.standard_tables import standard_editions, standard_rollouts, standards
from services.projects.store.supervision_tables import supervision_opinions, supervision_steps
from services.projects.store.tables import (
    hot_issue_history,
    hot_issues,
    repair_project_history,
    repair_projects,
    ticket_sightings,
)

WORKS_STEPS = (
    ProjectState.LISTED,
    ProjectState.STARTED,
    ProjectState.ACCEPTED,
    ProjectState.HANDED_OVER,
    ProjectState.SUSPENDED,
    ProjectState.CANCELLED,
)
"""The steps of a project that people notice; the others are in its own history."""
_ISSUE, _WAS = hot_issues.c, hot_issue_history.c
_PROJECT, _STEP = repair_projects.c, repair_project_history.c
_LATER = repair_project_history.alias()
_LAST_ISSUED = (
    select(standard_editions.c.standard_id, func.max(standard_editions.c.number).label("number"))
    .where(standard_editions.c.issued_at.is_not(None))
    .group_by(standard_editions.c.standard_id)
    .subquery()
)


@dataclass(frozen=True, slots=True)
class BulletinLine:
    """`what`: the state it reached; for a decision its kind, if that is known.

    `at`: a day alone where no hour is known. `due`: the last day for it, where it was not done. `title`: of a standard,
    or a clause of an opinion. `party`: whose opinion it is.
    """

    about: Literal["hot-issue", "project", "standard", "topic"]
    id: str
    number: str
    sub_district: str | None
    estate: str | None
    estate_name: str | None
    type_code: str | None
    what: str
    lead: str
    at: datetime | date
    due: date | None = None
    title: str | None = None
    party: str | None = None

    @property
    def moment(self) -> datetime | None:
        """None where only the day is known."""
        return self.at if isinstance(self.at, datetime) else None


def bulletin_lines(
    connection: Connection, section: BulletinSection, span: Span, sub_district: str | None
) -> list[BulletinLine]:
    """Without `sub_district` of the whole district; in order of time, what has no hour first on its day."""
    found = _SECTIONS[section](connection, span, sub_district)
    return sorted(found, key=lambda line: (line.moment or datetime.combine(line.at, time.min, ZONE), line.number))


def calls_of_period(
    connection: Connection, span: Span, sub_district: str | None, apart: Collection[str]
) -> dict[str, int]:
    """Calls by event time; of them complaints about housing, with those of `apart` beside (docs/domain.md §3.4)."""
    seen = ticket_sightings.c
    counted = select(func.count().label("calls"), *complaints_apart(apart)).where(
        seen.rejected.is_(False), _within(seen.occurred_at, span), _of(ticket_sightings, sub_district)
    )
    return dict(connection.execute(counted).mappings().one())


def _reached(*states: IssueState) -> Callable[[Connection, Span, str | None], list[BulletinLine]]:
    """Problems that came into one of the states within the span, each with its last one."""

    def lines(connection: Connection, span: Span, sub_district: str | None) -> list[BulletinLine]:
        rows = _last_of(connection, states, span, sub_district)
        return [_issue_line(row, row["reached"], row["at"]) for row in rows]

    return lines


def _decided(connection: Connection, span: Span, sub_district: str | None) -> list[BulletinLine]:
    """What was decided, in the kind of the decision."""
    made = {IssueState.EXPLAINED: "explain", IssueState.MERGED: "merge"}
    rows = _last_of(connection, (IssueState.DECIDED, *made), span, sub_district)
    return [_issue_line(row, made.get(row["reached"]) or row["decision"] or row["reached"], row["at"]) for row in rows]


def _last_of(
    connection: Connection, states: Collection[IssueState], span: Span, sub_district: str | None
) -> Iterable[RowMapping]:
    """Problems with the last of these states that each came into within the span, and when."""
    asked = (
        select(hot_issues, _WAS.state.label("reached"), _WAS.at)
        .join(hot_issue_history, _WAS.hot_issue_id == _ISSUE.id)
        .where(
            _WAS.state.in_(states),
            _within(_WAS.at, span),
            _ISSUE.state.not_in(NO_ISSUE),
            _of(hot_issues, sub_district),
        )
        .ext(distinct_on(_ISSUE.id))
        .order_by(_ISSUE.id, _WAS.version.desc())
    )
    return connection.execute(asked).mappings()


def _overdue(connection: Connection, span: Span, sub_district: str | None) -> list[BulletinLine]:
    """At the end of the span: problems nobody decided on in time, and stopped works whose day of review had passed."""
    newest = (
        select(_WAS.hot_issue_id, _WAS.state, _WAS.at)
        .where(_WAS.at < span.end)
        .ext(distinct_on(_WAS.hot_issue_id))
        .order_by(_WAS.hot_issue_id, _WAS.version.desc())
        .subquery()
    )
    undecided = (
        select(hot_issues, newest.c.state.label("reached"), newest.c.at)
        .join(newest, newest.c.hot_issue_id == _ISSUE.id)
        .where(newest.c.state.in_(UNDECIDED), _ISSUE.decide_by < span.end, _of(hot_issues, sub_district))
    )
    last = (
        select(_STEP.project_id, _STEP.state, _STEP.at)
        .where(_STEP.at < span.end)
        .ext(distinct_on(_STEP.project_id))
        .order_by(_STEP.project_id, _STEP.version.desc())
        .subquery()
    )
    stopped = (
        select(repair_projects, last.c.at)
        .join(last, last.c.project_id == _PROJECT.id)
        .where(
            last.c.state == ProjectState.SUSPENDED,
            _PROJECT.review_on < span.end.astimezone(ZONE).date(),
            _of(repair_projects, sub_district),
        )
    )
    return [
        *(
            _issue_line(row, row["reached"], row["at"], _last_day(row["decide_by"]))
            for row in connection.execute(undecided).mappings()
        ),
        *(
            _project_line(row, ProjectState.SUSPENDED, row["at"], row["review_on"])
            for row in connection.execute(stopped).mappings()
        ),
    ]


def _works(connection: Connection, span: Span, sub_district: str | None) -> list[BulletinLine]:
    """Steps of projects, without those that were taken back as wrong."""
    taken_back = (
        select(_LATER.c.version).where(_LATER.c.project_id == _STEP.project_id, _LATER.c.reverses == _STEP.version)
    ).exists()
    asked = (
        select(repair_projects, _STEP.state.label("reached"), _STEP.at)
        .join(repair_project_history, _STEP.project_id == _PROJECT.id)
        .where(
            _STEP.state.in_(WORKS_STEPS),
            or_(_STEP.from_state.is_(None), _STEP.from_state != _STEP.state),
            _STEP.reverses.is_(None),
            not_(taken_back),
            _within(_STEP.at, span),
            _of(repair_projects, sub_district),
        )
    )
    return [_project_line(row, row["reached"], row["at"]) for row in connection.execute(asked).mappings()]


def _rollout(connection: Connection, span: Span, sub_district: str | None) -> list[BulletinLine]:
    """Versions of standards issued, standards retired, and what sub-districts made of them: adopted, late."""
    edition, rollout = standard_editions.c, standard_rollouts.c
    issued = (
        select(standards, edition.number, edition.issued_at)
        .join(standard_editions, edition.standard_id == standards.c.id)
        .where(_within(edition.issued_at, span))
    )
    retired = (
        select(standards, _LAST_ISSUED.c.number)
        .join(_LAST_ISSUED, _LAST_ISSUED.c.standard_id == standards.c.id)
        .where(_within(standards.c.retired_at, span))
    )
    first, last = span.begin.astimezone(ZONE).date(), _last_day(span.end)
    adopted = rollout.adopted_on.between(first, last)
    late = and_(rollout.overdue, rollout.adopt_by <= last)
    made = (
        select(standards, *(rollout[name] for name in ("sub_district", "number", "adopted_on", "adopt_by")))
        .add_columns(case((late, "overdue"), else_="adopted").label("what"))
        .join(standard_rollouts, rollout.standard_id == standards.c.id)
        .where(or_(adopted, late), _of(standard_rollouts, sub_district))
    )

    def line(
        row: RowMapping, place: str | None, what: str, at: datetime | date, due: date | None = None
    ) -> BulletinLine:
        number = f"{row['number'] or ''}"
        where = (row["id"], number, place, None, None, None)
        return BulletinLine("standard", *where, what, row["lead"], at, due, row["title"])

    return [
        *(line(row, None, "issued", row["issued_at"]) for row in connection.execute(issued).mappings()),
        *(line(row, None, "retired", row["retired_at"]) for row in connection.execute(retired).mappings()),
        *(
            line(row, row["sub_district"], "overdue", row["adopt_by"], row["adopt_by"])
            if row["what"] == "overdue"
            else line(row, row["sub_district"], "adopted", row["adopted_on"])
            for row in connection.execute(made).mappings()
        ),
    ]


def _supervision(connection: Connection, span: Span, _: str | None) -> list[BulletinLine]:
    """Steps of the clauses of opinions, of all parties; of no sub-district."""
    opinion, step = supervision_opinions.c, supervision_steps.c
    asked = (
        select(supervision_opinions, step.step, step.at)
        .join(supervision_steps, step.opinion_id == opinion.id)
        .where(_within(step.at, span), step.step.not_in((OpinionStep.WARN, OpinionStep.MOVE)))
        .order_by(step.opinion_id, step.version)
    )
    return [
        BulletinLine(
            "topic",
            *(row["topic_id"], str(row["number"]), None, None, None, None),
            *(row["step"], row["lead"], row["at"], None, row["clause"], row["party"]),
        )
        for row in connection.execute(asked).mappings()
    ]


_SECTIONS: Mapping[BulletinSection, Callable[[Connection, Span, str | None], Sequence[BulletinLine]]] = {
    BulletinSection.HOT: _reached(IssueState.CONFIRMED, IssueState.REOPENED),
    BulletinSection.DECIDED: _decided,
    BulletinSection.OVERDUE: _overdue,
    BulletinSection.WORKS: _works,
    BulletinSection.VERIFIED: _reached(IssueState.VERIFIED, IssueState.NOT_SHOWN),
    BulletinSection.ROLLOUT: _rollout,
    BulletinSection.SUPERVISION: _supervision,
}


def _issue_line(row: RowMapping, what: str, at: datetime, due: date | None = None) -> BulletinLine:
    place = (row["sub_district"], row["estate"], row["estate_name"])
    return BulletinLine("hot-issue", row["id"], row["number"], *place, row["type_code"], what, row["lead"], at, due)


def _project_line(row: RowMapping, what: str, at: datetime, due: date | None = None) -> BulletinLine:
    place = (row["sub_district"], row["estate"], row["estate_name"])
    return BulletinLine("project", row["id"], row["number"], *place, None, what, row["lead"], at, due)


def _last_day(end: datetime) -> date:
    return (end.astimezone(ZONE) - timedelta(microseconds=1)).date()


def _within(moment: ColumnElement[Any], span: Span) -> ColumnElement[bool]:
    return and_(moment >= span.begin, moment < span.end)


def _of(table: FromClause, sub_district: str | None) -> ColumnElement[bool]:
    return true() if sub_district is None else table.c.sub_district == sub_district
