"""PostgreSQL with time-outs against frozen processes and silent servers (ADR 22)."""

from __future__ import annotations

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Engine, create_engine, event

ANSWER_WITHIN_S = 30.0
TRANSACTION_WITHIN_S = 300.0
_HAS_TRANSACTION_TIMEOUT = 170_000
"""The first version of PostgreSQL that has one."""
CLIENT_LOOKED_FOR_EVERY_S = 10
TCP_LIMITS: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # keepalives are not sent while data waits for its acknowledgement
}

Result = TypeVar("Result")


class Connection(psycopg.Connection[Any]):
    """A connection that is closed when a statement has no answer within `ANSWER_WITHIN_S`.

    TCP's own limits notice a peer that has vanished, but not one that accepts every byte and never answers, such as a
    firewall that has dropped our connection. Whether the statement took effect is unknown: OperationalError, as for any
    lost connection.
    """

    def wait(self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None) -> Result:
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, ANSWER_WITHIN_S)
        except psycopg.errors._WaitTimeout:
            self.pgconn.finish()
            raise psycopg.OperationalError(f"the database gave no answer for {ANSWER_WITHIN_S:.0f} s") from None


def engine_for(url: str, *, name: str, idle_in_transaction_s: float, pool_size: int = 10) -> Engine:
    """An engine whose sessions end themselves when their process freezes inside a transaction.

    `idle_in_transaction_s` must be below the Kafka session time-out: then a frozen consumer's locks are
    free and its late commit fails before another consumer takes its partitions. To the server a process that freezes
    while it sends a long statement is not idle: such a transaction ends after `TRANSACTION_WITHIN_S`, on PostgreSQL 17
    or newer. Older ones hold its locks until it wakes or ends.

    A session whose client has given up waiting for a lock is ended within `CLIENT_LOOKED_FOR_EVERY_S`; otherwise each
    new try would leave one more.

    Use `begin()` for reading too: psycopg drops its prepared statements at every ROLLBACK, and PostgreSQL would plan
    all statements of that session again. For the same reason a few sessions are reused instead of all in turn.
    """
    limits = {
        "idle_in_transaction_session_timeout": f"{int(idle_in_transaction_s * 1000)}ms",
        "client_connection_check_interval": f"{CLIENT_LOOKED_FOR_EVERY_S}s",
        "jit": "off",
    }
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_use_lifo=True,
        hide_parameters=True,  # an error's text goes to the log, and parameters have people in them
        connect_args={"application_name": name, "options": options, **TCP_LIMITS},
    )

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, args: tuple[Any, ...], parameters: dict[str, Any]) -> Connection:
        made = Connection.connect(*args, **parameters)
        if made.info.server_version >= _HAS_TRANSACTION_TIMEOUT:
            made.execute(f"SET transaction_timeout = '{TRANSACTION_WITHIN_S:g}s'")
            made.commit()
        return made

    return engine
