"""The rule of `CallerAccess.reader_for` as conditions of SQL. A test compares the two, reader by reader."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, false, or_, true

from services.intake.domain.caller_access import Asker, CallerAccess, CallerReader, ReaderRule, ReadingPurpose
from services.intake.store.tables import tickets
from services.intake.store.ticket_scope import seen_by

_T = tickets.c


def callers_known_to(access: CallerAccess, asker: Asker, purpose: ReadingPurpose) -> ColumnElement[bool]:
    """Tickets whose callers the person may read for the purpose."""
    may = [
        and_(whose, _within(access.readers[reader]))
        for reader, whose in _as_whom(asker)
        if reader in access.purposes[purpose]
    ]
    sees = true() if asker.hub else seen_by(asker.scope)
    if asker.identity_reader:
        sees = or_(sees, _T.restricted.is_(False))
    not_about = or_(_T.about_unit.is_(None), _T.about_unit.not_in(sorted(asker.scope.units)))
    return and_(or_(false(), *may), sees, not_about)


def for_the_hub_alone(access: CallerAccess, purpose: ReadingPurpose) -> ColumnElement[bool]:
    """Tickets whose callers no lead may know for the purpose, and the hub may."""
    lead, hub = access.readers[CallerReader.LEAD], access.readers[CallerReader.HUB]
    if CallerReader.HUB not in access.purposes[purpose]:
        return false()
    if CallerReader.LEAD not in access.purposes[purpose]:
        return _unnamed(hub)
    return and_(_unnamed(hub), or_(*(column.is_(True) for column, free in _secrets(lead) if not free), false()))


def _as_whom(asker: Asker) -> Iterator[tuple[CallerReader, ColumnElement[bool]]]:
    if asker.hub:
        yield CallerReader.HUB_READER if asker.identity_reader else CallerReader.HUB, true()
    elif asker.identity_reader:
        yield CallerReader.IDENTITY_READER, true()
    if asker.scope.subject:
        yield CallerReader.ASSIGNEE, _T.assignee == asker.scope.subject
    yield CallerReader.LEAD, _T.lead.in_(sorted(asker.scope.departments))


def _within(rule: ReaderRule) -> ColumnElement[bool]:
    states = true() if rule.states is None else _T.state.in_(sorted(rule.states))
    return and_(states, _unnamed(rule))


def _unnamed(rule: ReaderRule) -> ColumnElement[bool]:
    return and_(true(), *(column.is_(False) for column, free in _secrets(rule) if not free))


def _secrets(rule: ReaderRule) -> tuple[tuple[ColumnElement[bool], bool], ...]:
    """Each mark of a ticket that keeps its caller from readers, and whether this one may know them all the same."""
    return (_T.confidential, rule.confidential), (_T.restricted, rule.restricted)
