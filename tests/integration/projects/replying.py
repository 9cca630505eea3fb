"""A department that does everything twice: by a reply that is rolled back, then over HTTP; and holds one against the
other."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import uuid4

from kafka.consumer.fetcher import ConsumerRecord
from sqlalchemy import func, select

from services.chassis.database.tables import outbox
from services.chassis.database.work import Workshop
from services.chassis.messaging.processing import Processor
from services.chassis.messaging.subscription import Subscription
from services.chassis.messaging.wire import unpack_headers
from services.contracts.department_acts import department_acts
from services.contracts.event import Envelope, Event
from services.contracts.registry import EVENTS
from services.contracts.reply_answer_events import ActReplyAnswered
from services.projects.http.replies import CONSUMER
from tests.integration.projects.loop_of import District
from tests.integration.projects.wired import wired

_ROUTES = [(act, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", act.path))) for act in department_acts().values()]
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[RW]\d{2}-\d{5,9}-[0-9X]")


class _Undone(Exception):
    """Rolls back what was only tried."""


def record(department: str, offset: int = 0, **body: Any) -> ConsumerRecord:
    """A plain record, as `kcat` sends it."""
    value = json.dumps(body).encode()
    return raw(department, value, offset)


def raw(department: str, value: bytes, offset: int = 0, headers: Sequence[tuple[str, bytes]] = ()) -> ConsumerRecord:
    topic = f"departments.{department}.replies"
    return ConsumerRecord(
        topic, 0, -1, offset, 1_780_000_000_000, 0, None, value, list(headers), None, -1, len(value), -1
    )


def acted(act: str, about: Mapping[str, str], body: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    said = {"type": "reply.acted.v1", "id": str(uuid4()), "actor": "somebody"}
    return said | {"act": act, "about": dict(about), "body": dict(body)} | more


@cache
def subscription_of(workshop: Workshop) -> Subscription:
    """Built once a session: it has all routes of projects."""
    return next(one for one in wired(workshop).subscriptions if one.consumer == CONSUMER)


def processor(workshop: Workshop) -> Processor:
    return Processor("projects", subscription_of(workshop), workshop)


def answers(workshop: Workshop) -> list[ActReplyAnswered]:
    return [event for _, event in written(workshop, 0) if isinstance(event, ActReplyAnswered)]


def written(workshop: Workshop, after: int) -> list[tuple[str, Event]]:
    """What is in the outbox behind a place, by topic."""
    with workshop.engine.connect() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.seq > after).order_by(outbox.c.seq)).all()
    known = [row for row in rows if not row.topic.endswith(".dlq")]
    return [(row.topic, Envelope.parse(unpack_headers(row.headers), row.value, EVENTS).event) for row in known]


class BothWays:
    """A client of `department`. `acts` counts what was compared, by act and outcome."""

    def __init__(self, district: District, department: str = "housing") -> None:
        self.workshop = district.workshop
        self.http = district.as_(f"department:{department}")
        self.department = department
        self.subscription = subscription_of(self.workshop)
        self.acts: Counter[tuple[str, bool]] = Counter()

    def get(self, url: str) -> Any:
        return self.http.get(url)

    def post(self, url: str, *, json: Any) -> Any:
        found = [(act, match.groupdict()) for act, route in _ROUTES if (match := route.fullmatch(url))]
        if not found:
            return self.http.post(url, json=json)
        act, about = min(found, key=lambda one: len(one[1]))
        events, answer = self._tried(acted(act.act, about, json))
        place = self._place()
        response = self.http.post(url, json=json)
        shown, taken = response.json(), response.status_code < 300
        self.acts[act.act, taken] += 1
        assert (answer.outcome == "taken") is taken, (act.act, answer, shown)
        if taken:
            assert (answer.current_version, answer.current_state) == (shown.get("version"), shown.get("state")), act
        else:
            assert shown["type"] == f"urn:closedloop:problem:{answer.code}", (answer, shown)
            assert answer.reason == shown["detail"]
            assert (answer.current_version, answer.current_state) == (
                shown.get("current_version"),
                shown.get("current_state"),
            )
        assert self._alike(events) == self._alike(written(self.workshop, place)), act.act
        return response

    def _place(self) -> int:
        with self.workshop.engine.connect() as connection:
            return connection.execute(select(func.coalesce(func.max(outbox.c.seq), 0))).scalar_one()

    def _tried(self, body: dict[str, Any]) -> tuple[list[tuple[str, Event]], ActReplyAnswered]:
        envelope = self.subscription.read(record(self.department, **body))
        addressed = Envelope(
            envelope.id, envelope.source, envelope.time, envelope.event, topic=f"departments.{self.department}.replies"
        )
        found: list[tuple[str, Event]] = []
        try:
            with self.workshop.open() as work:
                self.subscription.many([addressed], work)
                rows = list(work.outgoing)
                found = [(row.topic, Envelope.parse(row.headers, row.value, EVENTS).event) for row in rows]
                raise _Undone
        except _Undone:
            pass
        (answer,) = [event for _, event in found if isinstance(event, ActReplyAnswered)]
        return [one for one in found if one[1] is not answer], answer

    def _alike(self, events: list[tuple[str, Event]]) -> list[str]:
        """Without what is new each time: ids that are made, numbers of a sequence, and the department before a
        person."""
        seen: dict[str, str] = {}
        text = "\n".join(f"{topic} {event.type} {event.model_dump_json()}" for topic, event in events)
        text = text.replace(f"{self.department}:somebody", "somebody")
        text = _UUID.sub(lambda match: seen.setdefault(match.group(), f"id-{len(seen)}"), text)
        return _NUMBER.sub("number", text).splitlines()
