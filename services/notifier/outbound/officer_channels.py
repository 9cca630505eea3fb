"""The configured channels to officers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.chassis.channels.message import Channel, MaybeSent, Message, NotSent
from services.chassis.channels.robot import DEADLINE_S, ROBOT, Robot
from services.notifier.domain.officer import OfficerChannel

SCHEMAS: Final[Mapping[OfficerChannel, str]] = {
    OfficerChannel.WECOM: "wecombot",
    OfficerChannel.DINGTALK: "dingtalk",
    OfficerChannel.FEISHU: "feishu",
}
"""What Apprise calls them. An officer's address is the robot's key alone: it names no host and no other service."""


@dataclass(frozen=True, slots=True)
class OfficersRobots:
    """Robots of one service, each by its key.

    A robot cannot tell a repeated message, and rarely says whether it took one: what it does not confirm counts as not
    taken, and goes another way.
    """

    schema: str
    knows_repeats = False
    batch = 1
    longest_s = 2 * DEADLINE_S

    def send(self, message: Message) -> None:
        address = f"{self.schema}://{message.to}"
        if not ROBOT.fullmatch(address):
            raise NotSent("not a robot's key", passes=False)
        try:
            Robot(address).send(message)
        except MaybeSent:
            raise NotSent("not taken", passes=False) from None


@dataclass(frozen=True, slots=True)
class Outward:
    """The channels that are configured. `own`: our own e-mail addresses, in lower case. `site`: the URL under which
    officers reach `/n/`.
    """

    channels: Mapping[OfficerChannel, Channel] = field(default_factory=dict)
    own: Collection[str] = ()
    site: str | None = None
