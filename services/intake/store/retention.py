"""What intake keeps by class, how much of it has been kept for its time, and its removal."""
# ruff: noqa: S608 - statements put together from those of this module

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, select, text

from services.chassis.clock import Clock
from services.chassis.database.gauges import Gauging
from services.chassis.database.work import Work
from services.chassis.metrics import RETENTION_UNFINISHED_SECONDS
from services.intake.domain.follow_up import Stage
from services.intake.domain.retention import ENDED, RetentionClass, RetentionRule
from services.intake.domain.steps import CLOCKS
from services.intake.store.retention_runs import retention_runs

_RUNS = retention_runs.c
_PROMISED: Final = sorted({*Stage} - {Stage.NOTED, Stage.REOPENED, Stage.CANCELLED, Stage.NOT_REACHED, Stage.SOLVED})
_BEFORE = "CAST(:now AS timestamptz) - make_interval(months => :months)"
# A ticket cannot end before it was received: the index on that leaves out the young ones.
_OF_ENDED = f"""
    JOIN tickets AS t ON t.id = kept.ticket_id
   WHERE t.received_at <= {_BEFORE} AND t.state = ANY(:ended)
     AND (SELECT max(h.at) FROM ticket_history AS h WHERE h.ticket_id = t.id AND h.step <> ALL(:clocks)) <= {_BEFORE}
     AND NOT EXISTS (SELECT FROM follow_ups AS f WHERE f.ticket_id = t.id AND f.stage = ANY(:promised))
"""
_DUE: Mapping[RetentionClass, str] = {
    RetentionClass.CALLER: f"SELECT kept.ticket_id AS id FROM vault AS kept {_OF_ENDED}",
    RetentionClass.ATTACHMENT: f"SELECT kept.id FROM attachments AS kept {_OF_ENDED} AND kept.sha256 IS NOT NULL",
    RetentionClass.RECORDING: f"SELECT kept.id FROM attachments AS kept {_OF_ENDED} AND kept.recording IS NOT NULL",
    RetentionClass.MESSAGE: f"SELECT kept.id FROM tellings AS kept {_OF_ENDED} AND kept.state <> 'sending'",
    RetentionClass.LINK: f"SELECT kept.token_hash AS id FROM links AS kept {_OF_ENDED}",
    RetentionClass.RECEIPT: f"SELECT DISTINCT kept.ticket_id AS id FROM receipts AS kept {_OF_ENDED}",
    RetentionClass.READING: f"SELECT id FROM caller_readings WHERE at <= {_BEFORE}",
    RetentionClass.TOMBSTONE: f"SELECT id FROM erasures WHERE at <= {_BEFORE} AND contents = '{{}}'",
}
_IDS = "ANY(CAST(:ids AS uuid[]))"
_REMOVE: Mapping[RetentionClass, Sequence[str]] = {
    RetentionClass.ATTACHMENT: (f"DELETE FROM attachments WHERE id = {_IDS} RETURNING sha256",),
    RetentionClass.RECORDING: (f"DELETE FROM attachments WHERE id = {_IDS} RETURNING NULL",),
    RetentionClass.MESSAGE: (
        f"DELETE FROM telling_tries WHERE telling_id = {_IDS}",
        f"DELETE FROM tellings WHERE id = {_IDS} RETURNING NULL",
    ),
    RetentionClass.LINK: (
        "DELETE FROM link_answers WHERE token_hash = ANY(CAST(:ids AS text[]))",
        "DELETE FROM links WHERE token_hash = ANY(CAST(:ids AS text[])) RETURNING NULL",
    ),
    RetentionClass.RECEIPT: (f"DELETE FROM receipts WHERE ticket_id = {_IDS} RETURNING NULL",),
    RetentionClass.READING: (f"DELETE FROM caller_readings WHERE id = {_IDS} RETURNING NULL",),
    RetentionClass.TOMBSTONE: (f"DELETE FROM erasures WHERE id = {_IDS} RETURNING NULL",),
}
"""The last statement deletes what is counted."""
_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtextextended('retention', 0))")
_RECORD = text(
    """
    INSERT INTO retention_runs AS r (kept, at, finished_at, removed, removed_at)
    VALUES (:kept, :now, :finished_at, :removed, :removed_at)
    ON CONFLICT (kept) DO UPDATE
       SET at = excluded.at,
           finished_at = coalesce(excluded.finished_at, r.finished_at),
           removed = r.removed + excluded.removed,
           removed_at = coalesce(excluded.removed_at, r.removed_at)
    """
)


class SqlRetention:
    """Implements the port Kept."""

    def next_rule(self, work: Work, rules: Sequence[RetentionRule], every: timedelta) -> RetentionRule | None:
        if not work.connection.execute(_ALONE).scalar_one():
            return None
        done = select(_RUNS.kept).where(_RUNS.finished_at > work.clock.now() - every)
        finished = set(work.connection.execute(done).scalars())
        return next((one for one in rules if one.kept not in finished), None)

    def due(self, work: Work, rule: RetentionRule, most: int) -> list[str]:
        query = text(f"{_DUE[rule.kept]} ORDER BY 1 LIMIT :most")
        found = work.connection.execute(query, {**_asked(rule, work.clock.now()), "most": most})
        return [str(one) for one in found.scalars()]

    def remove(self, work: Work, kept: RetentionClass, ids: Collection[str]) -> tuple[int, list[str]]:
        *before, last = _REMOVE[kept]
        for statement in before:
            work.connection.execute(text(statement), {"ids": list(ids)})
        gone = work.connection.execute(text(last), {"ids": list(ids)}).scalars().all()
        return len(gone), sorted({one for one in gone if one})

    def record(self, work: Work, kept: RetentionClass, removed: int, *, finished: bool) -> None:
        now = work.clock.now()
        times = {"now": now, "finished_at": now if finished else None, "removed_at": now if removed else None}
        work.connection.execute(_RECORD, {"kept": kept, "removed": removed, **times})


def retention_of(connection: Connection, rules: Sequence[RetentionRule], now: datetime) -> list[dict[str, Any]]:
    """Of each class: how many rows are due now, how many went so far, and when last."""
    runs = {row["kept"]: row for row in connection.execute(select(retention_runs)).mappings()}
    return [
        {
            "due": connection.execute(text(f"SELECT count(*) FROM ({_DUE[one.kept]}) AS d"), _asked(one, now)).scalar(),
            "removed": runs[one.kept]["removed"] if one.kept in runs else 0,
            "removed_at": runs[one.kept]["removed_at"] if one.kept in runs else None,
            "finished_at": runs[one.kept]["finished_at"] if one.kept in runs else None,
        }
        for one in rules
    ]


def retention_gauge(clock: Clock) -> Gauging:
    """Shows for how long the class that waits longest was not finished."""

    def measure(connection: Connection) -> None:
        oldest, known = connection.execute(select(func.min(_RUNS.finished_at), func.count(_RUNS.finished_at))).one()
        all_known = known >= len(RetentionClass)
        RETENTION_UNFINISHED_SECONDS.set((clock.now() - oldest).total_seconds() if all_known else float("inf"))

    return measure


def _asked(rule: RetentionRule, now: datetime) -> dict[str, Any]:
    asked: dict[str, Any] = {"now": now, "months": rule.months}
    if ":ended" in _DUE[rule.kept]:
        asked |= {"ended": list(ENDED), "clocks": sorted(CLOCKS), "promised": _PROMISED}
    return asked
