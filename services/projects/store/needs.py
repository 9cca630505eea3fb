"""Needs and surveys in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from services.chassis.database.work import Work
from services.contracts.need_events import NeedsSurveyed, NeedsSurveyWithdrawn
from services.contracts.ticket_events import Place
from services.projects.app.needs.ports import NeedKey
from services.projects.app.own_ids import Named
from services.projects.domain.needs import Need, NeedOrigin, NeedReason, NeedState, Source
from services.projects.domain.surveys import NeedsSurvey, SurveyedFinding, SurveyRole
from services.projects.store.need_tables import needs, needs_surveys
from services.projects.store.own_ids import named_by
from services.projects.store.register_tables import estates

_AS_THEY_ARE = ("id", "version", "element", "ordinal", "lead", "opened_at", "plan_id", "project_id")
_LOCK = text(
    """
    SELECT pg_advisory_xact_lock(hashtext('needs of ' || estate))
      FROM (SELECT unnest(CAST(:estates AS text[])) AS estate ORDER BY 1) AS touched
    """
)
_NEWEST = (
    select(needs)
    .ext(distinct_on(needs.c.estate, needs.c.element))
    .where(needs.c.estate.in_(bindparam("estates", expanding=True)))
    .order_by(needs.c.estate, needs.c.element, needs.c.ordinal.desc())
)
_insert = insert(needs)
_SAVE = _insert.on_conflict_do_update(
    index_elements=["id"], set_={column.name: _insert.excluded[column.name] for column in needs.c}
)


class SqlNeedBook:
    """Implements the port NeedBook."""

    def newest(self, work: Work, estates: Collection[str]) -> dict[NeedKey, Need]:
        self._lock(work, estates)
        rows = work.connection.execute(_NEWEST, {"estates": sorted(estates)})
        return {NeedKey(row.estate, row.element): need_of(row) for row in rows}

    def lock(self, work: Work, need_ids: Collection[str]) -> dict[str, Need]:
        of_estates = select(needs.c.estate).distinct().where(needs.c.id.in_(sorted(need_ids)))
        self._lock(work, work.connection.execute(of_estates).scalars().all())
        rows = work.connection.execute(select(needs).where(needs.c.id.in_(sorted(need_ids))))
        return {row.id: need_of(row) for row in rows}

    def of_project(self, work: Work, project_id: str) -> list[Need]:
        ids = select(needs.c.id).where(needs.c.project_id == project_id)
        found = work.connection.execute(ids).scalars().all()
        return sorted(self.lock(work, found).values(), key=lambda need: need.id) if found else []

    def save(self, work: Work, needs: Sequence[Need]) -> None:
        work.connection.execute(_SAVE, [_columns(need) for need in needs])

    def named_by(self, work: Work, id: str) -> Named | None:
        return named_by(work.connection, id)

    def asked_by(self, work: Work, ref: str) -> list[Need]:
        rows = work.connection.execute(select(needs).where(needs.c.sources.contains([[ref]])))
        return [need_of(row) for row in rows]

    def places(self, work: Work, estate_ids: Collection[str]) -> Mapping[str, Place]:
        rows = work.connection.execute(select(estates).where(estates.c.id.in_(sorted(estate_ids)), ~estates.c.removed))
        return {row.id: Place(sub_district=row.sub_district, estate=row.id, estate_name=row.name) for row in rows}

    def survey(self, work: Work, survey_id: str) -> NeedsSurvey | None:
        row = work.connection.execute(select(needs_surveys).where(needs_surveys.c.id == survey_id)).one_or_none()
        return survey_of(row) if row else None

    def add_survey(self, work: Work, event: NeedsSurveyed) -> None:
        work.connection.execute(insert(needs_surveys), survey_row(event))

    def withdraw_survey(self, work: Work, event: NeedsSurveyWithdrawn) -> None:
        withdrawn = update(needs_surveys).where(needs_surveys.c.id == event.survey_id)
        work.connection.execute(withdrawn.values(withdrawn_at=event.at))

    def _lock(self, work: Work, estates: Iterable[str]) -> None:
        work.connection.execute(_LOCK, {"estates": sorted(set(estates))})


def need_of(row: Row[Any]) -> Need:
    return Need(
        place=Place(sub_district=row.sub_district, estate=row.estate, estate_name=row.estate_name),
        state=NeedState(row.state),
        sources=tuple(Source(datetime.fromisoformat(at), NeedOrigin(kind), ref) for kind, ref, at in row.sources),
        reason=NeedReason(row.reason) if row.reason else None,
        **{name: row._mapping[name] for name in _AS_THEY_ARE},
    )


def survey_of(row: Row[Any]) -> NeedsSurvey:
    findings = tuple(
        SurveyedFinding(tuple(one["elements"]), one["note"], tuple(one["photographs"])) for one in row.findings
    )
    return NeedsSurvey(
        row.id, row.estate, SurveyRole(row.role), row.unit, row.on_site, row.made_at, findings, row.withdrawn_at
    )


def survey_row(event: NeedsSurveyed) -> dict[str, Any]:
    return {
        "id": event.survey_id,
        "estate": event.place.estate,
        "estate_name": event.place.estate_name,
        "sub_district": event.place.sub_district,
        "lead": event.lead,
        "role": event.role,
        "unit": event.unit,
        "on_site": event.on_site,
        "made_at": event.made_at,
        "findings": [one.model_dump(mode="json") for one in event.findings],
        "actor": event.actor,
        "at": event.at,
        "withdrawn_at": None,
    }


def source_cells(sources: Iterable[tuple[datetime, str, str]]) -> list[list[str]]:
    """As the column holds them: kind, id, time in UTC."""
    return [[kind, ref, utc(at)] for at, kind, ref in sources]


def utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _columns(need: Need) -> dict[str, Any]:
    return {
        "estate": need.place.estate,
        "estate_name": need.place.estate_name,
        "sub_district": need.place.sub_district,
        "state": need.state,
        "reason": need.reason,
        "sources": source_cells(need.sources),
        **{name: getattr(need, name) for name in _AS_THEY_ARE},
    }
