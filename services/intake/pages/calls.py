"""The call list of a clerk: whom to call, what to say, and what came of it, entered in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel
from starlette.responses import RedirectResponse

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, choice_of, number_of
from services.chassis.pages.look import Pages, faults_of
from services.chassis.pages.speech import Language, Speech
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.contracts.departments import departments
from services.contracts.event import TicketId
from services.contracts.ticket_events import Satisfaction
from services.intake.app.answer_follow_up import AnswerFollowUp, CallerAnswer
from services.intake.app.miss_call import MissFollowUp
from services.intake.app.read_caller import ReadCaller
from services.intake.app.sending_ports import Words
from services.intake.app.take_call import TakeCall
from services.intake.domain.calls import PURPOSE_OF, CallKind, CallResult
from services.intake.domain.steps import TicketStep
from services.intake.domain.telling import Way
from services.intake.http.callers import refuse
from services.intake.http.calls import CallResultBody, no_such_call, whose_calls
from services.intake.http.follow_ups import AnswerBody, MissedCallBody
from services.intake.http.refusals import answered
from services.intake.http.rights import Handler, Operator
from services.intake.http.step_table import STEP_TABLE, TicketSteps
from services.intake.store.call_list import CallFilter, CallList, CallToMake

SHOWN = 50


class Chosen(BaseModel):
    """The item that a form is about."""

    id: TicketId


@dataclass(frozen=True, slots=True)
class Entered:
    """A form that was refused, or one that asked for a number."""

    id: str
    fields: Mapping[str, str]
    problem: Problem | None = None
    number: str | None = None


def call_pages(
    workshop: Workshop,
    pages: Pages,
    steps: TicketSteps,
    answer: AnswerFollowUp,
    miss: MissFollowUp,
    take: TakeCall,
    words: Words,
    read: ReadCaller,
    call_list: CallList,
) -> APIRouter:
    router = pages.router()

    @router.get("/calls")
    def calls(
        request: Request,
        actor: Handler,
        occasion: CallKind | Literal[""] = "",  # the form's first choice is blank
        of: Annotated[str, Query(max_length=40)] = "",
    ) -> Response:
        return _calls(request, actor, CallFilter(occasion or None, of))

    @router.post("/calls/number")
    def show_number(request: Request, actor: Handler, fields: Fields) -> Response:
        """Shows one caller's number: each is read for itself, so that the vault can note who read it and why."""
        where, chosen = _where(fields), body_of(Chosen, {"id": fields.get("id")})
        asker = whose_calls(actor, call_list, where)
        with workshop.open() as work:
            items = call_list.items(work.connection, where, asker, work.clock.now(), SHOWN)
            one = next((item for item in items if item.id == chosen.id), None)
            if one is None:
                raise no_such_call()
            found = read.of_ticket(work, asker, one.ticket_id, PURPOSE_OF[one.kind])
        if found is None:
            raise no_such_call()
        refuse(found, workshop.clock.now())
        number = found.identity.phone if found.identity else None
        return _calls(request, actor, where, Entered(one.id, {}, number=number or ""))

    def taken(
        request: Request, actor: Actor, fields: Mapping[str, str], change: Callable[[Work, str], None]
    ) -> Response:
        where = _where(fields)
        chosen = body_of(Chosen, {"id": fields.get("id")})
        try:
            with answered(no_such_call), workshop.open() as work:
                change(work, chosen.id)
        except Problem as problem:
            if problem.status_code not in (409, 422):
                raise
            return _calls(request, actor, where, Entered(chosen.id, fields, problem))
        shown = {"occasion": where.kind or "", "of": where.unit, "done": "yes"}
        return RedirectResponse(f"/pages/calls?{urlencode({k: v for k, v in shown.items() if v})}", 303)

    @router.post("/calls/told")
    def called(request: Request, actor: Operator, fields: Fields) -> Response:
        def change(work: Work, id: str) -> None:
            body = body_of(CallResultBody, {"version": _version(fields), "result": fields.get("result")})
            take(work, id, body.version, actor.subject, body.result)

        return taken(request, actor, fields, change)

    @router.post("/calls/answered")
    def followed(request: Request, actor: Operator, fields: Fields) -> Response:
        def change(work: Work, id: str) -> None:
            entered = {"solved": choice_of(fields.get("solved")), "note": fields.get("note")}
            body = body_of(AnswerBody, {"version": _version(fields), **entered})
            answer(work, id, CallerAnswer(body.version, actor.subject, body.solved, body.note))

        return taken(request, actor, fields, change)

    @router.post("/calls/not-answered")
    def not_answered(request: Request, actor: Operator, fields: Fields) -> Response:
        def change(work: Work, id: str) -> None:
            body = body_of(MissedCallBody, {"version": _version(fields), "result": fields.get("result")})
            miss(work, id, body.version, actor.subject, body.result)

        return taken(request, actor, fields, change)

    def by_step(
        step: TicketStep, values: Callable[[Mapping[str, str], Speech], dict[str, object]]
    ) -> Callable[..., Response]:
        row = STEP_TABLE[step]

        def change_ticket(request: Request, actor: Actor, fields: Mapping[str, str]) -> Response:
            def change(work: Work, id: str) -> None:
                body = body_of(row.body, {"version": _version(fields), **values(fields, pages.speech(request))})
                row.take(steps, work, id, body, actor)

            return taken(request, actor, fields, change)

        def by_its_unit(request: Request, actor: Handler, fields: Fields) -> Response:
            return change_ticket(request, actor, fields)

        def by_the_hub(request: Request, actor: Operator, fields: Fields) -> Response:
            return change_ticket(request, actor, fields)

        return by_its_unit if row.by_unit else by_the_hub

    for path, step, values in (
        ("visited", TicketStep.VISIT, _visit),
        ("missed", TicketStep.MISS, lambda _, say: {"reason": say("calls.missed_words")}),
        ("given-up", TicketStep.ARCHIVE, lambda _, __: {}),
        ("contacted", TicketStep.CONTACT, lambda fields, _: {"note": fields.get("note")}),
        ("not-contacted", TicketStep.MISS_CONTACT, lambda fields, _: {"result": fields.get("result")}),
    ):
        router.add_api_route(f"/calls/{path}", by_step(step, values), methods=["POST"])

    def _calls(request: Request, actor: Actor, where: CallFilter, entered: Entered | None = None) -> Response:
        say, now = pages.speech(request), workshop.clock.now()
        asker = whose_calls(actor, call_list, where)
        with workshop.engine.begin() as connection:
            items = call_list.items(connection, where, asker, now, SHOWN)
        problem = entered.problem if entered else None
        return pages.show(
            request,
            "calls.html",
            actor,
            status=problem.status_code if problem else 200,
            items=[(one, _to_say(one, say)) for one in items],
            kinds=call_list.kinds(asker),
            hub=asker.hub,
            results=list(CallResult),
            rules=call_list.rules,
            grades=list(Satisfaction),
            departments=list(departments()) if asker.hub else sorted(actor.departments),
            where=where,
            entered=entered,
            problem=problem,
            faults=faults_of(problem) if problem else [],
            gone=entered is not None and entered.id not in {one.id for one in items},
            now=now,
            done=request.query_params.get("done"),
        )

    def _to_say(one: CallToMake, say: Speech) -> str:
        if one.telling:
            try:
                return words(one.telling, "zh" if say.language is Language.ZH else "en", Way.CALL)
            except KeyError:
                return ""  # of an occasion that there is no more; it is taken off the list
        return say(f"calls.say.{one.kind}", answer=one.answer or "")

    return router


def _where(fields: Mapping[str, str]) -> CallFilter:
    entered = fields.get("occasion", "")
    return CallFilter(CallKind(entered) if entered in set(CallKind) else None, fields.get("of", "")[:40])


def _version(fields: Mapping[str, str]) -> int | None:
    return number_of(fields.get("version"))


def _visit(fields: Mapping[str, str], _: Speech) -> dict[str, object]:
    return {
        "caller_solved": choice_of(fields.get("caller_solved")),
        **{name: fields.get(name) for name in ("satisfaction", "note", "redo")},
    }
