"""The queue of messages to the city: filled in the transaction of the step, emptied by the sender.

A message is claimed by moving its due time: if the claimer dies, the message is sent again under the same id.
`attempts` fences a claim that has expired.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, func, select, text, update

from services.chassis.database.rows import by_column, insert_rows
from services.chassis.database.work import Work
from services.chassis.metrics import CITY_MESSAGES
from services.intake.app.city_ports import CityNotice
from services.intake.app.plain_english import entry_in_english
from services.intake.domain.city import WITH_WORDS, MessageKind, city_state
from services.intake.domain.scope import TicketScope
from services.intake.store.city_tables import city_messages
from services.intake.store.tables import settlements, tickets
from services.intake.store.ticket_scope import open_to

_QUEUE = insert_rows(city_messages, "message_id", "ticket_id", "body")
_REPLY = select(*(column for column in settlements.c if column.name not in ("ticket_id", "version"))).where(
    settlements.c.ticket_id == bindparam("ticket_id"), settlements.c.version == bindparam("version")
)


class SqlCityLine:
    """Implements the port CityLine."""

    def notify(self, work: Work, notices: Sequence[CityNotice]) -> None:
        if notices:
            work.connection.execute(_QUEUE, by_column([_row(work, notice) for notice in notices]))


def _row(work: Work, notice: CityNotice) -> dict[str, Any]:
    message_id, entry = str(uuid4()), notice.entry
    body = {
        "message_id": message_id,
        "number": notice.number,
        "kind": notice.kind,
        "version": entry.version,
        "at": entry.at.isoformat(),
        "step": entry.step,
        "state": city_state(entry.state),
        "unit": notice.unit,
        "settle_by": notice.settle_by.isoformat() if notice.settle_by else None,
        "words": entry_in_english(entry) if entry.step in WITH_WORDS else None,
        "reply": _reply(work, notice) if notice.kind is MessageKind.REPLY else None,
    }
    return {"message_id": message_id, "ticket_id": notice.ticket_id, "body": body}


def _reply(work: Work, notice: CityNotice) -> dict[str, Any]:
    step = {"ticket_id": notice.ticket_id, "version": notice.entry.version}
    handed_in = work.connection.execute(_REPLY, step).mappings().one()
    return {"unit_solved": notice.unit_solved, **handed_in}


@dataclass(frozen=True, slots=True)
class MessageClaim:
    """A message to be sent now; `attempts` counts this one."""

    message_id: str
    body: Mapping[str, Any]
    attempts: int


def claim(connection: Connection, lease: timedelta) -> MessageClaim | None:
    """Claims the oldest due message whose ticket has no earlier one waiting: each ticket's are sent in order."""
    row = connection.execute(_CLAIM, {"lease": lease}).one_or_none()
    return MessageClaim(str(row.message_id), row.body, row.attempts) if row else None


def sent(connection: Connection, claimed: MessageClaim) -> None:
    """Records that the city has it. If it had to wait for the city, others did too: they become due at once."""
    settled = _settle(connection, claimed, due_at=None, sent_at=func.now(), error=None)
    if settled and claimed.attempts > 1:
        queue = city_messages.c
        waiting = update(city_messages).where(queue.due_at > func.now(), queue.error.is_not(None))
        connection.execute(waiting.values(due_at=func.now()))


def put_off(connection: Connection, claimed: MessageClaim, error: str, wait_s: float | None) -> None:
    """Retries in `wait_s` seconds. None gives up: a person looks at it, and the ticket's later messages go on."""
    if wait_s is None:
        _settle(connection, claimed, due_at=None, given_up_at=func.now(), error=error)
    else:
        _settle(connection, claimed, due_at=func.now() + timedelta(seconds=wait_s), error=error)


def resend(connection: Connection, message_id: str) -> bool:
    """Sends one that was given up after all; False if there is none."""
    queue = city_messages.c
    again = update(city_messages).where(queue.message_id == message_id, queue.given_up_at.is_not(None))
    return connection.execute(again.values(due_at=func.now(), given_up_at=None, attempts=0)).rowcount == 1


def unsettled(connection: Connection, scope: TicketScope | None, at_most: int) -> list[dict[str, Any]]:
    """Those given up, then those that wait, the oldest of each first; of tickets that the reader may see."""
    queue = city_messages.c
    columns = (queue.message_id, queue.ticket_id, queue.attempts, queue.due_at, queue.given_up_at, queue.error)
    found: list[dict[str, Any]] = []
    for condition in (queue.given_up_at.is_not(None), queue.due_at.is_not(None)):
        rows = connection.execute(
            select(*columns, queue.body)
            .join(tickets, tickets.c.id == queue.ticket_id)
            .where(condition, open_to(scope))
            .order_by(queue.seq)
            .limit(at_most - len(found))
        )
        for row in rows.mappings():
            body = row["body"]
            found.append({name: row[name] for name in row if name != "body"} | _named(body))
    return found


def _named(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in ("number", "kind", "step", "at")}


def city_gauge(connection: Connection) -> None:
    queue = city_messages.c
    for status, condition in (("waiting", queue.due_at.is_not(None)), ("given_up", queue.given_up_at.is_not(None))):
        count = select(func.count()).select_from(city_messages).where(condition)
        CITY_MESSAGES.labels(status).set(connection.execute(count).scalar_one())


def _settle(connection: Connection, claimed: MessageClaim, **values: Any) -> bool:
    """False if the claim had expired and another was made."""
    queue = city_messages.c
    mine = update(city_messages).where(
        queue.message_id == claimed.message_id, queue.attempts == claimed.attempts, queue.sent_at.is_(None)
    )
    return connection.execute(mine.values(**values)).rowcount == 1


_CLAIM = text(
    """
    UPDATE city_messages SET attempts = attempts + 1, due_at = now() + :lease, error = NULL
     WHERE seq = (
        SELECT seq FROM city_messages AS candidate
         WHERE due_at <= now()
           AND NOT EXISTS (SELECT FROM city_messages AS earlier
                            WHERE earlier.ticket_id = candidate.ticket_id AND earlier.seq < candidate.seq
                              AND earlier.due_at IS NOT NULL)
         ORDER BY due_at, seq LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING message_id, body, attempts
    """
)
