"""Problems with sending to officers: suspended channels, limits that are near, what waits or was not sent, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, Text, distinct, func, null, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY

from services.chassis.clock import Clock
from services.chassis.database.gauges import Gauging
from services.chassis.metrics import OFFICER_LIMIT_SHARE, OFFICER_MESSAGES_OLDEST_SECONDS, OFFICER_WAYS_RESTING
from services.notifier.domain.limits import share_used
from services.notifier.domain.officer import OfficerChannel
from services.notifier.domain.sending_rules import SendingRules
from services.notifier.store.officer_tables import officer_messages, officer_notices, officers
from services.notifier.store.sending_tables import officer_tries, resting_ways

LISTED = 200
NUMBERS = 5
_WHO = (officers.c.officer_id, officers.c.unit, officers.c.post, officers.c.name)


class Near(NamedTuple):
    """`share` of a limit of the channel that is used up, from `warn_at` on."""

    officer_id: UUID
    unit: str
    post: str
    name: str
    channel: OfficerChannel
    share: float


def resting(connection: Connection, now: datetime, units: Collection[str] | None) -> list[Row[Any]]:
    """Ways that are not tried, without their addresses; the next to end first."""
    way = resting_ways.c
    asked = (
        select(
            *_WHO,
            way.channel,
            way.cause,
            way.since,
            way.until,
        )
        .join(officers, officers.c.officer_id == way.officer_id)
        .where(way.until > now, officers.c.active)
        .order_by(way.until)
        .limit(LISTED)
    )
    return list(connection.execute(_of(asked, units)))


def near_limits(
    connection: Connection, now: datetime, rules: SendingRules, units: Collection[str] | None
) -> list[Near]:
    """Who is near a limit, the nearest first."""
    found = [
        Near(officer, unit, post, name, channel, share)
        for (officer, unit, post, name, channel), share in _shares(connection, now, rules, units).items()
        if share >= rules.warn_at
    ]
    return sorted(found, key=lambda one: (-one.share, one.unit, one.officer_id))[:LISTED]


def unsent(connection: Connection, since: datetime, units: Collection[str] | None) -> list[Row[Any]]:
    """Messages that wait with a cause, and those that failed or were withheld since; the newest window first."""
    message = officer_messages.c
    asked = (
        select(
            *_WHO,
            message.message_id,
            message.status,
            message.cause,
            message.channel,
            message.urgent,
            message.closes_at,
            message.not_before,
        )
        .join(officers, officers.c.officer_id == message.officer_id)
        .where(_unsent(since))
        .order_by(message.window_start.desc(), message.message_id)
        .limit(LISTED)
    )
    return list(connection.execute(_of(asked, units)))


def unsent_by_cause(connection: Connection, since: datetime, units: Collection[str] | None) -> list[Row[Any]]:
    """As `unsent`, counted by officer, state and cause: the newest first. `rules` by which they were to be notified.

    `numbers` are some of the `numbered` tickets and issues that it is about, for whoever sees all units: a unit may no
    longer hear of them.
    """
    message, notice = officer_messages.c, officer_notices.c
    numbers = func.array_agg(distinct(notice.number)).filter(notice.number.is_not(None))
    asked = (
        select(
            *_WHO,
            *(message.status, message.cause),
            func.count(distinct(message.message_id)).label("messages"),
            func.bool_or(message.urgent).label("urgent"),
            func.min(message.not_before).label("not_before"),
            func.array_agg(distinct(notice.rule)).filter(notice.rule.is_not(None)).label("rules"),
            (type_coerce(numbers, ARRAY(Text))[1:NUMBERS] if units is None else null()).label("numbers"),
            func.count(distinct(notice.number)).label("numbered"),
        )
        .select_from(officer_messages)
        .join(officers, officers.c.officer_id == message.officer_id)
        .outerjoin(officer_notices, notice.message_id == message.message_id)
        .where(_unsent(since))
        .group_by(*_WHO, message.status, message.cause)
        .order_by(func.max(message.window_start).desc(), officers.c.officer_id, message.cause)
        .limit(LISTED)
    )
    return list(connection.execute(_of(asked, units)))


def _unsent(since: datetime) -> ColumnElement[bool]:
    message = officer_messages.c
    ended = message.status.in_(("failed", "withheld")) & (message.closes_at >= since)
    return ended | (message.status.in_(("open", "closed", "sending")) & message.cause.is_not(None))


def sending_gauge(clock: Clock, rules: SendingRules) -> Gauging:
    def gauge(connection: Connection) -> None:
        now = clock.now()
        message = officer_messages.c
        waiting = message.status.in_(("open", "closed", "sending"))
        oldest = select(func.min(message.not_before)).where(waiting, message.not_before <= now)
        since = connection.execute(oldest).scalar()
        OFFICER_MESSAGES_OLDEST_SECONDS.set((now - since).total_seconds() if since else 0.0)
        at_rest = select(resting_ways.c.channel, func.count().label("number")).where(resting_ways.c.until > now)
        counted = {row.channel: row.number for row in connection.execute(at_rest.group_by(resting_ways.c.channel))}
        highest: dict[OfficerChannel, float] = defaultdict(float)
        for (*_, channel), share in _shares(connection, now, rules, None).items():
            highest[channel] = max(highest[channel], share)
        for channel in OfficerChannel:
            OFFICER_WAYS_RESTING.labels(channel).set(counted.get(channel, 0))
            OFFICER_LIMIT_SHARE.labels(channel).set(highest[channel])

    return gauge


def _shares(
    connection: Connection, now: datetime, rules: SendingRules, units: Collection[str] | None
) -> dict[tuple[UUID, str, str, str, OfficerChannel], float]:
    tried = officer_tries.c
    asked = (
        select(*_WHO, tried.channel, tried.at)
        .join(officers, officers.c.officer_id == tried.officer_id)
        .where(tried.at > now - rules.longest_span, tried.outcome.is_(None) | (tried.outcome == "sent"))
    )
    sent_at: dict[tuple[UUID, str, str, str, OfficerChannel], list[datetime]] = defaultdict(list)
    for row in connection.execute(_of(asked, units)):
        sent_at[row.officer_id, row.unit, row.post, row.name, OfficerChannel(row.channel)].append(row.at)
    return {of: share_used(times, now, rules.limits[of[-1]]) for of, times in sent_at.items()}


def _of(asked: Select[Any], units: Collection[str] | None) -> Select[Any]:
    return asked if units is None else asked.where(officers.c.unit.in_(units))
