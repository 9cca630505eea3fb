"""E-mail to officers on a real mail server: nobody's machine answers it, and a refused mailbox costs no message."""

from __future__ import annotations

from datetime import timedelta

from services.chassis.clock import FixedClock
from services.chassis.database.work import Workshop
from services.notifier.domain.officer_notice import Pressure
from services.notifier.settings import NotifierSettings
from tests.harness.mailbox import Mailbox, mail_server
from tests.integration.notifier.officers import EMAIL, SMS, Office, Outside, address, engage, messages_of, notify

FROM = "hotline@hongkou.example"


def office(workshop: Workshop, port: int) -> Office:
    settings = NotifierSettings(
        profile="demo",
        kafka_bootstrap="127.0.0.1:9092",
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
        smtp_from=FROM,
    )
    outward = settings.outward
    return Office(workshop, {**outward.channels, SMS: Outside()}, frozenset(outward.own))


def test_a_digest_is_one_mail_that_no_machine_answers(workshop: Workshop) -> None:
    mailbox = Mailbox()
    engage(workshop, ways=(EMAIL,))
    notify(workshop, [1, 2])
    with mail_server(mailbox) as port:
        one = office(workshop, port)
        one.settle()
        assert isinstance(workshop.clock, FixedClock)
        workshop.clock.advance(timedelta(minutes=1))
        one.settle()
        one.settle()
    (mail,) = mailbox.mails
    assert (mail["To"], mail["From"], mail["Subject"]) == (address(EMAIL), FROM, "12345热线：工作提醒")
    assert mail["Auto-Submitted"] == "auto-generated"
    head, *lines = mail.get_content().strip().splitlines()
    assert (head, sorted(lines)) == ("【12345】2条提醒：", ["· #1#", "· #2#"])


def test_a_mailbox_that_the_server_does_not_know_costs_no_message(workshop: Workshop) -> None:
    engage(workshop, ways=(EMAIL, SMS))
    notify(workshop, [1], pressure=Pressure.URGENT)
    with mail_server(Mailbox(receiver="550 no such mailbox")) as port:
        office(workshop, port).settle()
    assert messages_of(workshop) == [("sent", None, "sms")]


def test_a_mail_that_may_have_been_taken_is_not_sent_again(workshop: Workshop) -> None:
    mailbox = Mailbox(cuts=True)
    engage(workshop, ways=(EMAIL,))
    notify(workshop, [1], pressure=Pressure.URGENT)
    with mail_server(mailbox) as port:
        office(workshop, port).settle()
    assert len(mailbox.mails) == 1
    ((status, _, _),) = messages_of(workshop)
    assert status == "failed"
