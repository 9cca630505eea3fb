"""A standard as one file that another district takes up as a draft: what is active in one of its versions, sealed."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt, model_validator

from services.contracts.districts import district
from services.contracts.works_events import Sha256
from services.projects.app.standards.draft_standard import NewStandard
from services.projects.domain.standards.clauses import active
from services.projects.domain.standards.standard import Edition, EditionContent, Standard
from services.projects.http.bodies import known_department
from services.projects.http.standard_bodies import ContentBody, KnownType, Short

FORMAT = "closedloop-standard/1"


class PackageBody(BaseModel):
    """`from_district`, `number` and `effective_from` say where it comes from.

    `seal`: SHA-256 of title, types and content. `lead`: the department here that drafts it.
    """

    model_config = ConfigDict(extra="forbid")

    format: Literal["closedloop-standard/1"]
    from_district: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    number: PositiveInt
    effective_from: date | None = None
    title: Short
    type_codes: Annotated[tuple[KnownType, ...], Field(min_length=1, max_length=41)]
    content: ContentBody
    seal: Sha256
    lead: Annotated[str, AfterValidator(known_department)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.seal != seal_of(self.title, self.type_codes, content_shown(self.content.content())):
            raise ValueError("the seal does not fit: the file was changed since it was exported; export it again")
        return self

    def new(self) -> NewStandard:
        return NewStandard(self.title, self.lead, self.type_codes, self.content.content())


def package_of(standard: Standard, edition: Edition) -> dict[str, Any]:
    """Everything of a version that is active; `lead` is who drafted it here, and another's to change."""
    content = content_shown(edition.content)
    return {
        "format": FORMAT,
        "from_district": district().code,
        "number": edition.number,
        "effective_from": edition.effective_from,
        "title": standard.title,
        "type_codes": standard.types,
        "content": content,
        "seal": seal_of(standard.title, standard.types, content),
        "lead": standard.lead,
    }


def content_shown(content: EditionContent) -> dict[str, Any]:
    """As ContentBody takes it."""
    return {
        "text": content.text,
        "clauses": [{"id": one.id, "text": one.text} for one in active(content.clauses)],
        "elements": list(content.elements),
        "menu": [row.model_dump(mode="json", exclude_none=True) for row in content.menu],
        "papers": {step: sorted(kinds) for step, kinds in content.papers.items()},
        "meetings": {step: sorted(kinds) for step, kinds in content.meetings.items()},
        "templates": [one._asdict() for one in content.templates],
    }


def seal_of(title: str, types: tuple[str, ...], content: dict[str, Any]) -> str:
    """Over JSON with sorted keys, no blanks, and characters as they are (UTF-8)."""
    said = {"title": title, "type_codes": list(types), "content": content}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
