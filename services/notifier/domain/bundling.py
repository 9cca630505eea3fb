"""Which message a notice joins: a growing one per officer, key and window; an urgent notice is a message of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.contracts.event import deterministic_id
from services.notifier.domain.officer_notice import Pressure
from services.notifier.domain.sending_rules import Bundling

CONSUMER = "officer-messages"


class Key(NamedTuple):
    """What is gathered in one message. An urgent notice has its own id for `digest_key`."""

    officer_id: UUID
    digest_key: str


class Waiting(NamedTuple):
    """A notice that is in no message yet. `channels`: the ways that it may use, with commas between; None: any."""

    notice_id: UUID
    officer_id: UUID
    digest_key: str
    pressure: Pressure
    channels: str | None

    @property
    def key(self) -> Key:
        """Notices that may use other ways do not go together."""
        if self.pressure is Pressure.URGENT:
            return Key(self.officer_id, str(self.notice_id))
        return Key(self.officer_id, f"{self.digest_key}|{self.channels}" if self.channels else self.digest_key)


@dataclass(frozen=True, slots=True)
class GatheringWindow:
    """A message while notices are gathered. `number` counts from 0 in its series; `grows`: it takes more."""

    key: Key
    start: datetime
    closes_at: datetime
    number: int
    urgent: bool
    channels: str | None
    grows: bool

    @property
    def message_id(self) -> UUID:
        return deterministic_id(CONSUMER, f"{self.key.officer_id}|{self.key.digest_key}", self.start.isoformat())


def bundle(
    notices: Iterable[Waiting], newest: Mapping[Key, GatheringWindow], now: datetime, rules: Bundling
) -> tuple[list[GatheringWindow], dict[UUID, GatheringWindow]]:
    """The messages that are new, and the message of each notice by its id. `newest`: the last message of each key."""
    last, made, placed = dict(newest), [], {}
    for notice in notices:
        window = last.get(notice.key)
        if window is None or not window.grows:
            window = _next(notice, window, now, rules)
            last[notice.key] = window
            made.append(window)
        placed[notice.notice_id] = window
    return made, placed


def _next(notice: Waiting, before: GatheringWindow | None, now: datetime, rules: Bundling) -> GatheringWindow:
    """Begins where the one before it ended, if the clock was set back since: so no two begin at the same moment."""
    if notice.pressure is Pressure.URGENT:
        return GatheringWindow(notice.key, now, now, 0, True, notice.channels, grows=False)
    start = max(now, before.closes_at) if before else now
    goes_on = before is not None and start < before.closes_at + timedelta(hours=rules.anew_after_h)
    number = before.number + 1 if before and goes_on else 0
    return GatheringWindow(notice.key, start, start + rules.window(number), number, False, notice.channels, grows=True)
