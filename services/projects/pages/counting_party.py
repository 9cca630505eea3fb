"""What the counting party does on the page of a consultation: slips with codes, deliveries, sales, the record."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request, Response, UploadFile

from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields, body_of, number_of
from services.chassis.pages.look import Pages
from services.chassis.web.problems import Problem
from services.projects.app.consultation.acts import ConsultationActs
from services.projects.app.consultation.recording import record_of_consultation
from services.projects.domain.consultation.course import Consultation
from services.projects.domain.consultation.electorate import Electorate
from services.projects.http.consultation_bodies import CodesBody, DeliveriesBody, ElectorateBody, SaleBody
from services.projects.http.consultations import CONSULTATION, record_file, seen_by
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, who_of
from services.projects.jobs.consultation.csv_files import deliveries_of_csv, parts_of_csv
from services.projects.pages.consultation_sheet import ConsultationSheet, file_read, rows_of_file
from services.projects.pages.consultations import moment_entered
from services.projects.pages.forms import Entered, SentFile, content_of, hash_of
from services.projects.pages.works_context import project_of

BALLOT_COLUMNS = ("房号", "事项", "意见", "方式", "时间", "送达", "文本版本")


def counting_party_pages(workshop: Workshop, pages: Pages, acts: ConsultationActs) -> APIRouter:
    router, sheet = pages.router(), ConsultationSheet(workshop, pages, acts)

    @router.post("/consultations/{consultation_id}/electorate")
    def ask_others(
        request: Request,
        actor: Commander,
        consultation_id: UUID,
        fields: Fields,
        file: SentFile = None,
    ) -> Response:
        """Without a file those of the register."""

        def act(work: Work) -> None:
            electors, numbers = electors_entered(fields, file)
            with rows_of_file(numbers):
                asked = body_of(ElectorateBody, {"version": number_of(fields.get("version")), **electors})
            acts.drafts.ask_others(
                work, str(consultation_id), asked.version, asked.electors(acts.desk.keyed), who_of(actor)
            )

        return sheet.act(request, actor, str(consultation_id), fields, "electorate_taken", act)

    @router.post("/consultations/{consultation_id}/slips")
    def slips(request: Request, actor: Commander, consultation_id: UUID, fields: Fields) -> Response:
        """The sheet to be printed, one slip for each holder. It is shown this once."""
        try:
            with answered(CONSULTATION), workshop.open() as work:
                asked = {"parts": parts_entered(fields.get("parts")), "why": fields.get("why")}
                body = body_of(CodesBody, asked)
                made = acts.codes.issue(work, str(consultation_id), body.parts, body.why, who_of(actor))
                found = seen_by(work, acts, str(consultation_id), actor)
                project = project_of(work, UUID(found.project_id), actor)
        except Problem as problem:
            return sheet.refused(request, actor, str(consultation_id), fields, problem)
        return pages.show(
            request,
            "slips.html",
            actor,
            consultation=found,
            place=project.place,
            slips=made,
            address=f"{request.base_url}vote/",
        )

    @router.post("/consultations/{consultation_id}/deliveries")
    def deliver(
        request: Request,
        actor: Commander,
        consultation_id: UUID,
        fields: Fields,
        file: SentFile = None,
    ) -> Response:
        def act(work: Work) -> None:
            name, content = content_of(file)
            with file_read():
                read = deliveries_of_csv(name, content, hashlib.sha256(content).hexdigest())
            with rows_of_file(read.numbers), answered(CONSULTATION):
                body = body_of(DeliveriesBody, {"deliveries": read.rows})
                acts.ballots.deliver(work, str(consultation_id), body.handed(), who_of(actor))

        return sheet.act(request, actor, str(consultation_id), fields, "deliveries_noted", act)

    @router.post("/consultations/{consultation_id}/sales")
    def sell(
        request: Request,
        actor: Commander,
        consultation_id: UUID,
        fields: Fields,
        file: SentFile = None,
    ) -> Response:
        """The hash of the contract, or of the register's answer, is kept; the file stays with the unit."""

        def act(work: Work) -> None:
            values = {
                "id": fields.get("id"),
                "part_id": fields.get("part_id"),
                "at": moment_entered(fields.get("at")),
                "evidence": hash_of(file),
            }
            acts.sales.note(work, str(consultation_id), body_of(SaleBody, values).sold(), who_of(actor))

        return sheet.act(request, actor, str(consultation_id), fields, "sale_noted", act)

    @router.get("/consultations/{consultation_id}/ballots.csv")
    def blank_sheet(actor: Commander, consultation_id: UUID) -> Response:
        """A row for each part and each item that it decides, to be filled in and sent back."""
        with answered(CONSULTATION), workshop.open() as work:
            found = acts.desk.look(work, str(consultation_id), who_of(actor))
            sheet = blank_ballots(found, acts.desk.book.electorate(work, found.id))
        name = f'attachment; filename="ballots-{found.ordinal}-{found.round}.csv"'
        return Response(sheet, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})

    @router.get("/consultations/{consultation_id}/record.json")
    def record(actor: Commander, consultation_id: UUID) -> Response:
        with answered(CONSULTATION), workshop.open() as work:
            found = acts.desk.look(work, str(consultation_id), who_of(actor))
            answer = record_file(record_of_consultation(work, acts.desk.book, found))
        answer.headers["Content-Disposition"] = f'attachment; filename="record-{found.ordinal}-{found.round}.json"'
        return answer

    return router


def blank_ballots(consultation: Consultation, electorate: Electorate) -> bytes:
    """In UTF-8 with its mark, as spreadsheets want it. Whoever fills it in says what was delivered: it does not."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(BALLOT_COLUMNS)
    for item in consultation.items:
        asked = item.on_ballot
        for part in electorate.within(item.rule.levels[0], asked.building, asked.hallway):
            rows.writerow([part.id, item.item, "", "纸质", "", "", item.text.hash])
    return written.getvalue().encode("utf-8-sig")


def parts_entered(entered: str | None) -> list[str]:
    """Parts with commas or blanks between them."""
    return (entered or "").replace("，", ",").replace("、", ",").replace(",", " ").split()


def electors_entered(fields: Entered, file: UploadFile | None) -> tuple[dict[str, object], Sequence[int]]:
    """Who may vote, as a form sends it, by a file or by the register; and where each row of the file stands."""
    values: dict[str, object] = {
        "within": parts_entered(fields.get("within")),
        "why_differs": fields.get("why_differs"),
        "estate": fields.get("estate"),
    }
    if file is None or not file.filename:
        return values, ()
    with file_read():
        read = parts_of_csv(file.filename, file.file.read())
    return {**values, "parts": read.rows}, read.numbers
