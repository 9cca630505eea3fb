"""Supervision as it is answered over HTTP and read on pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.chassis.web.identity import Actor, Role
from services.projects.app.supervision.limits import Limits
from services.projects.app.supervision.seats import Seat
from services.projects.domain.supervision.clocks import RunningClock
from services.projects.domain.supervision.indicators import Ratio, SupervisionIndicators
from services.projects.domain.supervision.opinions import SupervisionOpinion
from services.projects.domain.supervision.topics import SiteInspection, Suggestion, SupervisionTopic
from services.projects.http.rights import WHOLE_DISTRICT
from services.projects.store.supervision_views import TopicSheet


def seat_of(actor: Actor) -> Seat:
    return Seat(
        actor.subject,
        actor.parties,
        actor.departments,
        Role.DEPUTY in actor.roles,
        bool(actor.roles & WHOLE_DISTRICT),
    )


def topic_shown(topic: SupervisionTopic) -> dict[str, Any]:
    return {
        "topic_id": topic.id,
        "version": topic.version,
        "party": topic.party,
        "area": topic.area,
        "title": topic.title,
        "why": topic.why,
        "type_code": topic.type_code,
        "state": topic.state,
        "opened_at": topic.opened_at,
        "closed_because": topic.closed_because,
    }


def inspection_shown(inspection: SiteInspection) -> dict[str, Any]:
    return {
        "inspection_id": inspection.id,
        "place": inspection.place.model_dump(exclude={"building"}),
        "units": list(inspection.units),
        "people": [{"role": one.role, "unit": one.unit, "number": one.number} for one in inspection.people],
        "made_at": inspection.made_at,
        "findings": [{"note": one.note, "photographs": list(one.photographs)} for one in inspection.findings],
    }


def opinion_shown(opinion: SupervisionOpinion, limits: Limits) -> dict[str, Any]:
    """With each running clock as it was computed: from when, how long, which days off were left out."""
    return {
        "clause_id": opinion.id,
        "topic_id": opinion.topic_id,
        "version": opinion.version,
        "party": opinion.party,
        "number": opinion.number,
        "text": opinion.clause,
        "unit": opinion.lead,
        "suggestion_id": opinion.suggestion_id,
        "state": opinion.state,
        "given_at": opinion.given_at,
        "agreed": opinion.agreed,
        "carried_out_on": opinion.carried_out_on,
        "promised_on": opinion.promised_on,
        "clocks": [clock_shown(one, limits) for one in opinion.clocks],
        "replies": [
            {
                "reply_class": one.answer.reply_class,
                "text": one.answer.text,
                "on": one.answer.on,
                "signed_on": one.answer.signed_on,
                "signature": one.answer.signature,
                "unit": one.lead,
                "answered_at": one.answered_at,
                "in_time": one.in_time,
                "kept": one.kept,
            }
            for one in opinion.replies
        ],
        "ratings": [
            {"manner": one.manner, "result": one.result, "why": one.why, "by": one.by, "at": one.at}
            for one in opinion.ratings
        ],
        "extension": opinion.extension
        and {
            "reason": opinion.extension.reason,
            "until": opinion.extension.until,
            "granted": opinion.extension.granted,
        },
    }


def clock_shown(clock: RunningClock, limits: Limits) -> dict[str, Any]:
    return {
        "kind": clock.kind,
        "since": clock.since,
        "working_days": clock.working_days,
        "months": clock.months,
        "due": clock.due,
        "days_off": limits.skipped(clock),
        "calendar_known": clock.calendar_known,
        "overdue": clock.overdue,
        "moved_from": clock.moved_from,
    }


def sheet_shown(sheet: TopicSheet, limits: Limits) -> dict[str, Any]:
    return {
        **topic_shown(sheet.topic),
        "inspections": [inspection_shown(one) for one in sheet.inspections],
        "opinions": [opinion_shown(one, limits) | {"steps": sheet.steps[one.id]} for one in sheet.opinions],
    }


def suggestion_shown(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "suggestion_id": suggestion.id,
        "version": suggestion.version,
        "party": suggestion.party,
        "origin": suggestion.origin,
        "subject": suggestion.subject,
        "reason": suggestion.reason,
        "countermeasure": suggestion.countermeasure,
        "state": suggestion.state,
        "received_at": suggestion.received_at,
        "topic_id": suggestion.topic_id,
        "declined_because": suggestion.declined_because,
    }


def indicators_shown(found: Sequence[tuple[str | None, SupervisionIndicators]]) -> list[dict[str, Any]]:
    """By unit; of all units first, with `unit` null."""
    return [
        {
            "unit": unit,
            "answered_in_time": _ratio(one.answered_in_time),
            "satisfied": _ratio(one.satisfied),
            "promises_kept": _ratio(one.promises_kept),
        }
        for unit, one in found
    ]


def _ratio(ratio: Ratio) -> dict[str, int | None]:
    return {"part": ratio.part, "whole": ratio.whole, "percent": ratio.percent}
