"""The classifier's parts, put together."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter

from services.chassis.service import clock_of
from services.chassis.web.health import Health
from services.classifier.app.answer import Answering
from services.classifier.domain.places import Register
from services.classifier.files.current_reader import CurrentReader
from services.classifier.files.model_store import ModelStore
from services.classifier.files.reader_data import reader_with
from services.classifier.files.register_store import RegisterStore
from services.classifier.http.dead_letters import dead_letter_routes
from services.classifier.http.model_questions import reader_routes
from services.classifier.http.progress import progress_routes
from services.classifier.settings import ClassifierSettings
from services.classifier.stream.dead_letters import DeadLetters
from services.classifier.stream.register_feed import RegisterFeed
from services.classifier.stream.ticket_texts import Stream
from services.contracts.fingerprint import TermKey


@dataclass(frozen=True, slots=True)
class Classifier:
    """One reader, the register that it follows, the stream that answers by it, and the dead letters of that stream."""

    reader: CurrentReader
    feed: RegisterFeed
    stream: Stream
    letters: DeadLetters

    @classmethod
    def of(cls, settings: ClassifierSettings, health: Health) -> Classifier:
        """To be called on the event loop that runs the stream.

        Raises BadModel or InvalidData for an active model or register that cannot be used.
        """
        registers = RegisterStore(settings.registers)
        register = registers.load()
        key = TermKey(bytes.fromhex(settings.fingerprint_key.get_secret_value()))
        reader = CurrentReader(ModelStore(settings.models), lambda model: reader_with(model, key, register))

        def use(newer: Register) -> None:
            nonlocal register
            register = newer
            reader.build_again()

        feed = RegisterFeed(settings, registers, use)
        clock = clock_of(settings)
        answering = Answering(reader, clock, source=f"/{settings.jurisdiction}/classifier")
        stream = Stream(settings, answering, health, feed.look)
        return cls(reader, feed, stream, DeadLetters(settings, answering, stream.publisher, clock))

    @property
    def routes(self) -> Sequence[APIRouter]:
        return [reader_routes(self.reader), dead_letter_routes(self.letters), progress_routes(self.stream)]

    @property
    def workers(self) -> Sequence[Callable[[], Coroutine[Any, Any, None]]]:
        """What runs beside the stream, each until it is cancelled."""
        return [self.letters.keep_count, self.reader.follow, self.feed.follow]
