"""Projects put together: its stores, use cases, routes, subscriptions and timers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args
from uuid import uuid4

from fastapi import APIRouter

from services.chassis.database.work import Workshop
from services.chassis.messaging.forgetting import forget_texts
from services.chassis.messaging.subscription import Subscription
from services.chassis.messaging.timers import TimerHandler, each
from services.chassis.sweep import Sweep
from services.chassis.workers import WorkerLoop
from services.chassis.working_days import Calendar
from services.contracts.fingerprint import TermKey
from services.contracts.taxonomy import taxonomy
from services.contracts.text_events import TicketTextErased, TicketTextRecorded
from services.projects.app.cases.propose import ProposeTypicalCases
from services.projects.app.cases_and_standards import RulesOfTypes
from services.projects.app.consultation.acts import ConsultationActs
from services.projects.app.correct_membership import CorrectMembership
from services.projects.app.count_tickets import CountTickets
from services.projects.app.cure import OBSERVE, Cure
from services.projects.app.decide import Decide
from services.projects.app.decision_makers import DecisionMakers
from services.projects.app.detect import Detect
from services.projects.app.effect.watch_relapse import RELAPSE
from services.projects.app.locked_batch import LockBatch
from services.projects.app.measure_heat import MeasureHeat
from services.projects.app.needs.gather import GatherNeeds
from services.projects.app.needs.meet_needs import MeetNeeds
from services.projects.app.needs.open_project import OpenForNeeds
from services.projects.app.needs.tickets import TicketNeeds
from services.projects.app.place_in_matter import CommonTerms, PlaceInMatter
from services.projects.app.plans.planning import Planning
from services.projects.app.plans.use_fund import FUND_ANSWER
from services.projects.app.ports import Calls, CurrentRules, HotIssues
from services.projects.app.publishing import PublishIssue
from services.projects.app.raise_issue import DECIDE, LAPSE, RaiseIssue
from services.projects.app.recount_decisions import RecountDecisions
from services.projects.app.register.ports import FloorAreas
from services.projects.app.register.register_estates import RegisterEstates
from services.projects.app.repair import REVIEW, Repair
from services.projects.app.reverse_step import ReverseStep
from services.projects.app.review_issue import ReviewIssue
from services.projects.app.supervision.acts import SupervisionActs
from services.projects.app.supervision.watch import SUPERVISION
from services.projects.app.works.acts import WorksActs
from services.projects.app.works.attach_complaints import ATTACH, AttachComplaints, TicketAnswer
from services.projects.domain.evidence import Reading, TicketFact
from services.projects.domain.likeness import Likeness
from services.projects.files.plan_rules import plan_rules
from services.projects.files.standard_rules import standard_rules
from services.projects.files.works_rules import menu_rows, works_rules
from services.projects.http.areas import area_routes
from services.projects.http.bulletins import bulletin_routes
from services.projects.http.cases import case_routes
from services.projects.http.concentrations import concentration_routes
from services.projects.http.consultations import consultation_routes
from services.projects.http.counting_party import counting_party_routes
from services.projects.http.effects import effect_routes
from services.projects.http.estate_view import estate_view_routes
from services.projects.http.estates import estate_routes
from services.projects.http.fund_uses import fund_routes
from services.projects.http.hearings import hearing_routes
from services.projects.http.hot_issues import issue_routes
from services.projects.http.kpi import kpi_routes
from services.projects.http.needs import need_routes
from services.projects.http.plans import plan_routes
from services.projects.http.repair_projects import project_routes
from services.projects.http.replies import acts_by_reply
from services.projects.http.rollouts import rollout_routes
from services.projects.http.search import search_routes
from services.projects.http.standards import standard_routes
from services.projects.http.supervision import supervision_routes
from services.projects.http.supervision_steps import opinion_routes
from services.projects.http.wording import Wording
from services.projects.pages.site import people_pages
from services.projects.store.calls import SqlCalls
from services.projects.store.cases import SqlCaseBook
from services.projects.store.cases_and_standards import rules_of_types
from services.projects.store.cells import SqlCellCalls
from services.projects.store.complaints import SqlComplaints
from services.projects.store.consultation_desk import consultation_acts
from services.projects.store.effect_desk import cure_of, judge_class
from services.projects.store.estates import HeldFloorAreas, SqlEstateBook, SqlFloorAreas
from services.projects.store.hot_issues import SqlHotIssues
from services.projects.store.issue_batches import SqlIssueBatches
from services.projects.store.matter_calls import CallsAnywhere
from services.projects.store.matters import SqlChoices, SqlMatters
from services.projects.store.needs import SqlNeedBook
from services.projects.store.planning import planning
from services.projects.store.repair_projects import SqlRepairProjects
from services.projects.store.sightings import SqlSightings
from services.projects.store.standing_rules import SqlStandingRules
from services.projects.store.supervision_desk import supervision_acts
from services.projects.store.type_days import SqlDays
from services.projects.store.works_desk import works_desk
from services.projects.works_wiring import works_acts, works_interface, works_timers

RECOUNT = "recount"
RECOUNT_SUPERVISION = "recount-supervision"


@dataclass(frozen=True, slots=True)
class ProjectsWiring:
    """Everything projects does, on its own tables."""

    rules: CurrentRules
    count: CountTickets
    detect: Detect
    decide: Decide
    repair: Repair
    reverse: ReverseStep
    works: WorksActs
    voting: ConsultationActs
    cure: Cure
    recount: RecountDecisions
    correct: CorrectMembership
    heat: MeasureHeat
    words: Wording
    register: RegisterEstates
    gather: GatherNeeds
    open_for_needs: OpenForNeeds
    planning: Planning
    supervision: SupervisionActs
    types: RulesOfTypes
    intake_url: str | None

    @classmethod
    def of(
        cls, rules: CurrentRules, key: TermKey, calendar: Calendar = Calendar(), intake_url: str | None = None
    ) -> ProjectsWiring:
        words = Wording()
        publish = PublishIssue(words)
        calls, issues, matters = CallsAnywhere(SqlCalls(rules)), SqlHotIssues(), SqlMatters()
        typical_cases = ProposeTypicalCases(SqlCaseBook(), rules)

        def detection(calls: Calls, issues: HotIssues, areas: FloorAreas) -> Detect:
            heat = MeasureHeat(calls, issues, rules, taxonomy(), areas)
            raise_issue = RaiseIssue(calls, issues, publish, rules, taxonomy(), heat, typical_cases, calendar)
            review = ReviewIssue(calls, issues, publish, rules, raise_issue, areas)
            return Detect(calls, issues, publish, rules, raise_issue, review, areas)

        detect, cure = detection(calls, issues, SqlFloorAreas()), cure_of(issues, publish, rules)
        projects = SqlRepairProjects()
        types = rules_of_types(projects, standard_rules(), menu_rows(), _new_id)
        standing = SqlStandingRules(menu_rows())
        voting = consultation_acts(projects, key, standing)
        desk = works_desk(projects, works_rules(), plan_rules(), voting.desk.book.consulted, standing)
        gather = GatherNeeds(SqlNeedBook(), rules)
        follow, pilots = MeetNeeds(gather, desk.built), types.clocks.follow
        repair = Repair(
            *(projects, issues, cure, detect.raise_issue, rules, taxonomy(), desk.pass_gates, follow),
            *(SqlFloorAreas(), pilots, _new_id),
        )
        for_needs = OpenForNeeds(gather.book, repair)
        lock = LockBatch(SqlSightings(), SqlDays(), SqlCellCalls(), SqlIssueBatches(), calls, issues, rules)
        return cls(
            rules,
            CountTickets(
                lock,
                PlaceInMatter(matters, rules, Likeness(key), CommonTerms(matters, key)),
                lambda calls, issues: detection(calls, issues, HeldFloorAreas()),
                AttachComplaints(SqlComplaints(), lock.cells, desk.rules),
                lambda: TicketNeeds(gather, plan_rules().asking_types),
            ),
            detect,
            Decide(issues, publish, repair, cure, DecisionMakers(rules)),
            repair,
            ReverseStep(projects, issues, publish, follow, pilots),
            works_acts(desk, calendar),
            voting,
            cure,
            RecountDecisions(issues, publish, rules, calendar),
            CorrectMembership(matters, SqlChoices(), issues, publish, detect),
            detect.raise_issue.measure_heat,
            words,
            RegisterEstates(SqlEstateBook()),
            gather,
            for_needs,
            planning(gather, for_needs, detect.raise_issue.measure_heat, plan_rules(), _new_id),
            supervision_acts(calendar),
            types,
            intake_url,
        )

    def interface(self, workshop: Workshop) -> Sequence[APIRouter]:
        """What other programs ask, and what replies do."""
        return [
            concentration_routes(workshop),
            issue_routes(workshop, self.decide, self.correct, self.heat, self.words),
            project_routes(workshop, self.repair, self.reverse, self.words),
            *works_interface(workshop, self.works),
            consultation_routes(workshop, self.voting),
            counting_party_routes(workshop, self.voting),
            hearing_routes(workshop, self.voting.hearings),
            search_routes(workshop, self.words),
            kpi_routes(workshop, self.rules),
            effect_routes(workshop, judge_class(self.cure), self.words),
            area_routes(workshop, self.rules),
            bulletin_routes(workshop),
            estate_routes(workshop, self.register),
            estate_view_routes(workshop),
            need_routes(workshop, self.gather, self.open_for_needs, self.words),
            plan_routes(workshop, self.planning, self.words),
            fund_routes(workshop, self.planning.fund),
            supervision_routes(workshop, self.supervision),
            opinion_routes(workshop, self.supervision),
            case_routes(workshop, self.types.cases),
            standard_routes(workshop, self.types.standards),
            rollout_routes(workshop, self.types.standards),
        ]

    def routes(self, workshop: Workshop) -> Sequence[APIRouter]:
        return [
            *self.interface(workshop),
            *people_pages(
                *(workshop, self.decide, self.repair, self.reverse, self.works, self.voting, self.heat, self.words),
                *(self.rules, self.planning, self.supervision, judge_class(self.cure), self.types, self.intake_url),
            ),
        ]

    @property
    def subscriptions(self) -> Sequence[Subscription]:
        events = frozenset((*get_args(TicketFact), *get_args(Reading), *get_args(TicketAnswer)))
        return [
            Subscription("projects", ("tickets", "classifications"), events, self.count),
            Subscription(
                "projects-erasures", ("ticket-texts",), frozenset({TicketTextErased, TicketTextRecorded}), forget_texts
            ),
            acts_by_reply(self.interface),
        ]

    @property
    def timers(self) -> Mapping[str, TimerHandler]:
        return {
            DECIDE: each(self.cure.on_decide_due),
            OBSERVE: self.cure.on_observe_due,
            RELAPSE: each(self.cure.relapse.on_month_over),
            LAPSE: each(self.detect.on_lapse_due),
            REVIEW: each(self.repair.on_review_due),
            ATTACH: self.count.attach.on_works_moved,
            **works_timers(self.works),
            FUND_ANSWER: each(self.planning.fund.on_answer_due),
            SUPERVISION: each(self.supervision.clocks.on_due),
            **self.types.timers,
        }

    @property
    def workers(self) -> Mapping[str, WorkerLoop]:
        return {
            RECOUNT: Sweep(RECOUNT, self.recount).run,
            RECOUNT_SUPERVISION: Sweep(RECOUNT_SUPERVISION, self.supervision.clocks.recount).run,
        }


def _new_id() -> str:
    return str(uuid4())
