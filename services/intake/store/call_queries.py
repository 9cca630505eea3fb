"""What each kind of call is read by: due now, of the tickets that are the person's, those that wait longest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, true

from services.intake.domain.calls import CALLED_AGAIN, Calling, CallKind
from services.intake.domain.follow_up import Stage
from services.intake.domain.limits import DeadlineKind
from services.intake.domain.steps import TicketState, TicketStep
from services.intake.store.call_book import TO_TELL
from services.intake.store.follow_up_tables import caller_messages, follow_ups, hot_issues
from services.intake.store.tables import clocks, settlements, ticket_history, ticket_texts, tickets
from services.intake.store.telling_tables import telling_tries, tellings

SNIPPET = 200
_T = tickets.c
_MATTER = (_T.type_code, _T.sub_district, _T.estate, _T.estate_name, _T.lead, _T.number, _T.city_number)
_OF_ISSUE = ("type_code", "sub_district", "estate", "estate_name")
"""What the works were for: the person's own ticket may say less, or something else."""
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

_LIMIT = (
    select(func.min(clocks.c.due_at))
    .where(clocks.c.ticket_id == _T.id, clocks.c.kind == DeadlineKind.CONTACT, clocks.c.stopped_at.is_(None))
    .correlate(tickets)
    .scalar_subquery()
)


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
        .add_columns(_LIMIT.label("limit"))
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
        .add_columns(*(hot_issues.c[name] for name in _OF_ISSUE), _T.lead, _T.number, _T.city_number)
        .add_columns(_TEXT.label("text"), literal(None).label("public_answer"))
        .join(tickets, _T.id == follow_ups.c.ticket_id)
        .join(hot_issues, hot_issues.c.id == follow_ups.c.hot_issue_id)
        .where(follow_ups.c.stage == Stage.ASKED, mine, due)
        .order_by(since, follow_ups.c.id)
    )


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


QUERIES: Final[Mapping[CallKind, Callable[[ColumnElement[bool], str, datetime, Calling], Select[Any]]]] = {
    CallKind.TELL: _tell,
    CallKind.CONTACT: _contact,
    CallKind.VISIT: _visit,
    CallKind.ASK: _ask,
}
"""By the condition on tickets, the person's subject, the time, and when people are called again."""
