"""Erases what the chassis' own tables quote of aggregates: records that wait, that went out, and that were rejected."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, text, update

from services.chassis.database.tables import outbox
from services.chassis.database.work import Work
from services.contracts.event import Envelope
from services.contracts.text_events import ERASED, TicketTextErased

WORDS: Final = frozenset({"text", "address", "reason", "handling", "note", "review_reason"})
"""The fields of events in which people's words stand (tests/contract/string_table.py)."""

_LETTERS = text(
    """
    UPDATE dead_letters SET key = NULL, headers = '[]', value = NULL
     WHERE value IS NOT NULL
       AND (key = ANY(:keys) OR EXISTS (SELECT FROM unnest(CAST(:keys AS bytea[])) AS k WHERE position(k IN value) > 0))
    """
)
_LETTERS_ON_THEIR_WAY = text(
    """
    UPDATE outbox SET value = NULL, headers = '[]'
     WHERE topic LIKE '%.dlq' AND value IS NOT NULL
       AND (key = ANY(:keys) OR EXISTS (SELECT FROM unnest(CAST(:keys AS bytea[])) AS k WHERE position(k IN value) > 0))
    """
)
_WITH_KEY = outbox.c.key.in_(bindparam("keys", expanding=True)) & outbox.c.version.is_not(None)


def forget(connection: Connection, ids: Collection[str]) -> None:
    """Of these aggregates: rejected records lose their content, published ones go, and those that wait to be published
    say ERASED where they quote somebody. Repeated, it finds nothing left to do.

    What was published before is in the topics as long as they keep it.
    """
    keys = {"keys": [one.encode() for one in ids]}
    if not keys["keys"]:
        return
    connection.execute(_LETTERS, keys)
    connection.execute(_LETTERS_ON_THEIR_WAY, keys)
    connection.execute(delete(outbox).where(_WITH_KEY, outbox.c.published_at.is_not(None)), keys)
    waiting = select(outbox.c.seq, outbox.c.value).where(_WITH_KEY).with_for_update()
    for row in connection.execute(waiting, keys).all():
        erased = without_words(row.value)
        if erased != row.value:
            connection.execute(update(outbox).where(outbox.c.seq == row.seq).values(value=erased))


def without_words(value: bytes) -> bytes:
    """An event's body without what people wrote."""
    body = json.loads(value)
    erased = {name: ERASED if name in WORDS and isinstance(said, str) else said for name, said in body.items()}
    return value if erased == body else json.dumps(erased, ensure_ascii=False, separators=(",", ":")).encode()


def forget_texts(envelopes: Sequence[Envelope], work: Work) -> None:
    """The handler of ticket-texts for a service that keeps no text of its own.

    Recorded texts are handled, by doing nothing: to the reject limit, ignored events are none, and a few bad records in
    a year would stop a consumer that ignores all good ones.
    """
    erased = [one.event.aggregate_id for one in envelopes if isinstance(one.event, TicketTextErased)]
    forget(work.connection, erased)
