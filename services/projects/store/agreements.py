"""Parties and contracts of works in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import insert

from services.contracts.works_events import WorksContractChanged
from services.projects.app.works.ports import Done
from services.projects.domain.works.contracts import Audit, Contract, SumChange
from services.projects.domain.works.defects import WorksParty
from services.projects.domain.works.parties import WorksUnit
from services.projects.store.agreements_tables import works_contracts, works_parties

_party = insert(works_parties)
_SAVE_PARTY = _party.on_conflict_do_update(
    index_elements=["project_id", "role"],
    set_={name: _party.excluded[name] for name in ("name", "code", "version", "actor", "at")},
)
_contract = insert(works_contracts)
_SAVE_CONTRACT = _contract.on_conflict_do_update(
    index_elements=["id"],
    set_={name: _contract.excluded[name] for name in ("version", "changes", "audit", "actor", "at")},
)


def save_party(connection: Connection, project_id: str, party: WorksUnit, done: Done) -> None:
    row = {"project_id": project_id, "role": party.role, "name": party.name, "code": party.code}
    connection.execute(_SAVE_PARTY, row | {"version": party.version} | done._asdict())


def save_contract(connection: Connection, project_id: str, contract: Contract, done: Done) -> None:
    row = {
        "id": contract.id,
        "project_id": project_id,
        "version": contract.version,
        "party": contract.party,
        "paper_id": contract.paper,
        "sum_fen": contract.fen,
        "starts": contract.starts,
        "ends": contract.ends,
        "changes": [{"order": one.order, "fen": one.fen} for one in contract.changes],
        "audit": contract.audit and {"report": contract.audit.report, "fen": contract.audit.fen},
        **done._asdict(),
    }
    connection.execute(_SAVE_CONTRACT, row)


def contract_row(event: WorksContractChanged) -> Mapping[str, Any]:
    """As in its event."""
    return {
        "id": event.contract_id,
        "project_id": event.project_id,
        "version": event.version,
        "party": event.party,
        "paper_id": event.paper_id,
        "sum_fen": event.sum_fen,
        "starts": event.starts,
        "ends": event.ends,
        "changes": [one.model_dump() for one in event.changes],
        "audit": event.audit and event.audit.model_dump(),
        "actor": event.actor,
        "at": event.at,
    }


def parties_of(connection: Connection, project_id: str) -> tuple[WorksUnit, ...]:
    asked = select(works_parties).where(works_parties.c.project_id == project_id)
    rows = {WorksParty(row.role): row for row in connection.execute(asked)}
    return tuple(WorksUnit(role, row.name, row.code, row.version) for role in WorksParty if (row := rows.get(role)))


def contracts_of(connection: Connection, project_id: str) -> tuple[Contract, ...]:
    asked = select(works_contracts).where(works_contracts.c.project_id == project_id)
    ordered = asked.order_by(works_contracts.c.starts, works_contracts.c.id)
    return tuple(_contract_of(row) for row in connection.execute(ordered))


def _contract_of(row: Row[Any]) -> Contract:
    return Contract(
        row.id,
        WorksParty(row.party),
        row.paper_id,
        row.sum_fen,
        row.starts,
        row.ends,
        tuple(SumChange(**one) for one in row.changes),
        Audit(**row.audit) if row.audit else None,
        row.version,
    )
