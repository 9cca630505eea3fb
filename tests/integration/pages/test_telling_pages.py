"""The pages on officers and on the rules by which they are notified."""

from __future__ import annotations

import pytest

from services.chassis.database.work import Workshop
from services.notifier.outbound.officer_channels import Outward
from services.notifier.wiring import NotifierWiring
from tests.integration.applications import application
from tests.integration.notifier.directory import sits
from tests.integration.notifier.events import dispatched, take
from tests.integration.notifier.officers import EMAIL, Outside
from tests.integration.pages.conftest import Person, Site, site_of_notifier
from tests.integration.pages.english import english_in

OFFICERS, RULES = "/pages/officers", "/pages/telling-rules"
LI = {
    "unit": "housing",
    "post": "duty",
    "name": "李伟",
    "language": "zh",
    "channel_1": "sms",
    "address_1": "13900000000",
}


@pytest.fixture
def site(notifier: Workshop) -> Site:
    return site_of_notifier(notifier)


def send(person: Person, form: str, **entered: str) -> tuple[int, str]:
    """The answer's status, and the page that follows."""
    answer = person.browser.post(
        f"{OFFICERS}/{form}", data={"csrf": person.browser.cookies["closedloop_form"], **entered}
    )
    return answer.status_code, person.open(answer.headers["location"]) if answer.status_code == 303 else answer.text


def test_the_hub_adds_an_officer_and_removes_one(site: Site) -> None:
    hub = site.person("hub")
    empty = hub.open(OFFICERS)
    assert "没有值班人员" in empty
    status, page = send(hub, "addition", **LI)
    assert status == 303
    assert "已登记" in page
    assert "李伟" in page
    officer_id = page.split('name="officer_id" value="')[1].split('"')[0]
    status, page = send(hub, "removal", officer_id=officer_id)
    assert status == 303
    assert "李伟" not in page


def test_a_wrong_entry_is_named_in_the_form_with_what_was_entered(site: Site) -> None:
    hub = site.person("hub")
    hub.open(OFFICERS)
    status, page = send(hub, "addition", **{**LI, "address_1": "021-123", "name": "李 1"})
    assert status == 422
    assert "只写文字" in page
    status, page = send(hub, "addition", **{**LI, "address_1": "021-123"})
    assert status == 422
    assert "与所选方式不符" in page
    assert 'value="021-123"' in page
    assert english_in(page) == set()


def test_a_department_sees_and_removes_its_own_alone(site: Site) -> None:
    hub, fire = site.person("hub"), site.person("department:fire")
    hub.open(OFFICERS)
    _, page = send(hub, "addition", **LI)
    officer_id = page.split('name="officer_id" value="')[1].split('"')[0]
    assert "李伟" not in fire.open(OFFICERS)
    assert send(fire, "removal", officer_id=officer_id)[0] == 404
    assert send(fire, "removal", officer_id="one")[0] == 422
    assert send(fire, "addition", **LI)[0] == 403


def test_the_rules_are_shown_and_say_who_would_be_notified_and_why(site: Site) -> None:
    supervisor = site.person("supervisor")
    assert "现行：第1版" in supervisor.open(RULES)
    asked = "event=ticket-dispatched-v1&of_lead=housing&of_urgency=urgent&of_type=MJ01&of_place=310109010"
    page = supervisor.open(f"{RULES}?{asked}")
    assert "提醒：区房管局 值班人员" in page
    assert "逾时未读，再提醒：区房管局 负责人" in page
    assert "不提醒，不符合：紧急程度" in page
    assert english_in(page) == set()
    late = supervisor.open(f"{RULES}?event=hot_issue-confirmed-v1&of_lead=fire&of_place=310109010&lang=en")
    assert "Quyang Road Sub-district Office representative" in late


def test_every_event_of_the_rules_can_be_asked_for(site: Site) -> None:
    admin = site.person("admin")
    events = {part.split('"')[0] for part in admin.open(RULES).split('<option value="')[1:] if "-v1" in part[:50]}
    assert len(events) == 21
    for event in events:
        page = admin.open(f"{RULES}?event={event}&of_lead=housing&only=overdue&only=unsolved&only=restricted")
        assert english_in(page) == set(), event
    assert "该情形无法查看" in admin.open(f"{RULES}?event=none")


def test_the_pages_are_for_their_roles(site: Site) -> None:
    site.person("supervisor").open(OFFICERS, 403)
    site.person("department:fire").open(RULES, 403)


def test_a_chain_is_shown_with_its_steps_in_words(notifier: Workshop, site: Site) -> None:
    sits(notifier, ("housing", "duty"))
    take(notifier, dispatched(1), dispatched(2, lead="fire"))
    page = site.person("hub").open("/pages/escalations")
    assert "屋面渗漏水" in page
    assert "无人可达" in page
    assert "规则第1版" in page
    assert english_in(page) == set()
    assert "Quyang" in site.person("department:housing").open("/pages/escalations?state=running&lang=en")
    site.person("supervisor").open("/pages/escalations", 403)


def test_the_rules_say_whether_anybody_sits_there(notifier: Workshop) -> None:
    sits(notifier, ("housing", "duty"))
    asked = f"{RULES}?event=ticket-dispatched-v1&of_lead=housing&of_urgency=urgent"
    reached = Site(application(NotifierWiring.of(demo=True, outward=Outward({EMAIL: Outside()})).routes(notifier)))
    page = reached.person("hub").open(asked)
    assert "值班人员 <small>（1人在岗，1人可达）" in page
    assert '负责人 <span class="tag late">无人在岗' in page
    assert "有人在岗，无法联系" in site_of_notifier(notifier).person("hub").open(asked)


def test_channels_that_are_not_configured_are_named(notifier: Workshop, site: Site) -> None:
    one = Site(application(NotifierWiring.of(demo=True, outward=Outward({EMAIL: Outside()})).routes(notifier)))
    page = one.person("hub").open(OFFICERS).split("未开通的联系方式")[1].split("</section>")[0]
    assert "短信" in page
    assert "电子邮件" not in page


def test_a_filter_shows_its_state_alone_and_none_shows_all(notifier: Workshop, site: Site) -> None:
    sits(notifier, ("housing", "duty"))
    take(notifier, dispatched(1))
    hub = site.person("hub")
    assert '<option value="">不限' in hub.open("/pages/escalations?state=")
    assert "首次提醒" in hub.open("/pages/escalations?state=running")
    assert "首次提醒" not in hub.open("/pages/escalations?state=read")
    shown = hub.open("/pages/escalations")
    assert "紧急工单" in shown
    assert "urgent-ticket" not in shown


def test_chains_of_one_ticket_are_one_card(notifier: Workshop, site: Site) -> None:
    sits(notifier, ("housing", "duty"), ("fire", "duty"))
    take(notifier, dispatched(1))
    take(notifier, dispatched(1, version=3, lead="fire"))
    page = site.person("hub").open("/pages/escalations")
    assert page.count('<section class="card"><h2>') == 1
    assert page.count("首次提醒") == 2


@pytest.mark.parametrize("path", [OFFICERS, RULES, "/pages/escalations", "/pages/officer-messages"])
def test_english_pages_have_no_wide_signs(path: str, notifier: Workshop, site: Site) -> None:
    sits(notifier, ("housing", "duty"), ways=())
    take(notifier, dispatched(1))
    page = site.person("hub").open(f"{path}?lang=en").split("<main")[1]
    assert not {"：", "、"} & set(page)


def test_what_is_missing_at_a_unit_is_one_line_and_removing_asks_first(notifier: Workshop, site: Site) -> None:
    sits(notifier, ("fire", "leader"), ways=())
    page = site.person("hub").open(OFFICERS)
    (line,) = [one for one in page.split("<li>") if one.startswith("区消防救援")]
    assert "没有值班人员、没有联系方式" in line
    (form,) = page.split("<details>")[1:]
    assert "确认移出" in form
