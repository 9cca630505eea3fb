"""Who a caller is, on a page: chosen purpose, the answer, and what the log shows."""

from __future__ import annotations

import re
from typing import Any

import pytest

from services.intake.domain.links import status_code_of
from tests.integration.intake.callers import CALLER, EMAIL, NAME, PHONE, SAID, filed
from tests.integration.intake.conftest import CALLER_KEY, Intake
from tests.integration.pages.conftest import Person, Site

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
PURPOSE = re.compile(r'<option value="([^"]+)"')


@pytest.fixture
def ticket_id(intake: tuple[Intake, Site]) -> str:
    return filed(intake[0])


def send(person: Person, path: str, status: int, **entered: str) -> Any:
    token = TOKEN.findall(person.browser.get("/pages/callers").text)[-1]
    answer = person.browser.post(path, data={"csrf": token, **entered}, headers={"Accept-Language": "zh"})
    assert answer.status_code == status, answer.text
    return answer


def purposes(html: str) -> list[str]:
    section = html.partition('id="reading-purpose"')[2].partition("</select>")[0]
    return PURPOSE.findall(section)


def test_the_lead_chooses_a_purpose_and_sees_the_caller(intake: tuple[Intake, Site], ticket_id: str) -> None:
    person = intake[1].person("department:housing")
    page = person.open(f"/pages/tickets/{ticket_id}")
    assert purposes(page) == ["first contact", "on site"]
    assert NAME not in page
    answer = send(person, f"/pages/tickets/{ticket_id}/caller", 200, purpose="first contact")
    for said in (NAME, PHONE, EMAIL, SAID):
        assert said in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert PHONE not in str(answer.url)
    again = person.open(f"/pages/tickets/{ticket_id}")
    assert "先行联系" in again
    assert "已查看" in again
    assert NAME not in again


def test_whoever_may_not_know_is_offered_nothing_and_refused_in_words(
    intake: tuple[Intake, Site], ticket_id: str
) -> None:
    person = intake[1].person("supervisor")
    assert purposes(person.open(f"/pages/tickets/{ticket_id}")) == []
    answer = send(person, f"/pages/tickets/{ticket_id}/caller", 403, purpose="audit")
    assert "您不能查看此来电人" in answer.text
    assert "被拒绝" in person.open("/pages/caller-readings")


@pytest.mark.parametrize("purpose", [{}, {"purpose": "curiosity"}])
def test_without_a_purpose_nothing_is_shown(
    intake: tuple[Intake, Site], ticket_id: str, purpose: dict[str, str]
) -> None:
    answer = send(intake[1].person("hub"), f"/pages/tickets/{ticket_id}/caller", 422, **purpose)
    assert NAME not in answer.text


def test_a_telephone_is_looked_up_and_leaves_no_trace_on_the_page(intake: tuple[Intake, Site], ticket_id: str) -> None:
    person = intake[1].person("hub")
    assert "合用的电话" in person.open("/pages/callers")
    answer = send(person, "/pages/callers", 200, phone=f"+86 {CALLER['phone']}", purpose="own request")
    assert ticket_id in answer.text
    assert PHONE not in answer.text
    wrong = send(person, "/pages/callers", 422, phone="无", purpose="own request")
    assert "号码有误" in wrong.text
    assert "您的角色无权" not in wrong.text


def test_a_confidential_ticket_says_so_and_offers_its_lead_nothing(intake: tuple[Intake, Site]) -> None:
    ticket_id = filed(intake[0], confidential=True)
    page = intake[1].person("department:housing").open(f"/pages/tickets/{ticket_id}")
    assert "来电人要求保密" in page
    assert purposes(page) == []
    assert purposes(intake[1].person("hub").open(f"/pages/tickets/{ticket_id}"))


def test_the_code_for_the_caller_is_given_once_it_is_asked_for_and_the_log_says_so(
    intake: tuple[Intake, Site], ticket_id: str
) -> None:
    clerk = intake[1].person("hub")
    assert "告知查询码" in clerk.open(f"/pages/tickets/{ticket_id}")
    answer = send(clerk, f"/pages/tickets/{ticket_id}/status-code", 200)
    code = status_code_of(CALLER_KEY, ticket_id)
    assert " ".join(code) in answer.text
    assert intake[0].show(ticket_id)["number"] in answer.text
    again = clerk.open(f"/pages/tickets/{ticket_id}")
    assert " ".join(code) not in again
    assert "告知查询码 · 已查看" in again
    assert "status-code" not in intake[1].person("supervisor").open(f"/pages/tickets/{ticket_id}")


def test_the_purpose_of_the_code_cannot_be_chosen_to_see_the_caller(
    intake: tuple[Intake, Site], ticket_id: str
) -> None:
    clerk = intake[1].person("hub")
    assert "status code" not in purposes(clerk.open(f"/pages/tickets/{ticket_id}"))
    answer = send(clerk, f"/pages/tickets/{ticket_id}/caller", 422, purpose="status code")
    assert NAME not in answer.text
