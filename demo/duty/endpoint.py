"""A department's own system gets its messages by webhook: it fails for months, and gets its backlog in order."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse

from demo.interfaces import Interfaces, Person
from demo.loopback import served
from demo.scene import SceneFailed
from services.contracts.event import Event
from services.contracts.webhook_events import DepartmentWebhookDisabled, DepartmentWebhookFailing

UNIT = "law-enforcement"
FAILS_AT, BACK_AT = 10, 26
"""The steps of the play between which it does not answer."""
STILL_S = 120.0
LOOK_EVERY_S = 0.1
UNSENT = ("waiting", "failed")


@dataclass(slots=True)
class Endpoint:
    """What arrived, each message once by its id, in order of arrival. `refused`: attempts while it failed."""

    failing: bool = False
    refused: int = 0
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)

    def answer(self, headers: Mapping[str, str], message: dict[str, Any]) -> JSONResponse:
        if self.failing:
            self.refused += 1
            return JSONResponse({}, 503)
        if message.get("type") == "webhook.challenge":
            return JSONResponse({"challenge": message["challenge"]})
        self.messages.setdefault(headers["webhook-id"], message)
        return JSONResponse({})


@contextmanager
def serving(endpoint: Endpoint) -> Iterator[str]:
    """Serves it on loopback; yields its URL."""
    app = FastAPI(title="a department's own system")

    @app.post("/tickets")
    async def take(request: Request) -> JSONResponse:
        return endpoint.answer(request.headers, json.loads(await request.body()))

    with served(app) as url:
        yield f"{url}/tickets"


@dataclass(frozen=True, slots=True)
class EndpointStory:
    """`refused`: attempts while it failed; `waited`: messages that waited for it when it came back. `arrived`: all that
    stood on the unit's topic since it subscribed, each once and in the topic's order, but for the first one after it
    was back.
    """

    failed_on: date
    back_on: date
    refused: int
    waited: int
    arrived: int


class Subscriber:
    """Plays the department's technicians. `story` is there once the endpoint is back.

    Raises SceneFailed where something is not as promised.
    """

    def __init__(self, interfaces: Interfaces, endpoint: Endpoint, url: str) -> None:
        self._person: Person = interfaces.as_role(f"department:{UNIT}")
        self._endpoint = endpoint
        self._url = url
        self._webhook: str | None = None
        self._failed_on: date | None = None
        self._on_topic: list[str] = []
        self.story: EndpointStory | None = None

    def hear(self, department: str, message: Event) -> None:
        """A message on the unit's topic; that its webhook fails is said there alone."""
        if (
            department == UNIT
            and self._webhook
            and not isinstance(message, DepartmentWebhookDisabled | DepartmentWebhookFailing)
        ):
            self._on_topic.append(str(getattr(message, "delivery_id", "")))

    def evening(self, number: int, now: datetime) -> None:
        """What they do at the end of a step, when all is quiet."""
        if number == 1:
            self._webhook = self._person.post("notifier", "/webhooks", {"department": UNIT, "url": self._url})[
                "webhook_id"
            ]
            self._until("its handshake", lambda: self._status() == "active")
        elif number == FAILS_AT:
            self._until("its messages", self._has_all)
            self._endpoint.failing, self._failed_on = True, now.date()
        elif number == BACK_AT:
            self._come_back(now)

    def _come_back(self, now: datetime) -> None:
        assert self._failed_on
        before = len(self._endpoint.messages)
        self._endpoint.failing = False
        waiting = self._waiting()
        if waiting:
            newest, oldest = (datetime.fromisoformat(waiting[at]["caused_at"]) for at in (0, -1))
            until = newest + timedelta(seconds=1)
            asked = {"since": oldest.isoformat(), "until": until.isoformat()}
            self._person.post("notifier", f"/webhooks/{self._webhook}/redeliver", asked)
            self._until("its backlog", self._has_all)
        arrived = [str(one["delivery_id"]) for one in self._endpoint.messages.values()]
        # The one by which it is found to be back may overtake others (docs/adr/0056-standard-webhooks.md).
        probe = arrived[before] if waiting else None
        if [one for one in arrived if one != probe] != [one for one in self._on_topic if one != probe]:
            lost, more = set(self._on_topic) - set(arrived), set(arrived) - set(self._on_topic)
            raise SceneFailed(
                f"the endpoint of {UNIT} has {len(arrived)} messages, its topic {len(self._on_topic)}: "
                f"{len(lost)} are missing, {len(more)} are of no record, else their order differs"
            )
        self.story = EndpointStory(
            self._failed_on, now.date(), self._endpoint.refused, len(waiting), len(self._endpoint.messages)
        )

    def _status(self) -> str:
        items = self._person.get("notifier", "/webhooks")["items"]
        return str(next(one["status"] for one in items if one["webhook_id"] == self._webhook))

    @property
    def _deliveries(self) -> str:
        return f"/webhooks/{self._webhook}/deliveries"

    def _has_all(self) -> bool:
        return not any(
            self._person.get("notifier", self._deliveries, status=status, limit=1)["items"] for status in UNSENT
        )

    def _waiting(self) -> list[dict[str, Any]]:
        """What waits or failed, the newest first."""
        pages = (self._person.pages("notifier", self._deliveries, status=status) for status in UNSENT)
        found = [one for page in pages for one in page]
        return sorted(found, key=lambda one: datetime.fromisoformat(one["caused_at"]), reverse=True)

    def _until(self, what: str, done: Callable[[], bool]) -> None:
        began = time.monotonic()
        while not done():
            if time.monotonic() > began + STILL_S:
                raise SceneFailed(f"the endpoint of {UNIT} waited {STILL_S:.0f} s for {what}")
            time.sleep(LOOK_EVERY_S)
