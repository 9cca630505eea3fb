"""The call list: whom a person has to call, and for what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, true

from services.intake.app.sending_ports import Telling
from services.intake.domain.caller_access import Asker, CallerAccess
from services.intake.domain.calls import PURPOSE_OF, Calling, CallKind
from services.intake.domain.telling import Way
from services.intake.store.call_queries import QUERIES
from services.intake.store.caller_scope import callers_known_to, for_the_hub_alone
from services.intake.store.sending_queue import telling_of
from services.intake.store.ticket_scope import of_unit


@dataclass(frozen=True, slots=True)
class CallFilter:
    """`kind` None: all calls that are the person's own. `unit`: a department that leads, or a sub-district; "" means
    all."""

    kind: CallKind | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CallToMake:
    """`id` is the telling's, the ticket's or the follow-up's, by the kind; `version` is what the result must bring.

    `since` is when it became due. `telling` is what is to be read out, by kind `tell`; `answer` the unit's, by `visit`.
    `number` is the ticket's as its caller knows it; `limit`, by `contact`, until when the unit has to speak with them.
    """

    kind: CallKind
    id: str
    ticket_id: str
    number: str
    version: int
    since: datetime
    tries: int
    occasion: str
    matter: dict[str, Any]
    text: str
    answer: str | None
    telling: Telling | None
    limit: datetime | None = None

    def shown(self) -> dict[str, Any]:
        names = (
            "kind",
            "id",
            "ticket_id",
            "number",
            "version",
            "since",
            "limit",
            "tries",
            "occasion",
            "text",
            "answer",
        )
        return {name: getattr(self, name) for name in names} | self.matter


@dataclass(frozen=True, slots=True)
class Waiting:
    """`oldest`: since when the call is due that waits longest; None if none waits."""

    number: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class CallList:
    """By the table of who may know callers, and the rules of when a person is called again.

    The hub calls for everything; first contacts are the units', so that it is shown them when it asks, but for those
    whose callers only the hub may know. A unit has the calls for whose purpose it may read the caller, and no other.
    """

    access: CallerAccess
    rules: Mapping[CallKind, Calling]

    def kinds(self, asker: Asker) -> list[CallKind]:
        """Of the calls that the person may have to make."""
        if asker.hub:
            return list(CallKind)
        return [kind for kind in CallKind if self.access.for_units(PURPOSE_OF[kind])]

    def items(
        self, connection: Connection, wanted: CallFilter, asker: Asker, now: datetime, limit: int
    ) -> list[CallToMake]:
        """Of each kind those due longest, at most `limit` of it.

        Whoever settled a ticket does not ask its caller; the callers of the city's tickets are asked by the city.
        """
        found: list[CallToMake] = []
        for kind, query in self._queries(wanted, asker, now):
            found += (_call(kind, row) for row in connection.execute(query.limit(limit)))
        return found

    def waiting(self, connection: Connection, asker: Asker, now: datetime) -> Waiting:
        """How many calls are the person's own to make now, and since when the oldest is."""
        number, oldest = 0, None
        for _, query in self._queries(CallFilter(), asker, now):
            due = query.order_by(None).subquery()
            count, since = connection.execute(select(func.count(), func.min(due.c.since)).select_from(due)).one()
            number, oldest = number + count, min(filter(None, (oldest, since)), default=None)
        return Waiting(number, oldest)

    def _queries(self, wanted: CallFilter, asker: Asker, now: datetime) -> Iterator[tuple[CallKind, Select[Any]]]:
        for kind in self.kinds(asker):
            if wanted.kind in (None, kind):
                mine = self._mine(kind, wanted, asker) & of_unit(wanted.unit)
                yield kind, QUERIES[kind](mine, asker.scope.subject, now, self.rules[kind])

    def _mine(self, kind: CallKind, wanted: CallFilter, asker: Asker) -> ColumnElement[bool]:
        if not asker.hub:
            return callers_known_to(self.access, asker, PURPOSE_OF[kind])
        units_own = kind is CallKind.CONTACT and wanted.kind is None
        return for_the_hub_alone(self.access, PURPOSE_OF[kind]) if units_own else true()


def _call(kind: CallKind, row: Row[Any]) -> CallToMake:
    place = {"sub_district": row.sub_district, "estate": row.estate, "estate_name": row.estate_name}
    is_telling = kind is CallKind.TELL
    return CallToMake(
        kind,
        str(row.id),
        str(row.ticket_id),
        row.city_number or row.number,
        row.version,
        row.since,
        row.tried,
        row.occasion if is_telling else kind.value,
        {"type_code": row.type_code, "place": place, "lead": row.lead},
        row.text,
        row.public_answer,
        replace(telling_of(row), way=Way.CALL) if is_telling else None,
        row.limit if kind is CallKind.CONTACT else None,
    )
