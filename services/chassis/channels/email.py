"""Sends messages by e-mail. A mail server cannot recognise a repeated message, so one it may have is not sent again."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from typing import Final

from services.chassis.channels.message import MaybeSent, Message, NotSent

DEADLINE_S = 10.0
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


class Security(StrEnum):
    """`starttls`: begins in the clear and must change to TLS; `tls`: TLS from the first byte."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class MailServer:
    """`sender` is the address in From; replies to it are not read by anything here."""

    host: str
    port: int
    sender: str
    security: Security = Security.STARTTLS
    user: str | None = None
    password: str | None = None


def plain_address(address: str) -> bool:
    """Whether it is one address of the usual form and nothing else: no name, no list, no line end."""
    return _ADDRESS.fullmatch(address) is not None


@dataclass(frozen=True, slots=True)
class Mail:
    """`subjects` by language: of what it is, never of whom."""

    server: MailServer
    subjects: Mapping[str, str]
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context

    knows_repeats = False
    batch = 1
    longest_s = 8 * DEADLINE_S
    """Connecting and each command may take the deadline."""

    def send(self, message: Message) -> None:
        if not plain_address(message.to):
            raise NotSent("not an address", passes=False)
        try:
            content = self._content(message)
            with self._session() as session:
                _accepted(*session.mail(self.server.sender))
                _accepted(*session.rcpt(message.to))
                _hand_over(session, content)
        except smtplib.SMTPResponseException as refused:
            raise NotSent(f"answered {refused.smtp_code}", passes=_passes(refused.smtp_code)) from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(f"no answer: {type(error).__name__}", passes=True) from None

    def _content(self, message: Message) -> bytes:
        """As it goes over the line: seven bits, nothing of the text in a header."""
        sender = self.server.sender
        mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
        mail["From"] = sender
        mail["To"] = message.to
        mail["Subject"] = self.subjects[message.language]
        mail["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        return mail.as_bytes()

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        server, tls = self.server, self.server.security is Security.TLS
        session = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=DEADLINE_S, context=self.tls())
            if tls
            else smtplib.SMTP(server.host, server.port, timeout=DEADLINE_S)
        )
        try:
            session.ehlo_or_helo_if_needed()
            if server.security is Security.STARTTLS:
                session.starttls(context=self.tls())
            if server.user and server.password:
                session.login(server.user, server.password)
            yield session
        finally:
            session.close()


def _hand_over(session: smtplib.SMTP, content: bytes) -> None:
    """From the first byte of the content on, only a clear answer says whether it was accepted."""
    try:
        code, _ = session.data(content)
    except smtplib.SMTPDataError:
        raise
    except (OSError, smtplib.SMTPException) as error:
        raise MaybeSent(f"no answer to the content: {type(error).__name__}") from None
    _accepted(code, b"")


def _accepted(code: int, _: bytes) -> None:
    if not 200 <= code < 300:
        raise smtplib.SMTPResponseException(code, b"")


def _passes(code: int) -> bool:
    """4xx is for later; 530 to 535 say that our own access is at fault, not the message."""
    return code < 500 or 530 <= code <= 535
