"""Projects keeps no text; what its dead letters quote of an erased ticket goes, and its counts stay."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import insert

from services.chassis.database.tables import dead_letters
from services.chassis.database.work import Workshop
from services.contracts.event import Envelope
from services.contracts.text_events import TicketTextErased
from services.projects.store.checksums import checksums
from tests.harness.planted import columns_with
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import dispatched, take, ticket_id
from tests.integration.projects.wired import wired

WORDS = "蓝鸭子挂在晾衣架上"


def test_a_rejected_record_of_an_erased_ticket_loses_its_content(workshop: Workshop) -> None:
    take(workshop, *(dispatched(n, "MJ01", "quyang-1", by=n) for n in range(5)))
    for number in (1, 2):
        letter = {"id": uuid4(), "event_id": uuid4(), "consumer": "projects", "topic": "tickets", "partition": 0}
        record = {"offset": number, "key": ticket_id(number).encode(), "headers": b"[]", "value": WORDS.encode()}
        with workshop.engine.begin() as connection:
            connection.execute(insert(dead_letters).values(**letter, **record, cause="x"))
    with workshop.engine.connect() as connection:
        before = checksums(connection)
    (subscription,) = [one for one in wired(workshop).subscriptions if one.consumer == "projects-erasures"]
    for number in (1, 2):
        assert "dead_letters.value" in columns_with(workshop.engine, WORDS)
        event = TicketTextErased(ticket_id=ticket_id(number), version=2)
        with workshop.open() as work:
            subscription.apply([Envelope(uuid4(), "/310109/intake", NOW, event)], work)
    assert columns_with(workshop.engine, WORDS) == set()
    with workshop.engine.connect() as connection:
        assert checksums(connection) == before
