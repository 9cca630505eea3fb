"""One topic of supervision on one sheet: inspections, each clause with its limits and steps, and what one may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, File, Request, Response, UploadFile

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, choice_of, number_of
from services.chassis.pages.look import Pages
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.chassis.working_days import SHANGHAI
from services.contracts.departments import departments
from services.contracts.districts import sub_districts
from services.projects.app.supervision.acts import SupervisionActs
from services.projects.app.supervision.seats import Seat
from services.projects.domain.supervision.opinions import SupervisionOpinion
from services.projects.domain.supervision.topics import InspectorRole, SuggestionState, TopicState
from services.projects.domain.supervision.unit_answers import Contentment, ReplyClass
from services.projects.http.rights import share_of
from services.projects.http.supervision import Participant, Supervisor, seen_topic
from services.projects.http.supervision_bodies import (
    CarriedOutBody,
    ClauseReasonBody,
    ClausesBody,
    ExtensionBody,
    ExtensionDecisionBody,
    HandOverBody,
    RatingBody,
    ReplyBody,
    SupervisionInspectionBody,
    TopicReasonBody,
)
from services.projects.http.supervision_shown import clock_shown, seat_of
from services.projects.pages.forms import NOTHING, Entered, SentFile, acted, hash_of, moment_of, refused
from services.projects.store.estate_views import page_of_estates, unregistered_places
from services.projects.store.supervision_views import page_of_suggestions

BODY_LIMITS = {
    "/pages/supervision/*/inspections": 32 * 2**20,
    "/pages/supervision/*/clauses/*/reply": 32 * 2**20,
}
GROUPS = 3
"""Rows of people in the form of an inspection."""
SUGGESTIONS = 200
MOST_ESTATES = 1000
ClauseAct = Literal[
    "hand-over", "return", "extension", "decision", "reply", "rating", "carried-out", "not-done", "withdrawal"
]
Values = Mapping[str, Any]
Take = Callable[[SupervisionActs, Work, UUID, Values, Seat], SupervisionOpinion]

CLAUSE_STEPS: Mapping[ClauseAct, Take] = {
    "hand-over": lambda acts, work, clause, sent, seat: acts.opinions.hand_over(
        work, (body := body_of(HandOverBody, _of(sent, "unit"))).at(clause), body.unit, seat
    ),
    "return": lambda acts, work, clause, sent, seat: acts.opinions.send_back(
        work, (body := body_of(ClauseReasonBody, _of(sent, "reason"))).at(clause), body.reason, seat
    ),
    "extension": lambda acts, work, clause, sent, seat: acts.opinions.ask_extension(
        work, (body := body_of(ExtensionBody, _of(sent, "reason", "until"))).at(clause), body.reason, body.until, seat
    ),
    "decision": lambda acts, work, clause, sent, seat: acts.opinions.decide_extension(
        work,
        (body := body_of(ExtensionDecisionBody, _of(sent, "granted", "note"))).at(clause),
        body.granted,
        body.note,
        seat,
    ),
    "reply": lambda acts, work, clause, sent, seat: acts.opinions.reply(
        work,
        (body := body_of(ReplyBody, _of(sent, "reply_class", "text", "on", "signed_on", "signature"))).at(clause),
        body.answer(),
        seat,
    ),
    "rating": lambda acts, work, clause, sent, seat: acts.opinions.rate(
        work, (body := body_of(RatingBody, _of(sent, "manner", "result", "why"))).at(clause), body.said(), seat
    ),
    "carried-out": lambda acts, work, clause, sent, seat: acts.opinions.carry_out(
        work, (body := body_of(CarriedOutBody, _of(sent, "on", "note"))).at(clause), body.on, body.note, seat
    ),
    "not-done": lambda acts, work, clause, sent, seat: acts.opinions.miss(
        work, (body := body_of(ClauseReasonBody, _of(sent, "reason"))).at(clause), body.reason, seat
    ),
    "withdrawal": lambda acts, work, clause, sent, seat: acts.opinions.withdraw(
        work, (body := body_of(ClauseReasonBody, _of(sent, "reason"))).at(clause), body.reason, seat
    ),
}
"""What the form of each step sends, and what it does."""


def topic_pages(workshop: Workshop, pages: Pages, acts: SupervisionActs) -> APIRouter:
    router = pages.router()

    @router.get("/supervision/{topic_id}")
    def show(request: Request, actor: Participant, topic_id: UUID) -> Response:
        return _sheet(request, actor, topic_id)

    @router.post("/supervision/{topic_id}/inspections")
    def inspect(
        request: Request,
        actor: Supervisor,
        topic_id: UUID,
        fields: Fields,
        file: Annotated[list[UploadFile] | None, File()] = None,
    ) -> Response:
        """Of the photographs the hashes are kept; the files stay with the inspectors."""
        groups = [
            {name: fields.get(f"{name}_{row}") for name in ("role", "unit")} | {"number": fields.get(f"number_{row}")}
            for row in range(GROUPS)
            if fields.get(f"number_{row}")
        ]
        values = {
            "id": fields.get("id"),
            "sub_district": fields.get("sub_district"),
            "estate_id": fields.get("estate_id"),
            "units": fields.getlist("units"),
            "people": [{name: value for name, value in one.items() if value} for one in groups],
            "made_at": moment_of(fields.get("made_at")),
            "findings": [{"note": fields.get("note", ""), "photographs": [hash_of(one) for one in file or ()]}],
        }

        def act(work: Work) -> None:
            inspection = body_of(SupervisionInspectionBody, values).inspection(str(topic_id))
            acts.topics.inspect(work, inspection, seat_of(actor))

        return _done(request, actor, topic_id, fields, "site_inspected", act)

    @router.post("/supervision/{topic_id}/opinions")
    def opine(request: Request, actor: Supervisor, topic_id: UUID, fields: Fields) -> Response:
        names = ("id", "text", "unit", "suggestion_id")
        clause = {name: fields.get(name) for name in names if fields.get(name)}

        def act(work: Work) -> None:
            given = body_of(ClausesBody, {"clauses": [clause]}).given()
            acts.topics.opine(work, str(topic_id), given, seat_of(actor))

        return _done(request, actor, topic_id, fields, "opined", act)

    @router.post("/supervision/{topic_id}/closing")
    def close(request: Request, actor: Supervisor, topic_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            body = body_of(TopicReasonBody, _of(_sent(fields), "reason"))
            acts.topics.close(work, str(topic_id), body.version, body.reason, seat_of(actor))

        return _done(request, actor, topic_id, fields, "topic_closed", act)

    @router.post("/supervision/{topic_id}/clauses/{clause_id}/{act}")
    def step(
        request: Request,
        actor: Participant,
        topic_id: UUID,
        clause_id: UUID,
        act: ClauseAct,
        fields: Fields,
        file: SentFile = None,
    ) -> Response:
        """Of the signed paper the hash is kept; the file stays with the unit."""
        sent = _sent(fields) | {"signature": hash_of(file)}

        def take(work: Work) -> None:
            CLAUSE_STEPS[act](acts, work, clause_id, sent, seat_of(actor))

        return _done(request, actor, topic_id, fields, "clause_stepped", take)

    def _done(
        request: Request, actor: Actor, topic_id: UUID, fields: Entered, what: str, act: Callable[[Work], None]
    ) -> Response:
        return acted(
            workshop,
            "topic",
            act,
            f"/pages/supervision/{topic_id}",
            what,
            lambda problem: _sheet(request, actor, topic_id, fields, problem),
        )

    def _sheet(
        request: Request, actor: Actor, topic_id: UUID, entered: Entered = NOTHING, problem: Problem | None = None
    ) -> Response:
        sheet, seat, now = seen_topic(workshop, actor, topic_id), seat_of(actor), workshop.clock.now()
        with workshop.engine.begin() as connection:
            suggestions = page_of_suggestions(connection, seat, None, SUGGESTIONS)
            registered = page_of_estates(connection, share_of(actor), None, MOST_ESTATES)
            unregistered = unregistered_places(connection, share_of(actor))
        own = {one.id for one in suggestions if one.deputy == seat.actor}
        supervises = sheet.topic.party in seat.parties and sheet.topic.state is not TopicState.CLOSED
        return pages.show(
            request,
            "supervision_topic.html",
            actor,
            sheet=sheet,
            topic=sheet.topic,
            clocks={one.id: [clock_shown(clock, acts.limits) for clock in one.clocks] for one in sheet.opinions},
            possible={one.id: one.possible(seat.sides(one, one.suggestion_id in own), now) for one in sheet.opinions},
            supervises=supervises,
            returns=acts.limits.rules.returns,
            open_suggestions=[
                one
                for one in suggestions
                if one.party is sheet.topic.party and one.state is not SuggestionState.DECLINED
            ],
            departments=departments(),
            sub_districts=sub_districts(),
            estates=sorted((one.facts for one in registered), key=lambda one: one.name),
            unregistered=unregistered,
            roles=InspectorRole,
            groups=range(GROUPS),
            classes=ReplyClass,
            grades=Contentment,
            today=now.astimezone(SHANGHAI).date(),
            fresh_id=uuid4,
            **refused(request, entered, problem),
        )

    return router


def _sent(fields: Entered) -> dict[str, Any]:
    numbers = {"version": number_of(fields.get("version")), "granted": choice_of(fields.get("granted"))}
    return {name: fields.get(name) for name in fields} | numbers


def _of(sent: Values, *names: str) -> Values:
    return {name: sent.get(name) for name in ("version", *names)}
