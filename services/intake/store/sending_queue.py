"""The rows of `tellings` as a queue: claimed for a time, sent, settled.

`due_at` and `attempts` are the claim: a claimer that dies leaves the row to the next one when its time is over, and
whatever it still reports then is refused, because the row has another state or count.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, literal, select, text, update

from services.chassis.clock import Clock
from services.chassis.database.gauges import Gauging
from services.chassis.database.work import Work
from services.chassis.metrics import TELLINGS_OLDEST_SECONDS, TELLINGS_SETTLED
from services.intake.app.sending_ports import Telling
from services.intake.domain.sending import TAKEN_BY_RECEIPT, GatewayReceipt, NextWay, NotSentCause
from services.intake.domain.telling import TellingState, Way
from services.intake.store.telling_tables import telling_tries, tellings

FAILED = TellingState.FAILED.value
_SHOWN = ("id", "ticket_id", "hot_issue_id", "person", "occasion", "occurrence", "facts", "way", "attempts")
_CLAIM = text(
    f"""
    UPDATE tellings AS t SET state = 'sending', attempts = attempts + 1, due_at = now() + :lease
      FROM (SELECT id FROM tellings
             WHERE way = :way AND state IN ('waiting', 'sending') AND not_before <= :now AND due_at <= now()
             ORDER BY not_before, planned_at, id LIMIT :most FOR UPDATE SKIP LOCKED) AS due
     WHERE t.id = due.id
    RETURNING {", ".join(f"t.{name}" for name in _SHOWN)}
    """  # noqa: S608 - the names of our own columns
)
_SENT = text(
    """
    UPDATE tellings AS t SET state = 'sent', sent_at = now(), cause = NULL
      FROM unnest(CAST(:ids AS uuid[]), CAST(:attempts AS integer[])) AS taken (id, attempts)
     WHERE t.id = taken.id AND t.attempts = taken.attempts AND t.way = :way AND t.state = 'sending'
    """
)
_INTERRUPTED = text(
    """
    UPDATE tellings SET state = 'unsure', cause = :cause, due_at = now()
     WHERE id IN (SELECT id FROM tellings WHERE way = :way AND state = 'sending' AND due_at <= now()
                   FOR UPDATE SKIP LOCKED)
    """
)


def claim(work: Work, way: Way, lease: timedelta, most: int) -> list[Telling]:
    """Claims due rows of a way, those that wait longest first."""
    parameters = {"way": way, "lease": lease, "now": work.clock.now(), "most": most}
    return [telling_of(row) for row in work.connection.execute(_CLAIM, parameters)]


def telling_of(row: Row[Any]) -> Telling:
    """A row that has the columns of `Telling`."""
    return Telling(
        id=str(row.id),
        ticket_id=str(row.ticket_id),
        hot_issue_id=row.hot_issue_id and str(row.hot_issue_id),
        person=row.person,
        occasion=row.occasion,
        occurrence=row.occurrence,
        facts=row.facts,
        way=Way(row.way),
        attempts=row.attempts,
    )


def give_up_interrupted(work: Work, way: Way) -> int:
    """Marks as unsure what somebody was sending when their claim ended: for a way that cannot tell a repetition."""
    parameters = {"way": way, "cause": NotSentCause.INTERRUPTED}
    given_up = work.connection.execute(_INTERRUPTED, parameters).rowcount
    if given_up:
        work.after_commit(lambda: TELLINGS_SETTLED.labels(way, TellingState.UNSURE).inc(given_up))
    return given_up


def sent(work: Work, way: Way, taken: Sequence[Telling]) -> int:
    """Records that the way's gateway has these. Returns of how many: a claim was over, or a receipt was faster."""
    parameters = {"way": way, "ids": [one.id for one in taken], "attempts": [one.attempts for one in taken]}
    recorded = work.connection.execute(_SENT, parameters).rowcount
    work.after_commit(lambda: TELLINGS_SETTLED.labels(way, TellingState.SENT).inc(recorded))
    return recorded


def put_off(work: Work, telling: Telling, cause: str | None, wait_s: float, *, asked: bool = True) -> bool:
    """Waits to be sent in `wait_s` seconds. `asked`: the gateway was asked, so that it counts as an attempt."""
    due = func.now() + timedelta(seconds=wait_s)
    attempts = telling.attempts if asked else telling.attempts - 1
    return _settle(work, telling, TellingState.WAITING, due_at=due, cause=cause, attempts=attempts)


def withhold(work: Work, telling: Telling, cause: str) -> bool:
    return _settle(work, telling, TellingState.WITHHELD, cause=cause)


def unsure(work: Work, telling: Telling, cause: str) -> bool:
    return _settle(work, telling, TellingState.UNSURE, cause=cause, due_at=func.now())


def fail(work: Work, telling: Telling, cause: str, following: Way | None) -> bool:
    """It cannot be sent by this way: it waits for the following one; None ends it."""
    if following is None:
        return _settle(work, telling, TellingState.FAILED, cause=cause)
    if not _settle(work, telling, TellingState.WAITING, cause=cause, **_anew(following)):
        return False
    add_try(work, telling.id, telling.way, FAILED, cause)
    return True


def take_receipt(
    work: Work, telling_id: str, way: Way, receipt: GatewayReceipt, cause: str | None, next_way: NextWay
) -> bool | None:
    """Records what a gateway reports of a message. None if this way has no such message; False if it changes nothing:
    it came before, is older than what is known, or the message has gone another way since.
    """
    columns = (tellings.c.way, tellings.c.state, tellings.c.attempts, tellings.c.occasion)
    asked = select(*columns).where(tellings.c.id == telling_id)
    row = work.connection.execute(asked.with_for_update()).one_or_none()
    if row is None or (row.way != way and not _went(work, telling_id, way)):
        return None
    if row.way != way or not row.attempts or row.state not in TAKEN_BY_RECEIPT[receipt]:
        return False
    mine, following = update(tellings).where(tellings.c.id == telling_id), next_way(way, row.occasion)
    if receipt is not GatewayReceipt.FAILED:
        values: dict[str, Any] = {"state": receipt.value, "sent_at": func.coalesce(tellings.c.sent_at, func.now())}
        work.connection.execute(mine.values(**values, cause=None))
    elif following is None:
        work.connection.execute(mine.values(state=TellingState.FAILED, cause=cause))
    else:
        work.connection.execute(mine.values(state=TellingState.WAITING, cause=cause, **_anew(following)))
        add_try(work, telling_id, way, FAILED, cause)
    work.after_commit(lambda: TELLINGS_SETTLED.labels(way, receipt).inc())
    return True


def add_try(
    work: Work, telling_id: str, way: str, outcome: str, cause: str | None = None, actor: str | None = None
) -> int:
    """Adds to the list of what was tried; the caller holds the row's lock. Returns its number."""
    number = tries_of(work.connection, telling_id) + 1
    row = {"telling_id": telling_id, "number": number, "way": way, "at": work.clock.now()}
    work.connection.execute(insert(telling_tries).values(**row, outcome=outcome, cause=cause, actor=actor))
    return number


def tries_of(connection: Connection, telling_id: str) -> int:
    """How often it was tried in vain, by whatever way."""
    count = select(func.count()).where(telling_tries.c.telling_id == telling_id)
    return connection.execute(count).scalar_one()


def _went(work: Work, telling_id: str, way: Way) -> bool:
    found = select(literal(1)).where(telling_tries.c.telling_id == telling_id, telling_tries.c.way == way).limit(1)
    return work.connection.execute(found).first() is not None


def _anew(way: Way) -> dict[str, Any]:
    return {"way": way, "attempts": 0, "due_at": func.now(), "sent_at": None}


def _settle(work: Work, telling: Telling, state: TellingState, **values: Any) -> bool:
    mine = update(tellings).where(
        tellings.c.id == telling.id,
        tellings.c.state == TellingState.SENDING,
        tellings.c.way == telling.way,
        tellings.c.attempts == telling.attempts,
    )
    if work.connection.execute(mine.values(state=state, **values)).rowcount != 1:
        return False
    work.after_commit(lambda: TELLINGS_SETTLED.labels(telling.way, state).inc())
    return True


def tellings_gauge(clock: Clock) -> Gauging:
    """How long, by way, the message that waits longest has been due, in seconds of business time."""

    def gauge(connection: Connection) -> None:
        for way in Way:
            TELLINGS_OLDEST_SECONDS.labels(way).set(_oldest_waiting(connection, way, clock.now()))

    return gauge


def _oldest_waiting(connection: Connection, way: Way, now: datetime) -> float:
    oldest = select(func.min(tellings.c.not_before)).where(
        tellings.c.way == way,
        tellings.c.state.in_((TellingState.WAITING, TellingState.SENDING)),
        tellings.c.not_before <= now,
    )
    since = connection.execute(oldest).scalar()
    return (now - since).total_seconds() if since else 0.0
