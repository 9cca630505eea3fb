"""The bodies by which parties are named, and contracts signed, changed and audited."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, StringConstraints
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from services.chassis.commands import Unfit
from services.projects.domain.works.contracts import Audit, Contract, ContractFault, SumChange
from services.projects.domain.works.defects import WorksParty
from services.projects.domain.works.parties import UNITS, WorksUnit
from services.projects.http.bodies import Day, Words


def _credit_code(said: str) -> str:
    try:
        return str(uscc.validate(said))
    except ValidationError:
        raise ValueError(
            "is no unified social credit code: 18 characters, the last of which checks the others"
        ) from None


def _unit(role: WorksParty) -> WorksParty:
    if role not in UNITS:
        raise ValueError(f"is no unit: take {', '.join(sorted(UNITS))}")
    return role


CreditCode = Annotated[str, StringConstraints(max_length=30), AfterValidator(_credit_code)]
Unit = Annotated[WorksParty, AfterValidator(_unit)]
Sum = Annotated[int, Field(strict=True, gt=0, le=10**13, description="In fen.")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PartyBody(_Body):
    """`version` is the named unit's as it was read; 0 where none is named."""

    version: NonNegativeInt = 0
    role: Unit
    name: Annotated[Words, StringConstraints(max_length=200)]
    code: CreditCode

    def party(self) -> WorksUnit:
        return WorksUnit(self.role, self.name, self.code, self.version)


class ContractBody(_Body):
    """`id` is the sender's own, so that a repeated request signs one contract. `paper_id`: the signed contract."""

    id: UUID
    party: Unit
    paper_id: UUID
    sum_fen: Sum
    starts: Day
    ends: Day

    def contract(self) -> Contract:
        """Raises Unfit when it would end before it starts."""
        try:
            return Contract(str(self.id), self.party, str(self.paper_id), self.sum_fen, self.starts, self.ends)
        except ContractFault as fault:
            raise Unfit(fault.fact, str(fault)) from None


def _not_zero(fen: int) -> int:
    if fen == 0:
        raise ValueError("is 0, which changes nothing: give what the change order adds, or takes as a number below 0")
    return fen


class SumChangeBody(_Body):
    """`delta_fen`: what the change order adds; below 0 what it takes."""

    version: PositiveInt
    change_order: UUID
    delta_fen: Annotated[int, Field(strict=True, ge=-(10**13), le=10**13), AfterValidator(_not_zero)]

    def change(self) -> SumChange:
        return SumChange(str(self.change_order), self.delta_fen)


class AuditBody(_Body):
    """`report`: the paper of the audit."""

    version: PositiveInt
    report: UUID
    audited_fen: Annotated[int, Field(strict=True, ge=0, le=10**13)]

    def audit(self) -> Audit:
        return Audit(str(self.report), self.audited_fen)
