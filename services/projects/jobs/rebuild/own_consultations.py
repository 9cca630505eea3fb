"""Folds what projects published of consultations into their rows: questions, steps, results, meetings, opinions.

Ballots and those who may vote are in no event; they come back from a backup alone (ADR 42).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from services.contracts.consultation_events import (
    ConsultationAdvanced,
    ConsultationEvent,
    ConsultationMeetingHeld,
    ConsultationNoticed,
    ConsultationOpinionChanged,
    ConsultationPublished,
    ItemPutToVote,
)
from services.projects.app.consultation.event_facts import result_facts
from services.projects.domain.consultation.course import ConsultationState
from services.projects.store.consultation_rows import result_row
from services.projects.store.consultations_rebuilt import ConsultationRows, write_consultations

Row = dict[str, Any]


@dataclass(slots=True)
class OwnConsultations:
    """Events of a version that was folded before change nothing."""

    _consultations: dict[str, Row] = field(default_factory=dict)
    _items: dict[tuple[str, str], Row] = field(default_factory=dict)
    _steps: dict[tuple[str, int], Row] = field(default_factory=dict)
    _results: dict[tuple[str, str], Row] = field(default_factory=dict)
    _meetings: dict[str, Row] = field(default_factory=dict)
    _opinions: dict[str, Row] = field(default_factory=dict)

    def fold(self, event: ConsultationEvent) -> None:
        _FOLDED[type(event)](self, event)

    def write(self, connection: Connection) -> None:
        """The projects must be there, and no consultations. A round is written after the one before."""
        rounds = sorted(self._consultations.values(), key=lambda row: int(row["round"]))
        parts = (self._items, self._steps, self._results, self._meetings, self._opinions)
        write_consultations(connection, ConsultationRows(rounds, *(list(rows.values()) for rows in parts)))

    def _noticed(self, event: ConsultationNoticed) -> None:
        if event.consultation_id in self._consultations:
            return
        self._consultations[event.consultation_id] = {
            "id": event.consultation_id,
            "project_id": event.project_id,
            "version": event.version,
            "state": ConsultationState.NOTICED,
            "ordinal": event.ordinal,
            "round": event.round,
            "previous": event.previous,
            "changed": list(event.changed),
            "announced_at": event.announced_at,
            "opens_at": event.opens_at,
            "closes_at": event.closes_at,
            "evidence": event.evidence,
            "electorate_hash": event.electorate.hash,
            "parts": event.electorate.parts,
            "heads": event.electorate.heads,
            "area": event.electorate.area,
            "seal": None,
            "held_in": event.held_in and event.held_in.model_dump(mode="json"),
            "register_check": event.held_against and event.held_against.model_dump(mode="json"),
        }
        for position, item in enumerate(event.items):
            self._items[event.consultation_id, item.item] = _item(event.consultation_id, position, item)
        self._step(event, ConsultationState.NOTICED, None)

    def _advanced(self, event: ConsultationAdvanced) -> None:
        self._consultations[event.consultation_id] |= self._newer(event, event.state)
        self._step(event, event.state, event.reason)

    def _published(self, event: ConsultationPublished) -> None:
        self._consultations[event.consultation_id] |= self._newer(event, ConsultationState.PUBLISHED)
        self._consultations[event.consultation_id]["seal"] = event.seal
        for one in event.results:
            self._results[event.consultation_id, one.item] = result_row(event.consultation_id, result_facts(one))
        self._step(event, ConsultationState.PUBLISHED, None)

    def _meeting(self, event: ConsultationMeetingHeld) -> None:
        row = {
            "id": event.meeting_id,
            "project_id": event.project_id,
            "kind": event.kind,
            "held_on": event.held_on,
            "present": event.present,
            "minutes": event.minutes,
            "actor": event.actor,
            "at": event.at,
        }
        self._meetings.setdefault(event.meeting_id, row)

    def _opinion(self, event: ConsultationOpinionChanged) -> None:
        known = self._opinions.get(event.opinion_id)
        changed = {"version": event.version, "adopted": event.adopted, "why": event.why}
        if known is None:
            self._opinions[event.opinion_id] = {
                "id": event.opinion_id,
                "project_id": event.project_id,
                "role": event.role,
                "item": event.item,
                "words": event.opinion,
                "actor": event.actor,
                "at": event.at,
                **changed,
            }
        elif known["version"] < event.version:
            known |= changed

    def _newer(self, event: ConsultationAdvanced | ConsultationPublished, state: str) -> Row:
        known = self._consultations[event.consultation_id]
        return {"version": event.version, "state": state} if known["version"] < event.version else {}

    def _step(
        self,
        event: ConsultationNoticed | ConsultationAdvanced | ConsultationPublished,
        state: str,
        reason: str | None,
    ) -> None:
        self._steps[event.consultation_id, event.version] = {
            "consultation_id": event.consultation_id,
            "version": event.version,
            "state": state,
            "reason": reason,
            "actor": event.actor,
            "at": event.at,
        }


_FOLDED: Mapping[type[ConsultationEvent], Callable[[OwnConsultations, Any], None]] = {
    ConsultationNoticed: OwnConsultations._noticed,
    ConsultationAdvanced: OwnConsultations._advanced,
    ConsultationPublished: OwnConsultations._published,
    ConsultationMeetingHeld: OwnConsultations._meeting,
    ConsultationOpinionChanged: OwnConsultations._opinion,
}


def _item(consultation_id: str, position: int, item: ItemPutToVote) -> Row:
    return {
        "consultation_id": consultation_id,
        "position": position,
        **item.model_dump(mode="json", exclude={"text_hash"}),
    }
