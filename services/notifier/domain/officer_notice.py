"""One officer's notification of one event, before it is decided when and in which message it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.contracts.event import deterministic_id
from services.notifier.domain.officer import OfficerChannel

CONSUMER = "officers"


class Pressure(StrEnum):
    """`urgent` overrides quiet hours, digests and the limits of a channel."""

    NORMAL = "normal"
    URGENT = "urgent"


class NoticeStatus(StrEnum):
    """`waiting` → `bundled` (in a message that is not sent yet) → `sent`, or `failed`, or `withheld`.

    Whatever is withheld or failed says why (`OfficerNotice` rows have a cause): nothing is dropped in silence.
    """

    WAITING = "waiting"
    BUNDLED = "bundled"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"


class Subject(NamedTuple):
    """What a notice is about: a kind (ticket, hot_issue, project, case, standard, topic), its id, and its number."""

    kind: str
    subject_id: str
    number: str | None


@dataclass(frozen=True, slots=True)
class OfficerNotice:
    """`values` are facts and codes; words are made when a message is written. Never a caller's data.

    `template` names the words. Notices of one officer with the same `digest_key` in the same window go in one message.
    `rule` and `rule_version` say why the officer is notified. `read_within`: how long it may stay unread; None: nobody
    asks. `step` is 0, or the step of an escalation. `channels`: the ways that it may use; None: all of the officer's.
    """

    notice_id: UUID
    officer_id: UUID
    event_id: UUID
    unit: str
    subject: Subject
    template: str
    values: Mapping[str, str | int | bool | None]
    pressure: Pressure
    digest_key: str
    rule: str
    rule_version: int
    caused_at: datetime
    read_within: timedelta | None = None
    step: int = 0
    channels: Sequence[OfficerChannel] | None = None


def notice_id(event_id: UUID, officer_id: UUID, template: str, step: int = 0) -> UUID:
    """The same id each time the same notice is made: it is stored once."""
    return deterministic_id(CONSUMER, f"{event_id}|{officer_id}|{template}|{step}", "officer_notice")
