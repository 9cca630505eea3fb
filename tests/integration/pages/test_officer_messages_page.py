"""The page on sending to officers says in people's words what waits, what failed, and who is near a limit."""

from __future__ import annotations

import pytest

from services.chassis.channels.message import Message, NotSent
from services.chassis.database.work import Workshop
from services.notifier.domain.leaving import Cause, MessageStatus
from services.notifier.domain.officer_notice import Pressure
from tests.integration.notifier.officers import EMAIL, SMS, Office, Outside, engage, notify, officer_id, run
from tests.integration.pages.conftest import Site, site_of_notifier
from tests.integration.pages.english import english_in

HERE = "/pages/officer-messages"


@pytest.fixture
def site(notifier: Workshop) -> Site:
    return site_of_notifier(notifier)


def refuse(_: Message) -> None:
    raise NotSent("answered 550", passes=False)


def test_the_page_says_why_in_words_and_shows_no_address_and_no_code(site: Site, notifier: Workshop) -> None:
    engage(notifier)
    notify(notifier, range(9), pressure=Pressure.URGENT)
    Office(notifier, {SMS: Outside(says=refuse), EMAIL: Outside()}).settle()
    engage(notifier, 2, ways=())
    notify(notifier, [20], officer=2, pressure=Pressure.URGENT)
    Office(notifier, {}).settle()
    page = site.person("hub").open(HERE)
    for said in ("90%", "短信", "对方未接收", "没有可用的联系方式", "未能发送", "值班人员"):
        assert said in page
    for code in ("answered", "no way", "example.org", "1390000", str(officer_id(1))):
        assert code not in page
    assert "短信" not in site.person("department:fire").open(HERE)


def test_every_cause_and_state_has_words(site: Site, notifier: Workshop) -> None:
    engage(notifier)
    notify(notifier, [1], pressure=Pressure.URGENT)
    Office(notifier, {}).settle()
    hub = site.person("hub")
    for cause in Cause:
        run(notifier, "UPDATE officer_messages SET cause = :cause", cause=cause)
        assert "对方未接收" not in hub.open(HERE), cause
    for status in set(MessageStatus) - {MessageStatus.SENT}:
        run(notifier, "UPDATE officer_messages SET status = :status", status=status)
        assert status not in hub.open(HERE).split("<main")[-1]


def test_the_page_is_in_the_reader_s_language(site: Site, notifier: Workshop) -> None:
    engage(notifier)
    notify(notifier, [1], pressure=Pressure.URGENT)
    Office(notifier, {}).settle()
    hub = site.person("hub")
    assert english_in(hub.open(HERE)) == set()
    assert "this system does not send by it" in hub.open(f"{HERE}?lang=en")


def test_the_page_is_for_its_roles(site: Site) -> None:
    site.person("supervisor").open(HERE, 403)


def test_messages_of_one_officer_and_cause_are_one_row_with_their_numbers(site: Site, notifier: Workshop) -> None:
    engage(notifier)
    notify(notifier, range(8), pressure=Pressure.URGENT)
    run(
        notifier,
        "UPDATE officer_notices SET rule = 'urgent-ticket', number = '31010920260701000' || (values->>'number')",
    )
    Office(notifier, {}).settle()
    rows = site.person("hub").open(HERE).split("<tbody>")[-1].split("<tr>")[1:]
    assert len(rows) == 1
    assert '<td data-name="条数" class="num">8</td>' in rows[0]
    assert "紧急工单" in rows[0]
    assert rows[0].count('href="/pages/deliveries?number=31010920260701000') == 5
    assert "等另外3件" in rows[0]
    own = site.person("department:housing").open(HERE)
    assert "紧急工单" in own
    assert "31010920260701000" not in own, "a unit may not hear of each of them any more"
