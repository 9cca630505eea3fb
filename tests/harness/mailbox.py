"""A mail server in this process that takes, refuses or cuts off what it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from services.localstack.processes import free_port


@dataclass
class Mailbox:
    """What the server took. `refusal` is its answer to DATA, `receiver` its answer to RCPT.

    `cuts`: it takes the content and ends the connection without an answer.
    """

    mails: list[Any] = field(default_factory=list)
    refusal: str | None = None
    receiver: str | None = None
    cuts: bool = False

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        if self.receiver:
            return self.receiver
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        if self.refusal:
            return self.refusal
        self.mails.append(message_from_bytes(cast(bytes, envelope.content), policy=policy.default))
        if self.cuts:
            server.transport.abort()
        return "250 taken"


@contextmanager
def mail_server(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    """Serves on loopback; yields the port."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
