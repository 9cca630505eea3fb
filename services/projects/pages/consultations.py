"""The consultations of a project: the list with meetings and opinions, and one consultation from draft to result."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from fastapi import APIRouter, File, Request, Response, UploadFile

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, number_of
from services.chassis.pages.look import Pages, done, faults_of
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem, invalid
from services.projects.app.consultation.acts import ConsultationActs
from services.projects.domain.consultation.course import CONSULTATION_STEPS, Consultation, ConsultationState
from services.projects.domain.consultation.voted_items import VotedItem
from services.projects.http.consultation_bodies import (
    AnnulmentBody,
    AskedBody,
    BallotsBody,
    ConsultationStepBody,
    NoticeBody,
    RoundBody,
    TextsBody,
)
from services.projects.http.consultations import CONSULTATION, seen_by
from services.projects.http.consultations_shown import consultation_shown, result_shown, standing_shown
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, authority_of, who_of
from services.projects.jobs.consultation.csv_files import ballots_of_csv, moment_of
from services.projects.jobs.consultation.tables import CountRefused
from services.projects.pages.on_site import NOTHING, Entered, project_of
from services.projects.store.consultation_views import steps_of
from services.projects.store.consultations import results_of

BODY_LIMITS: Mapping[str, int] = {"/pages/consultations/*/ballots": 32 * 2**20}
AT_ONCE = 5_000
"""Ballots of a file in one transaction."""
_TEXTS = ("menu_item", "item", "block", "hallway", "rule", "wording", "removed", "material", "colour")


def consultation_pages(workshop: Workshop, pages: Pages, acts: ConsultationActs) -> APIRouter:
    router = pages.router()

    @router.get("/consultations/{consultation_id}")
    def show(request: Request, actor: Reader, consultation_id: UUID) -> Response:
        return _page(request, actor, str(consultation_id))

    @router.post("/consultations/{consultation_id}/texts")
    def add_item(request: Request, actor: Commander, consultation_id: UUID, fields: Fields) -> Response:
        """Adds an item to a draft, in place of one that has the same name."""

        def act(work: Work) -> None:
            before = seen_by(work, acts, str(consultation_id), actor)
            values = {"version": number_of(fields.get("version")), "items": _with(before, fields)}
            body = body_of(TextsBody, values)
            asked = [one.asked() for one in body.items]
            acts.drafts.rewrite(work, before.id, body.version, asked, who_of(actor))

        return _done(request, actor, str(consultation_id), fields, "item_added", act)

    @router.post("/consultations/{consultation_id}/rounds")
    def further_round(request: Request, actor: Commander, consultation_id: UUID, fields: Fields) -> Response:
        """Drafts a further round with one item in other words; the others as they were."""
        try:
            with answered(CONSULTATION), workshop.open() as work:
                before = seen_by(work, acts, str(consultation_id), actor)
                values = {"version": number_of(fields.get("version")), "items": _with(before, fields)}
                body = body_of(RoundBody, values)
                asked = [one.asked() for one in body.items]
                made = acts.drafts.again(work, before.id, body.version, asked, [], who_of(actor))
        except Problem as problem:
            if problem.status_code not in (409, 422):
                raise
            return _page(request, actor, str(consultation_id), fields, problem)
        return done(f"/pages/consultations/{made.id}", "drafted")

    @router.post("/consultations/{consultation_id}/notice")
    def notice(
        request: Request,
        actor: Commander,
        consultation_id: UUID,
        fields: Fields,
        file: Annotated[UploadFile, File()],
    ) -> Response:
        """The hash of the posted notice is kept; the file stays with the unit."""

        def act(work: Work) -> None:
            values: dict[str, object] = {
                name: moment_entered(fields.get(name)) for name in ("announced_at", "opens_at", "closes_at")
            }
            values["version"] = number_of(fields.get("version"))
            values["evidence"] = hashlib.sha256(file.file.read()).hexdigest()
            body = body_of(NoticeBody, values)
            acts.steps.notice(work, str(consultation_id), body.version, body.announced(), who_of(actor))

        return _done(request, actor, str(consultation_id), fields, "noticed", act)

    @router.post("/consultations/{consultation_id}/steps")
    def step(request: Request, actor: Commander, consultation_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            values = {"version": number_of(fields.get("version")), "to": fields.get("to")}
            body = body_of(ConsultationStepBody, values)
            to = ConsultationState(body.to)
            acts.steps.step(work, str(consultation_id), body.version, to, None, who_of(actor))

        return _done(request, actor, str(consultation_id), fields, "consultation_stepped", act)

    @router.post("/consultations/{consultation_id}/annulment")
    def annul(request: Request, actor: Commander, consultation_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            values = {"version": number_of(fields.get("version")), "reason": fields.get("reason")}
            body = body_of(AnnulmentBody, values)
            annulled = ConsultationState.ANNULLED
            acts.steps.step(work, str(consultation_id), body.version, annulled, body.reason, who_of(actor))

        return _done(request, actor, str(consultation_id), fields, "annulled", act)

    @router.post("/consultations/{consultation_id}/ballots")
    def ballots(
        request: Request,
        actor: Commander,
        consultation_id: UUID,
        fields: Fields,
        file: Annotated[UploadFile, File()],
    ) -> Response:
        """A file of ballots; the same file sent again adds nothing. Rows that cannot count are listed."""
        content, name = file.file.read(), file.filename or ""
        evidence, rejected = hashlib.sha256(content).hexdigest(), []
        try:
            with file_read():
                rows = ballots_of_csv(name, content, evidence)
            for start in range(0, len(rows), AT_ONCE):
                values = {
                    "id": uuid5(NAMESPACE_URL, f"{evidence}:{start}"),
                    "evidence": evidence,
                    "ballots": rows[start : start + AT_ONCE],
                }
                body = body_of(BallotsBody, values)
                with answered(CONSULTATION), workshop.open() as work:
                    taken = acts.ballots.take(work, str(consultation_id), str(body.id), body.rows(), who_of(actor))
                rejected += [(start + one.row, one.field, one.why) for one in taken.rejected]
        except Problem as problem:
            if problem.status_code not in (409, 422):
                raise
            return _page(request, actor, str(consultation_id), fields, problem)
        if rejected:
            return _page(request, actor, str(consultation_id), fields, rejected=rejected)
        return done(f"/pages/consultations/{consultation_id}", "ballots_taken")

    def _done(
        request: Request,
        actor: Actor,
        consultation_id: str,
        fields: Entered,
        what: str,
        act: Callable[[Work], None],
    ) -> Response:
        try:
            with answered(CONSULTATION), workshop.open() as work:
                act(work)
        except Problem as problem:
            if problem.status_code not in (409, 422):
                raise
            return _page(request, actor, consultation_id, fields, problem)
        return done(f"/pages/consultations/{consultation_id}", what)

    def _page(
        request: Request,
        actor: Actor,
        consultation_id: str,
        entered: Entered = NOTHING,
        problem: Problem | None = None,
        rejected: list[tuple[int, str, str]] | None = None,
    ) -> Response:
        with answered(CONSULTATION), workshop.open() as work:
            found = seen_by(work, acts, consultation_id, actor)
            project = project_of(work, UUID(found.project_id), actor)
            may_act = authority_of(actor).may_act_on(project)
            counting = may_act and found.announced is not None and found.state in _STANDS
            standing = acts.steps.standing(work, found.id, who_of(actor)) if counting else None
            results = results_of(work.connection, found.id) if found.seal else None
            steps = steps_of(work.connection, found.id)
            menu = acts.desk.standing.menu(work, project.opened_at)
        return pages.show(
            request,
            "consultation.html",
            actor,
            status=problem.status_code if problem else 200,
            project=project,
            consultation=consultation_shown(found),
            standing=standing and standing_shown(standing),
            result=result_shown(found, results) if results else None,
            steps=steps,
            next_steps=_next(found) if may_act else [],
            may_act=may_act,
            rules=acts.desk.rules,
            menu=menu,
            rejected=rejected or [],
            fresh_id=uuid4,
            entered=entered,
            problem=problem,
            faults=faults_of(problem) if problem else [],
            what=request.query_params.get("done"),
        )

    return router


_STANDS = frozenset({ConsultationState.OPEN, ConsultationState.CLOSED, ConsultationState.COUNTED})


def _next(found: Consultation) -> list[ConsultationState]:
    asks = {ConsultationState.ANNULLED, ConsultationState.NOTICED}
    return [state for state in ConsultationState if state in CONSULTATION_STEPS[found.state] - asks]


def item_entered(fields: Entered) -> dict[str, str]:
    """An item as a form sends it."""
    return {name: value for name in _TEXTS if (value := fields.get(name))}


def moment_entered(entered: str | None) -> object:
    try:
        return moment_of(entered) if entered else None
    except ValueError:
        return entered


def _with(before: Consultation, fields: Entered) -> list[dict[str, Any]]:
    """The items as they are, with the one that was entered in the place of its namesake, or at the end."""
    entered = item_entered(fields)
    items = [_as_sent(one) for one in before.items]
    where = [(one.get("item"), one.get("menu_item"), one.get("block"), one.get("hallway")) for one in items]
    body = body_of(AskedBody, entered)
    name = (body.item, body.menu_item, body.block, body.hallway)
    if name in where:
        items[where.index(name)] = entered
        return items
    return [*items, entered]


def _as_sent(one: VotedItem) -> dict[str, Any]:
    text = one.text
    values = {
        "item": None if one.menu_item else one.item,
        "menu_item": one.menu_item,
        "block": one.block,
        "hallway": one.hallway,
        "rule": one.rule.name,
        "wording": text.text,
        "removed": text.removed,
        "material": text.material or None,
        "colour": text.colour or None,
        "pictures": list(text.pictures),
    }
    return {name: value for name, value in values.items() if value is not None}


@contextmanager
def file_read() -> Iterator[None]:
    """Turns a file that cannot be read into the problem of the form."""
    try:
        yield
    except CountRefused as error:
        shown = "; ".join(error.faults[:5])
        raise invalid([{"loc": ("body", "file"), "type": "value_error", "msg": shown}]) from None
