"""Notes that a part was sold while the vote runs: the right to vote moves to the buyer, the totals stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from services.chassis.commands import Conflict, Unfit
from services.chassis.database.work import Work
from services.projects.app.consultation.desk import ConsultationDesk
from services.projects.app.consultation.ports import ChainedSale
from services.projects.app.works.desk import Who
from services.projects.domain.consultation.chain import links
from services.projects.domain.consultation.course import NOTES_SALES
from services.projects.domain.consultation.sales import Sale, sale_facts


@dataclass(frozen=True, slots=True)
class SoldPart:
    """`id` is the client's own. `evidence`: SHA-256 of the contract, or of the register's answer."""

    id: str
    part_id: str
    at: datetime
    evidence: str


@dataclass(frozen=True, slots=True)
class NoteSales:
    desk: ConsultationDesk

    def note(self, work: Work, consultation_id: str, sold: SoldPart, who: Who) -> Sale:
        """Sales are only added. One of the same id is given as it is.

        Raises Conflict before the notice and once nothing is entered any more; Unfit, which names the field, for a part
        of nobody, a day before the notice, after closing or to come, and one before the last sale of the part.
        """
        sitting = self.desk.open(work, consultation_id, who)
        consultation, book, now = sitting.consultation, self.desk.book, sitting.done.at
        known = book.sales(work, consultation.id)
        at = sold.at.astimezone(UTC)
        for one in known:
            if one.id == sold.id:
                if (one.sale.part_id, one.sale.at, one.sale.evidence) != (sold.part_id, at, sold.evidence):
                    raise Unfit("id", "is another sale's; give each one an id of its own")
                return one.sale
        if consultation.state not in NOTES_SALES or consultation.announced is None:
            why = f"it is {consultation.state}; sales are noted from the notice until entering has ended"
            raise Conflict(why, consultation.version, consultation.state)
        if sold.part_id not in book.electorate(work, consultation.id):
            raise Unfit("part_id", "is no part of those who may vote; correct it")
        announced = consultation.announced
        if not announced.announced_at <= at <= min(now, announced.closes_at):
            raise Unfit("at", "is before the notice, after closing or still to come: then it moves no vote here")
        if any(one.sale.part_id == sold.part_id and one.sale.at >= at for one in known):
            raise Unfit("at", "is before an earlier sale of this part; correct it")
        chain = book.chain(work, consultation.id)
        assert chain.begin
        sale = Sale(len(known) + 1, sold.part_id, at, sold.evidence, now.astimezone(UTC), who.actor)
        (link,) = links([sale_facts(sale)], known[-1].hash if known else chain.begin)
        book.add_sale(work, consultation.id, ChainedSale(sold.id, sale, link["previous"], link["hash"]))
        return sale
