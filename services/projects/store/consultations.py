"""Consultations in PostgreSQL: what is asked, the steps, results, meetings and opinions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.projects.app.works.ports import Done
from services.projects.domain.consultation.admission import HeldIn
from services.projects.domain.consultation.course import (
    Announced,
    Consultation,
    ConsultationState,
    Voters,
)
from services.projects.domain.consultation.meetings import Meeting, MeetingKind, ParticipantRole, ProjectOpinion
from services.projects.domain.consultation.register_check import RegisterBasis
from services.projects.domain.consultation.rounds import ItemText
from services.projects.domain.consultation.rules import ConsultationRule
from services.projects.domain.consultation.voted_items import VotedItem
from services.projects.domain.works.consulted import Consulted
from services.projects.store.consultation_ballots import SqlBallots
from services.projects.store.consultation_rows import consultation_row, item_rows, result_row
from services.projects.store.consultation_tables import (
    consultation_chains,
    consultation_items,
    consultation_meetings,
    consultation_opinions,
    consultation_results,
    consultation_steps,
    consultations,
)
from services.projects.store.consulted import consulted_of

_FURTHER = select(consultations.c.id).where(
    consultations.c.previous == bindparam("id"), consultations.c.state != ConsultationState.ANNULLED
)
_PROJECT = select(consultations.c.project_id).where(consultations.c.id == bindparam("id"))
_NEXT = select(func.coalesce(func.max(consultations.c.ordinal), 0) + 1).where(
    consultations.c.project_id == bindparam("project_id")
)
_LOCK = select(consultations).where(consultations.c.id == bindparam("id")).with_for_update(key_share=True)
_save = insert(consultations)
_SAVE = _save.on_conflict_do_update(
    index_elements=["id"], set_={column.name: _save.excluded[column.name] for column in consultations.c}
)
_HOLD = insert(consultation_meetings).on_conflict_do_nothing().returning(consultation_meetings.c.id)
_opinion = insert(consultation_opinions)
_OPINION = _opinion.on_conflict_do_update(
    index_elements=["id"],
    set_={name: _opinion.excluded[name] for name in ("version", "adopted", "why")},
    where=consultation_opinions.c.project_id == _opinion.excluded.project_id,
).returning(consultation_opinions.c.id)


@dataclass(frozen=True, slots=True)
class SqlConsultations(SqlBallots):
    """Implements the port ConsultationBook. `rules`: by name, for what has not been announced."""

    rules: Mapping[str, ConsultationRule]

    def project_of(self, work: Work, consultation_id: str) -> str | None:
        return work.connection.execute(_PROJECT, {"id": consultation_id}).scalar_one_or_none()

    def next_ordinal(self, work: Work, project_id: str) -> int:
        ordinal: int = work.connection.execute(_NEXT, {"project_id": project_id}).scalar_one()
        return ordinal

    def has_further_round(self, work: Work, consultation_id: str) -> bool:
        return work.connection.execute(_FURTHER, {"id": consultation_id}).first() is not None

    def lock(self, work: Work, consultation_id: str) -> Consultation | None:
        row = work.connection.execute(_LOCK, {"id": consultation_id}).one_or_none()
        return consultations_of(work.connection, [row], self.rules)[0] if row else None

    def save(self, work: Work, consultation: Consultation, *, with_items: bool = False) -> None:
        work.connection.execute(_SAVE, consultation_row(consultation))
        if with_items:
            of_it = consultation_items.c.consultation_id == consultation.id
            work.connection.execute(delete(consultation_items).where(of_it))
            work.connection.execute(insert(consultation_items), item_rows(consultation))
        steps = [
            {
                "consultation_id": consultation.id,
                "version": one.version,
                "state": one.state,
                "reason": one.reason,
                "actor": one.actor,
                "at": one.at,
            }
            for one in consultation.entries
        ]
        work.connection.execute(insert(consultation_steps), steps)
        consultation.entries.clear()

    def keep_results(
        self, work: Work, consultation_id: str, results: Sequence[Mapping[str, Any]], seal: Mapping[str, Any]
    ) -> None:
        rows = [result_row(consultation_id, one) for one in results]
        work.connection.execute(insert(consultation_results), rows)
        kept = {"seal": dict(seal), "set_aside": {one["item"]: one["set_aside"] for one in results}}
        of_it = consultation_chains.c.consultation_id == consultation_id
        work.connection.execute(update(consultation_chains).where(of_it).values(kept))

    def results(self, work: Work, consultation_id: str) -> tuple[list[dict[str, Any]], dict[str, Any]] | None:
        of_it = consultation_chains.c.consultation_id == consultation_id
        chain = work.connection.execute(select(consultation_chains).where(of_it)).one_or_none()
        if chain is None or chain.seal is None:
            return None
        found = results_of(work.connection, consultation_id)
        return [{**one, "set_aside": chain.set_aside[one["item"]]} for one in found], chain.seal

    def hold_meeting(self, work: Work, project_id: str, meeting: Meeting, done: Done) -> bool:
        row = {
            "id": meeting.id,
            "project_id": project_id,
            "kind": meeting.kind,
            "held_on": meeting.held_on,
            "present": {role.value: number for role, number in meeting.present.items()},
            "minutes": meeting.minutes,
            **done._asdict(),
        }
        return work.connection.execute(_HOLD, row).one_or_none() is not None

    def meetings(self, work: Work, project_id: str) -> list[Meeting]:
        return meetings_of(work.connection, project_id)

    def save_opinion(self, work: Work, project_id: str, opinion: ProjectOpinion, done: Done) -> bool:
        row = {
            "id": opinion.id,
            "project_id": project_id,
            "version": opinion.version,
            "role": opinion.role,
            "item": opinion.item,
            "words": opinion.words,
            "adopted": opinion.adopted,
            "why": opinion.why,
            **done._asdict(),
        }
        return work.connection.execute(_OPINION, row).one_or_none() is not None

    def opinions(self, work: Work, project_id: str) -> list[ProjectOpinion]:
        return opinions_of(work.connection, project_id)

    def consulted(self, work: Work, project_id: str) -> Consulted:
        return consulted_of(work.connection, project_id)


def consultations_of(
    connection: Connection, found: Sequence[Row[Any]], rules: Mapping[str, ConsultationRule]
) -> list[Consultation]:
    """With their items: one statement for each table, however many there are."""
    ids = [row.id for row in found]
    asked: dict[str, list[Row[Any]]] = {id: [] for id in ids}
    by_position = select(consultation_items).where(consultation_items.c.consultation_id.in_(ids))
    for row in connection.execute(by_position.order_by(consultation_items.c.position)):
        asked[row.consultation_id].append(row)
    of_them = consultation_chains.c.consultation_id.in_(ids)
    chains = select(consultation_chains.c.consultation_id, consultation_chains.c.rules).where(of_them)
    frozen = {row.consultation_id: row.rules for row in connection.execute(chains)}
    return [_consultation_of(row, asked[row.id], _rules_of(frozen.get(row.id)) or rules) for row in found]


def results_of(connection: Connection, consultation_id: str) -> list[dict[str, Any]]:
    """In the order of the items; without the ballots that were set aside."""
    query = (
        select(consultation_results.c.facts)
        .join(
            consultation_items,
            (consultation_items.c.consultation_id == consultation_results.c.consultation_id)
            & (consultation_items.c.item == consultation_results.c.item),
        )
        .where(consultation_results.c.consultation_id == consultation_id)
        .order_by(consultation_items.c.position)
    )
    return list(connection.execute(query).scalars())


def meetings_of(connection: Connection, project_id: str) -> list[Meeting]:
    return [
        Meeting(
            row.id,
            MeetingKind(row.kind),
            row.held_on,
            {ParticipantRole(role): number for role, number in row.present.items()},
            row.minutes,
        )
        for row in _of_project(connection, consultation_meetings, project_id)
    ]


def opinions_of(connection: Connection, project_id: str) -> list[ProjectOpinion]:
    return [
        ProjectOpinion(row.id, ParticipantRole(row.role), row.item, row.words, row.adopted, row.why, row.version)
        for row in _of_project(connection, consultation_opinions, project_id)
    ]


def _of_project(connection: Connection, table: Table, project_id: str) -> Sequence[Row[Any]]:
    query = select(table).where(table.c.project_id == project_id).order_by(table.c.at, table.c.id)
    return connection.execute(query).all()


def _rules_of(frozen: Mapping[str, Any] | None) -> Mapping[str, ConsultationRule]:
    return {name: ConsultationRule.model_validate(rule) for name, rule in (frozen or {}).items()}


def _consultation_of(row: Row[Any], asked: Sequence[Row[Any]], rules: Mapping[str, ConsultationRule]) -> Consultation:
    announced = None
    if row.announced_at:
        held = row.held_in and HeldIn(**{**row.held_in, "issued_on": date.fromisoformat(row.held_in["issued_on"])})
        announced = Announced(row.announced_at, row.opens_at, row.closes_at, row.evidence, held).in_utc()
    return Consultation(
        id=row.id,
        project_id=row.project_id,
        voters=Voters(row.electorate_hash, row.parts, row.heads, row.area),
        items=tuple(_item_of(one, rules) for one in asked),
        ordinal=row.ordinal,
        round=row.round,
        previous=row.previous,
        changed=tuple(row.changed),
        announced=announced,
        seal=row.seal,
        register=row.register_check
        and RegisterBasis(**{**row.register_check, "within": tuple(row.register_check["within"])}),
        state=ConsultationState(row.state),
        version=row.version,
    )


def _item_of(row: Row[Any], rules: Mapping[str, ConsultationRule]) -> VotedItem:
    text = ItemText(
        row.item, row.wording, row.removed, row.material, row.colour, row.shown_version, tuple(row.pictures)
    )
    return VotedItem(text, rules[row.rule], row.menu_item, row.menu_version, row.block, row.hallway)
