"""An outgoing message on any channel, and the channel's answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message as a channel gets it. A repetition has the same `id`. `to` is never logged."""

    id: str
    to: str = field(repr=False)
    text: str
    language: Language


class NotSent(Exception):
    """A channel did not take a message; `cause` is a code without personal data.

    `passes`: it may be taken later, after `wait_s` if the channel says so. Otherwise it never will be. `maybe`: it was
    taken for all we know, and may be asked for again under the same id.
    """

    def __init__(self, cause: str, *, passes: bool, wait_s: float | None = None, maybe: bool = False) -> None:
        super().__init__(cause)
        self.cause = cause
        self.passes = passes
        self.wait_s = wait_s
        self.maybe = maybe


class MaybeSent(Exception):
    """Nobody knows whether the message was accepted, and a repetition would be a second message."""


class Channel(Protocol):
    """`knows_repeats`: asked again with the same message, it sends nothing. `batch`: how many are claimed at once."""

    @property
    def knows_repeats(self) -> bool: ...
    @property
    def batch(self) -> int: ...
    @property
    def longest_s(self) -> float:
        """How long `send` may take at most, in seconds."""

    def send(self, message: Message) -> None:
        """Returns when the channel has taken it. Raises NotSent, MaybeSent."""
