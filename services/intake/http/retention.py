"""`/privacy/retention`: how long what is kept, how much is due to go, and what went (ADR 35)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from fastapi import APIRouter, Response

from services.chassis.database.work import Workshop
from services.chassis.web.answers import json_answer
from services.intake.domain.retention import RetentionRule
from services.intake.http.privacy import Officer
from services.intake.store.retention import retention_of


def retention_routes(workshop: Workshop, rules: Sequence[RetentionRule]) -> APIRouter:
    router = APIRouter(prefix="/privacy", tags=["privacy"])

    @router.get("/retention")
    def retention(_: Officer) -> Response:
        """By class: how long it is kept, how many rows are due to go now, how many went, and when last.

        `finished_at`: when nothing that was due was left; null: never yet. All times are business time.
        """
        with workshop.engine.begin() as connection:
            found = retention_of(connection, rules, workshop.clock.now())
        return json_answer({"items": [{**asdict(rule), **run} for rule, run in zip(rules, found, strict=True)]})

    return router
