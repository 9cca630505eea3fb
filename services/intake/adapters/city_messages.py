"""What the city is told: written with the step that it tells of, taken from there to be sent.

A message is claimed by putting off when it is due: if whoever claimed it does not live to say what became of it, it is
sent again under the same id. `attempts` fences a claim that outlived its time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, func, insert, select, text, update

from services.chassis.metrics import CITY_MESSAGES
from services.chassis.work import Work
from services.intake.adapters.tables import city_messages, settlements
from services.intake.domain.city import WITH_WORDS, MessageKind, city_state
from services.intake.domain.ticket import HistoryEntry, Ticket

_REPLY = select(
    *(column for column in settlements.c if column.name not in ("ticket_id", "version"))
).where(settlements.c.ticket_id == bindparam("ticket_id"), settlements.c.version == bindparam("version"))


class SqlCityLine:
    """Implements the port CityLine."""

    def tell(self, work: Work, ticket: Ticket, entry: HistoryEntry, kind: MessageKind) -> None:
        message_id = str(uuid4())
        body = {
            "message_id": message_id,
            "number": ticket.city_number,
            "kind": kind,
            "version": entry.version,
            "at": entry.at.isoformat(),
            "step": entry.step,
            "state": city_state(entry.state),
            "unit": ticket.lead,
            "settle_by": ticket.settle_by.isoformat() if ticket.settle_by else None,
            "words": entry.detail if entry.step in WITH_WORDS else None,
            "reply": _reply(work, ticket, entry) if kind is MessageKind.REPLY else None,
        }
        row = {"message_id": message_id, "ticket_id": ticket.id, "body": body}
        work.connection.execute(insert(city_messages), row)


def _reply(work: Work, ticket: Ticket, entry: HistoryEntry) -> dict[str, Any]:
    handed_in = work.connection.execute(_REPLY, {"ticket_id": ticket.id, "version": entry.version}).mappings().one()
    return {"unit_solved": ticket.unit_solved, **handed_in}


@dataclass(frozen=True, slots=True)
class Claim:
    """A message to be sent now; `attempts` counts this one."""

    message_id: str
    body: Mapping[str, Any]
    attempts: int


def claim(connection: Connection, lease: timedelta) -> Claim | None:
    """The oldest that is due, of a ticket none of whose earlier ones waits: each ticket is told in order."""
    row = connection.execute(_CLAIM, {"lease": lease}).one_or_none()
    return Claim(str(row.message_id), row.body, row.attempts) if row else None


def sent(connection: Connection, claimed: Claim) -> None:
    """The city has it. If it had to wait for the city, so did others: they need not any longer."""
    settled = _settle(connection, claimed, due_at=None, sent_at=func.now(), error=None)
    if settled and claimed.attempts > 1:
        queue = city_messages.c
        waiting = update(city_messages).where(queue.due_at > func.now(), queue.error.is_not(None))
        connection.execute(waiting.values(due_at=func.now()))


def put_off(connection: Connection, claimed: Claim, error: str, wait_s: float | None) -> None:
    """Until later; for good when `wait_s` is None: then a person looks at it, and the ticket's later ones go on."""
    if wait_s is None:
        _settle(connection, claimed, due_at=None, given_up_at=func.now(), error=error)
    else:
        _settle(connection, claimed, due_at=func.now() + timedelta(seconds=wait_s), error=error)


def resend(connection: Connection, message_id: str) -> bool:
    """Has one that was given up sent after all; False if there is none."""
    queue = city_messages.c
    again = update(city_messages).where(queue.message_id == message_id, queue.given_up_at.is_not(None))
    return connection.execute(again.values(due_at=func.now(), given_up_at=None, attempts=0)).rowcount == 1


def unsettled(connection: Connection, at_most: int) -> list[dict[str, Any]]:
    """Those given up and those that wait, the oldest of each first."""
    queue = city_messages.c
    columns = (queue.message_id, queue.ticket_id, queue.attempts, queue.due_at, queue.given_up_at, queue.error)
    found: list[dict[str, Any]] = []
    for condition in (queue.given_up_at.is_not(None), queue.due_at.is_not(None)):
        rows = connection.execute(
            select(*columns, queue.body).where(condition).order_by(queue.seq).limit(at_most - len(found))
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



def _settle(connection: Connection, claimed: Claim, **values: Any) -> bool:
    """False if the claim had ended by itself and another was made."""
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
