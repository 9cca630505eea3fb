"""Departments say by events on their own topics that notices to their officers were read (docs/replies.md)."""

from __future__ import annotations

from dataclasses import dataclass

from services.chassis.database.work import Work
from services.chassis.database.work_parts import part_of
from services.chassis.messaging.reply_desk import Refusal, ReplyDesk, Tell
from services.chassis.messaging.subscription import Subscription, one_by_one
from services.chassis.web.problems import Problem
from services.contracts.event import Envelope
from services.contracts.reply_events import NoticesReadReplied
from services.contracts.topics import topic_table
from services.notifier.app.mark_read import MarkRead, ReadBy

CONSUMER = "notifier-replies"
NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class TakeReadings:
    """Handles what units say they have read. One notice that is not theirs, and the whole reply changes nothing.

    The unit is the owner of the topic, whatever the event says.
    """

    mark_read: MarkRead
    desk: ReplyDesk

    @classmethod
    def of(cls, mark_read: MarkRead, tell: Tell) -> TakeReadings:
        topics = topic_table().reply_topics()
        return cls(mark_read, ReplyDesk(tell, lambda kind: kind == NoticesReadReplied.type, topics))

    @property
    def subscription(self) -> Subscription:
        """Each in a transaction of its own: which chains it locks is known only by the notices that it names."""
        return Subscription(
            CONSUMER,
            tuple(self.desk.departments),
            frozenset({NoticesReadReplied}),
            one_by_one({NoticesReadReplied: self}),
            self.desk.read,
            self.desk.rejected,
            singly=True,
        )

    def __call__(self, envelope: Envelope, work: Work) -> None:
        reply = envelope.event
        assert isinstance(reply, NoticesReadReplied)
        unit = self.desk.department_of(envelope)
        try:
            with part_of(work):
                self._mark(work, reply, unit)
        except Exception as error:  # noqa: BLE001 - each kind has its end in `Refusal.by`
            self.desk.refused(work, envelope, Refusal.by(error))
        else:
            self.desk.taken(work, envelope, None, None)

    def _mark(self, work: Work, reply: NoticesReadReplied, unit: str) -> None:
        """Raises Problem 404, the same for notices of others and for those that never were."""
        read = self.mark_read(work, reply.notice_ids, ReadBy.REPLY, [unit])
        if missing := [str(one) for one in dict.fromkeys(reply.notice_ids) if one not in read]:
            named = ", ".join(missing[:NAMED_AT_MOST])
            remedy = "take them from GET /officer-notices, and send all others with a new id"
            raise Problem(
                404, "not-found", "No such notice", f"notice_ids: {named}: no such notice of yours; {remedy}."
            )
