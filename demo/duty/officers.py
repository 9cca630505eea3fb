"""Some weeks in which people are notified by name: digests, what nobody reads, and the leader who then does."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, LiteralString

from demo.interfaces import Interfaces
from demo.scene import SceneFailed
from demo.sms_gateway import SmsGatewayStandIn
from services.localstack.postgres import connect

UNIT = "housing"
BEGINS_AT, READS_FROM, ENDS_AT = 8, 10, 10
"""Steps of the play; whoever is on duty at the unit reads nothing before the second."""
EVENING = timedelta(hours=1)
"""How far the clock may move on within an evening, for windows to close and limits of the channel to pass."""
PHONES = {"duty": "14200000001", "leader": "14200000002"}
"""Numbers that are given to nobody."""
DESKS = {"duty": "值班室", "leader": "负责人"}
STILL_S = 120.0

_UNDER_WAY: LiteralString = """
    SELECT (SELECT count(*) FROM officer_notices WHERE status = 'waiting')
         + (SELECT count(*) FROM officer_messages
             WHERE status IN ('open', 'closed', 'sending') AND coalesce(not_before, closes_at) <= %s)
"""


_NEXT: LiteralString = "SELECT min(coalesce(not_before, closes_at)) FROM officer_messages WHERE status = 'open'"


@dataclass(frozen=True, slots=True)
class OfficersStory:
    """`notices` in all, by what became of them in `ended`; `messages` they left in, of which `digest` holds the most.

    `chains` by their state; `escalated`: one in which the leader was notified of what whoever was on duty had not read.
    """

    began: date
    over: date
    notices: int
    ended: Counter[str]
    messages: int
    digest: str
    chains: Counter[str]
    escalated: dict[str, Any] | None


@dataclass(slots=True)
class Officers:
    """Plays the people on duty and their leaders. `story` is there once the weeks are over. Raises SceneFailed."""

    interfaces: Interfaces
    gateway: SmsGatewayStandIn
    database_url: str
    set_clock: Callable[[datetime], None]
    story: OfficersStory | None = None
    _began: date | None = None
    _ids: list[str] = field(default_factory=list)

    def evening(self, number: int, now: datetime) -> Iterator[None]:
        """What they do at the end of a step. At each stop everything must become quiet before it goes on."""
        if number == BEGINS_AT:
            self._begin(now.date())
        if not BEGINS_AT <= number <= ENDS_AT:
            return
        self._until_left(now)
        while (moment := self._next()) and moment <= now + EVENING:
            self.set_clock(now + EVENING)
            self._until_left(now + EVENING)
        self._read(("duty", "leader") if number >= READS_FROM else ("leader",))
        yield
        if number == ENDS_AT:
            self._end(now.date())

    def _begin(self, today: date) -> None:
        entries = [
            {"unit": UNIT, "post": post, "name": DESKS[post], "ways": [{"channel": "sms", "address": phone}]}
            for post, phone in PHONES.items()
        ]
        hub = self.interfaces.as_role("hub")
        hub.post("notifier", "/officers/batch", {"officers": entries})
        self._ids = [str(one["officer_id"]) for one in hub.get("notifier", "/officers")["items"]]
        self._began = today

    def _read(self, posts: tuple[str, ...]) -> None:
        """Those at these posts of the unit read what reached them."""
        hub = self.interfaces.as_role("hub")
        for notice in list(hub.pages("notifier", "/officer-notices")):
            if notice["post"] in posts and notice["status"] == "sent" and notice["read_at"] is None:
                hub.post("notifier", f"/officer-notices/{notice['notice_id']}/read", {})

    def _end(self, today: date) -> None:
        hub = self.interfaces.as_role("hub")
        notices = list(hub.pages("notifier", "/officer-notices"))
        chains = list(hub.pages("notifier", "/escalations"))
        escalated = [one for one in chains if len(one["steps"]) > 1 and one["steps"][1].get("officers")]
        escalated.sort(key=lambda one: (one["state"] == "read", str(one["started_at"])))
        if not escalated:
            raise SceneFailed("nothing that stayed unread went up to a leader")
        ended = Counter(str(one["cause"] or one["status"]) for one in notices)
        taken = [one["text"] for one in self.gateway.messages.values()]
        digest = max(taken, key=lambda text: text.count("\n"), default="")
        if "\n" not in digest:
            raise SceneFailed(f"of {len(taken)} messages none gathered more than one notice; notices: {ended}")
        assert self._began
        self.story = OfficersStory(
            self._began,
            today,
            len(notices),
            ended,
            len(taken),
            digest,
            Counter(str(one["state"]) for one in chains),
            escalated[-1],
        )
        remover = self.interfaces.client("hub", "notifier")
        for officer in self._ids:
            remover.delete(f"/officers/{officer}").raise_for_status()

    def _next(self) -> datetime | None:
        """When the next message may leave, if any is open."""
        with closing(connect(self.database_url)) as connection:
            ((moment,),) = connection.execute(_NEXT).fetchall()
        return moment if isinstance(moment, datetime) else None

    def _until_left(self, now: datetime) -> None:
        last, moved_at = 0, time.monotonic()
        with closing(connect(self.database_url)) as connection:
            while True:
                ((due,),) = connection.execute(_UNDER_WAY, (now,)).fetchall()
                if not due:
                    return
                if due != last:
                    last, moved_at = int(str(due)), time.monotonic()
                if time.monotonic() > moved_at + STILL_S:
                    raise SceneFailed(f"{due} messages to officers have not left for {STILL_S:.0f} s")
                time.sleep(0.1)
