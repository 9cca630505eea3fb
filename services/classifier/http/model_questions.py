"""Direct questions to the model."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from services.chassis.web.identity import Actor, Role, any_actor, require
from services.classifier.files.current_reader import CurrentReader
from services.contracts.classification_events import Sensitive
from services.contracts.redaction import redact
from services.contracts.ticket_events import Place, RequestKind, TypeCode, Urgency


class TextToRead(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=100_000)
    address: str | None = Field(None, max_length=1_000)


class ReadingPreview(BaseModel):
    """How the classifier would classify a text; nothing is recorded or published."""

    type_code: TypeCode
    confidence: float
    runner_up: TypeCode | None
    secondary: tuple[TypeCode, ...]
    kind: RequestKind | None
    place: Place
    place_candidates: tuple[str, ...]
    urgency: Urgency
    emergency: bool
    sensitive: Sensitive | None
    reasons: tuple[str, ...]
    model_version: str


class ModelInUse(BaseModel):
    """The model in use; `card` says what it learnt from, when, and how well it performed."""

    model_version: str
    card: dict[str, Any]


def reader_routes(reader: CurrentReader) -> APIRouter:
    router = APIRouter(tags=["classifier"])

    @router.post("/classify")
    def classify(asked: TextToRead, _actor: Annotated[Actor, Depends(require(Role.HUB, Role.ADMIN))]) -> ReadingPreview:
        """Reads the text as it would come from intake: redacted."""
        text, address = redact(asked.text), asked.address and redact(asked.address)
        return ReadingPreview.model_validate(reader.read(text, address), from_attributes=True)

    @router.get("/model")
    def model(_actor: Annotated[Actor, Depends(any_actor)]) -> ModelInUse:
        return ModelInUse(model_version=reader.model_version, card=dict(reader.card))

    return router
