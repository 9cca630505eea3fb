"""Reading a text: type by the model, place by the register, urgency by rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.classifier.domain.lexicon import normalise
from services.classifier.domain.places import Register
from services.classifier.domain.reading import Reading
from services.classifier.domain.type_model import TypeModel
from services.classifier.domain.urgency import urgency_of
from services.contracts.ticket_events import Urgency

MOST_REASONS: Final = 12


class ModelReader:
    """A `Reader`. `usual_urgency` is the taxonomy's urgency by type code."""

    def __init__(self, model: TypeModel, register: Register, usual_urgency: Mapping[str, Urgency]) -> None:
        self._model = model
        self._register = register
        self._usual_urgency = usual_urgency

    @property
    def model_version(self) -> str:
        return self._model.version

    def read(self, text: str, address: str | None) -> Reading:
        message = normalise(text)
        opinion = self._model.judge(text)
        usual = self._usual_urgency.get(opinion.type_code, Urgency.NORMAL)
        urgency, pressing = urgency_of(message, usual)
        located = self._register.locate(message, normalise(address or ""))
        return Reading(
            type_code=opinion.type_code,
            confidence=opinion.confidence,
            runner_up=opinion.runner_up,
            secondary=opinion.secondary,
            place=located.place,
            place_candidates=located.candidates,
            urgency=urgency,
            reasons=tuple(dict.fromkeys((*opinion.words, *pressing)))[:MOST_REASONS],
            model_version=self._model.version,
        )
