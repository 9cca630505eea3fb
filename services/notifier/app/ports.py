"""What the use case needs to store. Each call works inside the transaction of `work` and commits nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from services.chassis.database.work import Work
from services.notifier.domain.confidence import Guard
from services.notifier.domain.delivery import DepartmentMessage, TopicDelivery
from services.notifier.domain.escalation import Escalation
from services.notifier.domain.known_ticket import KnownTicket
from services.notifier.domain.officer import OfficerChannel, Post
from services.notifier.domain.officer_notice import OfficerNotice


class KnownTickets(Protocol):
    def lock(self, work: Work, ticket_ids: Collection[str]) -> Mapping[str, KnownTicket]:
        """Locks all of them in the order of their ids; a ticket seen for the first time gets its row."""

    def save(self, work: Work, tickets: Sequence[KnownTicket]) -> None:
        """Saves tickets that are locked."""

    def forget_texts(self, work: Work, recorded_before: datetime) -> None:
        """Deletes some of the texts that are older. Never waits for a lock."""


class KnownMatters(Protocol):
    """The version of the newest fact, by the id of a ticket, hot issue or project."""

    def lock(self, work: Work, ids: Collection[str]) -> Mapping[str, int]:
        """Locks all of them in the order of their ids; 0 for one seen for the first time."""

    def save(self, work: Work, versions: Mapping[str, int]) -> None:
        """Saves the versions of what is locked."""


class DeliveryLog(Protocol):
    def awaiting_text(self, work: Work, ticket_ids: Collection[str]) -> dict[str, list[TopicDelivery]]:
        """The deliveries that wait for a text, by ticket, oldest dispatch first."""

    def add(self, work: Work, deliveries: Sequence[TopicDelivery]) -> Collection[UUID]:
        """Adds those that are new and returns their ids; one that is in the log stays as it is."""

    def mark_published(self, work: Work, deliveries: Sequence[TopicDelivery]) -> None:
        """Saves when deliveries that waited were published."""


class Sitting(NamedTuple):
    """An officer at a post, and by which channels ways lead there."""

    officer_id: UUID
    channels: frozenset[OfficerChannel]


class OfficersAtPosts(Protocol):
    def at(self, work: Work, units: Collection[str]) -> Mapping[tuple[str, Post], Sequence[Sitting]]:
        """The active officers of these units, by unit and post."""


class OfficerNotices(Protocol):
    def add(self, work: Work, notices: Sequence[OfficerNotice]) -> None:
        """Adds those that are new, to be sent; one that is there stays as it is."""


class ClosedTickets(Protocol):
    def guards(self, work: Work, ticket_ids: Collection[str]) -> Mapping[str, Guard]:
        """Those of these tickets of which not every unit may hear, by id, as their newest facts say."""


class NoticeFound(NamedTuple):
    notice_id: UUID
    event_id: UUID
    rule: str
    step: int


class ReadNotices(Protocol):
    def at(self, work: Work, notice_ids: Collection[UUID], units: Collection[str] | None) -> Sequence[NoticeFound]:
        """Those of these notices that are for these units; None: for any."""

    def mark(self, work: Work, notice_ids: Collection[UUID], by: str) -> None:
        """They are read from now on; one that was read before stays as it is."""

    def withhold_later_steps(self, work: Work, read: Sequence[NoticeFound]) -> None:
        """What later steps of the same chains have waiting is not sent."""


class Escalations(Protocol):
    def add(self, work: Work, chains: Sequence[tuple[Escalation, int]]) -> Collection[UUID]:
        """Adds those that are new, each with how many officers its first notices reach, and returns their ids."""

    def lock(self, work: Work, ids: Collection[UUID]) -> Sequence[Escalation]:
        """Locks them in the order of their ids."""

    def lock_of(self, work: Work, causes: Collection[tuple[UUID, str]]) -> Sequence[Escalation]:
        """The running ones of these (event, rule), locked in the order of their ids."""

    def lock_about(self, work: Work, subjects: Collection[str]) -> Sequence[Escalation]:
        """The running ones about these subjects, locked in the order of their ids."""

    def read_by_somebody(self, work: Work, chains: Sequence[Escalation]) -> Collection[UUID]:
        """The ids of those of which a notice was read."""

    def add_steps(self, work: Work, steps: Sequence[tuple[Escalation, int]]) -> None:
        """Notes the last step of each, and how many officers it reaches."""

    def save(self, work: Work, chains: Sequence[Escalation]) -> None:
        """Saves chains that are locked."""


class UnreachedLevels(Protocol):
    """Levels of running chains whose notices have all ended, and reached nobody."""

    def found(self, work: Work, after: UUID | None, most: int) -> Mapping[UUID, int]:
        """Chains behind `after` that stand at such a level, with its step, in the order of their ids."""

    def note(self, work: Work, chains: Sequence[Escalation]) -> None:
        """Notes that the level at which each of these stands reached nobody."""


class WebhookQueue(Protocol):
    def add(self, work: Work, messages: Sequence[DepartmentMessage]) -> None:
        """Queues each message for the department's active webhooks that want its type.

        The delivery of each was new in this transaction, so that it is queued once.
        """

    def forget(self, work: Work, ticket_ids: Collection[str]) -> None:
        """Takes people's words out of what is queued, or still kept, about these tickets."""
