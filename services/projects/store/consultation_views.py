"""Consultations for display."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from services.projects.domain.consultation.course import Consultation, ConsultationState
from services.projects.domain.consultation.rules import ConsultationRule
from services.projects.store.consultation_tables import consultation_steps, consultations
from services.projects.store.consultations import consultations_of


class StepTaken(NamedTuple):
    state: ConsultationState
    at: datetime
    actor: str
    reason: str | None


def consultation_seen(
    connection: Connection, consultation_id: str, rules: Mapping[str, ConsultationRule]
) -> Consultation | None:
    row = connection.execute(select(consultations).where(consultations.c.id == consultation_id)).one_or_none()
    return consultations_of(connection, [row], rules)[0] if row else None


def consultations_of_project(
    connection: Connection, project_id: str, rules: Mapping[str, ConsultationRule]
) -> list[Consultation]:
    """In the order in which they were drafted."""
    rows = connection.execute(
        select(consultations).where(consultations.c.project_id == project_id).order_by(consultations.c.ordinal)
    ).all()
    return consultations_of(connection, rows, rules)


def steps_of(connection: Connection, consultation_id: str) -> list[StepTaken]:
    rows = connection.execute(
        select(consultation_steps)
        .where(consultation_steps.c.consultation_id == consultation_id)
        .order_by(consultation_steps.c.version)
    )
    return [StepTaken(ConsultationState(row.state), row.at, row.actor, row.reason) for row in rows]
