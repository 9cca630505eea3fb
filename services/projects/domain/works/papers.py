"""Papers (资料) of a project: what was signed or certified, by kind, with the hash of each version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
    """`sha256`: of the file. A changed file is the next version; the former ones stay."""

    kind: PaperKind
    version: int
    sha256: str
    by: str
    at: datetime


def newest(papers: tuple[Paper, ...]) -> dict[PaperKind, Paper]:
    return {paper.kind: paper for paper in sorted(papers, key=lambda one: one.version)}
