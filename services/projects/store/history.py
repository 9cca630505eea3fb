"""The calls of the past, type by type, in one reading that sees no later change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Engine, text

from services.contracts.ticket_events import Place, TypeCode
from services.projects.domain.detection import Call, Sighted
from services.projects.domain.evidence import Cell


def history(engine: Engine, begin: datetime, end: datetime) -> Iterator[tuple[TypeCode, Sequence[Sighted]]]:
    """All that can count between two moments of event time, matters of no registered estate among it as they stand.

    Holds one type's calls at a time.
    """
    with engine.begin() as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        for type_code in connection.execute(_TYPES).scalars().all():
            named = {"type_code": type_code, "begin": begin, "end": end}
            rows = connection.execute(_CALLS, named)
            yield (
                type_code,
                [
                    Sighted(
                        Cell(row.estate, type_code),
                        Call(
                            row.ticket_id,
                            row.caller_ref,
                            row.occurred_at,
                            row.history,
                            Place(sub_district=row.sub_district, estate=row.estate, estate_name=row.estate_name),
                        ),
                    )
                    for row in rows
                ],
            )


_TYPES = text("SELECT type_code FROM cells UNION SELECT type_code FROM matters ORDER BY type_code")
_CALLS = text(
    """
    SELECT ticket_id, caller_ref, occurred_at, history, sub_district, estate, estate_name FROM ticket_sightings
     WHERE type_code = :type_code AND estate IS NOT NULL AND evidence AND occurred_at >= :begin AND occurred_at < :end
    UNION ALL
    SELECT t.ticket_id, t.caller_ref, t.occurred_at, t.history, t.sub_district, m.id, m.name
      FROM traces AS t JOIN matters AS m ON m.id = t.matter_id
     WHERE m.type_code = :type_code AND t.occurred_at >= :begin AND t.occurred_at < :end
     ORDER BY occurred_at, ticket_id
    """
)
