"""`GET /progress` in the shape of the other services. The classifier keeps no outbox and no timers."""

from __future__ import annotations

from typing import Any, Protocol

from fastapi import APIRouter

from services.chassis.messaging.published import Published
from services.chassis.web.progress import ProgressReader
from services.classifier.app.answer import CONSUMER


class PublishingReader(ProgressReader, Protocol):
    @property
    def published(self) -> Published: ...


def progress_routes(stream: PublishingReader) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/progress")
    async def progress() -> dict[str, Any]:
        """Runs on the stream's event loop, so that the state cannot change while it is read."""
        read = {"read_until": {CONSUMER: stream.read_until}, "settled": {CONSUMER: stream.settled}}
        return {"outbox": 0, "timers_due": 0, **read, "published": stream.published.by_topic()}

    return router
