"""The three kinds of error of a consumer, and only three (DESIGN §4).

Retry   a dependency is down: roll back, back off, try the same events again.
Reject  this event can never work: dead-letter it with its cause, go on.
Bug     anything else: stop loudly; an event that stops us again and again is treated as a reject.
"""

from __future__ import annotations

from enum import Enum

from kafka.errors import KafkaError
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.contracts.event import MalformedEvent


class Retry(Exception):
    """A dependency is down; the same event may work later."""


class Reject(Exception):
    """This event can never work. The message says why, and what would have to be otherwise."""


class Kind(Enum):
    RETRY = "retry"
    REJECT = "reject"
    BUG = "bug"


# The server's state, not ours: it ends sessions (idle time-out, shutdown), or is a standby after a switch-over.
_SERVER_STATE = ("25P03", "25P04", "25006", "57P01", "57P02", "57P03", "57P05")
# "Program limit exceeded", an operational error by its class: the value is too long for an index, and always will be.
_LIMIT_EXCEEDED = "54"


# The server rolled back one of two that waited for each other; of all else that fails nobody knows how far it got.
_ROLLED_BACK = "40"


def sqlstate_of(error: BaseException) -> str:
    """The SQLSTATE of what the database refused; empty for any other error."""
    return (getattr(error.orig, "sqlstate", None) or "") if isinstance(error, DBAPIError) else ""


def was_rolled_back(error: BaseException) -> bool:
    """Whether the database says that nothing has been changed."""
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
    # A NUL or a lone surrogate that no schema caught: PostgreSQL or its driver refuses it, and always will.
    if isinstance(error, (Reject, MalformedEvent, DataError, UnicodeEncodeError)):
        return Kind.REJECT
    return Kind.BUG


def cause_of(error: BaseException, limit: int = 1000) -> str:
    """One line for a dead letter: the error's class and message, safe to store as text."""
    original = getattr(error, "orig", None) or error
    line = " ".join(f"{type(original).__name__}: {original}".split())
    return line.replace("\x00", "\\0").encode("utf-8", "backslashreplace").decode()[:limit]
