"""Contracts (合同) of works: their sums, what changes them, and the audit of what was paid in the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from services.projects.domain.works.defects import WorksParty


class ContractFault(ValueError):
    """What cannot be; `fact` names it."""

    def __init__(self, fact: str, fault: str) -> None:
        super().__init__(fault)
        self.fact = fact


@dataclass(frozen=True, slots=True)
class SumChange:
    """What a change order adds to a sum, or takes from it; in fen."""

    order: str
    fen: int


@dataclass(frozen=True, slots=True)
class Audit:
    """What the audit found to be due, in fen; `report` is its paper."""

    report: str
    fen: int


@dataclass(frozen=True, slots=True)
class Contract:
    """With one party of the works, for the days from `starts` to `ends`. `paper`: the signed contract. Sums in fen."""

    id: str
    party: WorksParty
    paper: str
    fen: int
    starts: date
    ends: date
    changes: tuple[SumChange, ...] = ()
    audit: Audit | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if self.ends < self.starts:
            raise ContractFault("ends", "is before the day on which it starts")

    @property
    def due(self) -> int:
        """The sum with all its changes, in fen."""
        return self.fen + sum(change.fen for change in self.changes)

    def change(self, change: SumChange) -> Contract:
        """Raises ContractFault."""
        if self.audit:
            raise ContractFault("change_order", "comes after the audit, which closed the contract")
        if change.order in {one.order for one in self.changes}:
            raise ContractFault("change_order", "changed this contract already; file each change order by itself")
        changed = replace(self, changes=(*self.changes, change), version=self.version + 1)
        if changed.due <= 0:
            raise ContractFault("delta_fen", f"takes more than the {self.due} fen that are contracted")
        return changed

    def close(self, audit: Audit) -> Contract:
        """Raises ContractFault: nothing is due beyond what was contracted and changed by an order."""
        if self.audit:
            raise ContractFault("report", "comes second: the contract is audited")
        if audit.fen > self.due:
            raise ContractFault("audited_fen", f"is above the {self.due} fen contracted; file the change orders first")
        return replace(self, audit=audit, version=self.version + 1)
