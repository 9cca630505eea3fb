"""Officers with notices that wait, and what became of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert, select, text

from services.chassis.channels.message import Message
from services.chassis.database.work import Workshop
from services.notifier.domain.leaving import Leaving
from services.notifier.domain.officer import OfficerChannel, Post
from services.notifier.domain.officer_notice import OfficerNotice, Pressure, Subject
from services.notifier.files.sending_rules import sending_rules
from services.notifier.outbound.officer_desk import OfficerDesk
from services.notifier.outbound.officer_sender import OfficerSender
from services.notifier.outbound.officer_wording import OfficerWording
from services.notifier.store.officer_notices import SqlOfficerNotices
from services.notifier.store.officer_tables import officer_messages, officer_notices, officer_ways, officers

SPACE = UUID(int=19)
SMS, EMAIL = OfficerChannel.SMS, OfficerChannel.EMAIL
ADDRESSES = {SMS: "1390000{:04d}", EMAIL: "officer{}@example.org"}
RULES = sending_rules()


def officer_id(number: int) -> UUID:
    return uuid5(SPACE, f"officer {number}")


def notice_id(number: int) -> UUID:
    return uuid5(SPACE, f"notice {number}")


def address(channel: OfficerChannel, number: int = 1) -> str:
    return ADDRESSES[channel].format(number)


def engage(
    workshop: Workshop,
    number: int = 1,
    ways: Sequence[OfficerChannel] = (SMS, EMAIL),
    *,
    post: Post = Post.DUTY,
    unit: str = "housing",
    addresses: Mapping[OfficerChannel, str] = {},
) -> UUID:
    """An officer with these ways in their order."""
    me = officer_id(number)
    row = {"officer_id": me, "unit": unit, "post": post, "name": f"某{number}", "changed_at": workshop.clock.now()}
    with workshop.engine.begin() as connection:
        connection.execute(insert(officers).values(**row, changed_by="test"))
        for rank, channel in enumerate(ways):
            values = {"channel": channel, "address": addresses.get(channel, address(channel, number))}
            connection.execute(insert(officer_ways).values(officer_id=me, rank=rank, **values))
    return me


def notify(
    workshop: Workshop,
    numbers: Sequence[int] = (1,),
    *,
    officer: int | UUID = 1,
    key: str = "issue:1",
    pressure: Pressure = Pressure.NORMAL,
    ticket: str | None = None,
    unit: str = "housing",
    channels: Sequence[OfficerChannel] | None = None,
    read_within: timedelta | None = None,
) -> None:
    """Notices with these numbers, as rules write them."""
    now = workshop.clock.now()
    notices = [
        OfficerNotice(
            notice_id(number),
            officer if isinstance(officer, UUID) else officer_id(officer),
            notice_id(number),
            unit,
            Subject("ticket", ticket or f"ticket {number}", None),
            "ticket",
            {"number": number},
            pressure,
            key,
            "test",
            1,
            now,
            channels=channels,
            read_within=read_within,
        )
        for number in numbers
    ]
    with workshop.open() as work:
        SqlOfficerNotices().add(work, notices)


@dataclass
class Outside:
    """A channel that notes what it was given. `says` may raise what a channel raises."""

    knows_repeats: bool = False
    batch: int = 5
    longest_s: float = 1.0
    says: Callable[[Message], None] = lambda _: None
    messages: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        self.says(message)
        self.messages.append(message)


@dataclass
class Office:
    """The desk and a sender for each channel, run by hand."""

    workshop: Workshop
    channels: Mapping[OfficerChannel, Any]
    own: frozenset[str] = frozenset()
    site: str | None = None

    @property
    def desk(self) -> OfficerDesk:
        return OfficerDesk(Leaving(RULES, frozenset(self.channels), self.own))

    def senders(self) -> list[OfficerSender]:
        wording = OfficerWording(RULES, sentence, self.site)
        return [OfficerSender(name, one, RULES, wording) for name, one in self.channels.items()]

    def settle(self) -> None:
        """Does all that is due at this moment."""
        senders = self.senders()
        while any([self.desk.step(self.workshop), *(one.send_next(self.workshop) for one in senders)]):
            pass


def sentence(template: str, values: Mapping[str, Any], language: str, step: int) -> str:
    if template != "ticket":
        raise KeyError(template)
    return f"#{values['number']}#"


def messages_of(workshop: Workshop, officer: int = 1) -> list[tuple[str, str | None, str | None]]:
    """Status, cause and channel of each message, in the order of their windows."""
    columns = (officer_messages.c.status, officer_messages.c.cause, officer_messages.c.channel)
    asked = select(*columns).where(officer_messages.c.officer_id == officer_id(officer))
    with workshop.engine.connect() as connection:
        rows = connection.execute(asked.order_by(officer_messages.c.window_start, officer_messages.c.message_id))
        return [(row.status, row.cause, row.channel) for row in rows]


def notices_by_end(workshop: Workshop) -> Counter[tuple[str, str | None]]:
    with workshop.engine.connect() as connection:
        rows = connection.execute(select(officer_notices.c.status, officer_notices.c.cause))
        return Counter((row.status, row.cause) for row in rows)


def not_before(workshop: Workshop) -> datetime:
    """Of the only message."""
    with workshop.engine.connect() as connection:
        return connection.execute(select(officer_messages.c.not_before)).scalar_one()


def expire_claims(workshop: Workshop) -> None:
    with workshop.engine.begin() as connection:
        connection.execute(text("UPDATE officer_messages SET due_at = now() - interval '1 s' WHERE status = 'sending'"))


def run(workshop: Workshop, statement: str, **parameters: Any) -> None:
    with workshop.engine.begin() as connection:
        connection.execute(text(statement), parameters)
