"""Every error is one of three kinds; the wrong one loses an event, or stops the consumer for nothing."""

from __future__ import annotations

import psycopg
import psycopg.errors as pg
import pytest
from kafka.errors import KafkaConnectionError, KafkaTimeoutError
from sqlalchemy import exc

from services.chassis.messaging.errors import Kind, Reject, Retry, cause_of, kind_of
from services.chassis.messaging.outbox import TooLarge
from services.contracts.event import MalformedEvent


def by_sqlalchemy(error: psycopg.Error, *, invalidated: bool = False) -> BaseException:
    """The error as SQLAlchemy hands it to us."""
    return exc.DBAPIError.instance("SELECT 1", {}, error, psycopg.Error, connection_invalidated=invalidated)


KINDS = {
    Kind.RETRY: [
        Retry("the channel is down"),
        KafkaTimeoutError(),
        KafkaConnectionError(),
        exc.TimeoutError("the pool is empty"),
        by_sqlalchemy(psycopg.OperationalError("server closed the connection unexpectedly")),
        by_sqlalchemy(psycopg.InterfaceError("connection is closed")),
        by_sqlalchemy(pg.DeadlockDetected("deadlock")),
        by_sqlalchemy(pg.SerializationFailure("serialize")),
        by_sqlalchemy(pg.LockNotAvailable("lock")),
        by_sqlalchemy(pg.DiskFull("no space")),
        by_sqlalchemy(pg.TooManyConnections("too many")),
        by_sqlalchemy(pg.AdminShutdown("terminating")),
        by_sqlalchemy(pg.CrashShutdown("crash")),
        by_sqlalchemy(pg.CannotConnectNow("starting up")),
        by_sqlalchemy(pg.IdleSessionTimeout("idle")),
        by_sqlalchemy(pg.IdleInTransactionSessionTimeout("idle in transaction")),
        by_sqlalchemy(pg.TransactionTimeout("transaction timeout")),
        by_sqlalchemy(pg.ReadOnlySqlTransaction("a standby")),
        by_sqlalchemy(psycopg.DatabaseError("lost synchronization"), invalidated=True),
    ],
    Kind.REJECT: [
        Reject("no such ticket can be"),
        TooLarge("too large"),
        MalformedEvent("body", "is empty"),
        by_sqlalchemy(psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")),
        by_sqlalchemy(pg.NumericValueOutOfRange("integer out of range")),
        by_sqlalchemy(pg.UntranslatableCharacter("\\u0000 cannot be converted to text")),
        by_sqlalchemy(pg.ProgramLimitExceeded("index row size 2720 exceeds btree version 4 maximum 2704")),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
    ],
    Kind.BUG: [
        KeyError("x"),
        AssertionError(),
        MemoryError(),
        by_sqlalchemy(pg.UniqueViolation("duplicate key")),
        by_sqlalchemy(pg.UndefinedTable("no such table")),
        by_sqlalchemy(pg.InsufficientPrivilege("denied")),
        by_sqlalchemy(pg.InFailedSqlTransaction("aborted")),
        exc.InvalidRequestError("closed"),
    ],
}


@pytest.mark.parametrize(
    ("kind", "error"),
    [pytest.param(kind, error, id=f"{kind.value}-{cause_of(error)[:40]}") for kind in KINDS for error in KINDS[kind]],
)
def test_each_error_has_its_kind(kind: Kind, error: BaseException) -> None:
    assert kind_of(error) is kind


def test_a_cause_is_one_short_line_that_any_database_and_header_takes() -> None:
    cause = cause_of(ValueError("one\ntwo\x00\ud800 " + "x" * 5000))
    assert cause.startswith("ValueError: one two\\0\\ud800 x")
    assert len(cause) == 1000
    assert cause.encode()


def test_a_cause_names_the_databases_own_error_and_leaves_out_statement_and_values() -> None:
    cause = cause_of(by_sqlalchemy(pg.NumericValueOutOfRange("integer out of range")))
    assert cause == "NumericValueOutOfRange: integer out of range"
