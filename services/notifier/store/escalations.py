"""Chains of steps: the state of each, and what was notified."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, literal, select, tuple_

from services.chassis.clock import Clock
from services.chassis.database.gauges import Gauging
from services.chassis.database.rows import by_column, changes_by_column, insert_rows, update_rows
from services.chassis.database.work import Work
from services.chassis.metrics import ESCALATIONS_RUNNING, ESCALATIONS_UNREACHED
from services.notifier.domain.escalation import ChainTurn, Escalation, EscalationState, Telling
from services.notifier.domain.officer import OfficerChannel, Post
from services.notifier.domain.officer_notice import Pressure, Subject
from services.notifier.store.escalation_tables import escalation_steps, escalations
from services.notifier.store.officer_tables import officer_notices

_ADD = (
    insert_rows(
        escalations,
        *("escalation_id", "event_id", "rule", "rule_version", "subject_kind", "subject_id", "number", "telling"),
        *("chain", "done_by", "state", "step", "started_at", "due_at"),
    )
    .on_conflict_do_nothing()
    .returning(escalations.c.escalation_id)
)
_ADD_STEPS = insert_rows(escalation_steps, "escalation_id", "step", "told_at", "officers")
_SAVE = update_rows(escalations, "escalation_id", "state", "step", "due_at", "ended_at")
_SHOWN_FOR = timedelta(days=1)
_IN_ORDER = escalations.select().order_by(escalations.c.escalation_id).with_for_update()


class SqlEscalations:
    def add(self, work: Work, chains: Sequence[tuple[Escalation, int]]) -> Collection[UUID]:
        if not chains:
            return set()
        started = set(work.connection.execute(_ADD, by_column([_row(chain) for chain, _ in chains])).scalars())
        self.add_steps(work, [one for one in chains if one[0].escalation_id in started])
        return started

    def lock(self, work: Work, ids: Collection[UUID]) -> Sequence[Escalation]:
        found = work.connection.execute(_IN_ORDER.where(escalations.c.escalation_id.in_(ids)))
        return [escalation_of(row) for row in found]

    def lock_of(self, work: Work, causes: Collection[tuple[UUID, str]]) -> Sequence[Escalation]:
        of_them = tuple_(escalations.c.event_id, escalations.c.rule).in_(list(causes))
        running = escalations.c.state == EscalationState.RUNNING
        return [escalation_of(row) for row in work.connection.execute(_IN_ORDER.where(of_them, running))]

    def lock_about(self, work: Work, subjects: Collection[str]) -> Sequence[Escalation]:
        running = escalations.c.state == literal(EscalationState.RUNNING, literal_execute=True)
        found = work.connection.execute(_IN_ORDER.where(running, escalations.c.subject_id.in_(subjects)))
        return [escalation_of(row) for row in found]

    def read_by_somebody(self, work: Work, chains: Sequence[Escalation]) -> Collection[UUID]:
        if not chains:
            return set()
        read = (
            select(escalations.c.escalation_id)
            .join(
                officer_notices,
                (officer_notices.c.event_id == escalations.c.event_id) & (officer_notices.c.rule == escalations.c.rule),
            )
            .where(escalations.c.escalation_id.in_([chain.escalation_id for chain in chains]))
            .where(officer_notices.c.read_at.is_not(None))
        )
        return set(work.connection.execute(read).scalars())

    def add_steps(self, work: Work, steps: Sequence[tuple[Escalation, int]]) -> None:
        now = work.clock.now()
        rows = [
            {"escalation_id": chain.escalation_id, "step": chain.step, "told_at": now, "officers": reached}
            for chain, reached in steps
        ]
        if rows:
            work.connection.execute(_ADD_STEPS, by_column(rows))

    def save(self, work: Work, chains: Sequence[Escalation]) -> None:
        rows = [
            {
                "escalation_id": one.escalation_id,
                "state": one.state,
                "step": one.step,
                "due_at": one.due_at,
                "ended_at": one.ended_at,
            }
            for one in chains
        ]
        if rows:
            work.connection.execute(_SAVE, changes_by_column(rows))


def escalation_gauge(clock: Clock) -> Gauging:
    """Shows how many chains run, and how many steps of those, or of chains that nobody read within a day, reached
    nobody.
    """

    def gauge(connection: Connection) -> None:
        running = escalations.c.state == literal(EscalationState.RUNNING, literal_execute=True)
        count = select(func.count())
        ESCALATIONS_RUNNING.set(connection.execute(count.select_from(escalations).where(running)).scalar_one())
        lately = escalations.c.ended_at > clock.now() - _SHOWN_FOR
        shown = running | (lately & (escalations.c.state == EscalationState.EXHAUSTED))
        unreached = count.select_from(escalation_steps.join(escalations)).where(escalation_steps.c.officers == 0)
        ESCALATIONS_UNREACHED.set(connection.execute(unreached.where(shown)).scalar_one())

    return gauge


def overtaken(work: Work, notice_ids: Collection[UUID]) -> Collection[UUID]:
    """Those of these notices that belong to a later step of a chain that was read or done: they are not to be sent."""
    found = (
        select(officer_notices.c.notice_id)
        .join(
            escalations,
            (officer_notices.c.event_id == escalations.c.event_id) & (officer_notices.c.rule == escalations.c.rule),
        )
        .where(officer_notices.c.notice_id.in_(notice_ids), officer_notices.c.step > 0)
        .where(escalations.c.state.in_([EscalationState.READ, EscalationState.DONE]))
    )
    return set(work.connection.execute(found).scalars())


def _row(chain: Escalation) -> dict[str, object]:
    telling = chain.telling
    return {
        "escalation_id": chain.escalation_id,
        "event_id": chain.event_id,
        "rule": chain.rule,
        "rule_version": chain.rule_version,
        "subject_kind": chain.subject.kind,
        "subject_id": chain.subject.subject_id,
        "number": chain.subject.number,
        "telling": {
            **telling._asdict(),
            "values": dict(telling.values),
            "channels": None if telling.channels is None else list(telling.channels),
        },
        "done_by": ",".join(chain.done_by),
        "chain": {"turns": [_turn(turn) for turn in chain.chain]},
        "state": chain.state,
        "step": chain.step,
        "started_at": chain.started_at,
        "due_at": chain.due_at,
    }


def _turn(turn: ChainTurn) -> dict[str, object]:
    return {"posts": [list(post) for post in turn.posts], "within_s": turn.within.total_seconds()}


def escalation_of(row: Row[Any]) -> Escalation:
    said, channels = row.telling, row.telling["channels"]
    return Escalation(
        row.escalation_id,
        row.event_id,
        row.rule,
        row.rule_version,
        Subject(row.subject_kind, row.subject_id, row.number),
        Telling(
            said["template"],
            said["values"],
            Pressure(said["pressure"]),
            said["digest_key"],
            None if channels is None else [OfficerChannel(one) for one in channels],
        ),
        [
            ChainTurn([(unit, Post(post)) for unit, post in turn["posts"]], timedelta(seconds=turn["within_s"]))
            for turn in row.chain["turns"]
        ],
        done_by=row.done_by.split(",") if row.done_by else [],
        started_at=row.started_at,
        due_at=row.due_at,
        state=EscalationState(row.state),
        step=row.step,
        ended_at=row.ended_at,
    )
