"""What the operator sees before a ticket is filed, and the caller who joins it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.contracts.numbers import ShortKind, number_of_old
from services.intake.domain.links import status_code_of
from tests.integration.intake.conftest import CALLER_KEY, Intake
from tests.integration.intake.following import Issue, advanced, follow_ups
from tests.integration.intake.following import take as tell
from tests.integration.pages.conftest import Person, Site

Stand = tuple[Intake, Site]
PAGE = "/pages/known-matters"
SAID = {"text": "凉城二村楼顶又漏雨了"}


def post(person: Person, path: str = "", **entered: str) -> Any:
    person.open(PAGE)
    return person.browser.post(f"{PAGE}{path}", data={"csrf": person.browser.cookies["closedloop_form"], **entered})


def own_ticket(answer: Any) -> str:
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].partition("?done=")[2]).partition("&")[0]


def test_a_caller_joins_an_open_ticket_of_the_same_matter(intake: Stand) -> None:
    stand, site = intake
    ticket = stand.file(text="楼顶漏雨")
    stand.classify(ticket)
    doubtful = stand.file(text="楼顶漏雨")
    stand.classify(doubtful, confidence=0.3)
    hub = site.person("hub")
    shown = post(hub, **SAID)
    assert doubtful in shown.text
    assert f"ticket {doubtful}" not in shown.text  # nobody works on it: there is nothing to join
    assert shown.status_code == 200
    for said in ("地点：凉城二村", "区房管局", f"ticket {ticket}", "凉城二村楼顶又漏雨了"):
        assert said in shown.text
    own = own_ticket(post(hub, "/followers", joined=f"ticket {ticket}", phone="13812345678", **SAID))
    assert stand.show(own)["merged_into"] == ticket
    assert own in hub.open(f"{PAGE}?done={own}")
    assert "来电人加入已知事项" in hub.open(f"/pages/tickets/{own}")


def test_a_caller_joins_a_hot_issue_and_is_notified_of_what_comes(intake: Stand) -> None:
    stand, site = intake
    stand.classify(stand.file())  # brings the estate's name
    issue = Issue()
    tell(stand, issue.becomes("confirmed"), issue.becomes("in cure"))
    stand.execute(
        "INSERT INTO projects (id, number, version, state, planned_start, planned_end)"  # noqa: S608
        f" VALUES ('{issue.project_id}', 'W26-00042-7', 1, 'in works', '2026-08-01', '2026-10-31')"
    )
    hub = site.person("hub")
    shown = post(hub, **SAID).text
    assert "整治中" in shown
    assert "2026年8月1日 – 2026年10月31日" in shown
    chosen = {"joined": f"issue {issue.id}", "key": "a-key-of-the-form", **SAID}
    refused = post(hub, "/followers", **chosen)
    assert refused.status_code == 422
    assert "请填写来电人的电话" in refused.text
    assert " checked" in refused.text
    own = own_ticket(post(hub, "/followers", phone="13812345678", **chosen))
    assert own_ticket(post(hub, "/followers", phone="13812345678", **chosen)) == own  # sent twice
    assert [one["ticket_id"] for one in follow_ups(stand)] == [own]


def test_works_that_no_hot_issue_led_to_are_known(intake: Stand) -> None:
    stand, site = intake
    stand.classify(stand.file())  # brings the estate's name
    issue = Issue()
    planned = advanced(issue, "contracted", 1, hot_issues=(), planned_start=date(2026, 8, 1))
    tell(stand, planned)
    hub = site.person("hub")
    shown = post(hub, **SAID).text
    number = number_of_old(ShortKind.PROJECT, issue.project_id)
    for said in ("修缮项目", number, "签订合同", "2026年8月1日"):
        assert said in shown
    tell(stand, advanced(issue, "cancelled", 2, "contracted", hot_issues=()))
    assert number not in post(hub, **SAID).text


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({}, "请在表中选择一项"),
        ({"joined": "issue none"}, "请在表中选择一项"),
        ({"joined": "ticket 00000000-0000-0000-0000-000000000000"}, "已有变化，不能加入"),
        ({"joined": "ticket {ticket}", "phone": "12"}, "号码有误"),
    ],
)
def test_what_cannot_be_joined_is_said_and_nothing_is_filed(intake: Stand, entered: dict[str, str], said: str) -> None:
    stand, site = intake
    ticket = stand.file()
    stand.classify(ticket)
    before = stand.rows()
    sent = {name: value.format(ticket=ticket) for name, value in entered.items()}
    answer = post(site.person("hub"), "/followers", **sent, **SAID)
    assert answer.status_code in (404, 422)
    assert said in answer.text
    assert stand.rows() == before


def test_what_is_not_known_is_said_and_the_page_is_the_operators(intake: Stand) -> None:
    site = intake[1]
    hub, unit = site.person("hub"), site.person("department:housing")
    assert "没有已知的小区或地点名称" in post(hub, text="不知名的地方").text
    link = 'href="/pages/known-matters"'
    assert (link in hub.open("/pages/inbox"), link in unit.open("/pages/inbox")) == (True, False)
    unit.open(PAGE, 403)
    assert "13812345678" not in str(post(hub, text="13812345678").url)


CALLER = {"name": "王女士", "phone": "138 1234 5678", "email": "wang@example.cn"}


def test_a_caller_whose_matter_is_not_known_gets_a_ticket_of_their_own_once(intake: Stand) -> None:
    stand, site = intake
    hub = site.person("hub")
    form = {**SAID, **CALLER, "address": "凉城二村3号602室", "key": "a-key-of-the-form"}
    shown = post(hub, **form).text
    assert "立新单" in shown
    assert "加入关注</button>" not in shown  # nothing is known: there is nothing to follow
    own = own_ticket(post(hub, "/tickets", **form))
    assert own_ticket(post(hub, "/tickets", **form)) == own  # sent twice
    ticket = stand.show(own)
    assert (ticket["state"], ticket["channel"], ticket["text"]) == ("received", "phone", SAID["text"])
    assert ticket["address"] == "凉城二村3号[室号]"
    assert (ticket["reach"], stand.rows()["vault"]) == (["mobile", "email"], 1)
    recorded = hub.open(f"{PAGE}?done={own}&as=recorded")
    assert "已立单" in recorded
    assert ticket["number"] in recorded
    assert " ".join(status_code_of(CALLER_KEY, own)) in recorded
    (given,) = stand.show(own)["caller_readings"]  # once, however often the form was sent
    assert (given["purpose"], given["outcome"]) == ("status code", "read")


def test_the_code_is_shown_to_the_clerk_who_was_given_it_alone(intake: Stand) -> None:
    stand, site = intake
    own = own_ticket(post(site.person("hub"), "/tickets", **SAID, **CALLER))
    other = site.person("hub", subject="another").open(f"{PAGE}?done={own}&as=recorded")
    assert stand.show(own)["number"] in other
    assert " ".join(status_code_of(CALLER_KEY, own)) not in other


def test_an_emergency_is_recorded_and_transferred_in_one_press(intake: Stand) -> None:
    stand, site = intake
    own = own_ticket(post(site.person("hub"), "/tickets", line="119", reason="当场转接", **SAID))
    ticket = stand.show(own)
    assert ticket["state"] == "transferred"
    assert [one["step"] for one in ticket["history"]] == ["receive", "transfer"]


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({}, "诉求"),
        ({**SAID, "phone": "12"}, "号码有误"),
        ({**SAID, "email": "wang@"}, "完整的邮箱地址"),
        ({**SAID, "line": "114", "reason": "x"}, "热线"),
        ({**SAID, "line": "119"}, "理由"),
    ],
)
def test_a_call_that_cannot_be_recorded_is_said_and_nothing_is_filed(
    intake: Stand, entered: dict[str, str], said: str
) -> None:
    stand, site = intake
    before = stand.rows()
    answer = post(site.person("hub"), "/tickets", **entered)
    assert answer.status_code == 422
    assert said in answer.text
    assert stand.rows() == before


def test_only_the_hub_records_calls(intake: Stand) -> None:
    _, site = intake
    lead = site.person("department:housing")
    lead.open("/pages/inbox")
    answer = lead.browser.post(f"{PAGE}/tickets", data={"csrf": lead.browser.cookies["closedloop_form"], **SAID})
    assert answer.status_code == 403
