"""A consultation in the form that a count reads, and its record for those who recount it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.chassis.commands import Conflict
from services.chassis.database.work import Work
from services.projects.app.consultation.ports import ConsultationBook
from services.projects.domain.consultation.ballots import Ballot
from services.projects.domain.consultation.chain import ballot_facts
from services.projects.domain.consultation.course import Consultation
from services.projects.domain.consultation.record import (
    ConsultationVote,
    Meanwhile,
    question_of,
    record_with,
    register_facts,
)
from services.projects.domain.consultation.sales import sale_facts


def vote_of(
    work: Work, book: ConsultationBook, consultation: Consultation, ballots: Sequence[Ballot]
) -> ConsultationVote:
    items = {one.item: one.on_ballot for one in consultation.items}
    electorate = book.electorate(work, consultation.id)
    basis = consultation.register
    check = register_facts(basis, book.differences(work, consultation.id)) if basis else None
    sales = [one.sale for one in book.sales(work, consultation.id)]
    return ConsultationVote(electorate, items, ballots, consultation.opening, register_check=check, sales=sales)


def meanwhile_of(work: Work, book: ConsultationBook, consultation_id: str) -> Meanwhile:
    sales = [
        {**sale_facts(one.sale), "previous": one.previous, "hash": one.hash}
        for one in book.sales(work, consultation_id)
    ]
    look = book.first_look(work, consultation_id)
    looked = look and {"at": look.at.isoformat(), "by": look.actor, "ballots": look.ballots}
    return Meanwhile(sales, looked)


def record_of_consultation(work: Work, book: ConsultationBook, found: Consultation) -> dict[str, Any]:
    """Raises Conflict before it is counted."""
    counted, chain = book.results(work, found.id), book.chain(work, found.id)
    if counted is None or chain.begin is None:
        raise Conflict("it is not counted yet", found.version, found.state)
    links = [
        {**ballot_facts(link.ballot), "previous": link.previous, "hash": link.hash}
        for link in book.links(work, found.id)
    ]
    asked = question_of(vote_of(work, book, found, []))
    return record_with(asked, chain.begin, links, counted[0], meanwhile_of(work, book, found.id))
