"""Supervision in PostgreSQL: the published facts are stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Table, func, select, text
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.contracts.supervision_events import (
    SupervisingParty,
    SupervisionInspected,
    SupervisionOpinionChanged,
    SupervisionSuggested,
    SupervisionTopicChanged,
)
from services.contracts.ticket_events import Place
from services.projects.domain.supervision.clocks import RunningClock, SupervisionClockKind
from services.projects.domain.supervision.opinions import OpinionState, OpinionStep, SupervisionOpinion
from services.projects.domain.supervision.topics import (
    InspectorGroup,
    InspectorRole,
    SiteFinding,
    SiteInspection,
    Suggestion,
    SuggestionOrigin,
    SuggestionState,
    SupervisionArea,
    SupervisionTopic,
    TopicState,
)
from services.projects.domain.supervision.unit_answers import (
    Contentment,
    MoreTime,
    Rater,
    Rating,
    Reply,
    ReplyClass,
    UnitAnswer,
)
from services.projects.store.supervision_tables import (
    supervision_inspections,
    supervision_opinions,
    supervision_steps,
    supervision_suggestions,
    supervision_topics,
)

_LOCK = text("SELECT pg_advisory_xact_lock(hashtext(:what))")
_TOPIC = ("version", "party", "area", "title", "why", "type_code", "state", "opened_at", "closed_because")
_OPINION = (
    *("version", "topic_id", "party", "number", "clause", "lead", "suggestion_id", "state", "given_at", "agreed"),
    "carried_out_on",
)
_IN_JSON = ("clocks", "replies", "ratings", "extension")
_STEP = ("opinion_id", "version", "at", "actor", "step", "state", "note")
_SUGGESTION = (
    *("version", "party", "origin", "subject", "reason", "countermeasure", "state", "received_at", "deputy"),
    *("topic_id", "declined_because"),
)


class SqlSupervisionBook:
    """Implements the port SupervisionBook."""

    def topic(self, work: Work, topic_id: str) -> SupervisionTopic | None:
        row = _locked(work, supervision_topics, topic_id)
        return topic_of(row) if row else None

    def save_topic(self, work: Work, event: SupervisionTopicChanged) -> None:
        _save(work, supervision_topics, topic_row(event))

    def inspection(self, work: Work, inspection_id: str) -> SiteInspection | None:
        row = _locked(work, supervision_inspections, inspection_id)
        return inspection_of(row) if row else None

    def add_inspection(self, work: Work, event: SupervisionInspected) -> None:
        work.connection.execute(insert(supervision_inspections), inspection_row(event))

    def opinion(self, work: Work, opinion_id: str) -> SupervisionOpinion | None:
        row = _locked(work, supervision_opinions, opinion_id)
        return opinion_of(row) if row else None

    def opinions_of(self, work: Work, topic_id: str) -> list[SupervisionOpinion]:
        table = supervision_opinions
        rows = select(table).where(table.c.topic_id == topic_id).order_by(table.c.number).with_for_update()
        return [opinion_of(row) for row in work.connection.execute(rows)]

    def returns(self, work: Work, opinion_id: str) -> int:
        step = supervision_steps.c
        back = select(func.count()).where(step.opinion_id == opinion_id, step.step == OpinionStep.RETURN)
        return work.connection.execute(back).scalar_one()

    def running(self, work: Work, after: str, most: int) -> list[SupervisionOpinion]:
        table = supervision_opinions
        with_clocks = select(table).where(table.c.clocks != [], table.c.id > after)
        return [opinion_of(row) for row in work.connection.execute(with_clocks.order_by(table.c.id).limit(most))]

    def save_opinion(self, work: Work, event: SupervisionOpinionChanged) -> None:
        _save(work, supervision_opinions, opinion_row(event))
        work.connection.execute(insert(supervision_steps), step_row(event))

    def suggestion(self, work: Work, suggestion_id: str) -> Suggestion | None:
        row = _locked(work, supervision_suggestions, suggestion_id)
        return suggestion_of(row) if row else None

    def save_suggestion(self, work: Work, event: SupervisionSuggested) -> None:
        _save(work, supervision_suggestions, suggestion_row(event))


def _locked(work: Work, table: Table, row_id: str) -> Row[Any] | None:
    """The id is locked too, so that of two who create it at once the second finds it there."""
    work.connection.execute(_LOCK, {"what": f"{table.name} {row_id}"})
    return work.connection.execute(select(table).where(table.c.id == row_id).with_for_update()).one_or_none()


def _save(work: Work, table: Table, row: Mapping[str, Any]) -> None:
    new = insert(table)
    changed = {column.name: new.excluded[column.name] for column in table.c}
    work.connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=changed), row)


def topic_row(event: SupervisionTopicChanged) -> dict[str, Any]:
    return {"id": event.topic_id, **{name: getattr(event, name) for name in _TOPIC}}


def inspection_row(event: SupervisionInspected) -> dict[str, Any]:
    facts = event.model_dump(mode="json")
    in_json = {name: facts[name] for name in ("place", "units", "people", "findings")}
    plain = {name: getattr(event, name) for name in ("topic_id", "party", "made_at", "actor", "at")}
    return {"id": event.inspection_id, **plain, **in_json}


def opinion_row(event: SupervisionOpinionChanged) -> dict[str, Any]:
    facts = event.model_dump(mode="json")
    plain = {name: getattr(event, name) for name in _OPINION}
    return {"id": event.opinion_id, **plain, **{name: facts[name] for name in _IN_JSON}}


def step_row(event: SupervisionOpinionChanged) -> dict[str, Any]:
    return {name: getattr(event, name) for name in _STEP}


def suggestion_row(event: SupervisionSuggested) -> dict[str, Any]:
    return {"id": event.suggestion_id, **{name: getattr(event, name) for name in _SUGGESTION}}


def topic_of(row: Row[Any]) -> SupervisionTopic:
    facts = row._mapping
    return SupervisionTopic(
        id=row.id,
        party=SupervisingParty(row.party),
        area=SupervisionArea(row.area),
        state=TopicState(row.state),
        **{name: facts[name] for name in ("title", "why", "opened_at", "type_code", "closed_because", "version")},
    )


def inspection_of(row: Row[Any]) -> SiteInspection:
    people = (InspectorGroup(InspectorRole(one["role"]), one["unit"], one["number"]) for one in row.people)
    findings = (SiteFinding(one["note"], tuple(one["photographs"])) for one in row.findings)
    place = Place.model_validate(row.place)
    units = tuple(row.units)
    return SiteInspection(row.id, row.topic_id, place, units, tuple(people), row.made_at, tuple(findings))


def suggestion_of(row: Row[Any]) -> Suggestion:
    kept = ("subject", "reason", "countermeasure", "received_at", "deputy", "topic_id", "declined_because", "version")
    return Suggestion(
        id=row.id,
        party=SupervisingParty(row.party),
        origin=SuggestionOrigin(row.origin),
        state=SuggestionState(row.state),
        **{name: row._mapping[name] for name in kept},
    )


def opinion_of(row: Row[Any]) -> SupervisionOpinion:
    kept = ("topic_id", "number", "clause", "lead", "given_at", "suggestion_id", "agreed", "carried_out_on", "version")
    extension = row.extension
    return SupervisionOpinion(
        id=row.id,
        party=SupervisingParty(row.party),
        state=OpinionState(row.state),
        clocks=tuple(_clock(one) for one in row.clocks),
        replies=tuple(_reply(one) for one in row.replies),
        ratings=tuple(_rating(one) for one in row.ratings),
        extension=extension
        and MoreTime(extension["reason"], date.fromisoformat(extension["until"]), extension["granted"]),
        **{name: row._mapping[name] for name in kept},
    )


def _clock(kept: Mapping[str, Any]) -> RunningClock:
    plain = ("working_days", "months", "calendar_known", "warned", "overdue")
    return RunningClock(
        SupervisionClockKind(kept["kind"]),
        datetime.fromisoformat(kept["since"]),
        datetime.fromisoformat(kept["due"]),
        warn_at=_moment(kept["warn_at"]),
        moved_from=_moment(kept["moved_from"]),
        **{name: kept[name] for name in plain},
    )


def _reply(kept: Mapping[str, Any]) -> Reply:
    on, signed_on = (kept[name] and date.fromisoformat(kept[name]) for name in ("on", "signed_on"))
    answer = UnitAnswer(ReplyClass(kept["reply_class"]), kept["answer"], on, signed_on, kept["signature"])
    return Reply(answer, kept["lead"], datetime.fromisoformat(kept["answered_at"]), kept["in_time"], kept["kept"])


def _rating(kept: Mapping[str, Any]) -> Rating:
    manner, result = (Contentment(kept[name]) for name in ("manner", "result"))
    return Rating(manner, result, kept["why"], Rater(kept["by"]), datetime.fromisoformat(kept["at"]))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
