"""A unit says on its reply topic that notices were read: each record answered once, nothing of others shown or done."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from kafka.consumer.fetcher import ConsumerRecord
from sqlalchemy import select, text

from services.chassis.database.tables import outbox
from services.chassis.database.work import Workshop
from services.chassis.messaging.processing import Processor
from tests.integration.applications import As
from tests.integration.notifier import subscribing
from tests.integration.notifier.directory import noticed, sits
from tests.integration.notifier.events import READINGS, dispatched, take
from tests.integration.notifier.subscribing import subscribe

NOBODYS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def own(workshop: Workshop) -> str:
    """The notice of housing's duty officer; fire has one, too."""
    sits(workshop, ("housing", "duty"), ("fire", "duty"))
    take(workshop, dispatched(1), dispatched(2, lead="fire"))
    return _of(workshop, "housing")


def _of(workshop: Workshop, unit: str) -> str:
    (notice,) = [row.notice_id for row in noticed(workshop) if row.unit == unit]
    return str(notice)


def reply(*notices: str, **more: Any) -> dict[str, Any]:
    said = {"type": "reply.notices_read.v1", "id": str(uuid4()), "actor": "li-07", "notice_ids": list(notices)}
    return said | more


def answer(workshop: Workshop, *bodies: dict[str, Any], unit: str = "housing") -> list[tuple[str, str, dict[str, Any]]]:
    """What is published of these replies: topic, type and body."""
    topic, records = f"departments.{unit}.replies", []
    for offset, body in enumerate(bodies):
        value = json.dumps(body).encode()
        records.append(ConsumerRecord(topic, 0, -1, offset, 1_780_000_000_000, 0, None, value, [], None, -1, 0, -1))
    with workshop.engine.connect() as connection:
        before = connection.execute(text("SELECT coalesce(max(seq), 0) FROM outbox")).scalar_one()
    Processor("notifier", READINGS, workshop).process(records)
    with workshop.engine.connect() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.seq > before).order_by(outbox.c.seq)).all()
    found = [(row.topic, json.loads(row.value)) for row in rows if not row.topic.endswith(".dlq")]
    return [(topic, body.get("code", "taken"), body) for topic, body in found]


def by(workshop: Workshop) -> dict[str, str | None]:
    return {row.unit: row.read_by for row in noticed(workshop)}


def states(workshop: Workshop) -> list[str]:
    with workshop.engine.connect() as connection:
        return list(connection.execute(text("SELECT state FROM escalations ORDER BY subject_id")).scalars())


def test_what_a_unit_has_read_ends_its_chain_and_is_answered_on_its_topic(workshop: Workshop, own: str) -> None:
    said = reply(own, in_reply_to=NOBODYS)
    ((topic, outcome, body),) = answer(workshop, said)
    assert (topic, outcome, body["reply_id"], body["in_reply_to"]) == (
        "departments.housing",
        "taken",
        said["id"],
        NOBODYS,
    )
    assert by(workshop) == {"housing": "reply", "fire": None}
    assert states(workshop) == ["read", "running"]


def test_the_same_reply_is_answered_once_and_a_new_one_changes_nothing(workshop: Workshop, own: str) -> None:
    said = reply(own)
    assert len(answer(workshop, said, said)) == 1
    assert answer(workshop, said) == []
    assert [outcome for _, outcome, _ in answer(workshop, reply(own, own))] == ["taken"]


def test_notices_of_others_and_those_that_never_were_are_refused_in_the_same_words(
    workshop: Workshop, own: str
) -> None:
    fires = _of(workshop, "fire")
    refused = answer(workshop, reply(fires), reply(NOBODYS), reply(own, fires))
    assert [outcome for _, outcome, _ in refused] == ["not-found"] * 3
    theirs, nobodys, mixed = (body["reason"] for _, _, body in refused)
    assert theirs.replace(fires, NOBODYS) == nobodys
    assert "GET /officer-notices" in nobodys
    assert own not in mixed
    assert by(workshop) == {"housing": None, "fire": None}, "one that is not the unit's, and none is marked"
    assert states(workshop) == ["running", "running"]


def test_ids_of_replies_are_a_departments_own(workshop: Workshop, own: str) -> None:
    said = reply(own)
    assert [one[:2] for one in answer(workshop, said, unit="fire")] == [("departments.fire", "not-found")]
    assert [one[:2] for one in answer(workshop, said)] == [("departments.housing", "taken")]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"notice_ids": []}, "invalid-request"),
        ({"notice_ids": ["nothing"]}, "invalid-request"),
        ({"notice_ids": [NOBODYS] * 101}, "invalid-request"),
        ({"notices": []}, "unknown-field"),
    ],
    ids=["none", "no-id", "too-many", "misspelt"],
)
def test_what_is_no_such_reply_is_answered_with_the_field(
    workshop: Workshop, own: str, more: dict[str, Any], code: str
) -> None:
    ((_, outcome, body),) = answer(workshop, reply(own, **more))
    assert (outcome, body["offset"]) == (code, 0)
    assert "notice" in body["reason"]
    assert by(workshop)["housing"] is None


def test_records_of_other_types_are_left_to_their_readers(workshop: Workshop, own: str) -> None:
    assert answer(workshop, reply(own, type="reply.signed.v1"), reply(own, type="reply.danced.v1")) == []


def test_an_answer_goes_to_the_units_webhooks_too(workshop: Workshop, own: str, as_: As) -> None:
    subscribing.activate(workshop, subscribe(as_("admin")))
    answer(workshop, reply(own))
    with workshop.engine.connect() as connection:
        logged = connection.execute(
            text("SELECT channel FROM deliveries WHERE message = 'department.reply_taken.v1' ORDER BY 1")
        ).scalars()
        assert list(logged) == ["topic", "webhook"]
