"""What people do with a typical case: propose, choose, find causes, analyse, name the pilot, close."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.chassis.commands import Conflict, Forbidden, Unfit, Unknown, admitted, must_be_at
from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.chassis.working_days import SHANGHAI
from services.contracts.case_events import TypicalCaseChanged, TypicalCaseMeasureChanged
from services.projects.app.cases.case_clocks import MEASURE, end_of, start_standard_clock
from services.projects.app.cases.ports import CaseBook
from services.projects.app.cases.publishing import TOPIC, case_facts, measure_facts
from services.projects.app.plans.draft_plan import must_lead
from services.projects.app.ports import RepairProjects
from services.projects.app.works.desk import Who
from services.projects.domain.cases.proposal import came_later, case_id
from services.projects.domain.cases.root_causes import Countermeasure, RootCause, RootKind
from services.projects.domain.cases.typical_case import (
    ENDED,
    POSSIBLE,
    CaseAct,
    CaseState,
    Criterion,
    Proposer,
    TypicalCase,
)


@dataclass(frozen=True, slots=True)
class NewMeasure:
    unit: str
    what: str
    due: date


@dataclass(frozen=True, slots=True)
class NewCause:
    kind: RootKind
    what: str
    tickets: tuple[str, ...]
    measures: tuple[NewMeasure, ...]


@dataclass(frozen=True, slots=True)
class WorkOnCase:
    """`stands`: whether a standard was issued and is not retired. `standard_days`: until one comes of the pilot."""

    cases: CaseBook
    projects: RepairProjects
    stands: Callable[[Work, str], bool]
    standard_days: int
    new_id: Callable[[], str]

    def propose(self, work: Work, type_code: str, hot_issues: Sequence[str], who: Who) -> TypicalCase:
        """A person proposes a case. Raises Unfit for issues that are not of the type, Conflict where one is open."""
        newest = self.cases.lock_type(work, type_code)
        if newest and newest.state not in ENDED:
            raise Conflict("a case of this type is open: go on with it", newest.version, newest.state, "case_open")
        own = who.authority.share.departments
        issues = [
            one
            for one in self.cases.issues(work, hot_issues)
            if one.type_code == type_code and (who.authority.is_hub or one.lead in own)
        ]
        if {one.id for one in issues} != set(hot_issues):
            raise Unfit("hot_issues", "must be confirmed hot issues of this type that you lead; see GET /hot-issues")
        ordinal = newest.ordinal + (newest.state is CaseState.CLOSED) if newest else 0
        case = TypicalCase(
            id=case_id(type_code, ordinal),
            type_code=type_code,
            lead=issues[0].lead,
            proposed_at=work.clock.now(),
            hot_issues=tuple(one.id for one in issues),
            estates=len({one.estate for one in issues}),
            sub_districts=tuple(sorted({one.sub_district for one in issues if one.sub_district})),
            rules_version=None,
            proposed_by=Proposer.PERSON,
            ordinal=ordinal,
            version=newest.version if newest and newest.ordinal == ordinal else 0,
        )
        case.later_issues = came_later(self.cases.standing(work, type_code), case.hot_issues, case.proposed_at)
        self._changed(work, case, who)
        return case

    def choose(
        self, work: Work, case_id: str, version: int, criteria: Mapping[Criterion, str], who: Who
    ) -> TypicalCase:
        """The lead approves it. Raises Unfit unless each criterion has its evidence."""
        case = self._open(work, case_id, version, CaseAct.CHOOSE, who)
        if missing := [one for one in Criterion if one not in criteria]:
            raise Unfit("criteria", f"lacks the evidence for {', '.join(missing)}; say what shows it")
        case.criteria = dict(criteria)
        case.state = CaseState.CHOSEN
        self._changed(work, case, who)
        return case

    def find_cause(self, work: Work, case_id: str, version: int, found: NewCause, who: Who) -> TypicalCase:
        """Adds a root cause; each unit is notified of its countermeasure, whose clock starts.

        Raises Unfit for a ticket that is not of the case's type, and for a day that is over.
        """
        case = self._open(work, case_id, version, CaseAct.FIND_CAUSE, who)
        strangers = set(found.tickets) - self.cases.tickets_of_type(work, case.type_code, found.tickets)
        if strangers:
            raise Unfit("tickets", f"holds {min(strangers)}, which is no complaint of this type; name one that is")
        today = work.clock.now().astimezone(SHANGHAI).date()
        for number, one in enumerate(found.measures):
            if one.due < today:
                raise Unfit(f"measures.{number}.due", "is over: give a day to come")
        measures = tuple(Countermeasure(self.new_id(), one.unit, one.what, one.due) for one in found.measures)
        case.causes += (RootCause(self.new_id(), found.kind, found.what, found.tickets, measures),)
        for measure in measures:
            case.version += 1
            work.publish(
                TOPIC, TypicalCaseMeasureChanged(**case_facts(case), **measure_facts(measure), actor=who.actor)
            )
        self.cases.save(work, case)
        timers.start_all(work, MEASURE, [(f"{case.id} {one.id}", end_of(one.due)) for one in measures])
        return case

    def do_measure(self, work: Work, case_id: str, measure_id: str, version: int, who: Who) -> TypicalCase:
        """Its unit, the lead or the hub says that it was done. Raises Conflict where it was done before."""
        case = self.cases.lock(work, case_id)
        measure = case.measure(measure_id) if case else None
        if case is None or measure is None:
            raise Unknown
        authority = who.authority
        if not authority.is_hub and authority.share.departments.isdisjoint({measure.unit, case.lead}):
            why = f"This is for department:{measure.unit}, department:{case.lead} or the hub."
            raise Forbidden("not-yours", "Another department does it", why)
        self._possible(case, version, CaseAct.DO_MEASURE)
        if measure.done_on:
            raise Conflict("it was done before", case.version, case.state, "measure_done")
        done = measure.done(work.clock.now().astimezone(SHANGHAI).date())
        case.put(done)
        case.version += 1
        self.cases.save(work, case)
        work.publish(TOPIC, TypicalCaseMeasureChanged(**case_facts(case), **measure_facts(done), actor=who.actor))
        return case

    def analyse(self, work: Work, case_id: str, version: int, who: Who) -> TypicalCase:
        """The analysis is complete. Raises Unfit while no root cause was found."""
        case = self._open(work, case_id, version, CaseAct.ANALYSE, who)
        if not case.causes:
            raise Unfit("causes", "are none yet: find a root cause with its tickets and countermeasures first")
        case.state = CaseState.ANALYSED
        self._changed(work, case, who)
        return case

    def pilot(self, work: Work, case_id: str, version: int, project_id: str, who: Who) -> TypicalCase:
        """Names the project in which the cure is tried. Raises Unfit for works that cure no issue of the type."""
        unfit = Unfit("project_id", "is no project; take an id of GET /projects")
        project = admitted(self.projects.lock(work, project_id), who.authority.act_on, unfit)
        case = self._open(work, case_id, version, CaseAct.PILOT, who)
        cured = {one.type_code for one in self.cases.issues(work, project.hot_issues)}
        if case.type_code not in cured:
            raise Unfit("project_id", "cures no hot issue of this type; name works that do")
        case.pilot, case.pilot_accepted_at = project.id, project.accepted_at
        case.state = CaseState.PILOT
        self._changed(work, case, who)
        start_standard_clock(work, case, self.standard_days)
        return case

    def close(self, work: Work, case_id: str, version: int, reason: str | None, who: Who) -> TypicalCase:
        """Closes it by its standard, which was issued and is not retired, or for a reason that is kept. Raises Unfit.

        Who is closed without a standard names none, though a draft may go on.
        """
        case = self._open(work, case_id, version, CaseAct.CLOSE, who)
        if case.standard_id and not self.stands(work, case.standard_id):
            case.standard_id = None
        if case.standard_id is None and reason is None:
            raise Unfit("reason", "is missing: no standard came of this case; issue one, or say why there is none")
        case.reason, case.closed_at = reason, work.clock.now()
        case.state = CaseState.CLOSED
        self._changed(work, case, who)
        return case

    def link_standard(
        self, work: Work, case_id: str, standard_id: str, types: Collection[str], who: Who
    ) -> TypicalCase:
        """A standard that rules these types is drafted for the case.

        Raises Unfit for a case that is not as far, has one, or is of another type.
        """
        case = self.cases.lock(work, case_id)
        if case is None:
            raise Unfit("case_id", "is no case; take an id of GET /cases")
        must_lead(case.lead, who.authority)
        if case.state not in POSSIBLE[CaseAct.DRAFT_STANDARD]:
            raise Unfit("case_id", f"is a case that is {case.state}; a standard comes of one that was analysed")
        if case.standard_id:
            raise Unfit("case_id", "has a standard already: draft its next version")
        if case.type_code not in types:
            raise Unfit("type_codes", f"lack {case.type_code}, the type of the case: add it")
        case = replace(case, standard_id=standard_id)
        self._changed(work, case, who)
        return case

    def free(self, work: Work, case_id: str, standard_id: str, who: Who) -> None:
        """The draft of the case was dropped: another may be drafted. What is closed stays as it is."""
        case = self.cases.lock(work, case_id)
        if case and case.standard_id == standard_id and case.state is not CaseState.CLOSED:
            self._changed(work, replace(case, standard_id=None), who)

    def _open(self, work: Work, case_id: str, version: int, act: CaseAct, who: Who) -> TypicalCase:
        case = self.cases.lock(work, case_id)
        if case is None:
            raise Unknown
        must_lead(case.lead, who.authority)
        self._possible(case, version, act)
        return case

    @staticmethod
    def _possible(case: TypicalCase, version: int, act: CaseAct) -> None:
        must_be_at(version, case.version, case.state)
        if case.state not in POSSIBLE[act]:
            states = ", ".join(sorted(POSSIBLE[act]))
            raise Conflict(f"it is {case.state}; this is done while it is {states}", case.version, case.state)

    def _changed(self, work: Work, case: TypicalCase, who: Who) -> None:
        case.version += 1
        self.cases.save(work, case)
        work.publish(TOPIC, TypicalCaseChanged(**case_facts(case), actor=who.actor))
