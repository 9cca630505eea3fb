"""Parts of a unit of work: what is undone by itself while the rest stays, and what a route does inside of another's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from sqlalchemy import Connection, Engine

from services.chassis.clock import Clock
from services.chassis.database.work import Work, Workshop


@contextmanager
def part_of(work: Work) -> Iterator[Work]:
    """What is done inside is undone if it raises, events and hooks included; what was done before stays."""
    published, hooks = len(work.outgoing), len(work.committed)
    try:
        with work.connection.begin_nested():
            yield work
    except BaseException:
        del work.outgoing[published:], work.committed[hooks:]
        raise


_under_way: ContextVar[Work] = ContextVar("work_under_way")


class PartWorkshop(Workshop):
    """For routes that are run inside a unit of work that is open already: theirs are parts of it.

    Only inside `within`, in the same thread.
    """

    __slots__ = ()

    def __init__(self) -> None:
        """Engine, clock and source are those of the unit of work."""

    def __repr__(self) -> str:
        return "PartWorkshop()"

    @property
    def engine(self) -> Engine:
        return cast(Engine, _ConnectionOf(_under_way.get()))

    @property
    def clock(self) -> Clock:
        return _under_way.get().clock

    @property
    def source(self) -> str:
        return _under_way.get().source

    @contextmanager
    def within(self, work: Work) -> Iterator[None]:
        token = _under_way.set(work)
        try:
            yield
        finally:
            _under_way.reset(token)

    @contextmanager
    def open(self) -> Iterator[Work]:
        with part_of(_under_way.get()) as work:
            yield work


class _ConnectionOf:
    """Of an engine what routes use: a transaction to read in, which here is the one under way."""

    def __init__(self, work: Work) -> None:
        self._work = work

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        yield self._work.connection

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"a route that is run by a reply uses {name} of its engine; open a unit of work instead")
