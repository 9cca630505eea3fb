"""All that people do at consultations, on one desk."""

from __future__ import annotations

from dataclasses import dataclass

from services.projects.app.consultation.desk import ConsultationDesk
from services.projects.app.consultation.drafting import DraftConsultation
from services.projects.app.consultation.hear import HearResidents
from services.projects.app.consultation.issue_codes import IssueCodes
from services.projects.app.consultation.note_sales import NoteSales
from services.projects.app.consultation.steps import StepConsultation
from services.projects.app.consultation.take_ballots import TakeBallots


@dataclass(frozen=True, slots=True)
class ConsultationActs:
    desk: ConsultationDesk
    drafts: DraftConsultation
    steps: StepConsultation
    ballots: TakeBallots
    hearings: HearResidents
    codes: IssueCodes
    sales: NoteSales
