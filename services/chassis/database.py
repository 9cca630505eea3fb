"""PostgreSQL with the time-outs that let a frozen process lose (DESIGN §4)."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine


def engine_for(url: str, *, name: str, idle_in_transaction_s: float, pool_size: int = 10) -> Engine:
    """An engine whose sessions end themselves when their process freezes inside a transaction.

    `idle_in_transaction_s` must be below the Kafka session time-out: then a frozen consumer's locks are
    free and its late commit fails before another consumer takes its partitions.
    """
    options = f"-c idle_in_transaction_session_timeout={int(idle_in_transaction_s * 1000)} -c jit=off"
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        connect_args={
            "application_name": name,
            "options": options,
            "connect_timeout": 5,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 15_000,  # keepalives do not ask while something sent waits for its acknowledgement
        },
    )
