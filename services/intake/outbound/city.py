"""The worker that sends messages to the city: at least once, under ids of their own, each ticket's in order."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import httpx
import structlog

from services.chassis.database.work import Workshop
from services.chassis.web.health import Health
from services.chassis.worker_loop import step_until
from services.intake.domain.city import CityRetry
from services.intake.store import city_messages

SENDER = "city"
TICK_S = 0.5
DEADLINE_S = 10.0
FOR_LATER = frozenset(
    {
        *(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN),  # the token is at fault, not the message
        *(HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS),
    }
)

log = structlog.get_logger(__name__)


class NotTaken(Exception):
    """The city did not take a message. `ever`: whether a retry makes sense."""

    def __init__(self, why: str, *, ever: bool) -> None:
        super().__init__(why)
        self.ever = ever


Post = Callable[[str, Mapping[str, Any]], None]
"""POSTs a message under its id; raises NotTaken."""


def poster(url: str, token: str | None) -> Post:
    """A Post to the city's hotline at `url`, authorised by `token`. Follows no redirects and uses no proxies."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    client = httpx.Client(headers=headers, timeout=DEADLINE_S, trust_env=False)

    def post(message_id: str, body: Mapping[str, Any]) -> None:
        try:
            answer = client.post(f"{url.rstrip('/')}/messages", json=body, headers={"Idempotency-Key": message_id})
        except httpx.HTTPError as error:
            raise NotTaken(f"no answer: {type(error).__name__}", ever=True) from None
        if not answer.is_success:
            ever = not answer.is_client_error or answer.status_code in FOR_LATER
            raise NotTaken(f"answered {answer.status_code}", ever=ever)

    return post


@dataclass(frozen=True, slots=True)
class CitySender:
    """`lease` must be longer than `post` takes: an older claim counts as lost and is claimed again."""

    post: Post
    retry: CityRetry = field(default_factory=CityRetry)
    lease: timedelta = timedelta(seconds=6 * DEADLINE_S)

    def run(self, workshop: Workshop, stop: threading.Event, health: Health) -> None:
        step_until(stop, health, SENDER, lambda: self.send_next(workshop), lambda: stop.wait(TICK_S))

    def send_next(self, workshop: Workshop) -> bool:
        """Sends the first message that is due, outside any transaction; returns whether the city took one."""
        with workshop.engine.begin() as connection:
            claimed = city_messages.claim(connection, self.lease)
        if claimed is None:
            return False
        try:
            self.post(claimed.message_id, claimed.body)
        except NotTaken as refused:
            log.warning("the city did not take a message", message=claimed.message_id, cause=str(refused))
            wait_s = self.retry.wait_s(claimed.attempts, random.random()) if refused.ever else None
            with workshop.engine.begin() as connection:
                city_messages.put_off(connection, claimed, str(refused), wait_s)
            return False
        with workshop.engine.begin() as connection:
            city_messages.sent(connection, claimed)
        return True
