"""E-mail to callers on a real mail server: received once, or a person calls; nothing of a message becomes a header."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from services.chassis.channels.email import MailServer, Security, plain_address
from services.chassis.channels.message import Message, NotSent
from services.intake.app.addressee import CallerOfTicket
from services.intake.domain.telling import Way
from services.intake.outbound.gateways import MailGateway
from services.localstack.processes import free_port
from tests.harness.mailbox import Mailbox, mail_server
from tests.integration.intake.conftest import Intake
from tests.integration.intake.telling import expire_claims, filed, send_all, sender_to, state_of, tell, tries

FROM = "hotline@hongkou.example"
TO = "xiaomei@example.org"
BY_MAIL = frozenset({Way.EMAIL, Way.CALL})


@dataclass
class Served:
    mailbox: Mailbox
    port: int

    def gateway(self, **more: Any) -> MailGateway:
        return MailGateway(MailServer("127.0.0.1", self.port, FROM, **({"security": Security.NONE} | more)))


@pytest.fixture
def served() -> Iterator[Served]:
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        yield Served(mailbox, port)


def test_an_e_mail_is_received_once_with_the_tellings_id(intake: Intake, served: Served) -> None:
    telling = tell(intake, filed(intake), Way.EMAIL)
    sender = sender_to(intake, "", gateway=served.gateway(), ways=BY_MAIL)
    send_all(intake, sender)
    send_all(intake, sender)
    (mail,) = served.mailbox.mails
    assert mail["Message-ID"] == f"<{telling}@hongkou.example>"
    assert (mail["To"], mail["From"]) == (TO, FROM)
    assert mail["Subject"] == "12345热线：您反映的事项有新进展"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().strip() == "【12345】已修好。"
    assert state_of(intake, telling) == ("email", "sent", None)


def test_an_e_mail_goes_to_the_address_that_the_caller_left(intake: Intake, served: Served) -> None:
    ticket = intake.file(caller={"name": "王小美", "email": TO})
    telling = tell(intake, ticket, Way.EMAIL)
    send_all(
        intake,
        sender_to(intake, "", gateway=served.gateway(), ways=BY_MAIL, addressees=CallerOfTicket(intake.vault)),
    )
    (mail,) = served.mailbox.mails
    assert mail["To"] == TO
    assert state_of(intake, telling) == ("email", "sent", None)


def test_an_e_mail_that_was_being_sent_when_its_process_ended_is_never_sent_again(
    intake: Intake, served: Served
) -> None:
    class Killed(BaseException):
        pass

    class EndsAfter:
        way, knows_repeats, batch, longest_s = Way.EMAIL, False, 1, 1.0

        def send(self, message: Message) -> None:
            served.gateway().send(message)
            raise Killed

    telling = tell(intake, filed(intake), Way.EMAIL)
    with pytest.raises(Killed):
        sender_to(intake, "", gateway=EndsAfter(), ways=BY_MAIL).send_next(intake.workshop)
    expire_claims(intake)
    for _ in range(2):
        send_all(intake, sender_to(intake, "", gateway=served.gateway(), ways=BY_MAIL))
    assert len(served.mailbox.mails) == 1
    assert state_of(intake, telling) == ("email", "unsure", "interrupted")


def test_a_server_that_ends_the_line_after_the_content_leaves_it_to_a_person(intake: Intake, served: Served) -> None:
    served.mailbox.cuts = True
    telling = tell(intake, filed(intake), Way.EMAIL)
    send_all(intake, sender_to(intake, "", gateway=served.gateway(), ways=BY_MAIL))
    assert len(served.mailbox.mails) == 1
    way, state, cause = state_of(intake, telling)
    assert (way, state) == ("email", "unsure")
    assert (cause or "").startswith("no answer to the content")


def test_a_receiver_whom_the_server_does_not_know_is_called(intake: Intake, served: Served) -> None:
    served.mailbox.receiver = "550 no such mailbox"
    telling = tell(intake, filed(intake), Way.EMAIL)
    send_all(intake, sender_to(intake, "", gateway=served.gateway(), ways=BY_MAIL))
    assert state_of(intake, telling) == ("call", "waiting", "answered 550")
    assert tries(intake, telling) == [("email", "failed", "answered 550")]


@pytest.mark.parametrize(("answer", "passes"), [("451 later", True), ("554 no", False)])
def test_what_the_server_says_to_the_content_decides_whether_it_is_tried_again(
    served: Served, answer: str, passes: bool
) -> None:
    served.mailbox.refusal = answer
    with pytest.raises(NotSent) as refused:
        served.gateway().send(Message("id", TO, "已修好。", "zh"))
    assert (refused.value.passes, refused.value.cause) == (passes, f"answered {answer[:3]}")


def test_a_server_that_is_away_is_tried_again(intake: Intake) -> None:
    telling = tell(intake, filed(intake), Way.EMAIL)
    away = MailGateway(MailServer("127.0.0.1", free_port(), FROM, Security.NONE))
    sender_to(intake, "", gateway=away, ways=BY_MAIL).send_next(intake.workshop)
    assert state_of(intake, telling) == ("email", "waiting", "no answer: ConnectionRefusedError")


def test_a_server_without_tls_gets_nothing_when_tls_is_required(served: Served) -> None:
    with pytest.raises(NotSent) as refused:
        served.gateway(security=Security.STARTTLS).send(Message("id", TO, "已修好。", "zh"))
    assert refused.value.passes
    assert not served.mailbox.mails


@pytest.mark.parametrize(
    "address",
    [
        "xiaomei@example.org\r\nBcc: all@example.org",
        "xiaomei@example.org\nBcc: all@example.org",
        "xiaomei@example.org, all@example.org",
        "Xiaomei <xiaomei@example.org>",
        "xiaomei@example.org> SIZE=1\r\nRCPT TO:<all@example.org",
        "xiaomei",
        "",
    ],
)
def test_what_is_not_one_plain_address_is_sent_nothing(served: Served, address: str) -> None:
    assert not plain_address(address)
    with pytest.raises(NotSent) as refused:
        served.gateway().send(Message("id", address, "已修好。", "zh"))
    assert not refused.value.passes
    assert not served.mailbox.mails


def test_lines_of_a_message_become_no_headers_and_no_end_of_it(served: Served) -> None:
    text = "已修好。\r\nBcc: all@example.org\r\n\r\n.\r\nMAIL FROM:<x@example.org>\r\n"
    served.gateway().send(Message("id", TO, text, "zh"))
    (mail,) = served.mailbox.mails
    assert mail["Bcc"] is None
    assert "MAIL FROM:<x@example.org>" in mail.get_content()


def test_the_mail_servers_user_and_password_are_used(intake: Intake) -> None:
    seen: list[tuple[bytes, bytes]] = []

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        seen.append((data.login, data.password))
        right = data.password == b"right"
        return AuthResult(success=right, handled=right)  # "handled" would mean that the refusal was sent from here

    mailbox = Mailbox()
    with mail_server(mailbox, authenticator=check, auth_required=True, auth_require_tls=False) as port:
        served = Served(mailbox, port)
        served.gateway(user="hotline", password="right").send(Message("id", TO, "已修好。", "zh"))
        with pytest.raises(NotSent) as refused:
            served.gateway(user="hotline", password="wrong").send(Message("id", TO, "已修好。", "zh"))
    assert refused.value.passes, "our own access is at fault, not the message"
    assert refused.value.cause == "answered 535"
    assert (b"hotline", b"right") in seen
    assert len(mailbox.mails) == 1
