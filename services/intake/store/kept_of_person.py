"""How much of a person intake's tables hold, who read it, and what was erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Connection, Text, cast, func, or_, select

from services.chassis.database.rows import rows_by_name
from services.contracts.text_events import ERASED
from services.intake.store.city_tables import city_messages
from services.intake.store.follow_up_tables import follow_ups
from services.intake.store.tables import (
    attachments,
    caller_readings,
    erasures,
    receipts,
    settlements,
    ticket_history,
    ticket_texts,
)
from services.intake.store.telling_tables import links, telling_tries, tellings

_TABLES: Mapping[str, tuple[Any, ...]] = {
    "texts": (ticket_texts, ticket_texts.c.text != ERASED),
    "answers": (settlements, settlements.c.public_answer != ERASED),
    "history_lines": (ticket_history,),
    "attachments": (attachments,),
    "follow_ups": (follow_ups,),
    "messages_to_the_city": (city_messages,),
    "receipts": (receipts,),
    "messages_to_the_person": (tellings,),
    "one_time_links": (links,),
}
"""By their name in a report: a table, and which of its rows count."""
_R = caller_readings.c
_MESSAGE_COLUMNS = tuple(
    tellings.c[name]
    for name in ("ticket_id", "occasion", "way", "state", "cause", "planned_at", "not_before", "sent_at", "answer")
)
_TRIED = tuple(telling_tries.c[name] for name in ("way", "at", "outcome", "cause"))


def kept_of_person(connection: Connection, holder: str, ticket_ids: Sequence[str]) -> dict[str, Any]:
    """`kept` counts rows; `readings` say who read what of them and why; `messages` are what the person was sent, is to
    be sent, or is not sent and why, each with the calls and the ways that failed."""
    counts = select(
        *(
            select(func.count()).select_from(table).where(table.c.ticket_id.in_(ticket_ids), *also).label(name)
            for name, (table, *also) in _TABLES.items()
        )
    )
    readings = (
        select(*(column for column in _R if column.name not in ("id", "caller_ref")))
        .where(or_(_R.ticket_id.in_(ticket_ids), _R.caller_ref == holder))
        .order_by(_R.at, _R.id)
    )
    gone = select(erasures.c.id, erasures.c.at, erasures.c.reason).where(
        or_(erasures.c.holder == holder, erasures.c.tickets.op("&&")(cast(list(ticket_ids), ARRAY(Text))))
    )
    return {
        "tickets": list(ticket_ids),
        "kept": dict(connection.execute(counts).one()._mapping),
        "readings": rows_by_name(connection.execute(readings)),
        "messages": _messages(connection, ticket_ids),
        "erasures": rows_by_name(connection.execute(gone.order_by(erasures.c.at))),
    }


def _messages(connection: Connection, ticket_ids: Sequence[str]) -> list[dict[str, Any]]:
    mine = tellings.c.ticket_id.in_(ticket_ids)
    found = connection.execute(
        select(tellings.c.id, *_MESSAGE_COLUMNS).where(mine).order_by(tellings.c.planned_at, tellings.c.id)
    )
    tried = (
        select(telling_tries.c.telling_id, *_TRIED)
        .join(tellings, tellings.c.id == telling_tries.c.telling_id)
        .where(mine)
        .order_by(telling_tries.c.telling_id, telling_tries.c.number)
    )
    tries: dict[str, list[dict[str, Any]]] = {}
    for row in rows_by_name(connection.execute(tried)):
        tries.setdefault(str(row.pop("telling_id")), []).append(row)
    messages = []
    for row in rows_by_name(found):
        telling_id = str(row.pop("id"))
        messages.append({**row, "tries": tries.get(telling_id, [])})
    return messages
