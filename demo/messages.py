"""The messages to callers: waits until those that are due have left, and compares intake's plans with the gateway."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

import psycopg

from demo.quiet import FIRST_PAUSE_S, LONGEST_PAUSE_S, NeverQuiet
from demo.sms_gateway import SmsGatewayStandIn
from services.localstack.postgres import connect

STILL_S = 120.0
"""How long the number of due messages may stay the same."""

_DUE: LiteralString = """
    SELECT count(*) FROM tellings
     WHERE way = 'sms' AND state IN ('waiting', 'sending') AND not_before <= %s
       AND (%s::text[] IS NULL OR occasion = ANY(%s))
"""
_PLANNED: LiteralString = "SELECT id::text, way, state, cause, not_before FROM tellings"
_LEFT = frozenset({"sent", "delivered", "read"})
Plan = tuple[str, str | None, str, str | None, datetime]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of all planned messages. `waiting`: for the end of the quiet hours, or for a person who calls, which
    nobody does here; intake notes at intervals of real time that such a call is overtaken, and it is counted as before.

    `doubled`: ids that the gateway took twice with another content. `unexplained`: neither sent nor waiting nor ended
    for a cause, or sent according to intake alone or to the gateway alone.
    """

    planned: int
    sent: int
    withheld: Counter[str]
    waiting: int
    doubled: list[str]
    unexplained: list[str]


def outcome(plans: Collection[Plan], gateway: SmsGatewayStandIn, now: datetime) -> Outcome:
    withheld, waiting, sent = Counter[str](), 0, set()
    unexplained = gateway.messages.keys() - {message for message, *_ in plans}
    for message, way, state, cause, not_before in plans:
        taken = message in gateway.messages
        if state in _LEFT and taken:
            sent.add(message)
        elif taken:
            unexplained.add(message)
        elif (state == "waiting" and not_before > now) or (way == "call" and state in ("waiting", "withheld")):
            waiting += 1
        elif state in ("withheld", "failed") and cause:
            withheld[cause] += 1
        else:
            unexplained.add(message)
    return Outcome(len(plans), len(sent), withheld, waiting, sorted(gateway.changed), sorted(unexplained))


class Messages:
    """Looks into intake's database, since no route counts the messages of all callers. Not thread-safe."""

    def __init__(self, database_url: str, gateway: SmsGatewayStandIn, now: Callable[[], datetime]) -> None:
        self._connection: psycopg.Connection[tuple[object, ...]] = connect(database_url)
        self._now = now
        self.gateway = gateway
        self._arrived: dict[str, datetime] = {}
        self._plans: dict[str, Plan] = {}
        gateway.on_message = self._arrival

    def close(self) -> None:
        self._connection.close()

    def wait(self, occasions: Collection[str] | None = None) -> None:
        """Returns when no message, of these occasions or at all, is due: what waits could be overtaken by chance.

        Raises NeverQuiet when their number stays the same for STILL_S.
        """
        pause, last, moved_at = FIRST_PAUSE_S, 0, time.monotonic()
        while due := self._due(occasions):
            if due != last:
                last, moved_at = due, time.monotonic()
            if time.monotonic() > moved_at + STILL_S:
                raise NeverQuiet(f"intake has {due} messages to callers to send, and that for {STILL_S:.0f} s")
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE_S)

    def to(self, phone: str) -> list[tuple[datetime, str]]:
        """What the gateway took for a telephone, and when in business time; in this order."""
        mine = [one for one in self.gateway.messages.values() if one["to"] == phone]
        return [(self._arrived[one["id"]], one["text"]) for one in mine]

    def note(self) -> None:
        """Notes all plans as they stand. To be called often enough: intake deletes what was kept for its time."""
        plans: list[Plan] = self._connection.execute(_PLANNED).fetchall()  # type: ignore[assignment]
        self._plans |= {plan[0]: plan for plan in plans}

    def outcome(self) -> Outcome:
        self.note()
        return outcome(self._plans.values(), self.gateway, self._now())

    def _arrival(self, message: dict[str, Any]) -> None:
        self._arrived.setdefault(message["id"], self._now())

    def _due(self, occasions: Collection[str] | None) -> int:
        among = None if occasions is None else list(occasions)
        ((due,),) = self._connection.execute(_DUE, (self._now(), among, among)).fetchall()
        return int(str(due))
