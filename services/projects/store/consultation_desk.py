"""Consultations put together on their tables."""

from __future__ import annotations

from uuid import uuid4

from services.contracts.fingerprint import TermKey
from services.projects.app.consultation.acts import ConsultationActs
from services.projects.app.consultation.desk import ConsultationDesk
from services.projects.app.consultation.drafting import DraftConsultation
from services.projects.app.consultation.electors import FindElectors
from services.projects.app.consultation.hear import HearResidents
from services.projects.app.consultation.issue_codes import IssueCodes
from services.projects.app.consultation.note_sales import NoteSales
from services.projects.app.consultation.steps import StepConsultation
from services.projects.app.consultation.take_ballots import TakeBallots
from services.projects.app.ports import RepairProjects
from services.projects.app.works.ports import StandingRules
from services.projects.files.consultation_rules import shipped_rules
from services.projects.store.consultations import SqlConsultations
from services.projects.store.estates import SqlEstateBook


def consultation_acts(projects: RepairProjects, key: TermKey, standing: StandingRules) -> ConsultationActs:
    rules = shipped_rules()
    desk = ConsultationDesk(projects, SqlConsultations(rules), rules, standing, key.keyed)
    return ConsultationActs(
        desk,
        DraftConsultation(desk, FindElectors(SqlEstateBook()), lambda: str(uuid4())),
        StepConsultation(desk),
        TakeBallots(desk),
        HearResidents(desk),
        IssueCodes(desk),
        NoteSales(desk),
    )
