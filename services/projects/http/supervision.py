"""Topics of supervision, inspections, opinions, suggestions and indicators, over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.chassis.database.work import Workshop
from services.chassis.web.cursors import read_cursor, write_cursor
from services.chassis.web.identity import Actor, Role, require
from services.contracts.supervision_events import SupervisingParty
from services.projects.app.supervision.acts import SupervisionActs
from services.projects.domain.supervision.indicators import by_unit
from services.projects.domain.supervision.opinions import by_due
from services.projects.http.refusals import answered
from services.projects.http.rights import WHOLE_DISTRICT, not_found
from services.projects.http.supervision_bodies import (
    ClausesBody,
    SuggestionBody,
    SupervisionInspectionBody,
    TopicBody,
    TopicReasonBody,
)
from services.projects.http.supervision_shown import (
    indicators_shown,
    inspection_shown,
    opinion_shown,
    seat_of,
    sheet_shown,
    suggestion_shown,
    topic_shown,
)
from services.projects.store.supervision_views import (
    TopicSheet,
    opinions_seen,
    page_of_suggestions,
    page_of_topics,
    topic_sheet,
)

Supervisor = Annotated[Actor, Depends(require(Role.SUPERVISOR))]
Participant = Annotated[Actor, Depends(require(*WHOLE_DISTRICT, Role.DEPUTY, Role.DEPARTMENT))]
Suggester = Annotated[Actor, Depends(require(Role.SUPERVISOR, Role.DEPUTY, Role.HUB))]
Cursor = Annotated[str | None, Query(max_length=200)]
Most = Annotated[int, Query(ge=1, le=200)]


def supervision_routes(workshop: Workshop, acts: SupervisionActs) -> APIRouter:
    router = APIRouter(prefix="/supervision", tags=["supervision"])

    @router.get("/topics")
    def list_topics(
        actor: Participant, party: SupervisingParty | None = None, cursor: Cursor = None, limit: Most = 50
    ) -> dict[str, Any]:
        """The newest first: all for who looks on, what concerns it for a unit. `next` is null after the last."""
        with workshop.engine.begin() as connection:
            page = page_of_topics(connection, seat_of(actor), party, read_cursor(cursor), limit)
        last = page[-1] if len(page) == limit else None
        return {"items": [topic_shown(one) for one in page], "next": last and write_cursor(last.opened_at, last.id)}

    @router.post("/topics", status_code=201)
    def set_topic(actor: Supervisor, body: TopicBody) -> dict[str, Any]:
        """Sets a topic in one of the three areas; for the party that it names."""
        with answered("topic"), workshop.open() as work:
            return topic_shown(acts.topics.set(work, body.topic(), seat_of(actor)))

    @router.get("/topics/{topic_id}")
    def show_topic(actor: Participant, topic_id: UUID) -> dict[str, Any]:
        """Everything of it clause by clause, each running limit with how it was computed."""
        return sheet_shown(seen_topic(workshop, actor, topic_id), acts.limits)

    @router.post("/topics/{topic_id}/inspections", status_code=201)
    def inspect(actor: Supervisor, topic_id: UUID, body: SupervisionInspectionBody) -> dict[str, Any]:
        """Keeps an inspection on site. Nobody of an inspected unit takes part."""
        with answered("topic"), workshop.open() as work:
            return inspection_shown(acts.topics.inspect(work, body.inspection(str(topic_id)), seat_of(actor)))

    @router.post("/topics/{topic_id}/opinions", status_code=201)
    def opine(actor: Supervisor, topic_id: UUID, body: ClausesBody) -> dict[str, Any]:
        """Gives an opinion clause by clause; each is handed over, answered and followed by itself."""
        with answered("topic"), workshop.open() as work:
            given = acts.topics.opine(work, str(topic_id), body.given(), seat_of(actor))
            return {"items": [opinion_shown(one, acts.limits) for one in given]}

    @router.post("/topics/{topic_id}/closing")
    def close(actor: Supervisor, topic_id: UUID, body: TopicReasonBody) -> dict[str, Any]:
        """Closes a topic of which no clause is open."""
        with answered("topic"), workshop.open() as work:
            return topic_shown(acts.topics.close(work, str(topic_id), body.version, body.reason, seat_of(actor)))

    @router.get("/suggestions")
    def list_suggestions(actor: Suggester, cursor: Cursor = None, limit: Most = 50) -> dict[str, Any]:
        """The newest first; a deputy sees their own."""
        with workshop.engine.begin() as connection:
            page = page_of_suggestions(connection, seat_of(actor), read_cursor(cursor), limit)
        last = page[-1] if len(page) == limit else None
        shown = [suggestion_shown(one) for one in page]
        return {"items": shown, "next": last and write_cursor(last.received_at, last.id)}

    @router.post("/suggestions", status_code=201)
    def suggest(actor: Suggester, body: SuggestionBody) -> dict[str, Any]:
        """A deputy's own suggestion; or a resident's, entered by the hub or a supervisor."""
        with answered("suggestion"), workshop.open() as work:
            return suggestion_shown(acts.topics.suggest(work, body.suggestion(), seat_of(actor)))

    @router.post("/suggestions/{suggestion_id}/refusal")
    def decline(actor: Supervisor, suggestion_id: UUID, body: TopicReasonBody) -> dict[str, Any]:
        """Declines a suggestion with the reason; one that is taken up names its topic instead."""
        with answered("suggestion"), workshop.open() as work:
            seat = seat_of(actor)
            return suggestion_shown(acts.topics.decline(work, str(suggestion_id), body.version, body.reason, seat))

    @router.get("/clauses")
    def list_open_clauses(actor: Participant, party: SupervisingParty | None = None) -> dict[str, Any]:
        """What has not ended, the next due first: of all for who looks on, its own for a unit."""
        with workshop.engine.begin() as connection:
            found = by_due(opinions_seen(connection, seat_of(actor), party=party))
        return {"items": [opinion_shown(one, acts.limits) for one in found]}

    @router.get("/indicators")
    def show_indicators(actor: Participant, party: SupervisingParty | None = None) -> dict[str, Any]:
        """Answered in time, satisfied, promises kept: of all units, then of each. What is overdue and open counts in
        the denominator."""
        with workshop.engine.begin() as connection:
            found = opinions_seen(connection, seat_of(actor), party=party)
        return {"items": indicators_shown(by_unit(found, workshop.clock.now()))}

    return router


def seen_topic(workshop: Workshop, actor: Actor, topic_id: UUID) -> TopicSheet:
    """Raises the same Problem for what does not exist and for what is not theirs to see."""
    with workshop.engine.begin() as connection:
        sheet = topic_sheet(connection, str(topic_id), seat_of(actor))
    if sheet is None:
        raise not_found("topic")
    return sheet
