"""`/privacy/records`: the notice to callers, legal bases and assessments (ADR 35)."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Response

from services.chassis.web.answers import json_answer
from services.contracts.data_files import DataRow
from services.intake.files.processing_records import ProcessingRecords
from services.intake.http.privacy import Officer


def record_routes(records: ProcessingRecords) -> APIRouter:
    router = APIRouter(prefix="/privacy", tags=["privacy"])

    @router.get("/records")
    def processing_records(_: Officer) -> Response:
        """Notices to callers, the oldest first; legal bases; and impact assessments, without `made_on` where nobody has
        made them yet."""
        sections = {
            "notices": _shown(records.notices),
            "legal_bases": _shown(records.legal_bases),
            "assessments": _shown(records.assessments),
        }
        return json_answer(sections)

    return router


def _shown(rows: Sequence[DataRow]) -> list[dict[str, object]]:
    return [one.model_dump(mode="json") for one in rows]
