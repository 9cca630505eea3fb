"""Counts how often processing began at an offset, in a transaction of its own *before* the handlers run: an event that
kills the process (out of memory) would otherwise loop for ever without a trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Literal

from sqlalchemy import Engine, TextClause, text
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.messaging.errors import Kind, kind_of

Position = tuple[str, int]  # topic, partition
Scope = Literal["batch", "event"]

# Losing the last counts in a crash of PostgreSQL is harmless; waiting for its disk here would be slow. Set in the
# statement itself, because each batch of events begins with it.
_BEGIN = text(
    """
    INSERT INTO attempts AS a (consumer, scope, topic, partition, "offset", count)
    SELECT :consumer, :scope, topic, partition, "offset", 1
      FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:offsets AS bigint[]))
           AS begun(topic, partition, "offset")
     WHERE set_config('synchronous_commit', 'off', true) IS NOT NULL
     ORDER BY topic, partition
    ON CONFLICT (consumer, scope, topic, partition) DO UPDATE
       SET count = CASE WHEN a."offset" = excluded."offset" THEN a.count + 1 ELSE 1 END,
           "offset" = excluded."offset"
    RETURNING count
    """
)


_WITHDRAW = text(
    """
    UPDATE attempts AS a SET count = a.count - 1
      FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:offsets AS bigint[]))
           AS begun(topic, partition, "offset")
     WHERE a.consumer = :consumer AND a.scope = :scope
       AND (a.topic, a.partition, a."offset") = (begun.topic, begun.partition, begun."offset")
       AND set_config('synchronous_commit', 'off', true) IS NOT NULL
    RETURNING count
    """
)


@contextmanager
def attempt(engine: Engine, consumer: str, scope: Scope, offsets: Mapping[Position, int]) -> Iterator[int]:
    """Counts one attempt at each partition's offset; gives the highest count among them (1 = first time).

    If the block raises what kind_of() calls Retry, the attempt is taken back: a long outage says nothing about an
    event. If the database is down by then, it stays counted, at most once an outage.
    """
    parameters = {
        "consumer": consumer,
        "scope": scope,
        "topics": [topic for topic, _ in offsets],
        "partitions": [partition for _, partition in offsets],
        "offsets": list(offsets.values()),
    }
    count = max(_run(engine, _BEGIN, parameters))
    try:
        yield count
    except Exception as error:
        if kind_of(error) is Kind.RETRY:
            with suppress(SQLAlchemyError):
                _run(engine, _WITHDRAW, parameters)
        raise


def _run(engine: Engine, statement: TextClause, parameters: dict[str, Any]) -> Sequence[int]:
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        return connection.execute(statement, parameters).scalars().all()
