"""Works in PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.contracts.elements import Choice
from services.contracts.works_events import WorksItemInspected
from services.projects.app.works.ports import Acceptance, Done
from services.projects.domain.works.contracts import Contract
from services.projects.domain.works.defects import Defect, DefectState, Severity, WorksParty
from services.projects.domain.works.gated_works import Works
from services.projects.domain.works.inspections import Inspection, Reading, Verdict, standing
from services.projects.domain.works.items import WorksItem
from services.projects.domain.works.papers import Paper, PaperKind
from services.projects.domain.works.parties import WorksUnit
from services.projects.domain.works.warranty import Warranty
from services.projects.store.agreements import contracts_of, parties_of, save_contract, save_party
from services.projects.store.impacts import has_planned_impacts
from services.projects.store.works_tables import (
    GROUNDS,
    warranties,
    works_acceptances,
    works_defects,
    works_disclosures,
    works_inspections,
    works_items,
    works_papers,
)

_ITEM = (
    "id",
    "version",
    "menu_item",
    "menu_version",
    "element",
    "contracted",
    "unit_cost",
    "confirmed_by",
    "dropped",
    "before",
    "after",
)
"""The fields of an item that are columns of the same name and value."""
_item = insert(works_items)
_SAVE_ITEM = _item.on_conflict_do_update(
    index_elements=["id"], set_={column.name: _item.excluded[column.name] for column in works_items.c}
)
_INSPECTION = select(works_inspections).where(works_inspections.c.id == bindparam("inspection_id"))
_DISCLOSE = insert(works_disclosures).on_conflict_do_nothing().returning(works_disclosures.c.what)


class SqlWorks:
    """Implements the port WorksBook."""

    def works_of(self, work: Work, project_id: str) -> Works:
        return works_of(work.connection, project_id)

    def inspection(self, work: Work, inspection_id: str) -> tuple[str, Inspection] | None:
        row = work.connection.execute(_INSPECTION, {"inspection_id": inspection_id}).one_or_none()
        return (row.project_id, inspection_of(row)) if row else None

    def save_items(self, work: Work, project_id: str, items: Sequence[WorksItem]) -> None:
        rows = [
            {
                "project_id": project_id,
                "choice": item.choice,
                "block": item.block or GROUNDS,
                "spent": list(item.spent),
                **{name: getattr(item, name) for name in _ITEM},
            }
            for item in items
        ]
        work.connection.execute(_SAVE_ITEM, rows)

    def add_inspection(self, work: Work, event: WorksItemInspected) -> None:
        work.connection.execute(insert(works_inspections), inspection_row(event))

    def open_defect(self, work: Work, project_id: str, defect: Defect, done: Done) -> None:
        row = {
            "id": defect.id,
            "project_id": project_id,
            "version": defect.version,
            "item_id": defect.item,
            "severity": defect.severity,
            "state": defect.state,
            "cured_by": defect.cured_by,
            "ticket_id": defect.ticket,
            "note": defect.note,
            "cure_by": defect.cure_by,
            "overdue": defect.overdue,
            "inspection_id": defect.inspection,
            **done._asdict(),
        }
        work.connection.execute(insert(works_defects), row)

    def save_defect(self, work: Work, defect: Defect) -> None:
        changed = {name: getattr(defect, name) for name in ("version", "state", "cured_by", "cure_by", "overdue")}
        work.connection.execute(update(works_defects).where(works_defects.c.id == defect.id).values(changed))

    def project_of_defect(self, work: Work, defect_id: str) -> str | None:
        found = select(works_defects.c.project_id).where(works_defects.c.id == defect_id)
        return work.connection.execute(found).scalar_one_or_none()

    def add_paper(self, work: Work, project_id: str, paper: Paper, done: Done) -> None:
        row = {
            "id": paper.id,
            "project_id": project_id,
            "kind": paper.kind,
            "name": paper.name,
            "sha256": paper.sha256,
            "issued_by": paper.issued_by,
            **done._asdict(),
        }
        work.connection.execute(insert(works_papers), row)

    def disclose(self, work: Work, project_id: str, what: Sequence[str], done: Done) -> list[str]:
        rows = [{"project_id": project_id, "what": one, **done._asdict()} for one in sorted(set(what))]
        return list(work.connection.execute(_DISCLOSE, rows).scalars()) if rows else []

    def save_party(self, work: Work, project_id: str, party: WorksUnit, done: Done) -> None:
        save_party(work.connection, project_id, party, done)

    def save_contract(self, work: Work, project_id: str, contract: Contract, done: Done) -> None:
        save_contract(work.connection, project_id, contract, done)

    def accept(self, work: Work, project_id: str, acceptance: Acceptance, done: Done) -> None:
        row = {
            "project_id": project_id,
            "block": acceptance.block or GROUNDS,
            "accepted_on": acceptance.accepted_on,
            "residents": acceptance.residents,
            **done._asdict(),
        }
        work.connection.execute(insert(works_acceptances), row)
        given = [
            {
                "item_id": one.item,
                "project_id": project_id,
                "starts": one.starts,
                "ends": one.ends,
                "term": one.term,
            }
            for one in acceptance.warranties
        ]
        work.connection.execute(insert(warranties), given)


def works_of(connection: Connection, project_id: str) -> Works:
    """Everything about the works of a project; without the rules' lists."""

    def rows(table: Table) -> Sequence[Row[Any]]:
        return connection.execute(select(table).where(table.c.project_id == project_id)).all()

    items = {row.id: _item_of(row) for row in sorted(rows(works_items), key=_in_order)}
    inspected = defaultdict[str, list[Inspection]](list)
    for row in rows(works_inspections):
        inspected[row.item_id].append(inspection_of(row))
    accepted = frozenset(row.block or None for row in rows(works_acceptances))
    return Works(
        items=tuple(items.values()),
        standings={item_id: standing(made) for item_id, made in inspected.items()},
        defects=tuple(_defect_of(row) for row in sorted(rows(works_defects), key=lambda row: (row.at, row.id))),
        papers=tuple(_paper_of(row) for row in sorted(rows(works_papers), key=lambda row: (row.at, row.id))),
        disclosed=frozenset(row.what for row in rows(works_disclosures)),
        accepted=accepted,
        inspected_by_residents=accepted,
        parties=parties_of(connection, project_id),
        contracts=contracts_of(connection, project_id),
        warranties=tuple(_warranty_of(row, items[row.item_id]) for row in rows(warranties)),
        impacts_planned=has_planned_impacts(connection, project_id),
    )


def inspection_row(event: WorksItemInspected) -> dict[str, Any]:
    return {
        "id": event.inspection_id,
        "project_id": event.project_id,
        "item_id": event.item_id,
        "bases": sorted(event.bases),
        "template": event.template,
        "template_version": event.template_version,
        "readings": {name: _written(reading) for name, reading in event.readings.items()},
        "verdict": event.verdict,
        "accepted": event.accepted,
        "photographs": list(event.photographs),
        "actor": event.actor,
        "inspected_at": event.inspected_at,
        "at": event.at,
    }


def inspection_of(row: Row[Any]) -> Inspection:
    return Inspection(
        row.id,
        row.item_id,
        frozenset(row.bases),
        Verdict(row.verdict),
        row.accepted,
        row.actor,
        row.inspected_at,
        (row.template, row.template_version),
        {name: _read(reading) for name, reading in row.readings.items()},
        tuple(row.photographs),
    )


def _in_order(row: Row[Any]) -> tuple[str, str, bool, str]:
    """What was dropped stands before what was listed again."""
    return row.block, row.menu_item, row.dropped is None, row.id


def _item_of(row: Row[Any]) -> WorksItem:
    fields: Mapping[str, Any] = {name: row._mapping[name] for name in _ITEM}
    return WorksItem(choice=Choice(row.choice), block=row.block or None, spent=tuple(row.spent), **fields)


def _defect_of(row: Row[Any]) -> Defect:
    return Defect(
        row.id,
        row.item_id,
        Severity(row.severity),
        DefectState(row.state),
        WorksParty(row.cured_by) if row.cured_by else None,
        row.ticket_id,
        row.version,
        row.note,
        row.cure_by,
        row.overdue,
        row.inspection_id,
    )


def _paper_of(row: Row[Any]) -> Paper:
    return Paper(row.id, PaperKind(row.kind), row.name, row.sha256, row.issued_by)


def _warranty_of(row: Row[Any], item: WorksItem) -> Warranty:
    return Warranty(item.id, item.block, item.element, row.starts, row.ends, row.term)


def _written(reading: Reading) -> bool | str:
    """A number as text: JSON's own would come back as a float."""
    return reading if isinstance(reading, bool) else str(reading)


def _read(written: bool | str) -> Reading:
    return written if isinstance(written, bool) else Decimal(written)
