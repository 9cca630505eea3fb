"""Bodies of the officers' routes."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WrapValidator

from services.notifier.domain.directory_findings import FindingKind
from services.notifier.domain.officer import OfficerChannel, Post
from services.notifier.http.officer_checks import address_of, each_once, name_of, post_of, unit_of

MOST_AT_ONCE = 1000
MOST_WAYS = 8

Name = Annotated[
    str,
    StringConstraints(max_length=40),
    AfterValidator(name_of),
    Field(description="Letters alone; `值班室` does for a desk."),
]
Unit = Annotated[
    str,
    StringConstraints(max_length=31),
    AfterValidator(unit_of),
    Field(description="A department's code (`hub` for the district's operation centre), or a supervising party's."),
]
PostThere = Annotated[Post, AfterValidator(post_of)]
Address = Annotated[str, StringConstraints(max_length=254), AfterValidator(address_of)]


class WayIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    channel: OfficerChannel
    address: Address = Field(description="A mailbox, a mobile number of eleven digits, or the key of a group's robot.")


class OfficerIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    unit: Unit
    post: PostThere
    name: Name
    language: Literal["zh", "en"] = "zh"
    ways: list[WayIn] = Field([], max_length=MOST_WAYS, description="Tried in this order.")


class OfficersBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    officers: Annotated[list[OfficerIn], WrapValidator(each_once)] = Field(min_length=1, max_length=MOST_AT_ONCE)


class WayOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    channel: OfficerChannel
    address: str


class OfficerOut(BaseModel):
    """An officer who is notified. Personal data: for the hub and the unit itself."""

    model_config = ConfigDict(from_attributes=True)

    officer_id: UUID
    unit: str
    post: Post
    name: str
    language: str
    ways: list[WayOut]


class FindingOut(BaseModel):
    """Who would not be reached. `officer_id` is the one without a way."""

    kind: FindingKind
    unit: str
    officer_id: UUID | None = None


class OfficerList(BaseModel):
    """`channels_absent`: by these nothing is sent, since they are not configured."""

    items: list[OfficerOut]
    findings: list[FindingOut]
    channels_absent: list[OfficerChannel]


class WrittenOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    added: int
    kept: int
    removed: int


class SavedOut(BaseModel):
    """`added`: false if there was one of this unit, post and name, who has the new language and ways now."""

    officer_id: UUID
    added: bool
