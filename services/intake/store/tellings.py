"""Messages to callers in PostgreSQL, planned in the transaction of the step that they report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from zlib import crc32

from pydantic_core import to_json
from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.contracts.event import deterministic_id
from services.intake.app.ports import EarlierMessage, EarlierMessages, PlannedTelling
from services.intake.store.telling_stops import telling_stops
from services.intake.store.telling_tables import tellings

_COLUMNS = (
    "id", "ticket_id", "hot_issue_id", "person", "occasion", "occurrence", "facts", "way", "state", "cause",
    "planned_at", "not_before",
)  # fmt: skip
_NAMES = ", ".join(_COLUMNS)
# Rows are passed as JSON: one statement for any number of rows.
_ADD = text(
    f"""
    INSERT INTO {tellings.name} ({_NAMES})
    SELECT {_NAMES} FROM json_populate_recordset(CAST(NULL AS {tellings.name}), CAST(:rows AS json))
    ON CONFLICT (person, occasion, occurrence) DO NOTHING
    RETURNING id
    """  # noqa: S608 - the names of our own columns
)
_EARLIER = text(
    f"""
    SELECT person, ticket_id, occasion, occurrence, not_before, state = 'waiting' AS waits FROM {tellings.name}
     WHERE person = ANY(:persons) AND state NOT IN ('withheld', 'failed') AND not_before > :since
    UNION ALL
    SELECT person, NULL, NULL, NULL, at, NULL FROM {telling_stops.name} WHERE person = ANY(:persons)
    """  # noqa: S608
)


_PLANNING: Final = 12345
"""The class of advisory locks that persons share."""
_SLOTS: Final = 1024
"""Persons have so many locks among them: a server holds a few thousand in all, and one issue may have more callers."""
_LOCK = text("SELECT pg_advisory_xact_lock(:planning, slot) FROM unnest(CAST(:slots AS integer[])) AS slot")


class SqlTellings:
    """Implements the port Tellings."""

    def lock(self, work: Work, persons: Collection[str]) -> None:
        slots = sorted({crc32(one.encode()) % _SLOTS for one in persons})
        work.connection.execute(_LOCK, {"planning": _PLANNING, "slots": slots})

    def earlier(self, work: Work, persons: Collection[str], since: datetime) -> Mapping[str, EarlierMessages]:
        found: dict[str, list[EarlierMessage]] = defaultdict(list)
        stopped = set()
        for row in work.connection.execute(_EARLIER, {"persons": sorted(persons), "since": since}):
            if row.occasion is None:
                stopped.add(row.person)
            else:
                message = EarlierMessage(str(row.ticket_id), row.occasion, row.occurrence, row.not_before, row.waits)
                found[row.person].append(message)
        return {person: EarlierMessages(found[person], person in stopped) for person in found.keys() | stopped}

    def add(self, work: Work, planned: Sequence[PlannedTelling]) -> list[PlannedTelling]:
        by_id = {telling_id(one): one for one in planned}
        # In this order two transactions that plan the same do not wait for each other in a circle.
        ordered = sorted(by_id.items(), key=lambda item: (item[1].person, item[1].occasion, item[1].occurrence))
        rows = [{**{name: getattr(one, name) for name in _COLUMNS if name != "id"}, "id": key} for key, one in ordered]
        added = work.connection.execute(_ADD, {"rows": to_json(rows).decode()})
        return [by_id[str(row.id)] for row in added]

    def stop(self, work: Work, person: str, *, stopped: bool) -> None:
        if stopped:
            asked = insert(telling_stops).values(person=person, at=work.clock.now())
            work.connection.execute(asked.on_conflict_do_nothing())
        else:
            work.connection.execute(delete(telling_stops).where(telling_stops.c.person == person))


def telling_id(planned: PlannedTelling) -> str:
    """The same for the same person, occasion and occurrence."""
    key = f"{planned.person}|{planned.occasion}|{planned.occurrence}"
    return str(deterministic_id("tellings", key, planned.occasion))
