"""A person's phone, flat and name, in a text that is read or a record that cannot be, are in no answer and no cause."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

from services.chassis.clock import FixedClock
from services.classifier.app.answer import Answering, SourceRecord
from services.classifier.files.current_reader import CurrentReader
from services.classifier.http.model_questions import reader_routes
from services.contracts.event import Envelope
from services.contracts.text_events import TicketTextRecorded
from services.contracts.ticket_events import Channel
from tests.contract.strings import of_routes
from tests.harness.planted import SAID, Planting, traces
from tests.integration.applications import application, clients_of
from tests.unit.classifier.readers import shipped_reader

NOW = datetime(2026, 7, 1, tzinfo=UTC)


class _ReaderWithoutFiles:
    """The shipped reader, in place of the one that follows the files of a deployment."""

    model_version = "shipped"
    card: dict[str, Any] = {}  # noqa: RUF012

    def read(self, text: str, address: str | None) -> Any:
        return shipped_reader().read(text, address)


def test_a_preview_repeats_nothing_of_the_person() -> None:
    routes = reader_routes(cast("CurrentReader", _ReaderWithoutFiles()))
    planting = Planting()
    body = {"text": f"楼顶漏雨。{SAID}", "address": SAID}
    hub = clients_of(application([routes]))("hub")
    planting.send(hub, "POST", "/classify", 200, "TextToRead.text", "TextToRead.address", json=body)
    assert of_routes("classifier") == planting.fields
    assert planting.found_in_answers() == {}


def test_a_cause_repeats_nothing_of_the_record() -> None:
    text = TicketTextRecorded(version=1, ticket_id=str(uuid4()), text="漏水", channel=Channel.PHONE, occurred_at=NOW)
    headers = Envelope(uuid4(), "/310109/intake", NOW, text).headers()
    whole = json.loads(text.model_dump_json())
    answering = Answering(shipped_reader(), FixedClock(NOW), "/310109/classifier")
    for wrong in ({**whole, "version": SAID}, {**whole, "channel": SAID}, {**whole, "text": {SAID: SAID}}, [SAID]):
        record = SourceRecord("ticket-texts", 0, 7, b"key", headers, json.dumps(wrong, ensure_ascii=False).encode())
        letter = answering.answer(record).outgoing
        assert letter
        cause = dict(letter.headers)["dlq_cause"].decode()
        assert cause.startswith("MalformedEvent: body:")
        assert traces(cause) == set()
