"""What the counting party of a consultation does beside entering ballots: codes, deliveries, sales, what came late."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.chassis.database.work import Workshop
from services.projects.app.consultation.acts import ConsultationActs
from services.projects.app.consultation.late_entries import late_entries
from services.projects.http.consultation_bodies import CodesBody, DeliveriesBody, SaleBody
from services.projects.http.consultations import CONSULTATION
from services.projects.http.consultations_shown import deliveries_shown, entries_shown, sale_shown, slip_shown
from services.projects.http.refusals import answered
from services.projects.http.rights import Commander, who_of


def counting_party_routes(workshop: Workshop, acts: ConsultationActs) -> APIRouter:
    router = APIRouter(prefix="/consultations/{consultation_id}", tags=["consultations"])

    @router.post("/deliveries")
    def deliver(actor: Commander, consultation_id: UUID, body: DeliveriesBody) -> dict[str, int]:
        """Notes who was handed the ballot, and whether it said what silence means. The first one of a part stays."""
        with answered(CONSULTATION), workshop.open() as work:
            return {"noted": acts.ballots.deliver(work, str(consultation_id), body.handed(), who_of(actor))}

    @router.get("/deliveries")
    def list_deliveries(actor: Commander, consultation_id: UUID) -> dict[str, Any]:
        """Who was reached, how and when; by building; and the parts that were not."""
        with answered(CONSULTATION), workshop.open() as work:
            found = acts.desk.look(work, str(consultation_id), who_of(actor))
            electorate = acts.desk.book.electorate(work, found.id)
            return deliveries_shown(electorate, acts.desk.book.deliveries(work, found.id))

    @router.post("/codes")
    def issue_codes(actor: Commander, consultation_id: UUID, body: CodesBody) -> dict[str, Any]:
        """Personal codes to be printed on ballots, shown this once: to everybody who has none yet; with `why` once
        more, and what was issued before works no longer. `parts` says whose letter box."""
        with answered(CONSULTATION), workshop.open() as work:
            slips = acts.codes.issue(work, str(consultation_id), body.parts, body.why, who_of(actor))
        return {"codes": [slip_shown(one) for one in slips]}

    @router.post("/sales")
    def note_sale(actor: Commander, consultation_id: UUID, body: SaleBody) -> dict[str, Any]:
        """A part was sold while the vote runs: the right to vote moves, the totals stay. Who voted before the sale
        keeps the ballot; the buyer is issued a code, and votes if nobody has."""
        with answered(CONSULTATION), workshop.open() as work:
            return sale_shown(acts.sales.note(work, str(consultation_id), body.sold(), who_of(actor)))

    @router.get("/sales")
    def list_sales(actor: Commander, consultation_id: UUID) -> dict[str, Any]:
        """In the order in which they were noted."""
        with answered(CONSULTATION), workshop.open() as work:
            found = acts.desk.look(work, str(consultation_id), who_of(actor))
            return {"items": [sale_shown(one.sale) for one in acts.desk.book.sales(work, found.id)]}

    @router.get("/late-entries")
    def list_late(actor: Commander, consultation_id: UUID) -> dict[str, Any]:
        """Ballots that were entered after closing, and those entered by hand after somebody had seen how it stood."""
        with answered(CONSULTATION), workshop.open() as work:
            found = acts.desk.look(work, str(consultation_id), who_of(actor))
            return entries_shown(late_entries(work, acts.desk.book, found))

    return router
