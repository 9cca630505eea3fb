"""Follow-ups in PostgreSQL, with what is known of the hot issues and projects behind them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.database.work import Work
from services.contracts.hot_issue_events import DecisionKind
from services.contracts.numbers import ShortKind, number_of_old
from services.contracts.project_events import ProjectEvent
from services.contracts.ticket_events import Place
from services.intake.app.ports import KnownHotIssue
from services.intake.domain.calls import CallResult
from services.intake.domain.follow_up import FollowUp, Stage
from services.intake.store.follow_up_tables import (
    caller_messages,
    follow_up_answers,
    follow_up_calls,
    follow_ups,
    hot_issues,
    projects,
)

_LOCK_ALL = select(func.pg_advisory_xact_lock(func.hashtext("follow-ups")))
_FIXED = frozenset({"id", "hot_issue_id", "caller_ref", "joined_at"})

_KEEP_ISSUE = upsert(hot_issues)
_KEEP_ISSUE = _KEEP_ISSUE.on_conflict_do_update(
    index_elements=["id"],
    set_={column.name: _KEEP_ISSUE.excluded[column.name] for column in hot_issues.c if column.name != "id"},
)
_KEEP_PROJECT = upsert(projects)
_KEEP_PROJECT = _KEEP_PROJECT.on_conflict_do_update(
    index_elements=["id"],
    set_={column.name: _KEEP_PROJECT.excluded[column.name] for column in projects.c if column.name != "id"},
    where=projects.c.version < _KEEP_PROJECT.excluded.version,
)
_SAVE = upsert(follow_ups)
_SAVE = _SAVE.on_conflict_do_update(
    index_elements=["id"],
    set_={column.name: _SAVE.excluded[column.name] for column in follow_ups.c if column.name not in _FIXED},
)
_QUEUE = upsert(caller_messages).on_conflict_do_nothing()


class SqlFollowUps:
    """Implements the port FollowUps."""

    def lock_all(self, work: Work) -> None:
        work.connection.execute(_LOCK_ALL)

    def issue(self, work: Work, hot_issue_id: str) -> KnownHotIssue | None:
        row = work.connection.execute(select(hot_issues).where(hot_issues.c.id == hot_issue_id)).one_or_none()
        if row is None:
            return None
        place = Place(sub_district=row.sub_district, estate=row.estate, estate_name=row.estate_name)
        return KnownHotIssue(
            row.id,
            row.number,
            row.version,
            row.state,
            row.lead,
            row.type_code,
            place,
            row.project_id,
            row.accepted_at,
            DecisionKind(row.decision) if row.decision else None,
            Stage(row.stage),
            row.callers,
            row.reason,
        )

    def keep_issue(self, work: Work, issue: KnownHotIssue) -> None:
        values = {name: value for name, value in asdict(issue).items() if name != "place"}
        work.connection.execute(_KEEP_ISSUE, values | issue.place.model_dump())

    def keep_project(self, work: Work, project: ProjectEvent) -> None:
        facts = project.model_dump(include={"version", "state", "planned_start", "planned_end"})
        number = project.number or number_of_old(ShortKind.PROJECT, project.project_id)
        estates = [place.estate for place in project.estates or (project.place,) if place.estate]
        row = {"id": project.project_id, "number": number, "estates": estates}
        work.connection.execute(_KEEP_PROJECT, facts | row)

    def expect_project(self, work: Work, project_id: str, planned_start: date) -> None:
        number = number_of_old(ShortKind.PROJECT, project_id)
        expected = {"id": project_id, "number": number, "version": 0, "state": "need", "planned_start": planned_start}
        work.connection.execute(upsert(projects).on_conflict_do_nothing(), expected)

    def project_state(self, work: Work, project_id: str) -> str | None:
        found: str | None = work.connection.execute(
            select(projects.c.state).where(projects.c.id == project_id)
        ).scalar()
        return found

    def planned_start(self, work: Work, project_id: str) -> date | None:
        found: date | None = work.connection.execute(
            select(projects.c.planned_start).where(projects.c.id == project_id)
        ).scalar()
        return found

    def callers_of(self, work: Work, hot_issue_ids: Collection[str]) -> set[str]:
        asked = select(follow_ups.c.caller_ref).where(follow_ups.c.hot_issue_id.in_(hot_issue_ids))
        return set(work.connection.execute(asked).scalars())

    def of_issue(self, work: Work, hot_issue_id: str) -> list[FollowUp]:
        return _locked(work, select(follow_ups).where(follow_ups.c.hot_issue_id == hot_issue_id))

    def of_caller(self, work: Work, hot_issue_id: str, caller_ref: str) -> FollowUp | None:
        of_issue = select(follow_ups).where(follow_ups.c.hot_issue_id == hot_issue_id)
        return next(iter(_locked(work, of_issue.where(follow_ups.c.caller_ref == caller_ref))), None)

    def find(self, work: Work, hot_issue_id: str, caller_ref: str) -> FollowUp | None:
        return _one(work, (follow_ups.c.hot_issue_id == hot_issue_id) & (follow_ups.c.caller_ref == caller_ref))

    def of_ticket(self, work: Work, ticket_id: str) -> FollowUp | None:
        return _one(work, follow_ups.c.ticket_id == ticket_id)

    def lock(self, work: Work, follow_up_id: str) -> FollowUp | None:
        return next(iter(_locked(work, select(follow_ups).where(follow_ups.c.id == follow_up_id))), None)

    def lock_each(self, work: Work, follow_up_ids: Collection[str]) -> list[FollowUp]:
        return _locked(work, select(follow_ups).where(follow_ups.c.id.in_(follow_up_ids)))

    def save(self, work: Work, follow_ups: Sequence[FollowUp]) -> None:
        work.connection.execute(_SAVE, [asdict(one) for one in follow_ups])

    def queue_messages(self, work: Work, follow_ups: Sequence[FollowUp]) -> None:
        now = work.clock.now()
        messages = [{"follow_up_id": one.id, "round": one.round, "stage": one.stage, "at": now} for one in follow_ups]
        work.connection.execute(_QUEUE, messages)

    def keep_call(self, work: Work, follow_up: FollowUp, actor: str, result: CallResult) -> None:
        call = {"follow_up_id": follow_up.id, "version": follow_up.version, "at": work.clock.now()}
        work.connection.execute(insert(follow_up_calls), {**call, "actor": actor, "result": result})

    def keep_answer(self, work: Work, follow_up: FollowUp, actor: str, note: str | None) -> None:
        answer = {
            "follow_up_id": follow_up.id,
            "round": follow_up.round,
            "at": follow_up.answered_at,
            "actor": actor,
            "solved": follow_up.stage is Stage.SOLVED,
            "note": note,
            "ticket_id": follow_up.ticket_id,
            "continued_by": follow_up.continued_by,
        }
        work.connection.execute(insert(follow_up_answers), answer)


def _one(work: Work, condition: ColumnElement[bool]) -> FollowUp | None:
    query = select(follow_ups).where(condition).order_by(follow_ups.c.joined_at.desc(), follow_ups.c.id).limit(1)
    row = work.connection.execute(query).one_or_none()
    return _follow_up(row) if row else None


def _locked(work: Work, query: Select[Any]) -> list[FollowUp]:
    rows = work.connection.execute(query.order_by(follow_ups.c.id).with_for_update(key_share=True))
    return [_follow_up(row) for row in rows]


def _follow_up(row: Row[Any]) -> FollowUp:
    return FollowUp(**{**row._mapping, "stage": Stage(row.stage)})
