"""Messages by a robot of WeCom, DingTalk or Feishu, and of no other service, by Apprise."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from services.chassis.channels.message import MaybeSent, Message

DEADLINE_S: Final = 10.0
ROBOT: Final = re.compile(r"(wecombot|dingtalk|feishu)://[A-Za-z0-9_-]{8,128}/?")
"""A robot and its key, as Apprise writes it. Nothing else: a query could name people, a host or another service."""


@dataclass(frozen=True, slots=True)
class Robot:
    """Sends by one robot. Follows no redirects.

    A robot cannot recognise a repeated message, and for WeCom Apprise reads only the status: `send` is tried once.
    """

    address: str = field(repr=False)
    knows_repeats = False
    batch = 1
    longest_s = 2 * DEADLINE_S

    def send(self, message: Message) -> None:
        """Tells whoever reads the robot's group; `message.to` is not used. Raises MaybeSent if it did not, or may not
        have.
        """
        if not self._service().send(body=message.text):
            raise MaybeSent("the robot's service did not take it, or did not answer")

    def _service(self) -> Any:
        # Loads a hundred services: only where a robot is set.
        from apprise import Apprise

        assert ROBOT.fullmatch(self.address)
        limits = f"redirect=no&cto={DEADLINE_S}&rto={DEADLINE_S}"
        return Apprise.instantiate(f"{self.address.rstrip('/')}/?{limits}", suppress_exceptions=False)
