"""PostgreSQL with time-outs against frozen processes and silent servers (ADR 22)."""

from __future__ import annotations

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Engine, create_engine, event

ANSWER_WITHIN_S = 30.0
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
    free and its late commit fails before another consumer takes its partitions.

    Use `begin()` for reading too: psycopg drops its prepared statements at every ROLLBACK, and PostgreSQL would plan
    all statements of that session again. For the same reason a few sessions are reused instead of all in turn.
    """
    options = f"-c idle_in_transaction_session_timeout={int(idle_in_transaction_s * 1000)} -c jit=off"
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
        return Connection.connect(*args, **parameters)

    return engine
