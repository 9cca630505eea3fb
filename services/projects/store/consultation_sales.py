"""Sales, looks, and differences from the register, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from sqlalchemy import BindParameter, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.projects.app.consultation.ports import ChainedSale, Look
from services.projects.domain.consultation.register_check import Difference, DifferenceKind
from services.projects.domain.consultation.sales import Sale
from services.projects.store.consultation_sales_tables import (
    consultation_differences,
    consultation_looks,
    consultation_sales,
)

_of_id: BindParameter[str] = bindparam("id")
_SALES = (
    select(consultation_sales)
    .where(consultation_sales.c.consultation_id == _of_id)
    .order_by(consultation_sales.c.number)
)
_LOOK = insert(consultation_looks).on_conflict_do_nothing()
_FIRST_LOOK = (
    select(consultation_looks)
    .where(consultation_looks.c.consultation_id == _of_id)
    .order_by(consultation_looks.c.at, consultation_looks.c.actor)
    .limit(1)
)
_DIFFERENCES = (
    select(consultation_differences)
    .where(consultation_differences.c.consultation_id == _of_id)
    .order_by(consultation_differences.c.part_id, consultation_differences.c.kind)
)


class SqlSales:
    """The part of the port ConsultationBook that is beside the ballots."""

    __slots__ = ()

    def sales(self, work: Work, consultation_id: str) -> list[ChainedSale]:
        """Moments in UTC, as they were hashed."""
        return [
            ChainedSale(
                row.id,
                Sale(
                    *(row.number, row.part_id, row.sold_at.astimezone(UTC)),
                    *(row.evidence, row.at.astimezone(UTC), row.actor),
                ),
                row.previous,
                row.hash,
            )
            for row in work.connection.execute(_SALES, {"id": consultation_id})
        ]

    def add_sale(self, work: Work, consultation_id: str, sale: ChainedSale) -> None:
        sold = sale.sale
        row = {
            "consultation_id": consultation_id,
            "number": sold.number,
            "id": sale.id,
            "part_id": sold.part_id,
            "sold_at": sold.at,
            "evidence": sold.evidence,
            "previous": sale.previous,
            "hash": sale.hash,
            "actor": sold.entered_by,
            "at": sold.entered_at,
        }
        work.connection.execute(insert(consultation_sales), row)

    def note_look(self, work: Work, consultation_id: str, look: Look) -> None:
        work.connection.execute(_LOOK, {"consultation_id": consultation_id, **look._asdict()})

    def first_look(self, work: Work, consultation_id: str) -> Look | None:
        row = work.connection.execute(_FIRST_LOOK, {"id": consultation_id}).one_or_none()
        return Look(row.at.astimezone(UTC), row.actor, row.ballots) if row else None

    def keep_differences(self, work: Work, consultation_id: str, found: Sequence[Difference]) -> None:
        of_it = consultation_differences.c.consultation_id == consultation_id
        work.connection.execute(delete(consultation_differences).where(of_it))
        if found:
            rows = [{"consultation_id": consultation_id, **one._asdict()} for one in found]
            work.connection.execute(insert(consultation_differences), rows)

    def differences(self, work: Work, consultation_id: str) -> list[Difference]:
        rows = work.connection.execute(_DIFFERENCES, {"id": consultation_id})
        return [Difference(row.part_id, DifferenceKind(row.kind), row.registered, row.given) for row in rows]
