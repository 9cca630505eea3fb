"""The published facts of supervision: events made of topics, inspections, opinions and suggestions."""

from __future__ import annotations

from datetime import datetime

from services.contracts.supervision_events import (
    InspectionFinding,
    Inspectors,
    ReplyExtension,
    SupervisionClock,
    SupervisionInspected,
    SupervisionOpinionChanged,
    SupervisionRating,
    SupervisionReply,
    SupervisionSuggested,
    SupervisionTopicChanged,
)
from services.projects.domain.supervision.clocks import RunningClock
from services.projects.domain.supervision.opinions import OpinionState, OpinionStep, SupervisionOpinion
from services.projects.domain.supervision.topics import SiteInspection, Suggestion, SupervisionTopic
from services.projects.domain.supervision.unit_answers import Rating, Reply

TOPIC = "projects"


def topic_changed(topic: SupervisionTopic, actor: str, at: datetime) -> SupervisionTopicChanged:
    return SupervisionTopicChanged(
        version=topic.version,
        topic_id=topic.id,
        party=topic.party,
        area=topic.area.value,
        title=topic.title,
        why=topic.why,
        type_code=topic.type_code,
        state=topic.state.value,
        opened_at=topic.opened_at,
        closed_because=topic.closed_because,
        actor=actor,
        at=at,
    )


def inspected(inspection: SiteInspection, topic: SupervisionTopic, actor: str, at: datetime) -> SupervisionInspected:
    return SupervisionInspected(
        version=1,
        inspection_id=inspection.id,
        topic_id=topic.id,
        party=topic.party,
        place=inspection.place,
        units=inspection.units,
        people=tuple(Inspectors(role=one.role.value, unit=one.unit, number=one.number) for one in inspection.people),
        made_at=inspection.made_at,
        findings=tuple(InspectionFinding(note=one.note, photographs=one.photographs) for one in inspection.findings),
        actor=actor,
        at=at,
    )


def opinion_changed(
    opinion: SupervisionOpinion,
    step: OpinionStep,
    actor: str,
    at: datetime,
    note: str | None = None,
    came_from: OpinionState | None = None,
) -> SupervisionOpinionChanged:
    extension = opinion.extension
    return SupervisionOpinionChanged(
        version=opinion.version,
        opinion_id=opinion.id,
        topic_id=opinion.topic_id,
        party=opinion.party,
        number=opinion.number,
        clause=opinion.clause,
        lead=opinion.lead,
        suggestion_id=opinion.suggestion_id,
        state=opinion.state.value,
        given_at=opinion.given_at,
        agreed=opinion.agreed,
        carried_out_on=opinion.carried_out_on,
        clocks=tuple(_clock(one) for one in opinion.clocks),
        replies=tuple(_reply(one) for one in opinion.replies),
        ratings=tuple(_rating(one) for one in opinion.ratings),
        extension=extension
        and ReplyExtension(reason=extension.reason, until=extension.until, granted=extension.granted),
        previous_state=came_from,
        step=step,
        note=note,
        actor=actor,
        at=at,
    )


def suggested(suggestion: Suggestion, actor: str, at: datetime) -> SupervisionSuggested:
    return SupervisionSuggested(
        version=suggestion.version,
        suggestion_id=suggestion.id,
        party=suggestion.party,
        origin=suggestion.origin.value,
        subject=suggestion.subject,
        reason=suggestion.reason,
        countermeasure=suggestion.countermeasure,
        state=suggestion.state.value,
        received_at=suggestion.received_at,
        deputy=suggestion.deputy,
        topic_id=suggestion.topic_id,
        declined_because=suggestion.declined_because,
        actor=actor,
        at=at,
    )


def _clock(clock: RunningClock) -> SupervisionClock:
    return SupervisionClock(
        kind=clock.kind.value,
        since=clock.since,
        working_days=clock.working_days,
        months=clock.months,
        due=clock.due,
        warn_at=clock.warn_at,
        calendar_known=clock.calendar_known,
        warned=clock.warned,
        overdue=clock.overdue,
        moved_from=clock.moved_from,
    )


def _reply(reply: Reply) -> SupervisionReply:
    answer = reply.answer
    return SupervisionReply(
        reply_class=answer.reply_class.value,
        on=answer.on,
        answer=answer.text,
        signed_on=answer.signed_on,
        signature=answer.signature,
        lead=reply.lead,
        answered_at=reply.answered_at,
        in_time=reply.in_time,
        kept=reply.kept,
    )


def _rating(rating: Rating) -> SupervisionRating:
    return SupervisionRating(
        manner=rating.manner.value, result=rating.result.value, why=rating.why, by=rating.by.value, at=rating.at
    )
