"""Levels of chains whose notices have all ended without reaching anybody: what there is to see in the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, literal, select, tuple_, update

from services.chassis.database.work import Work
from services.notifier.domain.escalation import Escalation, EscalationState
from services.notifier.domain.leaving import UNREACHED
from services.notifier.domain.officer_notice import NoticeStatus
from services.notifier.store.escalation_tables import escalation_steps, escalations
from services.notifier.store.officer_tables import officer_notices


class SqlUnreachedLevels:
    def found(self, work: Work, after: UUID | None, most: int) -> Mapping[UUID, int]:
        chain, step, notice = escalations.c, escalation_steps.c, officer_notices.c
        of_level = and_(notice.event_id == chain.event_id, notice.rule == chain.rule, notice.step == chain.step)
        asked = (
            select(chain.escalation_id, chain.step)
            .join(escalation_steps, (step.escalation_id == chain.escalation_id) & (step.step == chain.step))
            .where(chain.state == literal(EscalationState.RUNNING, literal_execute=True), step.officers > 0)
            .where(exists().where(of_level), ~exists().where(of_level, ~_ended_unreached()))
            .order_by(chain.escalation_id)
            .limit(most)
        )
        if after is not None:
            asked = asked.where(chain.escalation_id > after)
        return {row.escalation_id: row.step for row in work.connection.execute(asked)}

    def note(self, work: Work, chains: Sequence[Escalation]) -> None:
        levels = [(one.escalation_id, one.step) for one in chains]
        step_key = tuple_(escalation_steps.c.escalation_id, escalation_steps.c.step)
        if levels:
            work.connection.execute(update(escalation_steps).where(step_key.in_(levels)).values(officers=0))


def _ended_unreached() -> ColumnElement[bool]:
    notice = officer_notices.c
    return and_(notice.status.in_((NoticeStatus.FAILED, NoticeStatus.WITHHELD)), notice.cause.in_(UNREACHED))
