"""Supervision: topics, suggestions, indicators; and the first facts of a topic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request, Response

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, number_of
from services.chassis.pages.look import Pages
from services.chassis.web.cursors import read_cursor, write_cursor
from services.chassis.web.identity import Actor, Role
from services.chassis.web.problems import Problem
from services.contracts.supervision_events import SupervisingParty
from services.projects.app.supervision.acts import SupervisionActs
from services.projects.domain.supervision.indicators import by_unit
from services.projects.domain.supervision.opinions import by_due
from services.projects.domain.supervision.topics import SuggestionState, SupervisionArea
from services.projects.http.supervision import Participant, Suggester, Supervisor
from services.projects.http.supervision_bodies import SuggestionBody, TopicBody, TopicReasonBody
from services.projects.http.supervision_shown import seat_of
from services.projects.pages.forms import NOTHING, Entered, acted, refused
from services.projects.store.supervision_views import opinions_seen, page_of_suggestions, page_of_topics

MOST = 50


def supervision_pages(workshop: Workshop, pages: Pages, acts: SupervisionActs) -> APIRouter:
    router = pages.router()

    @router.get("/supervision")
    def show(
        request: Request, actor: Participant, cursor: Annotated[str | None, Query(max_length=200)] = None
    ) -> Response:
        return _shown(request, actor, cursor)

    @router.post("/supervision/topics")
    def set_topic(request: Request, actor: Supervisor, fields: Fields) -> Response:
        names = ("id", "party", "area", "title", "why", "suggestion_id")

        def act(work: Work) -> None:
            body = body_of(TopicBody, {name: fields.get(name) for name in names})
            acts.topics.set(work, body.topic(), seat_of(actor))

        return _done(request, actor, fields, "topic_set", act)

    @router.post("/supervision/suggestions")
    def suggest(request: Request, actor: Suggester, fields: Fields) -> Response:
        names = ("id", "party", "subject", "reason", "countermeasure")

        def act(work: Work) -> None:
            body = body_of(SuggestionBody, {name: fields.get(name) for name in names})
            acts.topics.suggest(work, body.suggestion(), seat_of(actor))

        return _done(request, actor, fields, "suggested", act)

    @router.post("/supervision/refusal")
    def decline(request: Request, actor: Supervisor, fields: Fields) -> Response:
        def act(work: Work) -> None:
            values = {"version": number_of(fields.get("version")), "reason": fields.get("reason")}
            body = body_of(TopicReasonBody, values)
            suggestion = str(UUID(fields.get("suggestion_id", "")))
            acts.topics.decline(work, suggestion, body.version, body.reason, seat_of(actor))

        return _done(request, actor, fields, "declined", act)

    def _done(request: Request, actor: Actor, fields: Entered, what: str, act: Callable[[Work], None]) -> Response:
        return acted(
            workshop,
            "suggestion",
            act,
            "/pages/supervision",
            what,
            lambda problem: _shown(request, actor, None, fields, problem),
        )

    def _shown(
        request: Request,
        actor: Actor,
        cursor: str | None,
        entered: Entered = NOTHING,
        problem: Problem | None = None,
    ) -> Response:
        seat = seat_of(actor)
        with workshop.engine.begin() as connection:
            topics = page_of_topics(connection, seat, None, read_cursor(cursor), MOST)
            suggestions = page_of_suggestions(connection, seat, None, MOST)
            opinions = opinions_seen(connection, seat)
        last = topics[-1] if len(topics) == MOST else None
        parties = [party for party in SupervisingParty if party in seat.parties]
        suggest_to = [SupervisingParty.CONGRESS] if seat.deputy else parties
        return pages.show(
            request,
            "supervision.html",
            actor,
            topics=topics,
            next=last and write_cursor(last.opened_at, last.id),
            suggestions=suggestions,
            waiting=[one for one in suggestions if one.state is SuggestionState.RECEIVED and one.party in seat.parties],
            open_clauses=by_due(opinions),
            indicators=by_unit(opinions, workshop.clock.now()) if opinions else [],
            parties=parties,
            suggest_to=list(SupervisingParty) if Role.HUB in actor.roles else suggest_to,
            areas=SupervisionArea,
            now=workshop.clock.now(),
            fresh_id=uuid4,
            **refused(request, entered, problem),
        )

    return router
