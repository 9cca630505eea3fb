"""Standards: their list; one with its versions, what differs between them, what was said of drafts, and its steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, File, Request, Response, UploadFile

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, choice_of, number_of
from services.chassis.pages.look import Pages, done
from services.chassis.pages.speech import Speech
from services.chassis.web.identity import Actor
from services.chassis.web.problems import Problem
from services.chassis.working_days import SHANGHAI
from services.contracts.elements import elements
from services.projects.app.standards.acts import StandardActs
from services.projects.domain.cases.typical_case import POSSIBLE, CaseAct
from services.projects.domain.consultation.meetings import MeetingKind
from services.projects.domain.menu import ConsentScope, Unit
from services.projects.domain.standards.checks import open_findings
from services.projects.domain.standards.clauses import ClauseStatus
from services.projects.domain.standards.difference import differences
from services.projects.domain.standards.opinions import OpinionRole
from services.projects.domain.standards.standard import EditionContent, Standard, StandardState
from services.projects.domain.works.papers import PaperKind
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, RuleReader, authority_of, who_of
from services.projects.http.standard_bodies import (
    IssueBody,
    KeepingBody,
    RetirementBody,
    RevisionBody,
    StandardAnswerBody,
    StandardBody,
    StandardOpinionBody,
    StandardStepBody,
    WritingBody,
)
from services.projects.http.standards import found_standard
from services.projects.http.standards_shown import opinion_shown, standard_shown
from services.projects.pages.forms import NOTHING, Entered, acted, refused
from services.projects.pages.standard_content import MEETING_STEPS, PAPER_STEPS, first_content, whole_content
from services.projects.store.case_views import all_cases
from services.projects.store.standard_views import all_standards, standard_by_id
from services.projects.store.standards import checks_of, opinions_of

BODY_LIMITS = {"/pages/standards/*/content": 32 * 2**20}


def standard_pages(workshop: Workshop, pages: Pages, acts: StandardActs) -> APIRouter:
    router = pages.router()

    @router.get("/standards")
    def list_standards(request: Request, actor: RuleReader) -> Response:
        return _all(request, actor)

    @router.post("/standards/new")
    def draft(request: Request, actor: Commander, fields: Fields) -> Response:
        try:
            with answered("standard"), workshop.open() as work:
                case = next((one for one in all_cases(work.connection) if one.id == fields.get("case_id")), None)
                values = {
                    "title": fields.get("title"),
                    "lead": case and case.lead,
                    "type_codes": [case.type_code] if case else None,
                    "case_id": case and case.id,
                    "content": first_content(fields),
                }
                standard = acts.draft.open(work, body_of(StandardBody, values).new(), who_of(actor))
        except Problem as problem:
            if problem.status_code not in (409, 422):
                raise
            return _all(request, actor, fields, problem)
        return done(f"/pages/standards/{standard.id}", "standard_drafted")

    @router.get("/standards/{standard_id}")
    def show(request: Request, actor: RuleReader, standard_id: UUID) -> Response:
        return _one(request, actor, standard_id)

    @router.post("/standards/{standard_id}/content")
    def write(
        request: Request,
        actor: Commander,
        standard_id: UUID,
        fields: Fields,
        file: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        """Of a form that is added the hash is kept; the file stays with the lead."""
        return _done(
            request,
            actor,
            standard_id,
            fields,
            "content",
            lambda work: _write(acts, work, str(standard_id), fields, file, actor),
        )

    @router.post("/standards/{standard_id}/{act}")
    def take_step(request: Request, actor: Commander, standard_id: UUID, act: str, fields: Fields) -> Response:
        """Every form of the page; what none of them sends does not exist."""
        step = _STEPS.get(act)
        if step is None:
            raise Problem(404, "not-found", "No such page", "Take the forms of the page.")
        return _done(
            request, actor, standard_id, fields, act, lambda work: step(acts, work, str(standard_id), fields, actor)
        )

    def _done(
        request: Request, actor: Actor, standard_id: UUID, fields: Entered, act: str, take: Callable[[Work], None]
    ) -> Response:
        return acted(
            workshop,
            "standard",
            take,
            f"/pages/standards/{standard_id}",
            f"standard_{act}",
            lambda problem: _one(request, actor, standard_id, fields, problem),
        )

    def _all(request: Request, actor: Actor, entered: Entered = NOTHING, problem: Problem | None = None) -> Response:
        with workshop.engine.begin() as connection:
            items, cases = all_standards(connection), all_cases(connection)
        return pages.show(
            request,
            "standards.html",
            actor,
            items=items,
            cases=[
                one
                for one in cases
                if one.state in POSSIBLE[CaseAct.DRAFT_STANDARD] and not one.standard_id and _leads(actor, one.lead)
            ],
            elements=elements(),
            **refused(request, entered, problem),
        )

    def _one(
        request: Request, actor: Actor, standard_id: UUID, entered: Entered = NOTHING, problem: Problem | None = None
    ) -> Response:
        with workshop.engine.begin() as connection:
            standard = found_standard(standard_by_id(connection, str(standard_id)))
            said = opinions_of(connection, standard.id)
            found = open_findings(check for check, _, _ in checks_of(connection, standard.id))
        now = workshop.clock.now()
        today = now.astimezone(SHANGHAI).date()
        in_force = standard.in_force(today, now)
        return pages.show(
            request,
            "standard.html",
            actor,
            standard=standard_shown(standard),
            in_force=in_force.number if in_force else None,
            changes=_changes(standard),
            findings=found,
            opinions=[opinion_shown(one) for one in said],
            draft=standard.draft(),
            before=_before(standard),
            lists=_lists(pages.speech(request)),
            today=today,
            issued=bool(standard.issued()),
            leads=_leads(actor, standard.lead) and standard.state is not StandardState.RETIRED,
            roles=OpinionRole,
            fresh_id=uuid4,
            **refused(request, entered, problem),
        )

    return router


def _write(
    acts: StandardActs, work: Work, standard_id: str, fields: Entered, file: UploadFile | None, actor: Actor
) -> None:
    held = found_standard(standard_by_id(work.connection, standard_id))
    content = whole_content(fields, _before(held), file)
    body = body_of(WritingBody, {"version": number_of(fields.get("version")), "content": content})
    acts.draft.write(work, standard_id, body.version, body.content.content(), who_of(actor))


def _revise(acts: StandardActs, work: Work, standard_id: str, fields: Entered, actor: Actor) -> None:
    body = body_of(RevisionBody, {"version": number_of(fields.get("version"))})
    acts.draft.revise(work, standard_id, body.version, None, who_of(actor))


def _hear(acts: StandardActs, work: Work, standard_id: str, fields: Entered, actor: Actor) -> None:
    values = {name: fields.get(name) for name in ("id", "role", "clause", "words")}
    acts.draft.hear(work, standard_id, body_of(StandardOpinionBody, values).opinion(), who_of(actor))


def _answer(acts: StandardActs, work: Work, standard_id: str, fields: Entered, actor: Actor) -> None:
    values = {
        "version": number_of(fields.get("version")),
        "adopted": choice_of(fields.get("adopted")),
        "why": fields.get("why"),
    }
    body = body_of(StandardAnswerBody, values)
    opinion = fields.get("opinion_id", "")
    acts.draft.answer(work, standard_id, opinion, body.version, body.adopted, body.why, who_of(actor))


def _consult(acts: StandardActs, work: Work, standard_id: str, fields: Entered, actor: Actor) -> None:
    body = body_of(StandardStepBody, {"version": number_of(fields.get("version"))})
    acts.draft.consult(work, standard_id, body.version, who_of(actor))


def _issue(acts: StandardActs, work: Work, standard_id: str, fields: Entered, actor: Actor) -> None:
    days = {name: fields.get(name) for name in ("effective_from", "effective_to", "adopt_by", "review_on")}
    numbers = {name: number_of(fields.get(name)) for name in ("version", "supersedes")}
    acts.issue.issue(work, standard_id, body_of(IssueBody, {**days, **numbers}).issue(), who_of(actor))


def _keep(acts: StandardActs, work: Work, standard_id: str, fields: Entered, actor: Actor) -> None:
    values = {"version": number_of(fields.get("version")), "review_on": fields.get("review_on")}
    body = body_of(KeepingBody, values)
    acts.issue.keep(work, standard_id, body.version, body.review_on, who_of(actor))


def _retire(acts: StandardActs, work: Work, standard_id: str, fields: Entered, actor: Actor) -> None:
    values = {"version": number_of(fields.get("version")), **{one: fields.get(one) for one in ("last_day", "reason")}}
    body = body_of(RetirementBody, values)
    acts.issue.retire(work, standard_id, body.version, body.last_day, body.reason, who_of(actor))


_STEPS: Mapping[str, Callable[[StandardActs, Work, str, Entered, Actor], None]] = {
    "editions": _revise,
    "opinions": _hear,
    "answer": _answer,
    "consultation": _consult,
    "issue": _issue,
    "keeping": _keep,
    "retirement": _retire,
}


def _lists(say: Speech) -> Mapping[str, Any]:
    """What the form of a draft offers, each value with its name."""
    return {
        "elements": [(code, say.element(code)) for code in elements()],
        "units": [(one, say(f"unit.{one}")) for one in Unit],
        "scopes": [(one, say(f"consent.{one}")) for one in ConsentScope],
        "statuses": [(one, say(f"clause.{one}")) for one in ClauseStatus],
        "paper_kinds": PaperKind,
        "meeting_kinds": MeetingKind,
        "paper_steps": PAPER_STEPS,
        "meeting_steps": MEETING_STEPS,
    }


def _before(standard: Standard) -> EditionContent | None:
    """What the version before the draft says."""
    draft = standard.draft()
    edition = standard.edition(draft.number - 1) if draft else None
    return edition.content if edition else None


def _changes(standard: Standard) -> Mapping[int, Any]:
    """By number of a version: what differs from the one before."""
    pairs = zip(standard.editions, standard.editions[1:], strict=False)
    return {after.number: differences(before.content, after.content) for before, after in pairs}


def _leads(actor: Actor, lead: str) -> bool:
    authority = authority_of(actor)
    return authority.is_hub or lead in authority.share.departments
