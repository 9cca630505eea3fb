"""Everything of a person in intake's tables, and the tombstones of those who were erased."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from sqlalchemy import ARRAY, Connection, any_, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.contracts.text_events import ERASED
from services.intake.app.erase_caller import Erasure
from services.intake.domain.callers import hidden_key
from services.intake.domain.history import TicketHistoryEntry
from services.intake.domain.steps import TicketState, TicketStep
from services.intake.domain.ticket import Ticket
from services.intake.store.city_tables import city_messages
from services.intake.store.tables import erasures, ticket_history, tickets
from services.intake.store.ticket_rows import history_row, ticket_of

_IDS = bindparam("ids", type_=ARRAY(tickets.c.id.type))
_KEYS = text(
    "SELECT CAST(id AS text) FROM vault_keys WHERE holder = ANY(CAST(:holders AS text[])) ORDER BY holder FOR UPDATE"
)
# In the order in which calls lock them. Only then is it known that no call adds a ticket to a key.
_KEYS_OF_TICKETS = text(
    """
    SELECT id FROM vault_keys WHERE id IN (SELECT key_id FROM vault WHERE ticket_id = ANY(CAST(:ids AS uuid[])))
     ORDER BY holder FOR UPDATE
    """
)
_LAST_KEYS = text(
    """
    SELECT CAST(k.id AS text) FROM vault_keys AS k WHERE k.id = ANY(:keys)
       AND NOT EXISTS (SELECT FROM vault AS v WHERE v.key_id = k.id AND v.ticket_id <> ALL(CAST(:ids AS uuid[])))
    """
)
_LOCKED = select(tickets).order_by(tickets.c.id).with_for_update(key_share=True)
_DROP = (
    text(
        """
        INSERT INTO keys_to_delete (key_id, since)
        SELECT CAST(key AS uuid), :now FROM unnest(CAST(:keys AS text[])) AS key ON CONFLICT (key_id) DO NOTHING
        """
    ),
    text("DELETE FROM vault_keys WHERE CAST(id AS text) = ANY(CAST(:keys AS text[]))"),
    text("DELETE FROM vault WHERE ticket_id = ANY(CAST(:ids AS uuid[]))"),
    text("DELETE FROM place_names WHERE ticket_id = ANY(CAST(:ids AS uuid[]))"),
    text(
        """
        UPDATE settlements
           SET public_answer = :erased,
               reason = CASE WHEN reason IS NOT NULL THEN :erased END,
               handling = CASE WHEN handling IS NOT NULL THEN :erased END
         WHERE ticket_id = ANY(CAST(:ids AS uuid[]))
        """
    ),
    text(
        "UPDATE follow_up_answers SET note = :erased WHERE ticket_id = ANY(CAST(:ids AS uuid[])) AND note IS NOT NULL"
    ),
    text(
        """
        UPDATE tickets SET review_reason = :erased
         WHERE id = ANY(CAST(:ids AS uuid[])) AND review IS NULL AND review_reason IS NOT NULL
        """
    ),
    # What is being sent is the sender's to settle; it asks the vault first.
    text(
        """
        UPDATE tellings SET state = 'withheld', cause = 'erased'
         WHERE ticket_id = ANY(CAST(:ids AS uuid[])) AND state = 'waiting'
        """
    ),
    text(
        """
        DELETE FROM telling_stops AS s USING tickets AS t
         WHERE t.id = ANY(CAST(:ids AS uuid[])) AND s.person = coalesce(t.caller_ref, CAST(t.id AS text))
           AND NOT EXISTS (SELECT FROM vault_keys WHERE holder = s.person)
        """
    ),
)
_CITY = text(
    """
    UPDATE city_messages AS m SET body = CAST(s.body AS json)
      FROM unnest(CAST(:seqs AS bigint[]), CAST(:bodies AS text[])) AS s(seq, body) WHERE m.seq = s.seq
    """
)
_SENT_TO_CITY = select(city_messages.c.seq, city_messages.c.body).where(city_messages.c.ticket_id == any_(_IDS))
_ATTACHED = text("DELETE FROM attachments WHERE ticket_id = ANY(CAST(:ids AS uuid[])) RETURNING sha256")
_UNERASED = text(
    """
    WITH erased AS (
        DELETE FROM ticket_texts AS t USING tickets
         WHERE tickets.id = t.ticket_id AND tickets.id = ANY(CAST(:ids AS uuid[]))
           AND EXISTS (SELECT FROM ticket_texts AS kept WHERE kept.ticket_id = t.ticket_id AND kept.text <> :erased)
        RETURNING t.ticket_id
    ), bumped AS (
        UPDATE tickets SET text_version = text_version + 1 WHERE id IN (SELECT ticket_id FROM erased)
        RETURNING id, text_version
    )
    INSERT INTO ticket_texts (ticket_id, version, text) SELECT id, text_version, :erased FROM bumped
    RETURNING CAST(ticket_id AS text), version
    """
)
_HISTORY = select(ticket_history).where(ticket_history.c.ticket_id == any_(_IDS))
_SAVE_HISTORY = text(
    """
    UPDATE ticket_history AS h SET detail = s.detail, facts = s.facts
      FROM json_populate_recordset(CAST(NULL AS ticket_history), CAST(:rows AS json)) AS s
     WHERE h.ticket_id = s.ticket_id AND h.version = s.version AND h.step = s.step
       AND h.ticket_id = ANY(CAST(:ids AS uuid[]))
    """
)
_RECEIPTS = text(
    """
    SELECT client, idempotency_key FROM receipts WHERE ticket_id = ANY(CAST(:ids AS uuid[]))
     ORDER BY client, idempotency_key FOR UPDATE
    """
)
_HIDE = text(
    "UPDATE receipts SET idempotency_key = :hidden WHERE client = :client AND idempotency_key = :idempotency_key"
)
_UNFINISHED = (
    select(erasures).where(text("contents <> '{}'")).order_by(erasures.c.id).limit(1).with_for_update(skip_locked=True)
)
_FREE = text(
    """
    SELECT content FROM unnest(CAST(:contents AS text[])) AS given(content)
     WHERE NOT EXISTS (SELECT FROM attachments WHERE sha256 = content)
    """
)


class SqlTraces:
    """Implements the port Traces. `caller_key` hides what clients called their requests."""

    def __init__(self, caller_key: bytes) -> None:
        self._caller_key = caller_key

    def lock_keys(self, work: Work, holders: Collection[str]) -> list[str]:
        return list(work.connection.execute(_KEYS, {"holders": list(holders)}).scalars())

    def lock_last_keys(self, work: Work, ticket_ids: Collection[str]) -> list[str]:
        given = {"ids": list(ticket_ids)}
        keys = list(work.connection.execute(_KEYS_OF_TICKETS, given).scalars())
        return list(work.connection.execute(_LAST_KEYS, {**given, "keys": keys}).scalars())

    def lock_tickets(self, work: Work, holder: str) -> list[Ticket]:
        anonymous = len(holder) == 36
        mine = tickets.c.id == holder if anonymous else tickets.c.caller_ref == holder
        return [ticket_of(row) for row in work.connection.execute(_LOCKED.where(mine))]

    def lock_named(self, work: Work, ticket_ids: Collection[str]) -> list[Ticket]:
        named = _LOCKED.where(tickets.c.id == any_(_IDS))
        return [ticket_of(row) for row in work.connection.execute(named, {"ids": list(ticket_ids)})]

    def drop(self, work: Work, tickets: Sequence[Ticket], keys: Collection[str]) -> list[str]:
        ids = [one.id for one in tickets]
        values = {"ids": ids, "keys": list(keys), "erased": ERASED, "now": work.clock.now()}
        for statement in _DROP:
            given = statement.compile().params
            work.connection.execute(statement, {name: values[name] for name in given})
        sent = work.connection.execute(_SENT_TO_CITY, {"ids": ids}).all()
        bodies = [to_json(_unsaid(row.body)).decode() for row in sent]
        work.connection.execute(_CITY, {"seqs": [row.seq for row in sent], "bodies": bodies})
        rows = [_without_words(dict(row)) for row in work.connection.execute(_HISTORY, {"ids": ids}).mappings()]
        if rows:
            work.connection.execute(_SAVE_HISTORY, {"rows": to_json(rows).decode(), "ids": ids})
        for receipt in work.connection.execute(_RECEIPTS, {"ids": ids}).mappings().all():
            hidden = hidden_key(self._caller_key, receipt["idempotency_key"])
            work.connection.execute(_HIDE, {**receipt, "hidden": hidden})
        attached = work.connection.execute(_ATTACHED, {"ids": ids}).scalars()
        return sorted({content for content in attached if content})

    def erase_texts(self, work: Work, tickets: Sequence[Ticket]) -> list[tuple[str, int]]:
        erased = work.connection.execute(_UNERASED, {"ids": [one.id for one in tickets], "erased": ERASED})
        return sorted((row.ticket_id, row.version) for row in erased)

    def add(self, work: Work, erasure: Erasure) -> None:
        row = {column.name: getattr(erasure, column.name) for column in erasures.c}
        new = insert(erasures).values(row)
        more = text("(SELECT array_agg(DISTINCT c) FROM unnest(erasures.contents || excluded.contents) AS c)")
        joined = {"contents": text(f"coalesce({more.text}, '{{}}')")}
        work.connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=joined))

    def unfinished(self, work: Work) -> Erasure | None:
        row = work.connection.execute(_UNFINISHED).one_or_none()
        return Erasure(**row._mapping) if row else None

    def without_rows(self, work: Work, contents: Collection[str]) -> list[str]:
        return list(work.connection.execute(_FREE, {"contents": list(contents)}).scalars())

    def finish(self, work: Work, erasure_id: str) -> None:
        work.connection.execute(update(erasures).where(erasures.c.id == erasure_id).values(contents=[]))


def erasures_since(connection: Connection, since: datetime | None = None) -> list[Erasure]:
    """The tombstones, the oldest first."""
    query = select(erasures).order_by(erasures.c.at, erasures.c.id)
    if since:
        query = query.where(erasures.c.at >= since)
    return [Erasure(**row._mapping) for row in connection.execute(query)]


def _without_words(row: Mapping[str, Any]) -> dict[str, Any]:
    """A history line that keeps its codes and values."""
    facts = dict(row["facts"] or {})
    words = ERASED if "words" in facts or (not facts and row["detail"]) else None
    facts.pop("words", None)
    if "signs" in facts:
        facts["signs"] = []
    entry = TicketHistoryEntry(
        row["version"], row["at"], TicketStep(row["step"]), TicketState(row["state"]), row["actor"], words, facts
    )
    return history_row(row["ticket_id"], entry)


def _unsaid(body: Mapping[str, Any]) -> dict[str, Any]:
    """A message to the city that keeps its codes and times."""
    reply = body["reply"] and {
        **body["reply"],
        **{name: ERASED for name in ("public_answer", "reason", "handling") if body["reply"].get(name)},
    }
    return {**body, "words": body["words"] and ERASED, "reply": reply}
