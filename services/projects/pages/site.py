"""The pages of projects, put together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter

from services.chassis.database.work import Workshop
from services.chassis.pages.login import entrance, login_routes, missing_pages
from services.chassis.pages.look import Pages
from services.chassis.web.identity import Role
from services.projects.app.cases_and_standards import RulesOfTypes
from services.projects.app.consultation.acts import ConsultationActs
from services.projects.app.decide import Decide
from services.projects.app.effect.judge_class import JudgeClass
from services.projects.app.measure_heat import MeasureHeat
from services.projects.app.plans.planning import Planning
from services.projects.app.ports import CurrentRules
from services.projects.app.repair import Repair
from services.projects.app.reverse_step import ReverseStep
from services.projects.app.supervision.acts import SupervisionActs
from services.projects.app.works.acts import WorksActs
from services.projects.http.rights import WHOLE_DISTRICT
from services.projects.http.wording import Wording
from services.projects.pages.agreements import agreement_pages
from services.projects.pages.areas import area_pages
from services.projects.pages.bulletins import bulletin_pages
from services.projects.pages.case_sheets import case_pages
from services.projects.pages.cases import case_list_pages
from services.projects.pages.complaints import complaint_pages
from services.projects.pages.consultations import consultation_pages
from services.projects.pages.counting_party import counting_party_pages
from services.projects.pages.dossier import dossier_pages
from services.projects.pages.effects import effect_pages
from services.projects.pages.estate_needs import estate_need_pages
from services.projects.pages.estates import estate_pages
from services.projects.pages.hearings import hearing_pages
from services.projects.pages.hot_issues import issue_pages
from services.projects.pages.impacts import impact_pages
from services.projects.pages.kpi import kpi_pages
from services.projects.pages.needs import need_pages
from services.projects.pages.repair_projects import project_pages
from services.projects.pages.rollouts import rollout_pages
from services.projects.pages.scheme import scheme_pages
from services.projects.pages.search import search_pages
from services.projects.pages.standards import standard_pages
from services.projects.pages.supervision import supervision_pages
from services.projects.pages.supervision_topic import topic_pages
from services.projects.pages.visits import visit_pages
from services.projects.pages.vote import vote_pages
from services.projects.pages.works import works_pages
from services.projects.pages.works_item import item_pages
from services.projects.pages.yearly_plans import plan_pages

MENU = {
    "menu_board": "/pages/hot-issues",
    "menu_areas": "/pages/areas",
    "menu_bulletins": "/pages/bulletins",
    "menu_effects": "/pages/effects",
    "menu_kpi": "/pages/kpi",
    "menu_projects": "/pages/projects",
    "menu_plans": "/pages/plans",
    "menu_estates": "/pages/estates",
    "menu_supervision": "/pages/supervision",
    "menu_cases": "/pages/cases",
    "menu_standards": "/pages/standards",
}
_DISTRICT = WHOLE_DISTRICT | {Role.DEPARTMENT, Role.SUBDISTRICT}
FOR_ROLES = {
    **{name: frozenset(_DISTRICT) for name in MENU},
    "menu_supervision": WHOLE_DISTRICT | {Role.DEPARTMENT, Role.DEPUTY},
    "menu_cases": _DISTRICT | {Role.DEPUTY},
    "menu_standards": _DISTRICT | {Role.DEPUTY},
}
"""A deputy finds supervision, and what became a rule."""


def people_pages(
    workshop: Workshop,
    decide: Decide,
    repair: Repair,
    reverse: ReverseStep,
    works: WorksActs,
    voting: ConsultationActs,
    heat: MeasureHeat,
    words: Wording,
    rules: CurrentRules,
    planning: Planning,
    supervision: SupervisionActs,
    judge: JudgeClass,
    types: RulesOfTypes,
    intake_url: str | None,
) -> Sequence[APIRouter]:
    pages = Pages(Path(__file__).parent, MENU, FOR_ROLES)
    return [
        entrance(),
        login_routes(pages),
        issue_pages(workshop, pages, decide, heat, words),
        search_pages(workshop, pages, words),
        area_pages(workshop, pages, rules),
        bulletin_pages(workshop, pages),
        effect_pages(workshop, pages, judge, words),
        kpi_pages(workshop, pages, rules),
        project_pages(workshop, pages, repair, reverse, words),
        works_pages(workshop, pages, works, voting.desk.rules),
        visit_pages(workshop, pages, works),
        complaint_pages(workshop, pages, works, works.disturb.calendar),
        impact_pages(workshop, pages, works.disturb),
        item_pages(workshop, pages, works),
        agreement_pages(workshop, pages, works),
        consultation_pages(workshop, pages, voting),
        counting_party_pages(workshop, pages, voting),
        hearing_pages(workshop, pages, voting),
        vote_pages(workshop, pages, voting.ballots),
        scheme_pages(workshop, pages, works),
        dossier_pages(workshop, pages, works, voting, words),
        estate_pages(workshop, pages),
        need_pages(workshop, pages, planning.publish.gather),
        estate_need_pages(workshop, pages, planning.publish.gather),
        plan_pages(workshop, pages, planning),
        supervision_pages(workshop, pages, supervision),
        topic_pages(workshop, pages, supervision),
        case_list_pages(workshop, pages, types.cases),
        case_pages(workshop, pages, types.cases, intake_url),
        rollout_pages(workshop, pages, types.standards),
        standard_pages(workshop, pages, types.standards),
        missing_pages(pages),
    ]
