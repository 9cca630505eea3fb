"""Who may see a ticket. Stores, routes and pages ask here (ADR 27); messages ask `notifier/domain/confidence.py`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from services.contracts.districts import sub_districts


class Watched(Protocol):
    """What decides who may see a ticket: a ticket of the domain, or its row."""

    @property
    def lead(self) -> str | None: ...
    @property
    def co_handlers(self) -> Collection[str]: ...
    @property
    def sub_district(self) -> str | None: ...
    @property
    def restricted(self) -> bool: ...
    @property
    def about_unit(self) -> str | None: ...
    @property
    def assignee(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class TicketScope:
    """A reader: their subject, and the departments and sub-districts (by code) that they speak for.

    `whole_district`: supervisors and administrators. The hub sees every ticket and has no scope.
    """

    departments: frozenset[str] = frozenset()
    sub_districts: frozenset[str] = frozenset()
    whole_district: bool = False
    subject: str = ""

    def holds(self, ticket: Watched) -> bool:
        """A ticket about a unit is never for that unit. A restricted one is for its lead and for the person it is
        assigned to alone. Any other is also for the co-handlers, for the sub-district, and for those who see the whole
        district."""
        if ticket.about_unit in self.units:
            return False
        if ticket.lead in self.departments or (self.subject and ticket.assignee == self.subject):
            return True
        if ticket.restricted:
            return False
        return (
            self.whole_district
            or not self.departments.isdisjoint(ticket.co_handlers)
            or ticket.sub_district in self.sub_districts
        )

    @property
    def units(self) -> frozenset[str]:
        """The departments that the reader belongs to: a sub-district's reader is of its office."""
        known = sub_districts()
        return self.departments | {known[code].office for code in self.sub_districts if code in known}


def may_have(unit: str | None, about_unit: str | None) -> bool:
    """Whether a ticket may be given to a unit, as its lead or to help."""
    return unit is None or unit != about_unit


def helpers_of(units: Collection[str], lead: str, *, restricted: bool, about_unit: str | None) -> tuple[str, ...]:
    """Those of `units` that may help: nobody with a restricted ticket, and never the unit that it is about."""
    return () if restricted else tuple(unit for unit in units if unit != lead and may_have(unit, about_unit))
