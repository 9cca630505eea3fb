"""What sending needs from the outside: a message's words and its receiver, the gateways, the one-time links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from services.chassis.channels.message import Channel, Language
from services.chassis.database.work import Work
from services.intake.domain.links import Link, LinkOutcome
from services.intake.domain.telling import Way


@dataclass(frozen=True, slots=True)
class Telling:
    """A message to a person, as in its row. `attempts` includes the current one."""

    id: str
    ticket_id: str
    hot_issue_id: str | None
    person: str
    occasion: str
    occurrence: str
    facts: Mapping[str, Any]
    way: Way
    attempts: int


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who a message goes to, out of the vault. Never logged, never kept."""

    phone: str | None
    email: str | None = None
    language: Language = "zh"

    def address(self, way: Way) -> str | None:
        return self.email if way is Way.EMAIL else self.phone


class StillTrue(Protocol):
    def __call__(self, work: Work, telling: Telling) -> str | None:
        """None if the message is still true and its channel is allowed for the person; else the cause."""


class Words(Protocol):
    def __call__(self, telling: Telling, language: Language, way: Way) -> str:
        """The message in words; the same for the same row, so that a gateway sees a repetition as one.

        The fact `link` is the address of its one-time link, for a message that has one.
        """


class Addressees(Protocol):
    def __call__(self, work: Work, telling: Telling) -> Addressee | None:
        """The caller of the telling's ticket, by the vault; None if they were erased."""


class Links(Protocol):
    def address(self, telling: Telling) -> str:
        """The address of the message's one-time link; the same when the message is made again."""

    def keep(self, work: Work, telling: Telling) -> None:
        """Makes the link work, for the round that the person may answer now; one that was kept stays as it is."""


class LinkBook(Protocol):
    """The links that are out."""

    def find(self, work: Work, token: str) -> Link | None:
        """The link, if it works; None for one that is unknown, has expired, or is of a caller who was erased."""

    def lock(self, work: Work, token: str) -> Link | None:
        """Like `find`, locked until the transaction ends, so that it is used once."""

    def use(self, work: Work, link: Link, said: str, outcome: LinkOutcome) -> None:
        """Notes what was said by it and what became of it; the caller holds the lock."""


class Gateway(Channel, Protocol):
    """A channel to callers."""

    @property
    def way(self) -> Way: ...
