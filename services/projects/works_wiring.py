"""Puts together the works of projects: what people do at works, its routes and its timers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import uuid4

from fastapi import APIRouter

from services.chassis.database.work import Workshop
from services.chassis.messaging.timers import TimerHandler, each
from services.chassis.working_days import Calendar
from services.contracts.elements import elements
from services.projects.app.works.accept_block import AcceptBlock
from services.projects.app.works.acts import WorksActs
from services.projects.app.works.attach_complaints import SHOWS_A_DEFECT
from services.projects.app.works.contract_items import ContractItems
from services.projects.app.works.desk import WorksDesk
from services.projects.app.works.disturb import Disturb
from services.projects.app.works.file_papers import FilePapers
from services.projects.app.works.inspect_item import InspectItem
from services.projects.app.works.keep_contracts import KeepContracts
from services.projects.app.works.mend_defect import CURE, MendDefect
from services.projects.app.works.name_parties import NameParties
from services.projects.app.works.visit_residents import VISIT, VisitResidents
from services.projects.http.agreements import agreement_routes
from services.projects.http.complaints import complaint_routes
from services.projects.http.impacts import impact_routes
from services.projects.http.scheme import scheme_routes
from services.projects.http.visits import visit_routes
from services.projects.http.works import menu_routes, works_routes
from services.projects.store.complaints import SqlComplaints
from services.projects.store.impacts import SqlImpacts
from services.projects.store.warranty_visits import SqlVisits


def works_acts(desk: WorksDesk, calendar: Calendar) -> WorksActs:
    defects = MendDefect(desk, SqlComplaints(), calendar)
    return WorksActs(
        desk,
        ContractItems(desk, elements(), lambda: str(uuid4())),
        InspectItem(desk, defects),
        defects,
        FilePapers(desk),
        AcceptBlock(desk),
        NameParties(desk),
        KeepContracts(desk),
        Disturb(desk, SqlImpacts(), calendar),
        VisitResidents(desk, SqlVisits(), defects),
    )


def works_interface(workshop: Workshop, works: WorksActs) -> Sequence[APIRouter]:
    return [
        works_routes(workshop, works),
        agreement_routes(workshop, works),
        scheme_routes(workshop, works),
        impact_routes(workshop, works.disturb),
        visit_routes(workshop, works),
        complaint_routes(workshop, works.desk.rules, works.disturb.calendar),
        menu_routes(workshop, works.desk.standing),
    ]


def works_timers(works: WorksActs) -> Mapping[str, TimerHandler]:
    return {
        SHOWS_A_DEFECT: each(works.defects.on_complaint),
        CURE: each(works.defects.on_cure_due),
        VISIT: each(works.visits.on_visit_due),
    }
