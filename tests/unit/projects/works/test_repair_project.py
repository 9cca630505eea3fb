from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.ticket_events import Place
from services.projects.domain.works.project_reversal import NotReversible, last_standing
from services.projects.domain.works.repair_project import (
    REQUIRED,
    TRANSITIONS,
    WORKS_TO_COME,
    IllegalProjectStep,
    MissingFacts,
    Pause,
    Plan,
    PlanFault,
    ProjectEntry,
    ProjectState,
    RepairProject,
)
from services.projects.http.refusals import FACTS

NOW = datetime(2026, 7, 1, tzinfo=UTC)
WAY = [
    *("need", "consulted", "listed", "approved", "designed", "scheme_public", "scheme_confirmed", "tendered"),
    *("contracted", "started", "building", "accepted", "audited", "handed_over", "warranty", "verified"),
]
PAUSE = Pause("housing", date(2026, 8, 1))
PLAN = Plan(floor_area_m2=8000, planned_end=date(2027, 5, 1))


def project(until: str | None = None) -> RepairProject:
    made = RepairProject("id", "W26-00042-7", Place(estate="quyang-1"), "housing", NOW)
    made.plan(PLAN)
    for state in WAY[: WAY.index(until) + 1] if until else []:
        made.take(ProjectState(state), NOW, "somebody", "note", effect_shown=True)
    return made


def test_the_way_from_the_need_to_the_proof() -> None:
    finished = project("verified")
    assert [step.state for step in finished.steps] == WAY
    assert [step.version for step in finished.steps] == list(range(1, 17))
    assert finished.started_at == finished.accepted_at == NOW


@given(st.lists(st.tuples(st.sampled_from(ProjectState), st.booleans(), st.booleans(), st.booleans()), max_size=40))
def test_a_walk_takes_the_steps_of_the_table_whose_facts_are_there(
    walk: list[tuple[ProjectState, bool, bool, bool]],
) -> None:
    walked = RepairProject("id", "W26-00042-7", Place(estate="quyang-1"), "housing", NOW)
    for state, note, planned, shown in walk:
        if planned:
            walked.plan(PLAN)
        before = (walked.state, walked.version, walked.resume_to, walked.started_at, walked.accepted_at)
        resumed = walked.state is ProjectState.SUSPENDED and state is before[2]
        have = {
            "note": note,
            "effect_shown": shown,
            "lead": True,
            "floor_area_m2": walked.floor_area_m2,
            "planned_end": walked.planned_end,
            "started_at": walked.started_at,
            "responsible": True,
            "review_on": True,
        }
        lacking = tuple(fact for fact in REQUIRED.get(state, ()) if not have[fact])
        if not resumed and state not in TRANSITIONS[walked.state]:
            refusal: type[Exception] | None = IllegalProjectStep
        else:
            refusal = MissingFacts if lacking and not resumed else None
        if refusal:
            with pytest.raises(refusal):
                walked.take(state, NOW, "somebody", "note" if note else None, effect_shown=shown, pause=PAUSE)
            assert before == (walked.state, walked.version, walked.resume_to, walked.started_at, walked.accepted_at)
        else:
            walked.take(state, NOW, "somebody", "note" if note else None, effect_shown=shown, pause=PAUSE)
            assert (walked.state, walked.version) == (state, before[1] + 1)
            assert walked.resume_to == (before[0] if state is ProjectState.SUSPENDED else None)


@pytest.mark.parametrize("state", [ProjectState(state) for state in WAY[: WAY.index("accepted")]])
def test_a_suspended_project_goes_on_where_it_stopped_or_is_cancelled(state: ProjectState) -> None:
    suspended = project(state)
    suspended.take(ProjectState.SUSPENDED, NOW, "somebody", "frost", pause=PAUSE)
    assert (suspended.responsible, suspended.review_on) == ("housing", date(2026, 8, 1))
    assert suspended.may_become() == {state, ProjectState.CANCELLED}
    suspended.take(state, NOW, "somebody")
    assert (suspended.state, suspended.resume_to, suspended.review_on) == (state, None, None)


def test_works_that_went_on_were_started_once() -> None:
    resumed = project("started")
    resumed.take(ProjectState.SUSPENDED, NOW, "somebody", "frost", pause=PAUSE)
    resumed.take(ProjectState.STARTED, NOW.replace(year=2027), "somebody")
    assert resumed.started_at == NOW


@pytest.mark.parametrize(
    ("state", "facts"),
    [
        ("scheme_confirmed", ("note",)),
        ("started", ("floor_area_m2", "planned_end")),
        ("verified", ("effect_shown",)),
    ],
)
def test_a_refused_step_names_the_facts_it_lacks(state: str, facts: tuple[str, ...]) -> None:
    before = project(WAY[WAY.index(state) - 1])
    before.floor_area_m2 = before.planned_end = None
    with pytest.raises(MissingFacts) as refused:
        before.take(ProjectState(state), NOW, "somebody")
    assert refused.value.facts == facts


def test_a_project_without_a_lead_is_not_approved_and_one_without_a_reason_not_cancelled() -> None:
    leaderless = project("listed")
    leaderless.lead = ""
    with pytest.raises(MissingFacts, match="approved needs lead"):
        leaderless.take(ProjectState.APPROVED, NOW, "somebody")
    with pytest.raises(MissingFacts, match="cancelled needs note"):
        leaderless.take(ProjectState.CANCELLED, NOW, "somebody")


def test_accepted_works_cannot_be_cancelled_or_suspended() -> None:
    stoppable = {state for state in ProjectState if ProjectState.CANCELLED in TRANSITIONS[state]}
    assert stoppable == WORKS_TO_COME
    assert stoppable - {ProjectState.SUSPENDED} == {
        state for state in ProjectState if ProjectState.SUSPENDED in TRANSITIONS[state]
    }


def test_every_state_stands_in_the_table_and_every_fact_has_words() -> None:
    assert TRANSITIONS.keys() == {None, *ProjectState}
    assert {fact for facts in REQUIRED.values() for fact in facts} == FACTS.keys()


def test_a_further_issue_joins_until_the_works_are_accepted() -> None:
    under_way = project("building")
    under_way.join("issue", NOW, "somebody")
    assert (under_way.hot_issues, under_way.version, under_way.state) == (("issue",), 12, ProjectState.BUILDING)
    with pytest.raises(IllegalProjectStep):
        project("accepted").join("issue", NOW, "somebody")


def test_a_plan_changes_what_it_gives_and_must_not_end_before_it_starts() -> None:
    planned = project("need")
    planned.plan(Plan(planned_start=date(2026, 9, 1), elements=("E01",)))
    assert (planned.floor_area_m2, planned.elements, planned.planned_end) == (8000, ("E01",), date(2027, 5, 1))
    with pytest.raises(PlanFault):
        planned.plan(Plan(planned_start=date(2027, 5, 2)))
    assert planned.planned_start == date(2026, 9, 1)


def test_a_stop_names_who_must_act_and_a_day_to_come() -> None:
    building = project("building")
    with pytest.raises(MissingFacts, match="suspended needs note, responsible, review_on"):
        building.take(ProjectState.SUSPENDED, NOW, "somebody")
    with pytest.raises(PlanFault, match="day to come") as refused:
        building.take(ProjectState.SUSPENDED, NOW, "somebody", "frost", pause=Pause("housing", date(2026, 7, 1)))
    assert (refused.value.fact, building.state) == ("review_on", ProjectState.BUILDING)


@pytest.mark.parametrize(
    ("before", "planned", "fact"),
    [
        ("contracted", Plan(planned_start=date(2026, 7, 2)), "planned_start"),
        ("contracted", Plan(planned_end=date(2026, 6, 30)), "planned_end"),
        ("building", Plan(planned_start=date(2026, 7, 2)), "planned_start"),
    ],
)
def test_what_happens_does_not_contradict_what_was_planned(before: str, planned: Plan, fact: str) -> None:
    late = project(before)
    late.plan(planned)
    with pytest.raises(PlanFault) as refused:
        late.take(ProjectState(WAY[WAY.index(before) + 1]), NOW, "somebody")
    assert (refused.value.fact, late.state) == (fact, ProjectState(before))


@given(st.lists(st.one_of(st.sampled_from(ProjectState), st.just("wrong")), max_size=60))
def test_a_reversal_leads_back_to_what_was_before_the_step(walk: list[ProjectState | str]) -> None:
    """Against a stack of what the project was before each step that stands."""
    walked = RepairProject("id", "W26-00042-7", Place(estate="quyang-1"), "housing", NOW)
    walked.plan(PLAN)
    walked.take(ProjectState.NEED, NOW, "somebody")
    before: list[tuple[object, ...]] = []
    for one in walk:
        was = (walked.state, walked.started_at, walked.accepted_at)
        if isinstance(one, ProjectState):
            try:
                walked.take(one, NOW, "somebody", "note", effect_shown=True, pause=PAUSE)
            except IllegalProjectStep:
                continue
            before.append(was)
            continue
        try:
            wrong = last_standing(walked.steps)
        except NotReversible:
            stopped = {ProjectState.SUSPENDED, ProjectState.CANCELLED}
            assert not before or walked.state in stopped or before[-1][0] is ProjectState.SUSPENDED
            continue
        walked.reverse(wrong, NOW, "somebody", "a slip")
        assert (walked.state, walked.started_at, walked.accepted_at) == before.pop()
    assert [entry.version for entry in walked.steps] == list(range(1, len(walked.steps) + 1))


def test_a_line_that_is_no_step_is_not_taken_back() -> None:
    building = project("building")
    building.join("issue", NOW, "somebody")
    building.remark(NOW, "clock")
    last: ProjectEntry = last_standing(building.steps)
    assert (last.from_state, last.state) == (ProjectState.STARTED, ProjectState.BUILDING)
