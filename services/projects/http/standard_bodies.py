"""The bodies of what people do with standards, checked field by field."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt, StringConstraints

from services.contracts.elements import ElementCode
from services.contracts.redaction import redact
from services.contracts.standard_events import ClauseId
from services.contracts.ticket_events import SubDistrictCode, TypeCode
from services.contracts.works_events import Sha256
from services.projects.app.standards.draft_standard import NewStandard
from services.projects.app.standards.issue_standard import Issue
from services.projects.domain.consultation.meetings import MeetingKind
from services.projects.domain.menu import ConsentScope, MenuCode, MenuContent, Unit
from services.projects.domain.standards.clause_checks import CheckMethod, CheckVerdict, StandardCheck
from services.projects.domain.standards.clauses import Clause, ClauseStatus
from services.projects.domain.standards.opinions import OpinionRole, StandardOpinion
from services.projects.domain.standards.standard import EditionContent, FormTemplate
from services.projects.domain.works.gated_works import Gated
from services.projects.domain.works.papers import PaperKind
from services.projects.http.bodies import Day, Elements, Words, known_department, known_type

KnownType = Annotated[TypeCode, AfterValidator(known_type)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(redact)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000), AfterValidator(redact)]
"""What a standard says; it is redacted as everything that people write."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ClauseBody(_Body):
    """`successor`: of a clause that is superseded, the one that takes its place."""

    id: ClauseId
    text: Text
    status: ClauseStatus = ClauseStatus.ACTIVE
    successor: ClauseId | None = None


class StandardCapacityBody(_Body):
    unit_cn: Short
    unit_en: Short


class MenuRowBody(_Body):
    """Takes the place of the menu's row of the same code while the standard is in force, or adds one."""

    code: MenuCode
    withdrawn: bool = False
    element: ElementCode
    unit: Unit
    consent: ConsentScope
    name_cn: Short
    name_en: Short
    standard_cn: Short
    standard_en: Short
    removes_cn: Short
    removes_en: Short
    capacity: StandardCapacityBody | None = None


class FormBody(_Body):
    title: Short
    sha256: Sha256


class ContentBody(_Body):
    """`elements`: works that it rules; none: all. `papers`, `meetings`: by step of works, beside what the rules ask."""

    text: Text
    clauses: Annotated[tuple[ClauseBody, ...], Field(min_length=1, max_length=300)]
    elements: Elements = ()
    menu: Annotated[tuple[MenuRowBody, ...], Field(max_length=100)] = ()
    papers: dict[Gated, frozenset[PaperKind]] = Field(default_factory=dict)
    meetings: dict[Gated, frozenset[MeetingKind]] = Field(default_factory=dict)
    templates: Annotated[tuple[FormBody, ...], Field(max_length=50)] = ()

    def content(self) -> EditionContent:
        return EditionContent(
            self.text,
            tuple(Clause(one.id, one.text, one.status, one.successor) for one in self.clauses),
            self.elements,
            tuple(MenuContent.model_validate(row.model_dump()) for row in self.menu),
            self.papers,
            self.meetings,
            tuple(FormTemplate(one.title, one.sha256) for one in self.templates),
        )


class StandardBody(_Body):
    """`case_id`: the case that it comes of."""

    title: Short
    lead: Annotated[str, AfterValidator(known_department)]
    type_codes: Annotated[tuple[KnownType, ...], Field(min_length=1, max_length=41)]
    case_id: UUID | None = None
    content: ContentBody

    def new(self) -> NewStandard:
        case = str(self.case_id) if self.case_id else None
        return NewStandard(self.title, self.lead, self.type_codes, self.content.content(), case)


class RevisionBody(_Body):
    """`version` is the standard's as it was read. Without content the draft begins as the version before."""

    version: PositiveInt
    content: ContentBody | None = None


class WritingBody(_Body):
    version: PositiveInt
    content: ContentBody


class StandardOpinionBody(_Body):
    """`id` is the sender's own. `clause`: left out for the whole."""

    id: UUID
    role: OpinionRole
    clause: ClauseId | None = None
    words: Words

    def opinion(self) -> StandardOpinion:
        return StandardOpinion(str(self.id), 0, self.role, self.clause, self.words)


class StandardAnswerBody(_Body):
    """`version` is the opinion's."""

    version: PositiveInt
    adopted: bool
    why: Words


class StandardStepBody(_Body):
    version: PositiveInt


class IssueBody(_Body):
    """`supersedes`: the number of the version in force before, none for the first. Days: the first and last in force.

    Without `adopt_by` and `review_on` it is as the rules of standards say.
    """

    version: PositiveInt
    effective_from: Day
    effective_to: Day | None = None
    supersedes: PositiveInt | None = None
    adopt_by: Day | None = None
    review_on: Day | None = None

    def issue(self) -> Issue:
        return Issue(
            self.version, self.effective_from, self.effective_to, self.supersedes, self.adopt_by, self.review_on
        )


class KeepingBody(_Body):
    version: PositiveInt
    review_on: Day | None = None


class RetirementBody(_Body):
    version: PositiveInt
    last_day: Day
    reason: Words


class AdoptionBody(_Body):
    """`version` is the roll-out's in this sub-district; `number` the standard's version that is adopted."""

    version: PositiveInt
    number: PositiveInt
    trained_on: Day


class ExemptionBody(_Body):
    version: PositiveInt
    reason: Words
    until: Day


class CheckBody(_Body):
    """`id` is the sender's own. `version` is the roll-out's there; `valid_until`: the last day it says something."""

    id: UUID
    sub_district: SubDistrictCode
    version: PositiveInt
    number: PositiveInt
    clause: ClauseId
    method: CheckMethod
    evidence: Words
    checked_on: Day
    valid_until: Day
    verdict: CheckVerdict
    mend_by: Day | None = None

    def check(self) -> StandardCheck:
        return StandardCheck(
            str(self.id),
            self.sub_district,
            self.clause,
            self.number,
            self.method,
            self.evidence,
            self.checked_on,
            self.valid_until,
            self.verdict,
            self.mend_by,
        )
