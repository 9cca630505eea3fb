"""The bodies of what people do with plans and the maintenance fund, checked field by field."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, StringConstraints

from services.contracts.elements import ElementCode
from services.contracts.estate_events import EstateCode
from services.projects.app.plans.draft_plan import EntryDecision
from services.projects.app.plans.use_fund import FundRequest
from services.projects.domain.fund_use import FundUseState
from services.projects.domain.needs import NeedReason
from services.projects.domain.yearly_plan import PlanDecision

Fen = Annotated[int, Field(strict=True, ge=0, le=10**14, description="In fen, 0.01 yuan.")]
Cost = Annotated[int, Field(strict=True, gt=0, le=10**13, description="In fen, 0.01 yuan.")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewPlanBody(_Body):
    """`budget_fen`: public money; what owners pay is apart."""

    year: Annotated[int, Field(ge=2000, le=2200)]
    budget_fen: Fen


class RankingBody(_Body):
    """`version` is the plan's as it was read; without `budget_fen` the budget stays."""

    version: PositiveInt
    budget_fen: Fen | None = None


class PublicationBody(_Body):
    version: PositiveInt


class EntryBody(_Body):
    """`version` is the entry's as it was read. What is not listed needs a reason, what is listed a cost.

    `agreement`: per cent of the residents who agree, as it was reported; left out it stays.
    """

    version: NonNegativeInt
    decision: PlanDecision
    reason: NeedReason | None = None
    cost_fen: Cost | None = None
    agreement: Annotated[int, Field(ge=0, le=100)] | None = None

    def said(self, estate: str) -> EntryDecision:
        return EntryDecision(estate, self.version, self.decision, self.reason, self.cost_fen, self.agreement)


class FundUseBody(_Body):
    """`id` is the asker's own. `safety`: use or safety is hit, without which nobody repairs on behalf."""

    id: UUID
    estate: EstateCode
    kind: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,12}(_[a-z]{1,12})?$")]
    element: ElementCode | None = None
    cost_fen: Cost
    safety: bool

    def asked(self) -> FundRequest:
        return FundRequest(str(self.id), self.estate, self.kind, self.element, self.cost_fen, self.safety)


class FundStepBody(_Body):
    version: PositiveInt
    to: FundUseState
