"""The call list, and the messages that are told by a call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, func, literal, or_, select, update

from services.chassis.database.work import Work
from services.chassis.metrics import TELLINGS_SETTLED
from services.intake.app.sending_ports import Telling
from services.intake.domain.calls import TO_BE_ASKED, AfterCall, CallKind, CallResult, ToldByCall
from services.intake.domain.follow_up import Stage
from services.intake.domain.scope import TicketScope
from services.intake.domain.steps import TicketState
from services.intake.domain.telling import TellingState, Way
from services.intake.store.follow_up_tables import caller_messages, follow_ups
from services.intake.store.sending_queue import add_try, telling_of
from services.intake.store.tables import settlements, ticket_texts, tickets
from services.intake.store.telling_tables import telling_tries, tellings
from services.intake.store.ticket_scope import of_unit, open_to

SNIPPET = 200
_T = tickets.c
_MATTER = (_T.type_code, _T.sub_district, _T.estate, _T.estate_name, _T.lead, _T.id.label("ticket"), _T.unreached)
_OPEN = or_(
    tellings.c.state == TellingState.UNSURE,
    (tellings.c.way == Way.CALL) & (tellings.c.state == TellingState.WAITING),
)
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
    """`kind` None: the hub's own calls. `unit`: a department that leads, or a sub-district; "" means all."""

    kind: CallKind | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CallToMake:
    """`id` is the telling's, the ticket's or the follow-up's, by the kind; `version` is what the result must bring.

    `since` is when it became due. `telling` is what is to be told, by kind `tell`; `answer` the unit's, by `visit`.
    """

    kind: CallKind
    id: str
    ticket_id: str
    version: int
    since: datetime
    tries: int
    occasion: str
    matter: dict[str, Any]
    text: str
    answer: str | None
    telling: Telling | None

    def shown(self) -> dict[str, Any]:
        names = ("kind", "id", "ticket_id", "version", "since", "tries", "occasion", "text", "answer")
        return {name: getattr(self, name) for name in names} | self.matter


def calls_to_make(
    connection: Connection, wanted: CallFilter, scope: TicketScope | None, asker: str, now: datetime, limit: int
) -> list[CallToMake]:
    """Those of tickets that the reader may see, of each kind those due longest, at most `limit` of it.

    Whoever settled a ticket does not ask its caller; the callers of the city's tickets are asked by the city.
    """
    kinds = [wanted.kind] if wanted.kind else TO_BE_ASKED
    mine = of_unit(wanted.unit) & open_to(scope)
    found: list[CallToMake] = []
    for kind in kinds:
        query = _QUERIES[kind](mine, asker, now)
        found += (_call(kind, row) for row in connection.execute(query.limit(limit)))
    return found


def _tell(mine: ColumnElement[bool], _: str, now: datetime) -> Select[Any]:
    columns = [column for column in tellings.c if column.name != "ticket_id"]
    return (
        select(*columns, tellings.c.ticket_id, tellings.c.not_before.label("since"), _TRIED.label("version"))
        .add_columns(*_MATTER, _TEXT.label("text"), literal(None).label("public_answer"))
        .join(tickets, _T.id == tellings.c.ticket_id)
        .where(_OPEN, tellings.c.not_before <= now, mine)
        .order_by(tellings.c.not_before, tellings.c.id)
    )


def _contact(mine: ColumnElement[bool], _: str, __: datetime) -> Select[Any]:
    early = (TicketState.DISPATCHED, TicketState.SIGNED)
    return (
        _of_ticket(func.coalesce(_T.dispatched_at, _T.received_at), literal(None))
        .where(_T.state.in_(early), _T.contacted_at.is_(None), mine)
        .order_by(_T.dispatched_at, _T.id)
    )


def _visit(mine: ColumnElement[bool], asker: str, _: datetime) -> Select[Any]:
    asked = _T.city_number.is_(None) & _T.settled_by.is_distinct_from(asker)
    return (
        _of_ticket(func.coalesce(_T.settled_at, _T.received_at), _ANSWER)
        .where(_T.state == TicketState.SETTLED, asked, mine)
        .order_by(_T.settled_at, _T.id)
    )


def _ask(mine: ColumnElement[bool], _: str, __: datetime) -> Select[Any]:
    when = select(caller_messages.c.at).where(
        caller_messages.c.follow_up_id == follow_ups.c.id,
        caller_messages.c.round == follow_ups.c.round,
        caller_messages.c.stage == Stage.ASKED,
    )
    since = func.coalesce(when.correlate(follow_ups).scalar_subquery(), follow_ups.c.ask_at, follow_ups.c.joined_at)
    return (
        select(follow_ups.c.id, follow_ups.c.ticket_id, follow_ups.c.version, since.label("since"))
        .add_columns(*_MATTER, _TEXT.label("text"), literal(None).label("public_answer"))
        .join(tickets, _T.id == follow_ups.c.ticket_id)
        .where(follow_ups.c.stage == Stage.ASKED, mine)
        .order_by(since, follow_ups.c.id)
    )


_QUERIES = {CallKind.TELL: _tell, CallKind.CONTACT: _contact, CallKind.VISIT: _visit, CallKind.ASK: _ask}


def _of_ticket(since: Any, answer: Any) -> Select[Any]:
    return select(
        _T.id,
        _T.id.label("ticket_id"),
        _T.version,
        since.label("since"),
        *_MATTER,
        _TEXT.label("text"),
        answer.label("public_answer"),
    )


def _call(kind: CallKind, row: Row[Any]) -> CallToMake:
    place = {"sub_district": row.sub_district, "estate": row.estate, "estate_name": row.estate_name}
    told = kind is CallKind.TELL
    return CallToMake(
        kind,
        str(row.id),
        str(row.ticket_id),
        row.version,
        row.since,
        row.version if told else row.unreached if kind is CallKind.VISIT else 0,
        row.occasion if told else kind.value,
        {"type_code": row.type_code, "place": place, "lead": row.lead},
        row.text,
        row.public_answer,
        replace(telling_of(row), way=Way.CALL) if told else None,
    )


class SqlCallBook:
    """Implements CallBook and OpenCalls."""

    def lock_open(self, work: Work, after: str | None, most: int) -> list[Telling]:
        query = select(tellings).where(_OPEN).order_by(tellings.c.id).limit(most).with_for_update(skip_locked=True)
        rows = work.connection.execute(query.where(tellings.c.id > after) if after else query)
        # By whatever way it was sent before: now somebody tells it.
        return [replace(telling_of(row), way=Way.CALL) for row in rows]

    def close(self, work: Work, telling: Telling, cause: str) -> None:
        # What may have been sent already was not withheld.
        maybe = tellings.c.state == TellingState.UNSURE
        state = case((maybe, TellingState.FAILED.value), else_=TellingState.WITHHELD.value)
        closed = update(tellings).where(tellings.c.id == telling.id).values(state=state, cause=cause)
        work.connection.execute(closed)
        work.after_commit(TELLINGS_SETTLED.labels(Way.CALL, TellingState.WITHHELD).inc)

    def lock(self, work: Work, telling_id: str) -> ToldByCall | None:
        columns = (tellings.c.id, tellings.c.person, tellings.c.way, tellings.c.state)
        asked = select(*columns).where(tellings.c.id == telling_id, tellings.c.way.is_not(None)).with_for_update()
        row = work.connection.execute(asked).one_or_none()
        if row is None:
            return None
        outcomes = self._outcomes(work, telling_id)
        missed = sum(1 for way, outcome in outcomes if way == Way.CALL and outcome == CallResult.NOT_REACHED)
        state = TellingState(row.state)
        return ToldByCall(str(row.id), row.person, Way(row.way), state, len(outcomes), missed)

    def record(self, work: Work, told: ToldByCall, result: CallResult, actor: str, after: AfterCall) -> None:
        add_try(work, told.id, Way.CALL, result, after.cause, actor)
        values: dict[str, Any] = {"state": after.state, "cause": after.cause, "answer": result.value}
        if after.not_before:
            values["not_before"] = after.not_before
        if after.state is TellingState.DELIVERED:
            values["sent_at"] = func.coalesce(tellings.c.sent_at, func.now())
        work.connection.execute(update(tellings).where(tellings.c.id == told.id).values(values))
        if after.state is not told.state:
            work.after_commit(TELLINGS_SETTLED.labels(Way.CALL, after.state).inc)

    def _outcomes(self, work: Work, telling_id: str) -> list[tuple[str, str]]:
        query = select(telling_tries.c.way, telling_tries.c.outcome).where(telling_tries.c.telling_id == telling_id)
        return [(way, outcome) for way, outcome in work.connection.execute(query)]
