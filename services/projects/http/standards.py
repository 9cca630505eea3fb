"""Standards over HTTP: drafted, consulted on, issued, reviewed, retired."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime

from services.chassis.database.work import Workshop
from services.chassis.working_days import SHANGHAI
from services.projects.app.standards.acts import StandardActs
from services.projects.domain.standards.standard import Standard
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, RuleReader, not_found, who_of
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
from services.projects.http.standard_package import PackageBody, package_of
from services.projects.http.standards_shown import edition_shown, opinion_shown, standard_shown
from services.projects.store.standard_views import all_standards, standard_by_id
from services.projects.store.standards import opinions_of


def standard_routes(workshop: Workshop, acts: StandardActs) -> APIRouter:
    router = APIRouter(prefix="/standards", tags=["standards"])

    @router.get("")
    def list_standards(_: RuleReader) -> dict[str, Any]:
        """All of them, the newest first."""
        with workshop.engine.begin() as connection:
            return {"items": [standard_shown(one) for one in all_standards(connection)]}

    @router.get("/{standard_id}")
    def show_standard(_: RuleReader, standard_id: UUID) -> dict[str, Any]:
        """A standard with its versions, and what was said of its drafts."""
        with workshop.engine.begin() as connection:
            standard = found_standard(standard_by_id(connection, str(standard_id)))
            said = opinions_of(connection, standard.id)
        return standard_shown(standard) | {"opinions": [opinion_shown(one) for one in said]}

    @router.get("/{standard_id}/in-force")
    def show_in_force(
        _: RuleReader, standard_id: UUID, day: date | None = None, known: AwareDatetime | None = None
    ) -> dict[str, Any]:
        """The version in force on a day, as far as it was known at a moment; today and now, unless said otherwise."""
        with workshop.engine.begin() as connection:
            standard = found_standard(standard_by_id(connection, str(standard_id)))
        now = workshop.clock.now()
        asked, at = day or now.astimezone(SHANGHAI).date(), known or now
        edition = standard.in_force(asked, at)
        return {"day": asked, "known": at, "in_force": edition and edition_shown(edition)}

    @router.get("/{standard_id}/package")
    def show_package(_: RuleReader, standard_id: UUID) -> dict[str, Any]:
        """What is active in the newest version that was issued, as one file that another district takes up."""
        with workshop.engine.begin() as connection:
            standard = found_standard(standard_by_id(connection, str(standard_id)))
        if not (issued := standard.issued()):
            raise not_found("version of the standard that was issued")
        return package_of(standard, issued[-1])

    @router.post("/packages", status_code=201)
    def take_package(actor: Commander, body: PackageBody) -> dict[str, Any]:
        """Takes up another district's standard as a draft of its own."""
        with answered("standard"), workshop.open() as work:
            return standard_shown(acts.draft.open(work, body.new(), who_of(actor)))

    @router.post("", status_code=201)
    def open_standard(actor: Commander, body: StandardBody) -> dict[str, Any]:
        """Drafts a standard; for who leads, or the hub."""
        with answered("standard"), workshop.open() as work:
            return standard_shown(acts.draft.open(work, body.new(), who_of(actor)))

    @router.post("/{standard_id}/editions", status_code=201)
    def revise(actor: Commander, standard_id: UUID, body: RevisionBody) -> dict[str, Any]:
        """Drafts the next version."""
        content = body.content.content() if body.content else None
        with answered("standard"), workshop.open() as work:
            return standard_shown(acts.draft.revise(work, str(standard_id), body.version, content, who_of(actor)))

    @router.post("/{standard_id}/content")
    def write(actor: Commander, standard_id: UUID, body: WritingBody) -> dict[str, Any]:
        """Changes the draft."""
        with answered("standard"), workshop.open() as work:
            content = body.content.content()
            return standard_shown(acts.draft.write(work, str(standard_id), body.version, content, who_of(actor)))

    @router.post("/{standard_id}/opinions", status_code=201)
    def hear(actor: Commander, standard_id: UUID, body: StandardOpinionBody) -> dict[str, Any]:
        """Notes what somebody who was asked says of the draft, by their role."""
        with answered("standard"), workshop.open() as work:
            return opinion_shown(acts.draft.hear(work, str(standard_id), body.opinion(), who_of(actor)))

    @router.post("/{standard_id}/opinions/{opinion_id}/answer")
    def answer(actor: Commander, standard_id: UUID, opinion_id: UUID, body: StandardAnswerBody) -> dict[str, Any]:
        """Answers an opinion: adopted or not, and why."""
        with answered("opinion"), workshop.open() as work:
            said = (str(standard_id), str(opinion_id), body.version, body.adopted, body.why)
            return opinion_shown(acts.draft.answer(work, *said, who_of(actor)))

    @router.post("/{standard_id}/consultation")
    def consult(actor: Commander, standard_id: UUID, body: StandardStepBody) -> dict[str, Any]:
        """The draft was consulted on: everybody was asked and answered."""
        with answered("standard"), workshop.open() as work:
            return standard_shown(acts.draft.consult(work, str(standard_id), body.version, who_of(actor)))

    @router.post("/{standard_id}/issue")
    def issue(actor: Commander, standard_id: UUID, body: IssueBody) -> dict[str, Any]:
        """Issues the draft; the eight sub-districts are to adopt it."""
        with answered("standard"), workshop.open() as work:
            return standard_shown(acts.issue.issue(work, str(standard_id), body.issue(), who_of(actor)))

    @router.post("/{standard_id}/keeping")
    def keep(actor: Commander, standard_id: UUID, body: KeepingBody) -> dict[str, Any]:
        """The review found that it is kept."""
        with answered("standard"), workshop.open() as work:
            kept = acts.issue.keep(work, str(standard_id), body.version, body.review_on, who_of(actor))
            return standard_shown(kept)

    @router.post("/{standard_id}/retirement")
    def retire(actor: Commander, standard_id: UUID, body: RetirementBody) -> dict[str, Any]:
        """Retires it after its last day in force."""
        with answered("standard"), workshop.open() as work:
            said = (str(standard_id), body.version, body.last_day, body.reason)
            return standard_shown(acts.issue.retire(work, *said, who_of(actor)))

    return router


def found_standard(found: Standard | None) -> Standard:
    """Raises Problem 404."""
    if found is None:
        raise not_found("standard")
    return found
