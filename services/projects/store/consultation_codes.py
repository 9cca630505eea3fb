"""Personal codes in PostgreSQL: their hashes, to whom each was issued, and why again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, exists, select

from services.chassis.database.rows import by_column, insert_rows
from services.chassis.database.work import Work
from services.projects.app.consultation.ports import IssuedCode, IssueTrace
from services.projects.app.works.ports import Done
from services.projects.domain.consultation.codes import Holder
from services.projects.store.consultation_tables import consultation_codes

_of_id: BindParameter[str] = bindparam("id")
_CODES = insert_rows(
    consultation_codes, "code_hash", "consultation_id", "head", "part_id", "issue", "why", "actor", "at"
)
_later = consultation_codes.alias()
_OF_CODE = select(consultation_codes).where(
    consultation_codes.c.code_hash == bindparam("hashed"),
    ~exists().where(
        _later.c.consultation_id == consultation_codes.c.consultation_id,
        _later.c.head == consultation_codes.c.head,
        _later.c.part_id == consultation_codes.c.part_id,
        _later.c.issue > consultation_codes.c.issue,
    ),
)
_CODES_OF = (
    select(consultation_codes)
    .where(consultation_codes.c.consultation_id == _of_id)
    .order_by(consultation_codes.c.issue)
)


class SqlCodes:
    """The part of the port ConsultationBook that is about codes."""

    __slots__ = ()

    def keep_codes(self, work: Work, consultation_id: str, codes: Sequence[IssuedCode], done: Done) -> None:
        rows = [
            {
                "code_hash": one.hashed,
                "consultation_id": consultation_id,
                "head": one.holder.head,
                "part_id": one.holder.part_id,
                "issue": one.issue,
                "why": one.why,
                **done._asdict(),
            }
            for one in codes
        ]
        if rows:
            work.connection.execute(_CODES, by_column(rows))

    def of_code(self, work: Work, hashed: str) -> tuple[str, Holder, datetime | None] | None:
        row = work.connection.execute(_OF_CODE, {"hashed": hashed}).one_or_none()
        return (row.consultation_id, Holder(row.head, row.part_id), row.at) if row else None

    def codes(self, work: Work, consultation_id: str) -> dict[Holder, IssueTrace]:
        rows = work.connection.execute(_CODES_OF, {"id": consultation_id})
        return {Holder(row.head, row.part_id): IssueTrace(row.issue, row.at, row.actor, row.why) for row in rows}
