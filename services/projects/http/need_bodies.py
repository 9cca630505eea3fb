"""The bodies of what people do with needs, checked field by field."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt, StringConstraints

from services.contracts.elements import ElementCode
from services.contracts.estate_events import EstateCode
from services.contracts.works_events import Sha256
from services.projects.app.needs.gather import NeedRequest
from services.projects.app.needs.open_project import Wanted
from services.projects.domain.needs import ANYTHING, NeedOrigin, NeedReason
from services.projects.domain.surveys import NeedsSurvey, SurveyedFinding, SurveyRole
from services.projects.domain.works.repair_project import NO_PLAN, Plan
from services.projects.http.bodies import Moment, PlanBody, Words, known_elements

Codes = Annotated[list[ElementCode], Field(max_length=40), AfterValidator(known_elements)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NeedBody(_Body):
    """`id` is the asker's own: the same again is one request. Without elements: to be repaired at all."""

    id: UUID
    source: Literal[NeedOrigin.COMMITTEE, NeedOrigin.FILE]
    estate: EstateCode
    elements: Codes = []

    def asked(self) -> NeedRequest:
        return NeedRequest(str(self.id), self.source, self.estate, self.elements or [ANYTHING])


class FindingBody(_Body):
    elements: Annotated[Codes, Field(min_length=1)]
    note: Words
    photographs: Annotated[list[Sha256], Field(max_length=20)] = []


class SurveyBody(_Body):
    """`id` is the surveyor's own. `unit`: who looked, as an office or a firm."""

    id: UUID
    estate: EstateCode
    role: SurveyRole
    unit: Annotated[Words, StringConstraints(max_length=100)]
    on_site: bool
    made_at: Moment
    findings: Annotated[list[FindingBody], Field(min_length=1, max_length=100)]

    def survey(self) -> NeedsSurvey:
        findings = (SurveyedFinding(tuple(one.elements), one.note, tuple(one.photographs)) for one in self.findings)
        return NeedsSurvey(str(self.id), self.estate, self.role, self.unit, self.on_site, self.made_at, tuple(findings))


class WithdrawalBody(_Body):
    """`version` is the need's as it was read; `source` and `ref` are the request's, as the need's sources show it."""

    version: PositiveInt
    source: Literal[NeedOrigin.COMMITTEE, NeedOrigin.FILE]
    ref: UUID


class RefusalBody(_Body):
    """`version` is the need's as it was read."""

    version: PositiveInt
    reason: NeedReason


class WantedBody(_Body):
    """A need as it was read."""

    id: UUID
    version: PositiveInt


class NewProjectBody(_Body):
    """A project for needs, of one estate or several: the first one's is its place."""

    needs: Annotated[list[WantedBody], Field(min_length=1, max_length=200)]
    project: PlanBody | None = None

    def wanted(self) -> list[Wanted]:
        return [Wanted(str(one.id), one.version) for one in self.needs]

    def plan(self) -> Plan:
        return self.project.plan() if self.project else NO_PLAN
