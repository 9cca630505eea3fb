"""Reading texts again: only what is said otherwise is published, each answer under an id of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from services.classifier.app.answer import classified
from services.classifier.app.reading_again import LastReadings, event_id_of
from services.classifier.domain.reading import Reading
from services.contracts.text_events import TicketTextRecorded
from services.contracts.ticket_events import Channel, RequestKind
from tests.unit.classifier.readers import shipped_reader

TEXT = TicketTextRecorded(
    ticket_id="00000000-0000-0000-0000-000000000001",
    version=1,
    occurred_at=datetime(2026, 11, 1, tzinfo=UTC),
    text="屋顶漏水，一下雨就滴",
    channel=Channel.PHONE,
)


@dataclass(frozen=True)
class Fixed:
    """A reader of one model that gives one answer."""

    reading: Reading
    model_version: str = "one"

    def read(self, text: str, address: str | None) -> Reading:
        return replace(self.reading, model_version=self.model_version)


READ = shipped_reader().read(TEXT.text, TEXT.address)
COMPLAINT = Fixed(replace(READ, kind=RequestKind.COMPLAINT))
ENQUIRY = Fixed(replace(READ, kind=RequestKind.ENQUIRY))


def last_said(reader: Fixed) -> LastReadings:
    last = LastReadings()
    last.record(classified(TEXT, reader.read(TEXT.text, TEXT.address)))
    return last


def test_what_says_the_same_is_not_published() -> None:
    surer = Fixed(replace(COMPLAINT.reading, confidence=0.5), "another")
    assert last_said(COMPLAINT).reread(TEXT, surer) is None


def test_a_text_that_was_corrected_since_is_left_to_its_own_reading() -> None:
    assert last_said(COMPLAINT).reread(TEXT.model_copy(update={"version": 2}), ENQUIRY) is None


def test_another_answer_of_the_same_model_has_another_id() -> None:
    """As when the kinds or the register change and the type model does not."""
    assert _id(COMPLAINT, ENQUIRY) != _id(ENQUIRY, COMPLAINT)
    assert _id(COMPLAINT, ENQUIRY) == _id(COMPLAINT, ENQUIRY)


def _id(before: Fixed, now: Fixed) -> str:
    published = last_said(before).reread(TEXT, now)
    assert published
    return event_id_of(published)
