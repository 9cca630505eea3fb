"""The tickets of a batch that ask for an estate to be repaired (MJ19) are sources of its need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from services.chassis.database.work import Work
from services.contracts.ticket_events import Place
from services.projects.app.needs.gather import GatherNeeds
from services.projects.app.needs.ports import NeedKey
from services.projects.domain.needs import ANYTHING, Need, NeedOrigin, Source, wish_of
from services.projects.domain.sighting import Sighting


class Wish(NamedTuple):
    place: Place
    at: datetime


class TicketNeeds:
    """Remembers what each ticket of a batch asked for before it and asks for after it; written once at the end."""

    def __init__(self, gather: GatherNeeds, types: frozenset[str]) -> None:
        self._gather = gather
        self._types = types
        self._before: dict[str, Wish | None] = {}
        self._after: dict[str, Wish | None] = {}

    def note(self, was: Sighting, now: Sighting) -> None:
        before, after = self._wish(was), self._wish(now)
        if _estate(before) != _estate(after) or now.ticket_id in self._before:
            self._before.setdefault(now.ticket_id, before)
            self._after[now.ticket_id] = after

    def write(self, work: Work) -> None:
        moved = [
            (ticket, before, after)
            for ticket, before in self._before.items()
            if _estate(after := self._after[ticket]) != _estate(before)
        ]
        estates = {estate for _, before, after in moved for estate in (_estate(before), _estate(after)) if estate}
        if not estates:
            return
        newest = self._gather.book.newest(work, estates)
        changed: dict[str, Need] = {}
        for ticket, _, after in moved:
            if after and (need := self._join(newest, after, ticket)):
                changed[need.id] = need
        for ticket, before, _ in moved:
            if before and (need := _leave(newest, before, ticket)):
                changed[need.id] = need
        self._gather.keep(work, list(changed.values()))

    def _wish(self, sighting: Sighting) -> Wish | None:
        place = wish_of(sighting, self._types)
        return Wish(place, sighting.occurred_at) if place and sighting.occurred_at else None

    def _join(self, newest: dict[NeedKey, Need], wish: Wish, ticket: str) -> Need | None:
        assert wish.place.estate
        key = NeedKey(wish.place.estate, ANYTHING)
        newest[key] = need = self._gather.taker(newest.get(key), wish.place, ANYTHING, wish.at)
        return need if need.join(Source(wish.at, NeedOrigin.TICKET, ticket)) else None


def _leave(newest: Mapping[NeedKey, Need], wish: Wish, ticket: str) -> Need | None:
    assert wish.place.estate
    need = newest.get(NeedKey(wish.place.estate, ANYTHING))
    return need if need and need.leave(NeedOrigin.TICKET, ticket) else None


def _estate(wish: Wish | None) -> str | None:
    return wish.place.estate if wish else None


NewTicketNeeds = Callable[[], TicketNeeds]
