"""The table says for every fact who is notified of it, or that nobody is."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.chassis.messaging.errors import Reject
from services.contracts.data_files import InvalidData
from services.contracts.districts import sub_districts
from services.contracts.event import Event
from services.contracts.hot_issue_events import (
    HotIssueAssigned,
    HotIssueConfirmed,
    HotIssueCorrected,
    HotIssueCureStarted,
    HotIssueDecided,
    HotIssueDecisionMoved,
    HotIssueDecisionOverdue,
    HotIssueLapsed,
    HotIssueLooked,
    HotIssueMemberJoined,
    HotIssueMemberLeft,
    HotIssueNotShown,
    HotIssueObserved,
    HotIssueRelapseSuspected,
    HotIssueReopened,
    HotIssueSuspected,
    HotIssueVerified,
    HotIssueWithdrawn,
)
from services.contracts.project_events import ProjectOpened
from services.contracts.registry import CONSULTATION_EVENTS, HOT_ISSUE_EVENTS, PROJECT_EVENTS, WORKS_EVENTS
from services.contracts.supervision_events import SupervisionOpinionChanged
from services.contracts.ticket_events import Place
from services.contracts.topics import topic_table
from services.notifier.app.recipients import Recipients
from services.notifier.domain.routing import SITE_EVENTS, TYPE_EVENTS
from services.notifier.files.routing import FILE, load_routing
from services.projects.domain.supervision.opinions import OpinionState, OpinionStep
from services.projects.domain.works.repair_project import ProjectState
from tests.contract.samples import golden
from tests.integration.notifier.events import SUBSCRIPTION, clause, defect, hot_issue, impact, project

departments_of = Recipients(load_routing()).of
ALL = ["housing", "quyanglu", "urban-operation"]
HOT_ISSUES: dict[type[Event], list[str]] = {
    HotIssueSuspected: ["quyanglu"],
    HotIssueConfirmed: ALL,
    HotIssueAssigned: ["housing", "urban-operation"],
    HotIssueDecisionOverdue: ["housing", "urban-operation"],
    HotIssueDecisionMoved: ["housing", "urban-operation"],
    HotIssueDecided: ALL,
    HotIssueCureStarted: ALL,
    HotIssueObserved: ALL,
    HotIssueLooked: ["housing", "urban-operation"],
    HotIssueVerified: ALL,
    HotIssueNotShown: ALL,
    HotIssueRelapseSuspected: ALL,
    HotIssueReopened: ALL,
    HotIssueWithdrawn: ALL,
}
PUBLISHED = {"listed", "scheme_public", "started", "accepted", "warranty", "verified", "suspended", "cancelled"}
SILENT = {
    "need", "consulted", "approved", "designed", "scheme_confirmed", "tendered", "contracted", "building", "audited",
    "handed_over",
}  # fmt: skip


def test_the_expectations_name_every_event_of_which_anybody_is_notified() -> None:
    assert set(HOT_ISSUES) == set(HOT_ISSUE_EVENTS) & SUBSCRIPTION.events
    on_topics = {event for name in ("hot-issues", "projects") for event in topic_table().topic(name).events}
    sited = (*SITE_EVENTS, *TYPE_EVENTS, SupervisionOpinionChanged)
    known = {event.type for event in (*HOT_ISSUE_EVENTS, *PROJECT_EVENTS, *sited)}
    on_site = {event.type for event in WORKS_EVENTS} - {
        event.type for event in SITE_EVENTS
    }  # who works on site reads them on the page
    on_pages = {event for event in on_topics if event.split(".")[0] in ("need", "needs", "plan", "fund_use")}
    assert on_topics - known == on_site | on_pages | {event.type for event in CONSULTATION_EVENTS} | {
        "standard.opinion_changed.v1",  # whoever leads wrote it down
        "works.complaint_changed.v1",
        "reply.act_answered.v1",  # published to whose reply it was, by no route
        *("supervision.topic_changed.v1", "supervision.inspected.v1", "supervision.suggestion_changed.v1"),
    }


def ruled(event_type: str, **facts: object) -> list[str]:
    """Who is notified of the golden sample of a type, with these facts instead."""
    sample = golden(event_type)
    return departments_of(sample.event.model_validate(sample.body | facts))  # type: ignore[arg-type]


OFFICES = sorted(one.office for one in sub_districts().values())
LEAD_AND_HUB = ["housing", "urban-operation"]
SUPERVISORS = sorted(["congress", "discipline", "government", *LEAD_AND_HUB])


@pytest.mark.parametrize(
    ("event_type", "facts", "expected"),
    [
        ("typical_case.proposed.v1", {}, SUPERVISORS),
        ("typical_case.changed.v1", {}, []),
        ("typical_case.evidence_changed.v1", {}, []),
        ("typical_case.measure_changed.v1", {"overdue": False}, ["construction"]),
        ("typical_case.measure_changed.v1", {"overdue": True}, ["construction", *LEAD_AND_HUB]),
        ("typical_case.standard_overdue.v1", {}, SUPERVISORS),
        ("standard.changed.v1", {"state": "revised"}, []),
        ("standard.changed.v1", {"state": "retired"}, LEAD_AND_HUB),
        ("standard.issued.v1", {}, sorted([*LEAD_AND_HUB, *OFFICES])),
        ("standard.review_due.v1", {}, LEAD_AND_HUB),
        ("rollout.changed.v1", {"state": "adopted"}, []),
        ("rollout.changed.v1", {"state": "exempted"}, ["quyanglu"]),
        ("rollout.changed.v1", {"state": "planned", "overdue": True}, ALL),
        ("standard.check_changed.v1", {"state": "not_satisfied"}, ["quyanglu"]),
        ("standard.check_changed.v1", {"state": "satisfied"}, []),
        ("standard.check_changed.v1", {"state": "not_satisfied", "overdue": True}, ALL),
    ],
)
def test_who_hears_of_cases_and_standards(event_type: str, facts: dict[str, object], expected: list[str]) -> None:
    assert ruled(event_type, **facts) == expected


@pytest.mark.parametrize(("event", "expected"), HOT_ISSUES.items())
def test_each_fact_of_a_hot_issue_goes_to(event: type[Event], expected: list[str]) -> None:
    assert departments_of(hot_issue(event).event) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("event", [HotIssueLapsed, HotIssueCorrected, HotIssueMemberLeft, HotIssueMemberJoined])
def test_of_these_nobody_is_notified(event: type[Event]) -> None:
    assert departments_of(hot_issue(event).event) == []  # type: ignore[arg-type]
    assert event not in SUBSCRIPTION.events


@pytest.mark.parametrize("state", sorted(PUBLISHED | SILENT))
def test_each_state_of_a_project_is_published_or_deliberately_not(state: str) -> None:
    assert departments_of(project(state).event) == (ALL if state in PUBLISHED else [])  # type: ignore[arg-type]
    assert departments_of(project(state, after="suspended").event) == ALL  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "state", "breaches", "more"),
    [
        ("power_cut", "announced", (), set()),
        ("noise", "announced", (), {"ecology"}),
        ("noise", "active", (), set()),
        ("noise", "ended", ("at_night",), {"ecology", "law-enforcement"}),
        ("parking_closed", "cancelled", (), {"traffic-police"}),
        ("path_closed", "announced", (), {"traffic-police", "fire"}),
        ("water_cut", "announced", (), {"fire"}),
    ],
)
def test_a_disturbance_goes_to_those_who_see_to_it(
    kind: str, state: str, breaches: tuple[str, ...], more: set[str]
) -> None:
    recipients = departments_of(impact(kind, state, breaches=breaches).event)  # type: ignore[arg-type]
    assert set(recipients) == {*ALL, *more}


@pytest.mark.parametrize(
    ("step", "state", "after", "expected"),
    [
        ("give", "given", None, []),
        ("hand_over", "handed_over", "given", ["housing"]),
        ("warn", "handed_over", "handed_over", ["housing"]),
        ("breach", "redo", "redo", ["congress", "housing"]),
        ("breach", "given", "given", ["congress"]),
        ("return", "returned", "handed_over", ["congress"]),
        ("reply", "replied", "handed_over", ["congress"]),
        ("rate", "redo", "replied", ["housing"]),
        ("withdraw", "withdrawn", "given", []),
        ("withdraw", "withdrawn", "handed_over", ["housing"]),
        ("move", "handed_over", "handed_over", ["housing"]),
        ("carry_out", "carried_out", "tracking", ["housing"]),
    ],
)
def test_a_clause_goes_to_its_unit_or_the_party_that_supervises(
    step: str, state: str, after: str | None, expected: list[str]
) -> None:
    assert departments_of(clause(step, state, after=after).event) == expected  # type: ignore[arg-type]


def test_each_step_of_a_clause_has_a_route_in_each_state_that_it_leads_to() -> None:
    for step in OpinionStep:
        for state in OpinionState:
            departments_of(clause(step, state, after="handed_over").event)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "overdue", "expected"),
    [("open", False, ["housing"]), ("open", True, ALL), ("cured", False, []), ("closed", None, [])],
)
def test_a_defect_goes_to_the_lead_and_an_overdue_one_to_all(
    state: str, overdue: bool | None, expected: list[str]
) -> None:
    assert departments_of(defect(state, overdue=overdue).event) == expected  # type: ignore[arg-type]


def test_a_project_opened_is_published_whatever_its_state() -> None:
    opened = ProjectOpened.model_validate(project("need").event.model_dump())
    assert departments_of(opened) == ALL


def test_each_department_is_named_once_and_an_unknown_place_has_no_office() -> None:
    def who(lead: str, sub_district: str | None) -> list[str]:
        place = Place(sub_district=sub_district)
        return departments_of(hot_issue(HotIssueConfirmed, lead=lead, place=place).event)  # type: ignore[arg-type]

    assert who("quyanglu", "310109010") == ["quyanglu", "urban-operation"]
    assert who("urban-operation", "310109010") == ["quyanglu", "urban-operation"]
    assert who("urban-operation", None) == ["urban-operation"]


@pytest.mark.parametrize(
    ("fact", "remedy"),
    [
        (project("demolished"), r"'demolished'.*routing\.yaml.*restart notifier.*dlq replay notifier"),
        (hot_issue(HotIssueConfirmed, lead="water"), r"'water'.*departments\.yaml.*topics apply.*dlq replay notifier"),
        (project("listed", place=Place(sub_district="310109999")), r"310109999.*districts\.yaml.*dlq replay notifier"),
    ],
)
def test_what_our_data_does_not_know_is_rejected_with_the_remedy(fact: object, remedy: str) -> None:
    with pytest.raises(Reject, match=remedy):
        departments_of(fact.event)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("hot_issue.verified.v1,", "hot_issue.cured.v1,", r"row 43: event 'hot_issue.cured.v1' is none of"),
        ("{event: hot_issue.member_joined.v1, to: []}", "{event: project.opened.v1, to: []}", "no row names.*member"),
        ("to: [lead, hub, office]", "to: [lead, hub, mayor]", r"row 30: to\.2: Input should be"),
        ("{event: hot_issue.confirmed.v1, to:", "{event: hot_issue.confirmed.v1, for:", r"row 30: to: Field required"),
        (
            "{event: project.opened.v1, to:",
            "{event: project.opened.v1, unsolved: true, to:",
            "row 48: unsolved: project",
        ),
        ("{event: project.opened.v1, to:", "{event: project.opened.v1, after: need, to:", "row 48: after: project.op"),
    ],
)
def test_a_faulty_table_is_refused_and_the_row_named(old: str, new: str, wrong: str, tmp_path: Path) -> None:
    content = FILE.read_text(encoding="utf-8")
    assert old in content
    file = tmp_path / "routing.yaml"
    file.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidData, match=wrong):
        load_routing(file)


def test_the_states_are_those_of_the_projects_that_there_are() -> None:
    assert {str(state) for state in ProjectState} == PUBLISHED | SILENT
