"""What the forms of a standard's page do: one function a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fastapi import UploadFile

from services.chassis.database.work import Work
from services.chassis.pages.forms import body_of, choice_of, number_of
from services.chassis.web.identity import Actor
from services.projects.app.standards.acts import StandardActs
from services.projects.http.rights import who_of
from services.projects.http.standard_bodies import (
    IssueBody,
    KeepingBody,
    RetirementBody,
    RevisionBody,
    StandardAnswerBody,
    StandardOpinionBody,
    StandardStepBody,
    WritingBody,
)
from services.projects.http.standards import found_standard
from services.projects.pages.forms import Entered
from services.projects.pages.standard_content import before_draft, whole_content
from services.projects.store.standard_views import all_standards, standard_by_id


def write_draft(
    acts: StandardActs, work: Work, standard_id: str, fields: Entered, file: UploadFile | None, actor: Actor
) -> None:
    held = found_standard(standard_by_id(work.connection, standard_id))
    written = (
        row for one in all_standards(work.connection) for edition in one.editions for row in edition.content.menu
    )
    taken = {row.code for rows in (acts.issue.base_menu, written) for row in rows}
    content = whole_content(fields, before_draft(held), file, taken)
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


STEPS: Mapping[str, Callable[[StandardActs, Work, str, Entered, Actor], None]] = {
    "editions": _revise,
    "opinions": _hear,
    "answer": _answer,
    "consultation": _consult,
    "issue": _issue,
    "keeping": _keep,
    "retirement": _retire,
}
"""By the last part of the form's address; `write_draft` has a file beside its fields."""
