"""The rule of `domain/scope.py` as conditions of SQL. A test compares the two, reader by reader."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, any_, false, or_, true

from services.intake.domain.scope import TicketScope
from services.intake.store.tables import tickets

_T = tickets.c


def listed_within(scope: TicketScope | None) -> list[ColumnElement[bool]]:
    """One condition for each code of the scope, so that each is one run of an index; none if nothing is listed.

    None is the hub's scope. Tickets that a department only helps with, or that are only assigned to the reader, are
    not listed.
    """
    if scope is None:
        return [true()]
    parts: list[ColumnElement[bool]] = [_T.lead == code for code in sorted(scope.departments)]
    if scope.whole_district:
        parts.append(true())
    else:
        parts += [_T.sub_district == code for code in sorted(scope.sub_districts)]
    return [and_(part, open_to(scope)) for part in parts]


def seen_by(scope: TicketScope | None) -> ColumnElement[bool]:
    """All that `TicketScope.holds`: beside what is listed, what the reader's departments help with, and what is
    assigned to the reader."""
    if scope is None:
        return true()
    departments, units = sorted(scope.departments), sorted(scope.units)
    for_all = true() if scope.whole_district else _T.sub_district.in_(sorted(scope.sub_districts))
    helps = or_(false(), *(any_(_T.co_handlers) == code for code in departments))
    assigned = _T.assignee == scope.subject if scope.subject else false()
    theirs = or_(_T.lead.in_(departments), assigned)
    return and_(
        or_(theirs, and_(_T.restricted.is_(False), or_(for_all, helps))),
        or_(_T.about_unit.is_(None), _T.about_unit.not_in(units)),
    )


def open_to(scope: TicketScope | None) -> ColumnElement[bool]:
    """For lists of what the reader's units have: leaves out what is not for the reader all the same."""
    if scope is None:
        return true()
    for_them = or_(_T.restricted.is_(False), _T.lead.in_(sorted(scope.departments)))
    not_about = or_(_T.about_unit.is_(None), _T.about_unit.not_in(sorted(scope.units)))
    return and_(for_them, not_about) if scope.units else _T.restricted.is_(False)


def of_unit(unit: str) -> ColumnElement[bool]:
    """Tickets that a department leads, or that lie in the sub-district of this code; "" means all."""
    if not unit:
        return true()
    return _T.sub_district == unit if unit.isdigit() else _T.lead == unit
