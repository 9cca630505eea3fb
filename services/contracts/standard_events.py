"""Events of standards, their consultation, roll-out and checks (topic `projects`): docs/domain.md §3.3, §10.2.

A standard, each opinion on a draft, each sub-district's roll-out and each check is an aggregate of its own.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.contracts.elements import ElementCode
from services.contracts.event import Event, deterministic_id
from services.contracts.need_events import NeedId
from services.contracts.ticket_events import DepartmentCode, Place, TypeCode
from services.contracts.works_events import Sha256

StandardId = NeedId
ClauseId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]?[0-9]{1,3}(\.[0-9]{1,3}){0,3}$"),
    Field(description="Stays in all versions, as 3, A2 or 4.1."),
]
MenuCode = Annotated[str, StringConstraints(pattern=r"^M[0-9]{2}-[A-Z]$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,15}(_[a-z]{1,16}){0,3}$")]
Number = Annotated[int, Field(ge=1, description="Of a version of the standard.")]


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class StandardClause(_Fact):
    """`successor`: of a clause that is superseded, the one that took its place."""

    id: ClauseId
    wording: str
    status: Literal["active", "superseded", "withdrawn"] = "active"
    successor: ClauseId | None = None


class MenuCapacity(_Fact):
    unit_cn: str
    unit_en: str


class StandardMenuRow(_Fact):
    """A row of the menu that takes the place of the base menu's of the same code while the standard is in force."""

    code: MenuCode
    withdrawn: bool = False
    element: ElementCode
    unit: Code
    consent: Code
    title_cn: str
    title_en: str
    standard_cn: str
    standard_en: str
    removes_cn: str
    removes_en: str
    capacity: MenuCapacity | None = None


class StandardTemplate(_Fact):
    """A form that comes with the standard."""

    title: str
    sha256: Sha256


class StandardContent(_Fact):
    """What a version says. `papers`, `meetings`: by step of works, without which the step is not taken."""

    wording: str
    clauses: tuple[StandardClause, ...]
    elements: tuple[ElementCode, ...] = Field((), description="Works that it rules; none: all.")
    menu: tuple[StandardMenuRow, ...] = ()
    papers: dict[str, tuple[Code, ...]] = Field(default_factory=dict)
    meetings: dict[str, tuple[Code, ...]] = Field(default_factory=dict)
    templates: tuple[StandardTemplate, ...] = ()


class StandardVersion(_Fact):
    """One version of a standard. What is issued never changes."""

    number: Number
    state: Literal["draft", "consulted", "issued"]
    content: StandardContent
    supersedes: Number | None = Field(None, description="The version that was in force before.")
    effective_from: date | None = None
    effective_to: date | None = Field(None, description="The last day, if it was said at the issue.")
    adopt_by: date | None = Field(None, description="The last day for sub-districts to adopt it.")
    issued_at: AwareDatetime | None = None
    issued_by: DepartmentCode | None = None
    menu_versions: dict[str, Number] = Field(default_factory=dict)


class StandardEvent(Event):
    """The public state of a standard, with the version that the fact is about."""

    standard_id: StandardId
    title: str
    lead: DepartmentCode
    type_codes: tuple[TypeCode, ...]
    case_id: StandardId | None = None
    state: Literal["draft", "consulted", "issued", "revised", "retired"]
    opened_at: AwareDatetime
    edition: StandardVersion
    retired_on: date | None = Field(None, description="The last day in force.")
    retired_at: AwareDatetime | None = None
    retired_why: str | None = None
    review_on: date | None = Field(None, description="When somebody looks whether it does what it should.")
    review_overdue: bool = False
    actor: str

    @property
    def aggregate_id(self) -> str:
        return self.standard_id


class StandardChanged(StandardEvent):
    """A version was drafted, changed or consulted on; or the standard was reviewed or retired."""

    type: ClassVar[str] = "standard.changed.v1"


class StandardIssued(StandardEvent):
    """A version was issued: it is in force from its day on, and later projects start from it."""

    type: ClassVar[str] = "standard.issued.v1"
    number: Number | None = Field(None, description="As the version says, as is the next.")
    adopt_by: date | None = None


class StandardReviewDue(StandardEvent):
    """Nobody said by the day of the review whether the standard is kept, revised or retired."""

    type: ClassVar[str] = "standard.review_due.v1"


class StandardOpinionChanged(Event):
    """Somebody who was asked said something of a draft, or was answered."""

    type: ClassVar[str] = "standard.opinion_changed.v1"
    opinion_id: StandardId
    standard_id: StandardId
    number: Number
    role: Literal["bureau", "sub_district", "deputy", "resident"]
    clause: ClauseId | None = None
    words: str
    adopted: bool | None = None
    why: str | None = None
    on_text: Sha256 | None = Field(None, description="SHA-256 of the content that it was given on.")
    actor: str

    @property
    def aggregate_id(self) -> str:
        return str(deterministic_id("standard opinion", self.opinion_id, self.type))


class RolloutChanged(Event):
    """What a sub-district made of a standard: planned, adopted, checked, accepted, exempted, or late."""

    type: ClassVar[str] = "rollout.changed.v1"
    standard_id: StandardId
    lead: DepartmentCode
    place: Place
    state: Literal["planned", "adopted", "checked", "accepted", "exempted"]
    number: Number | None = Field(None, description="The version that was adopted.")
    adopted_on: date | None = None
    trained_on: date | None = None
    adopt_by: date | None = None
    overdue: bool = Field(False, description="It was not adopted in time.")
    exempt_reason: str | None = None
    exempt_until: date | None = Field(None, description="The last day.")
    actor: str

    @property
    def aggregate_id(self) -> str:
        return str(deterministic_id("rollout", self.standard_id, self.place.sub_district or ""))


class StandardCheckChanged(Event):
    """A clause was checked at a sub-district; or what was found there was not mended in time."""

    type: ClassVar[str] = "standard.check_changed.v1"
    check_id: StandardId
    standard_id: StandardId
    lead: DepartmentCode
    place: Place
    clause: ClauseId
    number: Number
    method: Literal["on_site", "papers", "interview", "data"]
    evidence: str
    checked_on: date
    valid_until: date
    state: Literal["satisfied", "not_satisfied", "exempt", "not_applicable", "unknown"] = Field(
        description="The verdict; after `valid_until` it is unknown."
    )
    mend_by: date | None = None
    noted_at: AwareDatetime | None = Field(None, description="Tells checks of one day apart.")
    overdue: bool = Field(False, description="The finding was not mended in time.")
    actor: str

    @property
    def aggregate_id(self) -> str:
        return str(deterministic_id("standard check", self.check_id, self.type))
