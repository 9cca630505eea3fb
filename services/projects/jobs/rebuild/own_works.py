"""Turns projects' events of works into rows. Events of one aggregate come in order, others between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from services.contracts.complaint_events import WorksComplaintChanged
from services.contracts.impact_events import WorksImpactChanged, WorksImpactsPlanned
from services.contracts.visit_events import WorksWarrantyVisited
from services.contracts.works_events import (
    WorksBlockAccepted,
    WorksContractChanged,
    WorksDefectChanged,
    WorksDisclosed,
    WorksEvent,
    WorksItemChanged,
    WorksItemInspected,
    WorksPaperFiled,
    WorksPartyNamed,
)
from services.projects.domain.works.complaints import Complaint
from services.projects.store.agreements import contract_row
from services.projects.store.complaints import save_complaints
from services.projects.store.impacts import impact_row, plan_row
from services.projects.store.warranty_visits import visit_row
from services.projects.store.works import inspection_row
from services.projects.store.works_rebuilt import WorksRows, write_works
from services.projects.store.works_tables import GROUNDS

Row = dict[str, Any]


@dataclass(slots=True)
class OwnWorks:
    """Events of a version that was folded before change nothing."""

    _items: dict[str, Row] = field(default_factory=dict)
    _inspections: dict[str, Row] = field(default_factory=dict)
    _defects: dict[str, Row] = field(default_factory=dict)
    _papers: dict[str, Row] = field(default_factory=dict)
    _disclosures: dict[str, Row] = field(default_factory=dict)
    _acceptances: dict[str, Row] = field(default_factory=dict)
    _warranties: dict[str, Row] = field(default_factory=dict)
    _parties: dict[str, Row] = field(default_factory=dict)
    _contracts: dict[str, Row] = field(default_factory=dict)
    _impact_plans: dict[str, Row] = field(default_factory=dict)
    _impacts: dict[str, Row] = field(default_factory=dict)
    _visits: dict[str, Row] = field(default_factory=dict)
    _complaints: dict[str, Complaint] = field(default_factory=dict)

    def complaint(self, event: WorksComplaintChanged) -> None:
        known = self._complaints.get(event.ticket_id)
        if known is None or known.version < event.version:
            named = (event.ticket_id, event.project_id, event.type_code, event.occurred_at, event.version)
            self._complaints[event.ticket_id] = Complaint(*named)

    def fold(self, event: WorksEvent) -> None:
        _FOLDED[type(event)](self, event)

    def write(self, connection: Connection) -> None:
        """The projects must be there, and no works."""
        save_complaints(connection, list(self._complaints.values()))
        write_works(
            connection,
            WorksRows(
                *(
                    list(rows.values())
                    for rows in (
                        self._items,
                        self._inspections,
                        self._defects,
                        self._papers,
                        self._disclosures,
                        self._acceptances,
                        self._warranties,
                        self._parties,
                        self._contracts,
                        self._impact_plans,
                        self._impacts,
                        self._visits,
                    )
                )
            ),
        )

    def _item(self, event: WorksItemChanged) -> None:
        if self._items.get(event.item_id, {"version": 0})["version"] >= event.version:
            return
        self._items[event.item_id] = {
            "id": event.item_id,
            "project_id": event.project_id,
            "version": event.version,
            "menu_item": event.menu_item,
            "menu_version": event.menu_version,
            "element": event.element,
            "choice": event.choice,
            "block": event.block or GROUNDS,
            "contracted": event.contracted,
            "unit_cost": event.unit_cost_fen,
            "confirmed_by": event.confirmed_by,
            "dropped": event.dropped,
            "before": event.capacity_before,
            "after": event.capacity_after,
            "spent": list(event.spent or ()),
        }

    def _inspection(self, event: WorksItemInspected) -> None:
        self._inspections.setdefault(event.inspection_id, inspection_row(event))

    def _defect(self, event: WorksDefectChanged) -> None:
        changed = {"version": event.version, "state": event.state, "cured_by": event.cured_by}
        changed |= {"cure_by": event.cure_by, "overdue": event.overdue or False}
        known = self._defects.setdefault(
            event.defect_id,
            {
                "id": event.defect_id,
                "item_id": event.item_id,
                "severity": event.severity,
                "ticket_id": event.ticket_id,
                "inspection_id": event.inspection_id,
                "note": event.note or "",
                **changed,
                **_done(event),
            },
        )
        if known["version"] < event.version:
            known |= changed

    def _paper(self, event: WorksPaperFiled) -> None:
        row = {"id": event.paper_id, "kind": event.kind, "name": event.title, "sha256": event.sha256}
        self._papers.setdefault(event.paper_id, row | {"issued_by": event.issued_by} | _done(event))

    def _disclosure(self, event: WorksDisclosed) -> None:
        self._disclosures.setdefault(event.aggregate_id, {"what": event.what, **_done(event)})

    def _acceptance(self, event: WorksBlockAccepted) -> None:
        block = event.block or GROUNDS
        row = {"block": block, "accepted_on": event.accepted_on, "residents": event.residents, **_done(event)}
        self._acceptances.setdefault(event.aggregate_id, row)
        for one in event.warranties:
            given = {"item_id": one.item_id, "starts": one.starts, "ends": one.ends, "term": one.term}
            self._warranties.setdefault(one.item_id, {"project_id": event.project_id, **given})

    def _party(self, event: WorksPartyNamed) -> None:
        if self._parties.get(event.aggregate_id, {"version": 0})["version"] < event.version:
            row = {"role": event.role, "name": event.unit, "code": event.code, "version": event.version}
            self._parties[event.aggregate_id] = row | _done(event)

    def _contract(self, event: WorksContractChanged) -> None:
        if self._contracts.get(event.contract_id, {"version": 0})["version"] < event.version:
            self._contracts[event.contract_id] = dict(contract_row(event))

    def _impact_plan(self, event: WorksImpactsPlanned) -> None:
        if self._impact_plans.get(event.project_id, {"version": 0})["version"] < event.version:
            self._impact_plans[event.project_id] = plan_row(event)

    def _impact(self, event: WorksImpactChanged) -> None:
        if self._impacts.get(event.impact_id, {"version": 0})["version"] < event.version:
            self._impacts[event.impact_id] = impact_row(event)

    def _visit(self, event: WorksWarrantyVisited) -> None:
        if self._visits.get(event.round_id, {"version": 0})["version"] < event.version:
            self._visits[event.round_id] = visit_row(event)


_FOLDED: Mapping[type[WorksEvent], Callable[[OwnWorks, Any], None]] = {
    WorksItemChanged: OwnWorks._item,
    WorksItemInspected: OwnWorks._inspection,
    WorksDefectChanged: OwnWorks._defect,
    WorksPaperFiled: OwnWorks._paper,
    WorksDisclosed: OwnWorks._disclosure,
    WorksBlockAccepted: OwnWorks._acceptance,
    WorksPartyNamed: OwnWorks._party,
    WorksContractChanged: OwnWorks._contract,
    WorksImpactsPlanned: OwnWorks._impact_plan,
    WorksImpactChanged: OwnWorks._impact,
    WorksWarrantyVisited: OwnWorks._visit,
}


def _done(event: WorksEvent) -> Row:
    return {"project_id": event.project_id, "actor": event.actor, "at": event.at}
