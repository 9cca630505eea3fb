"""How often an offset was begun. Counted in a transaction of its own *before* the handlers run, because an
event that kills the process (out of memory) would otherwise loop for ever without a trace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sqlalchemy import Engine, text

Position = tuple[str, int]  # topic, partition
Scope = Literal["batch", "event"]

_BEGIN = text(
    """
    INSERT INTO attempts AS a (consumer, scope, topic, partition, "offset", count)
    SELECT :consumer, :scope, topic, partition, "offset", 1
      FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:offsets AS bigint[]))
           AS begun(topic, partition, "offset")
     ORDER BY topic, partition
    ON CONFLICT (consumer, scope, topic, partition) DO UPDATE
       SET count = CASE WHEN a."offset" = excluded."offset" THEN a.count + 1 ELSE 1 END,
           "offset" = excluded."offset"
    RETURNING count
    """
)


def begin(engine: Engine, consumer: str, scope: Scope, offsets: Mapping[Position, int]) -> int:
    """Counts one attempt at each partition's offset; returns the highest count among them (1 = first time)."""
    with engine.begin() as connection:
        # Losing the last counts in a crash of PostgreSQL itself is harmless; waiting for its disk here is not.
        connection.execute(text("SET LOCAL synchronous_commit = off"))
        counts = connection.execute(
            _BEGIN,
            {
                "consumer": consumer,
                "scope": scope,
                "topics": [topic for topic, _ in offsets],
                "partitions": [partition for _, partition in offsets],
                "offsets": list(offsets.values()),
            },
        )
        highest: int = max(counts.scalars())
        return highest
