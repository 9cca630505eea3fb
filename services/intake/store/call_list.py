"""The call list: whom a person has to call, and for what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, func, literal, or_, select, true

from services.intake.app.sending_ports import Telling
from services.intake.domain.caller_access import Asker, CallerAccess
from services.intake.domain.calls import CALLED_AGAIN, PURPOSE_OF, Calling, CallKind
from services.intake.domain.follow_up import Stage
from services.intake.domain.steps import TicketState, TicketStep
from services.intake.domain.telling import Way
from services.intake.store.call_book import TO_TELL
from services.intake.store.caller_scope import callers_known_to, for_the_hub_alone
from services.intake.store.follow_up_tables import caller_messages, follow_ups
from services.intake.store.sending_queue import telling_of
from services.intake.store.tables import settlements, ticket_history, ticket_texts, tickets
from services.intake.store.telling_tables import telling_tries, tellings
from services.intake.store.ticket_scope import of_unit

SNIPPET = 200
_T = tickets.c
_MATTER = (_T.type_code, _T.sub_district, _T.estate, _T.estate_name, _T.lead, _T.number, _T.city_number)
_TRIED = select(func.count()).where(telling_tries.c.telling_id == tellings.c.id).correlate(tellings).scalar_subquery()
_TEXT = (
    select(func.left(ticket_texts.c.text, SNIPPET))
    .where(ticket_texts.c.ticket_id == _T.id, ticket_texts.c.version == _T.text_version)
    .correlate(tickets)
    .scalar_subquery()
)
_ANSWER = (
    select(settlements.c.public_answer)
    .where(settlements.c.ticket_id == _T.id)
    .order_by(settlements.c.version.desc())
    .limit(1)
    .correlate(tickets)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class CallFilter:
    """`kind` None: all calls that are the person's own. `unit`: a department that leads, or a sub-district; "" means
    all."""

    kind: CallKind | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CallToMake:
    """`id` is the telling's, the ticket's or the follow-up's, by the kind; `version` is what the result must bring.

    `since` is when it became due. `telling` is what is to be told, by kind `tell`; `answer` the unit's, by `visit`.
    `number` is the ticket's as its caller knows it.
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

    def shown(self) -> dict[str, Any]:
        names = ("kind", "id", "ticket_id", "number", "version", "since", "tries", "occasion", "text", "answer")
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
                yield kind, _QUERIES[kind](mine, asker.scope.subject, now, self.rules[kind])

    def _mine(self, kind: CallKind, wanted: CallFilter, asker: Asker) -> ColumnElement[bool]:
        if not asker.hub:
            return callers_known_to(self.access, asker, PURPOSE_OF[kind])
        units_own = kind is CallKind.CONTACT and wanted.kind is None
        return for_the_hub_alone(self.access, PURPOSE_OF[kind]) if units_own else true()


def _tell(mine: ColumnElement[bool], _: str, now: datetime, __: Calling) -> Select[Any]:
    columns = [column for column in tellings.c if column.name != "ticket_id"]
    return (
        select(*columns, tellings.c.ticket_id, tellings.c.not_before.label("since"), _TRIED.label("version"))
        .add_columns(_TRIED.label("tried"), *_MATTER, _TEXT.label("text"), literal(None).label("public_answer"))
        .join(tickets, _T.id == tellings.c.ticket_id)
        .where(TO_TELL, tellings.c.not_before <= now, mine)
        .order_by(tellings.c.not_before, tellings.c.id)
    )


def _contact(mine: ColumnElement[bool], _: str, now: datetime, rule: Calling) -> Select[Any]:
    early, last = (TicketState.DISPATCHED, TicketState.SIGNED), _last_miss(TicketStep.MISS_CONTACT)
    again = last.c.result.in_(sorted(CALLED_AGAIN)) & (_T.unreached < rule.tries)
    due = or_(_T.unreached == 0, again & (last.c.at <= now - rule.again_after))
    return (
        _of_ticket(func.coalesce(_T.dispatched_at, _T.received_at), literal(None))
        .outerjoin(last, true())
        .where(_T.state.in_(early), _T.contacted_at.is_(None), mine, due)
        .order_by(_T.dispatched_at, _T.id)
    )


def _visit(mine: ColumnElement[bool], asker: str, now: datetime, rule: Calling) -> Select[Any]:
    asked, last = _T.city_number.is_(None) & _T.settled_by.is_distinct_from(asker), _last_miss(TicketStep.MISS)
    due = or_(_T.unreached == 0, last.c.at <= now - rule.again_after)
    return (
        _of_ticket(func.coalesce(_T.settled_at, _T.received_at), _ANSWER)
        .outerjoin(last, true())
        .where(_T.state == TicketState.SETTLED, asked, mine, due)
        .order_by(_T.settled_at, _T.id)
    )


def _ask(mine: ColumnElement[bool], _: str, now: datetime, __: Calling) -> Select[Any]:
    when = select(caller_messages.c.at).where(
        caller_messages.c.follow_up_id == follow_ups.c.id,
        caller_messages.c.round == follow_ups.c.round,
        caller_messages.c.stage == Stage.ASKED,
    )
    since = func.coalesce(when.correlate(follow_ups).scalar_subquery(), follow_ups.c.ask_at, follow_ups.c.joined_at)
    due = or_(follow_ups.c.call_after.is_(None), follow_ups.c.call_after <= now)
    return (
        select(follow_ups.c.id, follow_ups.c.ticket_id, follow_ups.c.version, since.label("since"))
        .add_columns(follow_ups.c.missed.label("tried"))
        .add_columns(*_MATTER, _TEXT.label("text"), literal(None).label("public_answer"))
        .join(tickets, _T.id == follow_ups.c.ticket_id)
        .where(follow_ups.c.stage == Stage.ASKED, mine, due)
        .order_by(since, follow_ups.c.id)
    )


_QUERIES: Final[Mapping[CallKind, Callable[[ColumnElement[bool], str, datetime, Calling], Select[Any]]]] = {
    CallKind.TELL: _tell,
    CallKind.CONTACT: _contact,
    CallKind.VISIT: _visit,
    CallKind.ASK: _ask,
}


def _last_miss(step: TicketStep) -> Any:
    """When somebody was last called in vain, and what came of it; only looked up for tickets of which that is known."""
    line = ticket_history.c
    return (
        select(line.at, line.facts["result"].astext.label("result"))
        .where(line.ticket_id == _T.id, line.step == step, _T.unreached > 0)
        .order_by(line.version.desc())
        .limit(1)
        .lateral("last_miss")
    )


def _of_ticket(since: Any, answer: Any) -> Select[Any]:
    return select(
        _T.id,
        _T.id.label("ticket_id"),
        _T.version,
        since.label("since"),
        _T.unreached.label("tried"),
        *_MATTER,
        _TEXT.label("text"),
        answer.label("public_answer"),
    ).select_from(tickets)


def _call(kind: CallKind, row: Row[Any]) -> CallToMake:
    place = {"sub_district": row.sub_district, "estate": row.estate, "estate_name": row.estate_name}
    told = kind is CallKind.TELL
    return CallToMake(
        kind,
        str(row.id),
        str(row.ticket_id),
        row.city_number or row.number,
        row.version,
        row.since,
        row.tried,
        row.occasion if told else kind.value,
        {"type_code": row.type_code, "place": place, "lead": row.lead},
        row.text,
        row.public_answer,
        replace(telling_of(row), way=Way.CALL) if told else None,
    )
