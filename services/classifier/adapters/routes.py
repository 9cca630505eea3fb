"""What people may ask the model itself."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from services.chassis.identity import Actor, Role, any_actor, require
from services.classifier.adapters.current_reader import CurrentReader
from services.contracts.classification_events import Sensitive
from services.contracts.ticket_events import Place, RequestKind, TypeCode, Urgency


class Text(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=100_000)
    address: str | None = Field(None, max_length=1_000)


class Preview(BaseModel):
    """What the classifier would say of a text; nothing is recorded or published."""

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


class Model(BaseModel):
    """The model in use; `card` says what it learnt from, when, and how good it was found."""

    model_version: str
    card: dict[str, Any]


def reader_routes(reader: CurrentReader) -> APIRouter:
    router = APIRouter(tags=["classifier"])

    @router.post("/classify")
    def classify(text: Text, _actor: Annotated[Actor, Depends(require(Role.HUB, Role.ADMIN))]) -> Preview:
        return Preview.model_validate(reader.read(text.text, text.address), from_attributes=True)

    @router.get("/model")
    def model(_actor: Annotated[Actor, Depends(any_actor)]) -> Model:
        return Model(model_version=reader.model_version, card=dict(reader.card))

    return router
