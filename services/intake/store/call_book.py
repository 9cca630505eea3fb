"""Messages delivered by a call, as rows of `tellings`, and the result of each call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import case, func, or_, select, update

from services.chassis.database.work import Work
from services.chassis.metrics import TELLINGS_SETTLED
from services.intake.app.sending_ports import Telling
from services.intake.domain.calls import AfterCall, CallResult, MessageByCall
from services.intake.domain.telling import TellingState, Way
from services.intake.store.sending_queue import add_try, telling_of
from services.intake.store.telling_tables import telling_tries, tellings

TO_TELL: Final = or_(
    tellings.c.state == TellingState.UNSURE,
    (tellings.c.way == Way.CALL) & (tellings.c.state == TellingState.WAITING),
)
"""Somebody has to call, whatever channel was planned before."""


class SqlCallBook:
    """Implements CallBook and OpenCalls."""

    def lock_open(self, work: Work, after: str | None, most: int) -> list[Telling]:
        query = select(tellings).where(TO_TELL).order_by(tellings.c.id).limit(most).with_for_update(skip_locked=True)
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

    def lock(self, work: Work, telling_id: str) -> MessageByCall | None:
        columns = (tellings.c.id, tellings.c.person, tellings.c.way, tellings.c.state)
        asked = select(*columns).where(tellings.c.id == telling_id, tellings.c.way.is_not(None)).with_for_update()
        row = work.connection.execute(asked).one_or_none()
        if row is None:
            return None
        outcomes = self._outcomes(work, telling_id)
        missed = sum(1 for way, outcome in outcomes if way == Way.CALL and outcome == CallResult.NOT_REACHED)
        state = TellingState(row.state)
        return MessageByCall(str(row.id), row.person, Way(row.way), state, len(outcomes), missed)

    def record(self, work: Work, message: MessageByCall, result: CallResult, actor: str, after: AfterCall) -> None:
        add_try(work, message.id, Way.CALL, result, after.cause, actor)
        values: dict[str, Any] = {"state": after.state, "cause": after.cause, "answer": result.value}
        if after.not_before:
            values["not_before"] = after.not_before
        if after.state is TellingState.DELIVERED:
            values["sent_at"] = func.coalesce(tellings.c.sent_at, func.now())
        work.connection.execute(update(tellings).where(tellings.c.id == message.id).values(values))
        if after.state is not message.state:
            work.after_commit(TELLINGS_SETTLED.labels(Way.CALL, after.state).inc)

    def _outcomes(self, work: Work, telling_id: str) -> list[tuple[str, str]]:
        query = select(telling_tries.c.way, telling_tries.c.outcome).where(telling_tries.c.telling_id == telling_id)
        return [(way, outcome) for way, outcome in work.connection.execute(query)]
