"""Makes the message of a claimed row, or says why there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from services.chassis.channels.message import Message
from services.chassis.database.work import Work
from services.intake.app.sending_ports import Addressees, Links, StillTrue, Telling, Words
from services.intake.domain.sending import NotSentCause

NO_LINK: Final = "\0"
"""In place of a link that cannot be made; no message has this sign otherwise."""


class Withheld(Exception):
    """The message is not sent at all; `cause` says why."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class NotThisWay(Exception):
    """The person cannot be reached on this channel, but perhaps on another; `cause` says why."""

    def __init__(self, cause: NotSentCause) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class PrepareTelling:
    """Without `links` nobody can answer by a link: what asks for an answer goes another way."""

    still_true: StillTrue
    words: Words
    addressees: Addressees
    links: Links | None

    def __call__(self, work: Work, telling: Telling) -> Message:
        """Raises Withheld, NotThisWay. Changes nothing but the link, which is the same when it is made again."""
        caller = self.addressees(work, telling)
        if caller is None:
            raise Withheld(NotSentCause.ERASED)
        address = caller.address(telling.way)
        if not address:
            raise NotThisWay(NotSentCause.NO_ADDRESS)
        if cause := self.still_true(work, telling):
            raise Withheld(cause)
        link = self.links.address(telling) if self.links else NO_LINK
        linked = replace(telling, facts={**telling.facts, "link": link})
        text = self.words(linked, caller.language, telling.way)
        if NO_LINK in text:
            raise NotThisWay(NotSentCause.NO_LINK)
        if self.links and link in text:
            self.links.keep(work, telling)
        return Message(telling.id, address, text, caller.language)
