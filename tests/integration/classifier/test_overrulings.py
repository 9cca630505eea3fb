"""What people decided teaches the model: read from the topics, each ticket once, as decided last."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from kafka.admin import KafkaAdminClient
from typer.testing import CliRunner

from services.chassis.messaging import transport
from services.chassis.messaging.topic_admin import apply_topics
from services.classifier.files.labelled_files import examples
from services.classifier.learning.overrulings import TICKETS, overruled
from services.cli.main import app
from services.contracts.event import Envelope
from services.contracts.ticket_events import Channel, TicketReclassified
from services.contracts.topics import topic_table
from services.localstack.embedded_broker import EmbeddedBroker
from tests.integration.classifier.process import Topics
from tests.unit.classifier.texts import Raw, raw, text_event, ticket

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)


@pytest.fixture
def topics(embedded_broker: EmbeddedBroker) -> Topics:
    admin = KafkaAdminClient(bootstrap_servers=embedded_broker.bootstrap)
    apply_topics(admin, [topic_table().topics[TICKETS]])
    admin.close()
    return Topics(embedded_broker)


def decision(number: int, type_code: str, version: int = 2) -> Raw:
    event = TicketReclassified(
        version=version,
        ticket_id=ticket(number),
        state="dispatched",
        channel=Channel.PHONE,
        occurred_at=AT,
        received_at=AT,
        type_code=type_code,
        confirmed=False,
    )
    return raw(Envelope(uuid4(), "/310109/intake", AT, event))


def test_a_district_s_corrections_make_a_model_of_its_own(
    topics: Topics, embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    """A district that calls roofs MJ02 and stairs XQ08, against the taxonomy, until its model does, too."""
    ours = {"MJ01": "MJ02", "MJ03": "XQ08"}
    decided = [(row.text, ours[row.label]) for row in examples() if row.label in ours][:60]
    numbers = range(500, 500 + len(decided))
    topics.write([raw(text_event(n, text)) for n, (text, _) in zip(numbers, decided, strict=True)])
    topics.write([decision(n, "OT") for n in numbers], TICKETS)
    topics.write([decision(n, code, 3) for n, (_, code) in zip(numbers, decided, strict=True)], TICKETS)
    topics.write([decision(9_999, "MJ04")], TICKETS)  # its text is kept no longer
    topics.write([(b"poison", [], b"{")], TICKETS)

    rows = overruled(embedded_broker.access)
    assert sorted((row.text, row.label) for row in rows) == sorted(decided)

    models = ("--models", str(tmp_path / "models"))
    learnt = CliRunner().invoke(app, ["train", "--from-overrulings", embedded_broker.bootstrap, "--json", *models])
    assert learnt.exit_code == 0, learnt.output
    report = json.loads(learnt.stdout.splitlines()[-1])
    assert report["activated"]
    assert report["candidate"]["accuracy"] > report["current"]["accuracy"]
    card = json.loads((Path(report["folder"]) / "card.json").read_text(encoding="utf-8"))
    assert (card["learnt_from"], card["texts"]) == (["what people decided: 60 tickets"], 60)


def test_a_broker_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "BOOTSTRAP_MS", 300)
    result = CliRunner().invoke(app, ["train", "--from-overrulings", "127.0.0.1:1", "--models", str(tmp_path)])
    assert result.exit_code != 0
    assert "the broker at 127.0.0.1:1 cannot be reached (Connection refused)" in result.output
