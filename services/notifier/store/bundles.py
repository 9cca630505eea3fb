"""Puts notices that wait into messages: in one transaction with the messages themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, text

from services.chassis.database.rows import by_column, changes_by_column, insert_rows, update_rows
from services.chassis.database.work import Work
from services.notifier.domain.bundling import GatheringWindow, Key, Waiting, bundle
from services.notifier.domain.leaving import MessageStatus
from services.notifier.domain.officer_notice import NoticeStatus, Pressure
from services.notifier.domain.sending_rules import SendingRules
from services.notifier.store.officer_tables import officer_messages, officer_notices

_WAITING = text(
    """
    SELECT notice_id, officer_id, digest_key, pressure, channels FROM officer_notices WHERE status = 'waiting'
     ORDER BY caused_at, notice_id LIMIT :most FOR UPDATE SKIP LOCKED
    """
)
_NEWEST = text(
    """
    SELECT m.* FROM unnest(CAST(:officers AS uuid[]), CAST(:keys AS text[])) AS asked(officer_id, digest_key)
     CROSS JOIN LATERAL (SELECT officer_id, digest_key, window_start, closes_at, number, urgent, channels, status
                           FROM officer_messages AS mine
                          WHERE mine.officer_id = asked.officer_id AND mine.digest_key = asked.digest_key
                          ORDER BY window_start DESC LIMIT 1 FOR UPDATE) AS m
    """
)
_ADD = insert_rows(
    officer_messages,
    *("message_id", "officer_id", "digest_key", "window_start", "closes_at", "not_before", "number", "urgent"),
    *("channels", "rules_version", "status"),
)
_PUT = update_rows(officer_notices, "notice_id", "message_id", "status")


def bundle_waiting(work: Work, rules: SendingRules, most: int) -> int:
    """Returns how many notices were put into messages. The caller holds the lock of those who bundle."""
    rows = work.connection.execute(_WAITING, {"most": most}).all()
    waiting = [_waiting(row) for row in rows]
    newest = _newest(work, {one.key for one in waiting if one.pressure is not Pressure.URGENT})
    made, placed = bundle(waiting, newest, work.clock.now(), rules.bundling)
    if made:
        work.connection.execute(_ADD, by_column([_row(window, rules.version) for window in made]))
    if placed:
        put: Sequence[dict[str, object]] = [
            {"notice_id": notice, "message_id": window.message_id, "status": NoticeStatus.BUNDLED}
            for notice, window in placed.items()
        ]
        work.connection.execute(_PUT, changes_by_column(put))
    return len(waiting)


def _waiting(row: Row[Any]) -> Waiting:
    pressure = Pressure(row.pressure)
    channels = None if row.channels is None else ",".join(sorted(row.channels.split(",")))
    return Waiting(row.notice_id, row.officer_id, row.digest_key, pressure, channels)


def _newest(work: Work, keys: Collection[Key]) -> dict[Key, GatheringWindow]:
    """The last message of each key, locked: it is not closed while notices are put into it."""
    if not keys:
        return {}
    asked = sorted(keys)
    parameters = {"officers": [key.officer_id for key in asked], "keys": [key.digest_key for key in asked]}
    return {
        (key := Key(row.officer_id, row.digest_key)): GatheringWindow(
            key,
            row.window_start,
            row.closes_at,
            row.number,
            row.urgent,
            row.channels,
            row.status == MessageStatus.OPEN,
        )
        for row in work.connection.execute(_NEWEST, parameters)
    }


def _row(window: GatheringWindow, version: int) -> dict[str, object]:
    return {
        "message_id": window.message_id,
        "officer_id": window.key.officer_id,
        "digest_key": window.key.digest_key,
        "window_start": window.start,
        "closes_at": window.closes_at,
        "not_before": window.closes_at,
        "number": window.number,
        "urgent": window.urgent,
        "channels": window.channels,
        "rules_version": version,
        "status": MessageStatus.OPEN,
    }
