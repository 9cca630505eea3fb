"""Cases, standards and their roll-out against a plain reference: whatever people do, in any order, as time passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.chassis.commands import Conflict, Unfit, Unknown
from services.chassis.working_days import SHANGHAI
from services.contracts.case_events import TypicalCaseEvent
from services.contracts.districts import sub_districts
from services.contracts.standard_events import RolloutChanged, StandardCheckChanged, StandardEvent
from services.projects.app.cases.work_on_case import NewCause, NewMeasure
from services.projects.app.standards.draft_standard import NewStandard
from services.projects.app.standards.issue_standard import Issue
from services.projects.domain.cases.root_causes import RootKind
from services.projects.domain.cases.typical_case import Criterion
from services.projects.domain.standards.clause_checks import CheckMethod, CheckVerdict, StandardCheck
from services.projects.domain.standards.clauses import Clause, ClauseStatus
from services.projects.domain.standards.opinions import OpinionRole, StandardOpinion
from services.projects.domain.standards.rollout import standing, tally
from services.projects.domain.standards.standard import EditionContent
from tests.unit.projects.standards.books import HUB, ISSUE, START, TICKET, TYPE, Ruling

MODEL_EXAMPLES = 20
"""Of STEPS steps each: 200 of them are the 10,000 of the issue."""
STEPS = 50
PLACES = tuple(sub_districts())[:3]
BOTH = (Clause("1", "a"), Clause("2", "b"))
ONE_LEFT = (Clause("1", "a"), Clause("2", "b", ClauseStatus.WITHDRAWN))
DAYS = st.integers(-3, 60)


@dataclass
class Version:
    clauses: set[str]
    state: str = "draft"
    first: date | None = None


@dataclass
class Here:
    """What the reference knows of a sub-district."""

    state: str = "planned"
    number: int | None = None
    until: date | None = None
    checks: dict[tuple[int, str], tuple[str, date]] = field(default_factory=dict)


class CasesAndStandards(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.ruling = Ruling()
        self.acts, self.on_cases = self.ruling.acts, self.ruling.types.cases
        self.case = ""
        self.causes = 0
        self.case_standard = False
        self.standard = ""
        self.versions: list[Version] = []
        self.retired: date | None = None
        self.here = {code: Here() for code in PLACES}
        self.findings: dict[tuple[str, str], bool] = {}
        self.texts: dict[str, set[str]] = {}
        self.made = 0

    @property
    def work(self) -> Any:
        return self.ruling.work

    @property
    def today(self) -> date:
        return self.ruling.clock.now().astimezone(SHANGHAI).date()

    @property
    def issued(self) -> list[Version]:
        return [one for one in self.versions if one.state == "issued"]

    @property
    def has_rule(self) -> bool:
        return self.case_standard and bool(self.issued) and not self.retired

    def id(self) -> str:
        self.made += 1
        return str(UUID(int=50_000 + self.made))

    def unanswered(self) -> bool:
        said = self.ruling.standards.opinions(self.work, self.standard)
        return any(one.adopted is None for one in said if self.counts(one))

    def counts(self, opinion: StandardOpinion) -> bool:
        return opinion.number == len(self.versions) and self.texts[opinion.id] == self.versions[-1].clauses

    def held(self) -> Any:
        return self.ruling.standards.kept.get(self.standard)

    def refused(self, kind: type[Exception], act: Callable[[], object]) -> None:
        before = len(self.ruling.memory.events)
        with pytest.raises(kind):
            act()
        assert len(self.ruling.memory.events) == before

    def case_now(self) -> Any:
        return self.ruling.cases.kept[self.case_id] if self.case else None

    @rule()
    def propose(self) -> None:
        if self.case in ("", "closed"):
            case = self.on_cases.propose(self.work, TYPE, [ISSUE], HUB)
            self.case_id, self.case, self.causes, self.case_standard = case.id, "proposed", 0, False
        else:
            self.refused(Conflict, lambda: self.on_cases.propose(self.work, TYPE, [ISSUE], HUB))

    @rule(act=st.sampled_from(["choose", "find_cause", "analyse", "close", "close_without_a_word"]))
    @precondition(lambda self: self.case)
    def on_case(self, act: str) -> None:
        version = self.case_now().version
        causes = NewCause(RootKind.DESIGN, "x", (TICKET,), (NewMeasure("fire", "y", self.today),))
        does: dict[str, Callable[[], object]] = {
            "choose": lambda: self.on_cases.choose(
                self.work, self.case_id, version, dict.fromkeys(Criterion, "z"), HUB
            ),
            "find_cause": lambda: self.on_cases.find_cause(self.work, self.case_id, version, causes, HUB),
            "analyse": lambda: self.on_cases.analyse(self.work, self.case_id, version, HUB),
            "close": lambda: self.on_cases.close(self.work, self.case_id, version, "w", HUB),
            "close_without_a_word": lambda: self.on_cases.close(self.work, self.case_id, version, None, HUB),
        }
        may = {
            "choose": {"proposed"},
            "find_cause": {"chosen", "analysed"},
            "analyse": {"chosen"},
            "close": {"proposed", "chosen", "analysed"},
            "close_without_a_word": {"proposed", "chosen", "analysed"},
        }
        if self.case not in may[act]:
            self.refused(Conflict, does[act])
        elif (act == "analyse" and not self.causes) or (act == "close_without_a_word" and not self.has_rule):
            self.refused(Unfit, does[act])
        else:
            ruled = self.has_rule
            does[act]()
            if self.case_now().state == "closed":
                assert self.case_now().standard_id == (self.standard if ruled else None)
            self.causes += act == "find_cause"
            becomes = {"choose": "chosen", "analyse": "analysed", "close": "closed", "close_without_a_word": "closed"}
            self.case = becomes.get(act, self.case)

    @rule()
    @precondition(lambda self: not self.standard)
    def draft(self) -> None:
        new = NewStandard("t", "housing", (TYPE,), EditionContent("x", BOTH), self.case_id if self.case else None)
        if self.case and self.case != "analysed":
            self.refused(Unfit, lambda: self.acts.draft.open(self.work, new, HUB))
            return
        self.standard = self.acts.draft.open(self.work, new, HUB).id
        self.case_standard = bool(self.case)
        self.versions.append(Version({"1", "2"}))

    @rule()
    @precondition(lambda self: self.standard)
    def revise(self) -> None:
        def act() -> None:
            self.acts.draft.revise(self.work, self.standard, self.held().version, None, HUB)

        if self.retired or self.versions[-1].state != "issued":
            self.refused(Conflict, act)
            return
        act()
        self.versions.append(Version(set(self.versions[-1].clauses)))

    @rule(fewer=st.booleans())
    @precondition(lambda self: self.standard)
    def write(self, fewer: bool) -> None:
        content = EditionContent("x", ONE_LEFT if fewer else BOTH)

        def act() -> None:
            self.acts.draft.write(self.work, self.standard, self.held().version, content, HUB)

        if self.retired or self.versions[-1].state == "issued":
            self.refused(Conflict, act)
        elif fewer and len(self.versions) == 1:
            self.refused(Unfit, act)  # what was never active does not end
        elif not fewer and len(self.versions) > 1 and self.versions[-2].clauses == {"1"}:
            self.refused(Unfit, act)  # what has ended does not begin again
        else:
            act()
            self.versions[-1].clauses = {"1"} if fewer else {"1", "2"}
            self.versions[-1].state = "draft"

    @rule(roles=st.sets(st.sampled_from(OpinionRole), min_size=3), answered=st.booleans())
    @precondition(lambda self: self.standard and not self.retired and self.versions[-1].state != "issued")
    def consult(self, roles: set[OpinionRole], answered: bool) -> None:
        for role in sorted(roles):
            opinion = StandardOpinion(self.id(), 0, role, None, "x")
            self.acts.draft.hear(self.work, self.standard, opinion, HUB)
            self.texts[opinion.id] = set(self.versions[-1].clauses)
        if answered:
            for one in self.ruling.standards.opinions(self.work, self.standard):
                if one.adopted is None:
                    self.acts.draft.answer(self.work, self.standard, one.id, one.version, True, "y", HUB)
        said = [one for one in self.ruling.standards.opinions(self.work, self.standard) if self.counts(one)]
        whole = {one.role for one in said} == set(OpinionRole) and all(one.adopted is not None for one in said)

        def act() -> None:
            self.acts.draft.consult(self.work, self.standard, self.held().version, HUB)

        if whole:
            act()
            self.versions[-1].state = "consulted"
        else:
            self.refused(Unfit, act)

    @rule(days=DAYS)
    @precondition(lambda self: self.standard)
    def issue(self, days: int) -> None:
        first = self.today + timedelta(days=days)
        before = len(self.issued) or None

        def act() -> None:
            said = Issue(self.held().version, first, supersedes=before)
            self.acts.issue.issue(self.work, self.standard, said, HUB)

        draft = self.versions[-1]
        ends = {"1", "2"} - draft.clauses
        if self.retired or draft.state != "consulted":
            self.refused(Conflict, act)
        elif self.unanswered() or days < 0 or (before and first <= (self.issued[-1].first or first)):
            self.refused(Unfit, act)
        elif any(bad and clause in ends for (_, clause), bad in self.findings.items()):
            self.refused(Conflict, act)
        else:
            act()
            draft.state, draft.first = "issued", first

    @rule(days=st.integers(0, 30))
    @precondition(lambda self: self.standard and not self.retired)
    def issue_at_once(self, days: int) -> None:
        """The next version from its draft to its issue, if it is not issued yet; else its draft first."""
        if self.versions[-1].state == "issued":
            self.revise()
        self.consult(set(OpinionRole), answered=True)
        self.issue(days)

    @rule(last=st.one_of(DAYS, st.integers(367, 400)), early=st.integers(0, 9))
    @precondition(lambda self: self.standard)
    def retire(self, last: int, early: int) -> None:
        if len(self.versions) <= 2 and early:
            return  # most live longer, so that more can happen to them
        day = self.today + timedelta(days=last)

        def act() -> None:
            self.acts.issue.retire(self.work, self.standard, self.held().version, day, "x", HUB)

        if self.retired:
            self.refused(Conflict, act)
        elif last < 0 or last > 365 or any(one.first and one.first > day for one in self.issued):
            self.refused(Unfit, act)
        elif any(self.findings.values()):
            self.refused(Conflict, act)
        else:
            act()
            self.retired = day
            if not self.issued and self.case != "closed":
                self.case_standard = False
                assert not self.case or self.case_now().standard_id is None

    @rule(code=st.sampled_from(PLACES), back=st.integers(0, 2))
    @precondition(lambda self: self.standard)
    def adopt(self, code: str, back: int) -> None:
        here, newest = self.here[code], len(self.issued)
        number = max(newest - back, 1)
        begun = [one for one in self.issued if one.first and one.first <= self.today]

        def act() -> None:
            rollout = self.ruling.standards.rolled.get((self.standard, code))
            version = rollout.version if rollout else 1
            self.acts.roll_out.adopt(self.work, self.standard, code, version, number, self.today, HUB)

        if not newest:
            self.refused(Unknown, act)
        elif self.retired:
            self.refused(Conflict, act)
        elif number not in (newest, len(begun)) or number < (here.number or 0):
            self.refused(Unfit, act)
        elif here.number == number and here.state not in ("planned", "exempted"):
            self.refused(Conflict, act)
        else:
            act()
            here.state, here.number, here.until = "adopted", number, None

    @rule(code=st.sampled_from(PLACES), days=DAYS)
    @precondition(lambda self: self.issued and not self.retired)
    def exempt(self, code: str, days: int) -> None:
        until = self.today + timedelta(days=days)
        version = self.ruling.standards.rolled[self.standard, code].version

        def act() -> None:
            self.acts.roll_out.exempt(self.work, self.standard, code, version, "x", until, HUB)

        if days < 0 or any(bad for (place, _), bad in self.findings.items() if place == code):
            self.refused(Unfit, act)
        else:
            act()
            self.here[code].state, self.here[code].until = "exempted", until

    @rule(code=st.sampled_from(PLACES), clause=st.sampled_from("12"), verdict=st.sampled_from(CheckVerdict), days=DAYS)
    @precondition(lambda self: self.issued and not self.retired)
    def check(self, code: str, clause: str, verdict: CheckVerdict, days: int) -> None:
        here = self.here[code]
        until = self.today + timedelta(days=days)
        mend = self.today if verdict is CheckVerdict.NOT_SATISFIED else None
        made = StandardCheck(self.id(), code, clause, here.number or 1, CheckMethod.DATA, "x", self.today, until,
                             verdict, mend)  # fmt: skip

        def act() -> None:
            version = self.ruling.standards.rolled[self.standard, code].version
            self.acts.roll_out.check(self.work, self.standard, made, version, HUB)

        if here.state not in ("adopted", "checked", "accepted") or here.number is None:
            self.refused(Conflict, act)
            return
        clauses = self.versions[here.number - 1].clauses
        if clause not in clauses or days < 0:
            self.refused(Unfit, act)
            return
        act()
        here.checks[here.number, clause] = (verdict.value, until)
        if verdict is not CheckVerdict.UNKNOWN:
            self.findings[code, clause] = verdict is CheckVerdict.NOT_SATISFIED
        ever = {
            one.clause
            for one, _, _ in self.ruling.standards.checked[self.standard]
            if (one.sub_district, one.number) == (code, here.number) and one.verdict is not CheckVerdict.UNKNOWN
        }
        if here.state == "adopted" and clauses <= ever:
            here.state = "checked"

    @rule(code=st.sampled_from(PLACES))
    @precondition(lambda self: self.issued and not self.retired)
    def accept(self, code: str) -> None:
        here = self.here[code]

        def act() -> None:
            version = self.ruling.standards.rolled[self.standard, code].version
            self.acts.roll_out.accept(self.work, self.standard, code, version, HUB)

        if here.state not in ("adopted", "checked") or here.number is None:
            self.refused(Conflict, act)
            return
        good = {"satisfied", "exempt", "not_applicable"}
        found = {
            clause: (said if self.today <= until else "unknown")
            for (number, clause), (said, until) in here.checks.items()
            if number == here.number
        }
        if all(found.get(clause) in good for clause in self.versions[here.number - 1].clauses):
            act()
            here.state = "accepted"
        else:
            self.refused(Unfit, act)

    @rule(days=st.integers(1, 120))
    def time_passes(self, days: int) -> None:
        self.ruling.until(self.ruling.clock.now() + timedelta(days=days))

    @invariant()
    def all_is_as_the_reference_says(self) -> None:
        if self.case:
            case = self.case_now()
            assert (case.state.value, len(case.causes)) == (self.case, self.causes)
            begun = [datetime.combine(one.due, time.max, SHANGHAI) for one in case.measures()]
            late = [one < self.ruling.clock.now() for one in begun]
            assert [one.overdue for one in case.measures()] == late
        if not self.standard:
            return
        held = self.held()
        assert [one.state.value for one in held.editions] == [one.state for one in self.versions]
        begun_days = [one for one in self.issued if one.first and one.first <= self.today]
        number = len(begun_days) if begun_days and not (self.retired and self.today > self.retired) else None
        in_force = held.in_force(self.today, self.ruling.clock.now())
        assert (in_force.number if in_force else None) == number
        if self.issued:
            rollouts = self.ruling.standards.rollouts(self.work, self.standard)
            checks = [one for one, _, _ in self.ruling.standards.checks(self.work, self.standard)]
            counted = tally(
                standing(one, [check for check in checks if check.sub_district == one.sub_district], number, self.today)
                for one in rollouts
            )
            assert sum(counted.values()) == 8
            for code, here in self.here.items():
                rollout = self.ruling.standards.rolled[self.standard, code]
                assert (rollout.state.value, rollout.number, rollout.exempt_until) == (
                    here.state,
                    here.number,
                    here.until,
                )

    @invariant()
    def what_was_published_tells_the_whole_state(self) -> None:
        """Versions rise by fact, and the newest facts are what is stored."""
        newest: dict[str, Any] = {}
        for event in self.ruling.memory.events:
            known = newest.get(event.aggregate_id)
            assert known is None or known.version < event.version
            newest[event.aggregate_id] = event
        latest = newest.values()
        cases = {one.case_id: (one.version, one.state) for one in latest if isinstance(one, TypicalCaseEvent)}
        assert cases == {one.id: (one.version, one.state.value) for one in self.ruling.cases.kept.values()}
        standards = {one.standard_id: (one.version, one.state) for one in latest if isinstance(one, StandardEvent)}
        assert standards == {one.id: (one.version, one.state.value) for one in self.ruling.standards.kept.values()}
        rolled = {
            one.place.sub_district: (one.version, one.overdue) for one in latest if isinstance(one, RolloutChanged)
        }
        assert rolled == {code: (one.version, one.overdue) for (_, code), one in self.ruling.standards.rolled.items()}
        checks = {one.check_id: one.overdue for one in latest if isinstance(one, StandardCheckChanged)}
        kept = [one for of in self.ruling.standards.checked.values() for one in of]
        assert checks == {check.id: overdue for check, _, overdue in kept}


CasesAndStandards.TestCase.settings = settings(max_examples=MODEL_EXAMPLES, stateful_step_count=STEPS, deadline=None)
TestCasesAndStandards = CasesAndStandards.TestCase


def test_the_reference_begins_where_the_desk_does() -> None:
    assert CasesAndStandards().today == START.date()
