"""Dead letters over HTTP: an operator reads them and has the service replay them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.chassis import metrics
from services.chassis.database.work import Work, Workshop
from services.chassis.messaging import dead_letters
from services.chassis.messaging.dead_letters import DeadLetter
from services.chassis.messaging.errors import Kind, cause_of, kind_of
from services.chassis.messaging.subscription import Subscription
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem
from services.chassis.web.record_outline import outline_of, outline_of_headers
from services.contracts.event import Envelope

Admin = Annotated[Actor, Depends(require(Role.ADMIN))]


def dead_letter_routes(workshop: Workshop, subscriptions: Mapping[str, Subscription]) -> APIRouter:
    """`subscriptions` by consumer: the consumer that rejected an event replays it. All routes need the role admin."""
    router = APIRouter(prefix="/dead-letters", tags=["dead letters"])

    def found(letter_id: UUID) -> DeadLetter:
        with workshop.engine.begin() as connection:
            letter = dead_letters.find(connection, letter_id)
        if letter is None:
            raise Problem(404, "not-found", "No such dead letter", "Take the id from GET /dead-letters.")
        return letter

    @router.get("")
    def list_letters(
        _: Admin,
        status: Annotated[str, Query(pattern="^(rejected|all)$")] = "rejected",
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> dict[str, Any]:
        """The oldest first; `next` is the `after` of the following page."""
        with workshop.engine.begin() as connection:
            letters = dead_letters.page(connection, all_statuses=status == "all", after=after, limit=limit)
        following = str(letters[-1].id) if len(letters) == limit else None
        return {"items": [_summary(letter) for letter in letters], "next": following}

    @router.get("/{letter_id}")
    def show_letter(_: Admin, letter_id: UUID) -> dict[str, Any]:
        """With the outline of its record: what people wrote into it is kept for the replay, and shown to nobody."""
        letter = found(letter_id)
        body = None if letter.value is None else outline_of(letter.value)
        return {**_summary(letter), "headers": outline_of_headers(letter.headers), "body": body}

    @router.post("/{letter_id}/replay")
    def replay_letter(actor: Admin, letter_id: UUID) -> dict[str, Any]:
        """Runs the event through its handler again; 409 with the cause if it still cannot work, and nothing changes."""
        letter = found(letter_id)

        def apply(consumer: str, envelope: Envelope, work: Work) -> None:
            subscription = subscriptions[consumer]
            if subscription.wants(envelope):
                subscription.apply([envelope], work)

        try:
            fresh = dead_letters.replay(workshop, letter_id, actor.subject, apply)
        except Exception as error:
            if kind_of(error) is Kind.RETRY:
                raise
            raise Problem(409, "still-rejected", "The event still cannot work", cause_of(error)) from error
        if fresh:
            event_type = next((value.decode() for name, value in letter.headers if name == "ce_type"), "unknown")
            metrics.EVENTS_CONSUMED.labels(letter.consumer, letter.topic, event_type, "replayed").inc()
        return _summary(found(letter_id))

    return router


def _summary(letter: DeadLetter) -> dict[str, Any]:
    return {
        "id": str(letter.id),
        "status": letter.status,
        "consumer": letter.consumer,
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "cause": letter.cause,
        "rejected_at": letter.rejected_at,
        "replayed_at": letter.replayed_at,
    }
