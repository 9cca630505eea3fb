"""demo/departments.py, hub.py, housing.py, residents.py: everybody does over the interfaces what people would do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from demo.clockwork import BEGIN, midnight
from demo.departments import ENTERED, Departments
from demo.diary import Diary
from demo.district import District
from demo.housing import Housing
from demo.hub import Hub
from demo.interfaces import Refused
from demo.residents import Residents
from demo.scene import Actors, Scenes
from demo.story import all_stories
from demo.world import Condition, Fault, World
from services.contracts.department_events import HotIssueNotice, ProjectNotice, TicketAssigned
from services.contracts.ticket_events import Place
from tests.unit.demo.desk import Person, Services

NOW = midnight(BEGIN)
ISSUE, PROJECT = str(uuid4()), str(uuid4())


class Cast:
    """Everybody, around one district."""

    def __init__(self, **controls: bool) -> None:
        self.services = Services()
        services: Any = self.services
        district = District(1)
        self.world = World(district, all_stories(), **controls)
        self.diary = Diary()
        self.residents = Residents(services)
        scenes = Scenes((), lambda: Actors(services, district, self.residents, services, services, NOW))
        self.departments = Departments(services, district, self.residents, scenes)
        self.hub = Hub(services, district, self.world, self.residents, self.diary, scenes)
        self.housing = Housing(services, self.world, self.diary, self.hub.faults)

    def fault(self, key: str) -> Fault:
        return next(one for one in self.world.faults if one.story.key == key)

    def play(self, days: int) -> None:
        """The diary, a week at a time."""
        for week in range(0, days, 7):
            self.diary.do(NOW + timedelta(days=week))


def _notice(fault: Fault, stage: str) -> HotIssueNotice:
    return HotIssueNotice(
        version=1,
        delivery_id=uuid4(),
        department="housing",
        hot_issue_id=ISSUE,
        stage=f"hot_issue.{stage}.v1",
        type_code=fault.story.type_code,
        place=Place(estate=fault.estate.id),
        lead="housing",
        callers=5,
        decide_by=NOW,
    )


def _assigned(number: int, fault: Fault) -> TicketAssigned:
    return TicketAssigned(
        version=3,
        delivery_id=uuid4(),
        department="housing",
        ticket_id=str(UUID(int=number)),  # what is done with a ticket depends on its id
        type_code=fault.story.type_code,
        place=Place(estate=fault.estate.id),
        occurred_at=NOW,
        received_at=NOW,
        text=f"漏雨{number}",
    )


def test_a_single_matter_is_settled_as_solved_by_the_department_it_went_to() -> None:
    cast = Cast()
    ticket = _assigned(1, cast.fault("roof-leak"))
    cast.departments.hear("housing", ticket)
    cast.departments.settle()
    ((role, path, body),) = cast.services.requests
    assert (role, path) == ("department:housing", "/tickets/answers")
    assert (body["ticket_ids"], body["unit_solved"]) == ([ticket.ticket_id], True)
    assert not cast.departments.waiting()


def test_a_member_of_a_hot_issue_enters_the_repair_plan_until_the_cure_is_proven() -> None:
    cast = Cast()
    fault = cast.fault("roof-leak")
    for stage in ("confirmed", "verified"):
        cast.departments.hear("housing", _notice(fault, stage))
        cast.departments.hear("housing", _assigned(1, fault))
        cast.departments.settle()
        cast.departments.settle()
    first, second = cast.services.bodies("/answers")
    assert (first["unit_solved"], first["reason"]) == (False, ENTERED)
    assert second["unit_solved"]
    assert "reason" not in second


def test_some_are_late_and_each_is_settled_once() -> None:
    cast = Cast()
    for number in range(400):
        cast.departments.hear("housing", _assigned(number, cast.fault("roof-leak")))
    cast.departments.contact()
    contacted = len(cast.services.bodies("/contact"))
    assert 360 < contacted < 400
    cast.departments.contact()
    assert len(cast.services.bodies("/contact")) == contacted
    cast.departments.settle()
    late = cast.departments.waiting().total()
    assert 0 < late < 40
    cast.departments.settle()
    assert not cast.departments.waiting()
    settled = [ticket for body in cast.services.bodies("/answers") for ticket in body["ticket_ids"]]
    assert len(settled) == len(set(settled)) == 400


def test_what_is_done_with_a_ticket_depends_on_its_call_and_not_on_its_id_or_on_the_order() -> None:
    def played(turned: bool) -> list[tuple[str, list[int]]]:
        cast = Cast()
        calls = cast.world.calls(NOW, NOW + timedelta(days=100))
        cast.residents.call_the_hotline(calls)
        number = {ticket: at for at, ticket in enumerate(cast.residents.calls)}
        for ticket in reversed(number) if turned else number:
            message = _assigned(0, cast.fault("roof-leak")).model_copy(update={"ticket_id": ticket})
            cast.departments.hear("housing", message)
        cast.departments.settle()
        bodies = cast.services.bodies("/answers")
        return [(body["public_answer"], [number[one] for one in body["ticket_ids"]]) for body in bodies]

    assert played(turned=False) == played(turned=True)


def test_an_answer_that_is_refused_for_one_ticket_ends_the_demo() -> None:
    cast = Cast()
    cast.services.refusal_of_answers = {"status": 409, "current_state": "return requested"}
    cast.departments.hear("housing", _assigned(1, cast.fault("roof-leak")))
    with pytest.raises(Refused, match="intake refuses housing's answer"):
        cast.departments.settle()


def test_an_answer_that_was_taken_before_is_not_given_again() -> None:
    cast = Cast()
    cast.services.refusal_of_answers = {"status": 409, "current_state": "settled"}
    cast.departments.hear("housing", _assigned(1, cast.fault("roof-leak")))
    cast.departments.settle()
    assert not cast.departments.waiting()


def test_the_hub_decides_at_the_next_step_and_housing_takes_the_project_to_its_acceptance() -> None:
    cast = Cast()
    fault = cast.fault("roof-leak")
    cast.hub.hear(_notice(fault, "confirmed"))
    assert cast.services.requests == []
    cast.hub.act(NOW)
    (decision,) = cast.services.bodies("/decision")
    assert (decision["kind"], decision["version"]) == ("project", 7)
    assert decision["project"]["floor_area_m2"] == fault.estate.floor_area_m2
    cast.housing.hear(_project(fault), NOW)
    cure = fault.cure
    cast.play(cure.preparation_days)
    assert fault.condition is Condition.PRESENT
    cast.play(cure.preparation_days + 14)
    assert fault.condition is Condition.UNDER_WORKS
    cast.play(cure.preparation_days + cure.works_days + 100)
    assert fault.condition is Condition.CURED
    steps = [body["to"] for body in cast.services.bodies(f"{PROJECT}/steps") if "version" in body]
    assert [body["kind"] for body in cast.services.bodies("/papers")][:3] == ["approval", "contract", "design"]
    asked = [[item["item"] if "item" in item else item["menu_item"] for item in body["items"]]
             for body in cast.services.bodies("/consultations")]  # fmt: skip
    assert asked == [["join"], ["M01-A"] * len(cure.elements)]
    published = [path for _, path, body in cast.services.requests if body.get("to") == "published"]
    assert published == ["/consultations/c-1/steps"] * 2
    assert len(cast.services.bodies("/acceptances")) == 1
    assert steps == [
        *("consulted", "listed", "approved", "designed", "scheme_public", "scheme_confirmed", "tendered"),
        *("contracted", "started", "building", "accepted", "audited", "handed_over", "warranty"),
    ]
    assert [body["to"] for body in cast.services.bodies("/impacts/cut/steps")] == ["active", "ended"]
    cast.hub.hear(_notice(fault, "verified"))
    cast.hub.act(NOW)
    assert cast.services.bodies("/steps")[-1]["to"] == "verified"


def test_works_on_unclear_words_are_stopped_and_go_on_after_a_further_round() -> None:
    cast = Cast()
    fault = cast.fault("facade")
    cast.hub.hear(_notice(fault, "confirmed"))
    cast.hub.act(NOW)
    cast.housing.hear(_project(fault), NOW)
    cast.play(fault.cure.preparation_days + fault.cure.works_days + 14)
    steps = [body["to"] for body in cast.services.bodies(f"{PROJECT}/steps") if "version" in body]
    assert steps[-4:] == ["building", "suspended", "building", "accepted"]
    (again,) = cast.services.bodies("/rounds")
    assert [item["removed"] for item in again["items"]] == ["空鼓粉刷；面砖不铲"]
    assert fault.condition is Condition.CURED


def _project(fault: Fault) -> ProjectNotice:
    return ProjectNotice(
        version=1,
        delivery_id=uuid4(),
        department="housing",
        project_id=PROJECT,
        state="need",
        place=Place(estate=fault.estate.id),
        lead="housing",
        hot_issues=(ISSUE,),
    )


def test_a_service_is_reported_done_and_a_reopened_issue_is_decided_differently() -> None:
    cast = Cast()
    fault = cast.fault("stalls")
    cast.hub.hear(_notice(fault, "confirmed"))
    cast.hub.act(NOW)
    cast.play(42)
    assert fault.condition is Condition.PRESENT
    cast.hub.hear(_notice(fault, "reopened"))
    cast.hub.act(NOW)
    cast.play(190)
    assert fault.condition is Condition.CURED
    assert [body["kind"] for body in cast.services.bodies("/decision")] == ["service", "rule"]
    assert len(cast.services.bodies("/cure-done")) == 2


def test_what_has_no_cause_in_common_is_explained() -> None:
    cast = Cast(with_faults=False)
    nowhere = Cast().fault("roof-leak")
    cast.hub.hear(_notice(nowhere, "confirmed"))
    cast.hub.act(NOW)
    assert cast.services.bodies("/decision")[0]["kind"] == "explain"


@pytest.mark.parametrize("cured", [True, False])
def test_callers_say_what_is_true(cured: bool) -> None:
    cast = Cast()
    fault = cast.fault("roof-leak")
    calls = [one for one in cast.world.calls(NOW, NOW + timedelta(days=200)) if one.cause == fault.story.key]
    cast.residents.call_the_hotline(calls)
    if cured:
        cast.world.finish(fault)
    cast.hub.hear(_notice(fault, "decided"))
    tickets = [
        {"ticket_id": ticket, "version": 4, "state": "settled", "continues": None} for ticket in cast.residents.calls
    ]
    cast.services.lists["/tickets settled"] = tickets
    cast.services.lists["/follow-ups asked"] = [
        {"follow_up_id": f"f-{number}", "version": 5, "hot_issue_id": ISSUE, "ticket_id": f"t-{number}", "round": 0}
        for number in range(101)
    ]
    cast.hub.self_answering.add("t-100")
    cast.hub.look()
    cast.hub.act(NOW)
    cast.hub.ask_again()
    visits, answers = cast.services.bodies("/visit"), cast.services.bodies("/answer")
    assert len(visits) == len(tickets)
    assert len(answers) == 100
    content = sum(visit["caller_solved"] for visit in visits)
    assert content > 0.7 * len(visits) if cured else content == 0
    assert 90 * cured <= sum(answer["solved"] for answer in answers) <= 100 * cured
    assert {visit["version"] for visit in visits} == {4}


def test_a_call_that_is_not_taken_ends_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast()
    monkeypatch.setattr(Person, "post", lambda *_: {"results": [{"source_id": "call-0", "problem": {"field": "text"}}]})
    with pytest.raises(Refused, match="rejects a call"):
        cast.residents.call_the_hotline(cast.world.calls(NOW, NOW + timedelta(days=5))[:1])


def test_no_call_is_sent_twice_under_one_id() -> None:
    cast = Cast()
    calls = cast.world.calls(NOW, NOW + timedelta(days=60))
    cast.residents.call_the_hotline(calls[:20])
    cast.residents.call_the_hotline(calls[20:])
    assert cast.residents.sent == len(cast.residents.calls) == len(calls)
