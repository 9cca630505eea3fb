"""One consultation of a project, from draft to result. Their list, meetings and opinions: `hearings`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import APIRouter, Request, Response, UploadFile

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, number_of
from services.chassis.pages.look import Pages, done
from services.chassis.web.problems import Problem
from services.projects.app.consultation.acts import ConsultationActs
from services.projects.app.consultation.ports import RejectedRow
from services.projects.domain.consultation.course import Consultation, ConsultationState
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
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, Reader, who_of
from services.projects.jobs.consultation.csv_files import ballots_of_csv, moment_of
from services.projects.pages.consultation_sheet import ConsultationSheet, file_read, rows_of_file
from services.projects.pages.forms import Entered, SentFile, content_of, hash_of

BODY_LIMITS: Mapping[str, int] = {
    "/pages/consultations/*/ballots": 32 * 2**20,
    "/pages/consultations/*/deliveries": 8 * 2**20,
    "/pages/consultations/*/electorate": 8 * 2**20,
}
AT_ONCE = 5_000
"""Ballots of a file in one transaction."""
_TEXTS = ("menu_item", "item", "block", "hallway", "rule", "wording", "removed", "material", "colour")


def consultation_pages(workshop: Workshop, pages: Pages, acts: ConsultationActs) -> APIRouter:
    router, sheet = pages.router(), ConsultationSheet(workshop, pages, acts)

    @router.get("/consultations/{consultation_id}")
    def show(request: Request, actor: Reader, consultation_id: UUID) -> Response:
        return sheet.show(request, actor, str(consultation_id))

    @router.post("/consultations/{consultation_id}/texts")
    def add_item(request: Request, actor: Commander, consultation_id: UUID, fields: Fields) -> Response:
        """Adds an item to a draft, in place of one that has the same name."""

        def act(work: Work) -> None:
            before = seen_by(work, acts, str(consultation_id), actor)
            values = {"version": number_of(fields.get("version")), "items": _with(before, fields)}
            body = body_of(TextsBody, values)
            asked = [one.asked() for one in body.items]
            acts.drafts.rewrite(work, before.id, body.version, asked, who_of(actor))

        return sheet.act(request, actor, str(consultation_id), fields, "item_added", act)

    @router.post("/consultations/{consultation_id}/rounds")
    def further_round(request: Request, actor: Commander, consultation_id: UUID, fields: Fields) -> Response:
        """Drafts a further round with one item in other words; the others as they were."""
        try:
            with answered(CONSULTATION), workshop.open() as work:
                before = seen_by(work, acts, str(consultation_id), actor)
                values = {"version": number_of(fields.get("version")), "items": _with(before, fields)}
                body = body_of(RoundBody, {**values, "by_register": fields.get("by_register") == "yes"})
                asked, electors = [one.asked() for one in body.items], body.other_electors(acts.desk.keyed)
                made = acts.drafts.again(work, before.id, body.version, asked, electors, who_of(actor))
        except Problem as problem:
            return sheet.refused(request, actor, str(consultation_id), fields, problem)
        return done(f"/pages/consultations/{made.id}", "consultation_drafted")

    @router.post("/consultations/{consultation_id}/notice")
    def notice(
        request: Request,
        actor: Commander,
        consultation_id: UUID,
        fields: Fields,
        file: SentFile = None,
        protocol: SentFile = None,
    ) -> Response:
        """The hashes of the posted notice, and of another system's protocol, are kept; the files stay with the unit."""

        def act(work: Work) -> None:
            values: dict[str, object] = {
                name: moment_entered(fields.get(name)) for name in ("announced_at", "opens_at", "closes_at")
            }
            values["version"] = number_of(fields.get("version"))
            values["evidence"] = hash_of(file)
            values["held_in"] = _held_in(fields, protocol)
            body = body_of(NoticeBody, values)
            acts.steps.notice(work, str(consultation_id), body.version, body.announced(), who_of(actor))

        return sheet.act(request, actor, str(consultation_id), fields, "noticed", act)

    @router.post("/consultations/{consultation_id}/steps")
    def step(request: Request, actor: Commander, consultation_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            values = {"version": number_of(fields.get("version")), "to": fields.get("to")}
            body = body_of(ConsultationStepBody, values)
            to = ConsultationState(body.to)
            acts.steps.step(work, str(consultation_id), body.version, to, None, who_of(actor))

        return sheet.act(request, actor, str(consultation_id), fields, "consultation_stepped", act)

    @router.post("/consultations/{consultation_id}/annulment")
    def annul(request: Request, actor: Commander, consultation_id: UUID, fields: Fields) -> Response:
        def act(work: Work) -> None:
            values = {"version": number_of(fields.get("version")), "reason": fields.get("reason")}
            body = body_of(AnnulmentBody, values)
            annulled = ConsultationState.ANNULLED
            acts.steps.step(work, str(consultation_id), body.version, annulled, body.reason, who_of(actor))

        return sheet.act(request, actor, str(consultation_id), fields, "annulled", act)

    @router.post("/consultations/{consultation_id}/ballots")
    def ballots(
        request: Request,
        actor: Commander,
        consultation_id: UUID,
        fields: Fields,
        file: SentFile = None,
    ) -> Response:
        """A file of ballots; the same file sent again adds nothing. Rows that cannot count are listed."""
        name, content = content_of(file)
        evidence, rejected = hashlib.sha256(content).hexdigest(), list[RejectedRow]()
        try:
            with file_read():
                rows, numbers = ballots_of_csv(name, content, evidence)
            for start in range(0, len(rows), AT_ONCE):
                values = {
                    "id": uuid5(NAMESPACE_URL, f"{evidence}:{start}"),
                    "evidence": evidence,
                    "ballots": rows[start : start + AT_ONCE],
                }
                with rows_of_file(numbers[start : start + AT_ONCE]):
                    body = body_of(BallotsBody, values)
                with answered(CONSULTATION), workshop.open() as work:
                    taken = acts.ballots.take(work, str(consultation_id), str(body.id), body.rows(), who_of(actor))
                rejected += [replace(one, row=numbers[start + one.row - 1]) for one in taken.rejected]
        except Problem as problem:
            return sheet.refused(request, actor, str(consultation_id), fields, problem)
        if rejected:
            return sheet.show(request, actor, str(consultation_id), fields, rejected=rejected)
        return done(f"/pages/consultations/{consultation_id}", "ballots_taken")

    return router


def _held_in(fields: Entered, protocol: UploadFile | None) -> dict[str, str] | None:
    """Where the vote was held, as the form sends it; None where nothing of it was entered."""
    found = {name: value for name in ("system", "number", "issued_on") if (value := fields.get(f"held.{name}"))}
    if evidence := hash_of(protocol):
        found["evidence"] = evidence
    return found or None


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
