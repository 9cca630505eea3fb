"""Hot issues and their members in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, distinct, func, select, text
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.contracts.effect import JudgedEffect
from services.contracts.hot_issue_events import DecisionKind, Effect
from services.contracts.ticket_events import Place
from services.projects.domain.detection import Call, IssueLevel
from services.projects.domain.evidence import Cell
from services.projects.domain.hot_issue import JUDGED, UNDECIDED, HotIssue, IssueState, Reason, Tally
from services.projects.store.tables import (
    hot_issue_history,
    hot_issue_members,
    hot_issue_numbers,
    hot_issues,
    ticket_sightings,
)

_AS_THEY_ARE = (
    *("id", "number", "ordinal", "version", "lead", "rules_version", "window_days", "window_callers", "callers"),
    *("calls", "confirmed_at", "first_at", "last_at", "counts_from", "decide_by", "decide_from", "overdue"),
    *("decision_reason", "decided_at"),
    *("project_id", "merged_into", "holds_others", "cure_started_at", "accepted_at", "observe_until"),
    *("before", "after", "verdict", "reopened_at"),
)
"""The fields of an issue that are columns of the same name and value."""

_MEMBERS = hot_issue_members.c
_IN_ISSUE = _MEMBERS.hot_issue_id == bindparam("issue_id")

_NEWEST = (
    select(hot_issues)
    .where(hot_issues.c.estate == bindparam("in_estate"), hot_issues.c.type_code == bindparam("of_type"))
    .order_by(hot_issues.c.ordinal.desc())
    .limit(1)
    .with_for_update(key_share=True)
)
_LOCK = select(hot_issues).where(hot_issues.c.id == bindparam("issue_id")).with_for_update(key_share=True)

_IN_DOUBT = (
    select(hot_issues)
    .where(
        hot_issues.c.decide_from.is_not(None),
        hot_issues.c.state.in_(UNDECIDED),
        hot_issues.c.decide_by <= bindparam("until"),
        hot_issues.c.id > bindparam("after"),
    )
    .order_by(hot_issues.c.id)
    .limit(bindparam("most"))
    .with_for_update(key_share=True)
)

_CURED = (
    select(hot_issues)
    .where(
        hot_issues.c.type_code == bindparam("of_type"),
        hot_issues.c.state.in_((IssueState.OBSERVING, *JUDGED)),
        hot_issues.c.accepted_at.is_not(None),
        hot_issues.c.decided_at.is_not(None),
    )
    .order_by(hot_issues.c.id)
)

_insert = insert(hot_issues)
_SAVE = _insert.on_conflict_do_update(
    index_elements=["id"], set_={column.name: _insert.excluded[column.name] for column in hot_issues.c}
)
_add = insert(hot_issue_members)  # correcting the reason of a member keeps when it joined
_ADD = _add.on_conflict_do_update(
    index_elements=["hot_issue_id", "ticket_id"],
    set_={"reason": _add.excluded.reason},
    where=(_MEMBERS.reason != Reason.MERGED) & (_MEMBERS.reason != _add.excluded.reason),
)
_AMONG = _MEMBERS.ticket_id.in_(bindparam("tickets", expanding=True))
_KNOWN = select(_MEMBERS.ticket_id, _MEMBERS.reason).where(_IN_ISSUE, _AMONG)
_DROP = delete(hot_issue_members).where(_IN_ISSUE).returning(_MEMBERS.ticket_id)
_TALLY = select(
    func.count(),
    func.count(distinct(_MEMBERS.caller_ref)),
    func.min(_MEMBERS.occurred_at),
    func.max(_MEMBERS.occurred_at),
).where(_IN_ISSUE)
_DISSATISFIED = (
    select(func.count())
    .select_from(hot_issue_members.join(ticket_sightings, ticket_sightings.c.ticket_id == _MEMBERS.ticket_id))
    .where(_IN_ISSUE, ticket_sightings.c.dissatisfied)
)
_CELLS = text(
    """
    WITH RECURSIVE held AS (
        SELECT id AS target, id, estate, type_code FROM hot_issues WHERE id = ANY(:issue_ids)
         UNION
        SELECT held.target, merged.id, merged.estate, merged.type_code
          FROM hot_issues AS merged JOIN held ON merged.merged_into = held.id
    )
    SELECT DISTINCT target, estate, type_code FROM held
    """
)
_ALL_MEMBERS = (
    select(_MEMBERS.ticket_id, _MEMBERS.caller_ref, _MEMBERS.occurred_at)
    .where(_IN_ISSUE)
    .order_by(_MEMBERS.occurred_at, _MEMBERS.ticket_id)
)
_JOIN = text(
    """
    WITH joined AS (
        INSERT INTO hot_issue_members (hot_issue_id, ticket_id, caller_ref, occurred_at, joined_at, reason)
        VALUES (:hot_issue_id, :ticket_id, :caller_ref, :occurred_at, :joined_at, :reason)
        ON CONFLICT DO NOTHING RETURNING caller_ref
    )
    SELECT caller_ref IS NOT NULL AND NOT EXISTS (
               SELECT FROM hot_issue_members AS other
                WHERE other.hot_issue_id = :hot_issue_id AND other.caller_ref = joined.caller_ref)
      FROM joined
    """
)


class SqlHotIssues:
    """Implements the ports HotIssues, DecisionsInDoubt and CuredIssues."""

    def next_number(self, work: Work) -> int:
        return work.connection.execute(select(hot_issue_numbers.next_value())).scalar_one()

    def newest(self, work: Work, cell: Cell) -> HotIssue | None:
        row = work.connection.execute(_NEWEST, {"in_estate": cell.estate, "of_type": cell.type_code}).one_or_none()
        return issue_of(row) if row else None

    def lock(self, work: Work, issue_id: str) -> HotIssue | None:
        row = work.connection.execute(_LOCK, {"issue_id": issue_id}).one_or_none()
        return issue_of(row) if row else None

    def lock_all(self, work: Work, issue_ids: Collection[str]) -> dict[str, HotIssue]:
        named = select(hot_issues).where(hot_issues.c.id.in_(issue_ids))
        held = named.order_by(hot_issues.c.id).with_for_update(key_share=True)
        return {row.id: issue_of(row) for row in work.connection.execute(held)}

    def cured(self, work: Work, type_code: str) -> list[HotIssue]:
        return [issue_of(row) for row in work.connection.execute(_CURED, {"of_type": type_code})]

    def in_doubt(self, work: Work, until: datetime, after: str, most: int) -> list[HotIssue]:
        asked = {"until": until, "after": after, "most": most}
        return [issue_of(row) for row in work.connection.execute(_IN_DOUBT, asked)]

    def save(self, work: Work, issue: HotIssue) -> None:
        work.connection.execute(_SAVE, issue_columns(issue))
        if issue.steps:
            work.connection.execute(
                insert(hot_issue_history),
                [
                    {
                        "hot_issue_id": issue.id,
                        "version": step.version,
                        "at": step.at,
                        "state": step.state,
                        "actor": step.actor,
                        "detail": step.note,
                        "cause": step.cause and step.cause.why,
                        "cause_values": dict(step.cause.values) if step.cause else None,
                    }
                    for step in issue.steps
                ],
            )
            issue.steps.clear()

    save_growth = save

    def join(self, work: Work, issue: HotIssue, call: Call, reason: Reason, at: datetime) -> bool | None:
        new_caller: bool | None = work.connection.execute(_JOIN, _member(issue, call, reason, at)).scalar()
        return new_caller

    def add_members(
        self, work: Work, issue: HotIssue, members: Mapping[str, tuple[Call, Reason]], at: datetime
    ) -> list[str]:
        if not members:
            return []
        named = {"issue_id": issue.id, "tickets": list(members)}
        known = {row.ticket_id: row.reason for row in work.connection.execute(_KNOWN, named)}
        work.connection.execute(_ADD, [_member(issue, call, reason, at) for call, reason in members.values()])
        return [
            ticket_id
            for ticket_id, (_, reason) in members.items()
            if known.get(ticket_id) not in (reason, Reason.MERGED)
        ]

    def drop_member(self, work: Work, issue: HotIssue, ticket_id: str) -> bool:
        dropped = work.connection.execute(_DROP.where(_MEMBERS.ticket_id == ticket_id), {"issue_id": issue.id})
        return dropped.first() is not None

    def drop_members(self, work: Work, issue: HotIssue, until: datetime | None) -> list[str]:
        own = _DROP.where(_MEMBERS.reason != Reason.MERGED)
        if until is not None:
            own = own.where(_MEMBERS.occurred_at <= until)
        return sorted(work.connection.execute(own, {"issue_id": issue.id}).scalars())

    def dissatisfied(self, work: Work, issue: HotIssue) -> int:
        return int(work.connection.execute(_DISSATISFIED, {"issue_id": issue.id}).scalar_one())

    def members(self, work: Work, issue: HotIssue) -> list[Call]:
        return [Call(*row) for row in work.connection.execute(_ALL_MEMBERS, {"issue_id": issue.id})]

    def cells(self, work: Work, issue_ids: Collection[str]) -> dict[str, list[Cell]]:
        found: dict[str, list[Cell]] = {}
        for row in work.connection.execute(_CELLS, {"issue_ids": sorted(issue_ids)}):
            found.setdefault(row.target, []).append(Cell(row.estate, row.type_code))
        return found

    def tally(self, work: Work, issue: HotIssue) -> Tally | None:
        found = Tally(*work.connection.execute(_TALLY, {"issue_id": issue.id}).one())
        return found if found.calls else None


def issue_of(row: Row[Any]) -> HotIssue:
    return HotIssue(
        cell=Cell(row.estate, row.type_code),
        place=Place(sub_district=row.sub_district, estate=row.estate, estate_name=row.estate_name),
        state=IssueState(row.state),
        level=IssueLevel(row.level),
        decision=DecisionKind(row.decision) if row.decision else None,
        effect=Effect.model_validate(row.effect) if row.effect else None,
        judged=JudgedEffect.model_validate(row.judged) if row.judged else None,
        **{name: row._mapping[name] for name in _AS_THEY_ARE},
    )


def issue_columns(issue: HotIssue) -> dict[str, Any]:
    return {
        "estate": issue.cell.estate,
        "type_code": issue.cell.type_code,
        "sub_district": issue.place.sub_district,
        "estate_name": issue.place.estate_name,
        "state": issue.state,
        "level": issue.level,
        "decision": issue.decision,
        "effect": issue.effect.model_dump(mode="json") if issue.effect else None,
        "judged": issue.judged.model_dump(mode="json") if issue.judged else None,
        **{name: getattr(issue, name) for name in _AS_THEY_ARE},
    }


def _member(issue: HotIssue, call: Call, reason: Reason, at: datetime) -> dict[str, Any]:
    return {
        "hot_issue_id": issue.id,
        "ticket_id": call.ticket_id,
        "caller_ref": call.caller_ref,
        "occurred_at": call.occurred_at,
        "joined_at": at,
        "reason": reason,
    }
