"""Papers (资料) of a project: what was signed or certified, by kind. A changed file is a further paper; both stay."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PaperKind(StrEnum):
    CONSULTATION_RESULT = "consultation_result"
    APPROVAL = "approval"
    DESIGN = "design"
    CONTRACT = "contract"
    NIGHT_WORK_PERMIT = "night_work_permit"
    MATERIAL_CERTIFICATE = "material_certificate"
    CHANGE_ORDER = "change_order"
    COMPLETION_REPORT = "completion_report"
    ACCEPTANCE_RECORD = "acceptance_record"
    AUDIT_REPORT = "audit_report"
    WARRANTY_LETTER = "warranty_letter"
    MINUTES = "minutes"


@dataclass(frozen=True, slots=True)
class Paper:
    """`sha256`: of the file, which is kept where the unit keeps its files. `issued_by`: who gave an approval."""

    id: str
    kind: PaperKind
    name: str
    sha256: str
    issued_by: str | None = None
