"""The three kinds of error of a consumer, and only three (ADR 23).

Retry   a dependency is down: roll back, back off, try the same events again.
Reject  this event can never work: dead-letter it with its cause, go on.
Bug     anything else: stop loudly; an event that stops the consumer again and again is treated as a reject.
"""

from __future__ import annotations

import re
from enum import Enum

import psycopg
from kafka.errors import KafkaError
from pydantic import ValidationError
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.contracts.event import MalformedEvent
from services.contracts.faults import model_fault
from services.contracts.redaction import redact


class Retry(Exception):
    """A dependency is down; the same event may work later."""


class Reject(Exception):
    """This event can never work. The message says why, and what would have to change."""


class Kind(Enum):
    RETRY = "retry"
    REJECT = "reject"
    BUG = "bug"


# Caused by the server's state: it ends sessions (idle time-out, shutdown), or is a standby after a failover.
_SERVER_STATE = ("25P03", "25P04", "25006", "57P01", "57P02", "57P03", "57P05")
# "Program limit exceeded" is an operational error by its class, but the value will always be too long for an index.
_LIMIT_EXCEEDED = "54"


# Serialisation failure or deadlock: the transaction was rolled back. After other failures its outcome is unknown.
_ROLLED_BACK = "40"


def sqlstate_of(error: BaseException) -> str:
    """The SQLSTATE of a database error; empty for any other error."""
    return (getattr(error.orig, "sqlstate", None) or "") if isinstance(error, DBAPIError) else ""


def was_rolled_back(error: BaseException) -> bool:
    """Whether the database confirms that nothing has changed."""
    return sqlstate_of(error).startswith(_ROLLED_BACK)


def kind_of(error: BaseException) -> Kind:
    """Maps whatever a handler raised to one of the three kinds."""
    state = sqlstate_of(error)
    if state.startswith(_LIMIT_EXCEEDED):
        return Kind.REJECT
    if isinstance(error, (Retry, OperationalError, InterfaceError, PoolTimeout, KafkaError)):
        return Kind.RETRY
    if isinstance(error, DBAPIError) and (error.connection_invalidated or state in _SERVER_STATE):
        return Kind.RETRY
    # A NUL or a lone surrogate that no schema caught: PostgreSQL or its driver will always refuse it.
    if isinstance(error, (Reject, MalformedEvent, DataError, UnicodeEncodeError)):
        return Kind.REJECT
    return Kind.BUG


_QUOTED = re.compile(r"(?P<quote>['\"`]).*?(?P=quote)|(?<==)\(.*?\)", re.DOTALL)


def cause_of(error: BaseException, limit: int = 1000) -> str:
    """One line for a dead letter or a log: the error's class and message, safe to store as text.

    Our own errors say what we wrote. Others quote what they were given, which may name a person: of theirs, what is
    quoted is left out, and the rest redacted; of a database's, the details too.
    """
    original = getattr(error, "orig", None) or error
    line = " ".join(f"{type(original).__name__}: {_message(original)}".split())
    return line.replace("\x00", "\\0").encode("utf-8", "backslashreplace").decode()[:limit]


def _message(error: BaseException) -> str:
    match error:
        case Reject() | Retry() | MalformedEvent() | KafkaError():
            return str(error)
        case ValidationError():
            return model_fault(error)
        case psycopg.Error():
            about = error.diag
            named = [one for one in (about.schema_name, about.table_name, about.constraint_name) if one]
            said = about.message_primary or str(error).partition("DETAIL:")[0]
            return f"{_unquoted(said)} ({' '.join(named)})" if named else _unquoted(said)
    return _unquoted(str(error))


def _unquoted(text: str) -> str:
    return redact(_QUOTED.sub("…", text))
