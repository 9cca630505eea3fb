"""The bodies of what people do in supervision, checked field by field."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt, StringConstraints

from services.contracts.districts import sub_districts
from services.contracts.estate_events import EstateCode
from services.contracts.supervision_events import SupervisingParty
from services.contracts.ticket_events import DepartmentCode, Place, SubDistrictCode, TypeCode
from services.contracts.works_events import Sha256
from services.projects.app.supervision.opinions import At, RatingSaid
from services.projects.app.supervision.topics import NewClause, NewSuggestion, NewTopic
from services.projects.domain.supervision.topics import (
    InspectorGroup,
    InspectorRole,
    SiteFinding,
    SiteInspection,
    SupervisionArea,
)
from services.projects.domain.supervision.unit_answers import Contentment, ReplyClass, UnitAnswer
from services.projects.http.bodies import Day, Moment, Words

Title = Annotated[Words, StringConstraints(max_length=100)]


def _sub_district(code: str) -> str:
    if code not in sub_districts():
        raise ValueError("is no sub-district: take a code of services/contracts/data/districts.yaml")
    return code


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TopicBody(_Body):
    """`id` is the supervisor's own: the same again is one topic. `suggestion_id`: what it comes from."""

    id: UUID
    party: SupervisingParty
    area: SupervisionArea
    title: Title
    why: Words
    type_code: TypeCode | None = None
    suggestion_id: UUID | None = None

    def topic(self) -> NewTopic:
        suggestion = str(self.suggestion_id) if self.suggestion_id else None
        return NewTopic(str(self.id), self.party, self.area, self.title, self.why, self.type_code, suggestion)


class PeopleBody(_Body):
    """How many of a role took part, and of which department if of one; never who."""

    role: InspectorRole
    unit: DepartmentCode | None = None
    number: Annotated[int, Field(ge=1, le=1000)]


class SiteFindingBody(_Body):
    """`photographs`: SHA-256 of their files."""

    note: Words
    photographs: Annotated[list[Sha256], Field(max_length=20)] = []


class SupervisionInspectionBody(_Body):
    """`id` is the inspectors' own. `units`: the inspected departments, of which nobody takes part."""

    id: UUID
    sub_district: Annotated[SubDistrictCode, AfterValidator(_sub_district)]
    estate_id: EstateCode | None = None
    units: Annotated[list[DepartmentCode], Field(min_length=1, max_length=20)]
    people: Annotated[list[PeopleBody], Field(min_length=1, max_length=50)]
    made_at: Moment
    findings: Annotated[list[SiteFindingBody], Field(min_length=1, max_length=100)]

    def inspection(self, topic_id: str) -> SiteInspection:
        people = (InspectorGroup(one.role, one.unit, one.number) for one in self.people)
        findings = (SiteFinding(one.note, tuple(one.photographs)) for one in self.findings)
        place = Place(sub_district=self.sub_district, estate=self.estate_id)
        units = tuple(dict.fromkeys(self.units))
        return SiteInspection(str(self.id), topic_id, place, units, tuple(people), self.made_at, tuple(findings))


class NewClauseBody(_Body):
    """`id` is the supervisor's own; `unit`: the department that is to answer."""

    id: UUID
    text: Words
    unit: DepartmentCode
    suggestion_id: UUID | None = None


class ClausesBody(_Body):
    clauses: Annotated[list[NewClauseBody], Field(min_length=1, max_length=50)]

    def given(self) -> list[NewClause]:
        return [
            NewClause(str(one.id), one.text, one.unit, str(one.suggestion_id) if one.suggestion_id else None)
            for one in self.clauses
        ]


class TopicReasonBody(_Body):
    version: PositiveInt
    reason: Words


class SuggestionBody(_Body):
    """What a deputy or a resident suggests: subject, reason, countermeasure. `id` is whose it is."""

    id: UUID
    party: SupervisingParty = SupervisingParty.CONGRESS
    subject: Title
    reason: Words
    countermeasure: Words

    def suggestion(self) -> NewSuggestion:
        return NewSuggestion(str(self.id), self.party, self.subject, self.reason, self.countermeasure)


class _StepBody(_Body):
    """`version` is the clause's as it was read."""

    version: PositiveInt

    def at(self, clause_id: UUID) -> At:
        return At(str(clause_id), self.version)


class HandOverBody(_StepBody):
    unit: DepartmentCode


class ClauseReasonBody(_StepBody):
    reason: Words


class ExtensionBody(_StepBody):
    reason: Words
    until: Day


class ExtensionDecisionBody(_StepBody):
    granted: bool
    note: Words | None = None


class ReplyBody(_StepBody):
    """Class A: solved, `on` that day. B: in this year, C: planned, each promised for the day `on`. D: not possible, and
    `text` says why. `signature`: SHA-256 of the paper that the unit's head signed on `signed_on`."""

    reply_class: ReplyClass
    text: Words
    on: Day | None = None
    signed_on: Day
    signature: Sha256

    def answer(self) -> UnitAnswer:
        return UnitAnswer(self.reply_class, self.text, self.on, self.signed_on, self.signature)


class RatingBody(_StepBody):
    """Manner and result apart; who is dissatisfied with one says why."""

    manner: Contentment
    result: Contentment
    why: Words | None = None

    def said(self) -> RatingSaid:
        return RatingSaid(self.manner, self.result, self.why)


class CarriedOutBody(_StepBody):
    on: Day
    note: Words | None = None
