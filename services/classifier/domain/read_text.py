"""Reading a text: type by the model, place by the register, urgency by rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.classifier.domain.fingerprint import fingerprint_of
from services.classifier.domain.grams import split_heading
from services.classifier.domain.kind import Kinds
from services.classifier.domain.lexicon import LONGEST_TEXT, normalise
from services.classifier.domain.place_words import MOST_WORDS, PlaceWords
from services.classifier.domain.places import Register
from services.classifier.domain.reading import Reading
from services.classifier.domain.sensitive import sensitive_of
from services.classifier.domain.type_model import TypeModel
from services.classifier.domain.urgency import urgency_of
from services.contracts.fingerprint import TermKey
from services.contracts.ticket_events import RequestKind, Urgency
from services.contracts.writing import plain

MOST_REASONS: Final = 12


class ModelReader:
    """A `Reader`. `usual` is the taxonomy's kind and urgency by type code."""

    def __init__(
        self,
        model: TypeModel,
        register: Register,
        kinds: Kinds,
        place_words: PlaceWords,
        usual: Mapping[str, tuple[RequestKind, Urgency]],
        term_key: TermKey,
    ) -> None:
        self._model = model
        self._register = register
        self._kinds = kinds
        self._place_words = place_words
        self._usual = usual
        self._term_key = term_key

    @property
    def model_version(self) -> str:
        return self._model.version

    def read(self, text: str, address: str | None) -> Reading:
        text = plain(text[:LONGEST_TEXT])
        message = normalise(text)
        grams = self._model.counted(text)
        opinion = self._model.judge(text, grams)
        usual_kind, usual_urgency = self._usual.get(opinion.type_code, (None, Urgency.NORMAL))
        kind, _ = self._kinds.kind_of(message, normalise(split_heading(text)[0]), grams, usual_kind)
        pressing = urgency_of(message, usual_urgency)
        written = normalise(address or "")
        located = self._register.locate(message, written)
        return Reading(
            type_code=opinion.type_code,
            confidence=opinion.confidence,
            runner_up=opinion.runner_up,
            secondary=opinion.secondary,
            place=located.place,
            place_candidates=located.candidates,
            elsewhere=located.elsewhere,
            place_words=self._names_of_places(message, written),
            kind=kind,
            urgency=pressing.urgency,
            emergency=pressing.emergency,
            sensitive=sensitive_of(message),
            reasons=tuple(dict.fromkeys((*opinion.words, *pressing.words)))[:MOST_REASONS],
            fingerprint=fingerprint_of(message, self._term_key, written),
            model_version=self._model.version,
        )

    def _names_of_places(self, message: str, address: str) -> tuple[str, ...]:
        """Whether or not the register knows them; the address says best where it is."""
        return tuple(dict.fromkeys((*self._place_words.of(address), *self._place_words.of(message))))[:MOST_WORDS]
