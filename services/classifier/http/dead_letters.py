"""Dead letters over HTTP, as every service has them (chassis/web/dead_letter_routes.py). An id is partition-offset."""

from __future__ import annotations

from typing import Annotated, Any

from aiokafka.errors import KafkaError
from fastapi import APIRouter, Depends, Path, Query

from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import Problem
from services.chassis.web.record_outline import outline_of, outline_of_headers
from services.classifier.app.answer import CONSUMER
from services.classifier.stream.dead_letters import DeadLetters, RejectedRecord, StillRejected

Admin = Annotated[Actor, Depends(require(Role.ADMIN))]
LetterId = Annotated[str, Path(pattern=r"^\d{1,9}-\d{1,18}$", description="partition-offset of the letter")]


def dead_letter_routes(letters: DeadLetters) -> APIRouter:
    router = APIRouter(prefix="/dead-letters", tags=["dead letters"])

    async def found(letter_id: str) -> RejectedRecord:
        partition, offset = map(int, letter_id.split("-"))
        try:
            letter = await letters.find(partition, offset)
        except (KafkaError, TimeoutError) as error:
            raise _broker_away() from error
        if letter is None:
            raise Problem(404, "not-found", "No such dead letter", "Take the id from GET /dead-letters.")
        return letter

    @router.get("")
    async def list_letters(
        _: Admin,
        status: Annotated[str, Query(pattern="^(rejected|all)$")] = "rejected",
        after: Annotated[str | None, Query(pattern=r"^\d{1,9}-\d{1,18}$")] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> dict[str, Any]:
        """The oldest first; `next` is the `after` of the following page."""
        try:
            every = await letters.all()
        except (KafkaError, TimeoutError) as error:
            raise _broker_away() from error
        start = tuple(map(int, after.split("-"))) if after else (-1, -1)
        wanted = [
            one
            for one in every
            if (one.partition, one.offset) > start and (status == "all" or one.status == "rejected")
        ]
        page = wanted[:limit]
        return {"items": [_summary(one) for one in page], "next": page[-1].id if len(wanted) > limit else None}

    @router.get("/{letter_id}")
    async def show_letter(_: Admin, letter_id: LetterId) -> dict[str, Any]:
        """With the outline of its record: what people wrote into it is shown to nobody."""
        letter = await found(letter_id)
        try:
            stored = await letters.stored(letter)
        except (KafkaError, TimeoutError) as error:
            raise _broker_away() from error
        body = None if stored.value is None else outline_of(stored.value)
        return {**_summary(letter), "headers": outline_of_headers(stored.headers), "body": body}

    @router.post("/{letter_id}/replay")
    async def replay_letter(actor: Admin, letter_id: LetterId) -> dict[str, Any]:
        """Classifies the record once more; 409 with the cause if it still fails. A second replay has no effect."""
        letter = await found(letter_id)
        if letter.replayed_at:
            return _summary(letter)
        try:
            return _summary(await letters.replay(letter, actor.subject))
        except StillRejected as still:
            raise Problem(409, "still-rejected", "The event still cannot work", str(still)) from still
        except (KafkaError, TimeoutError) as error:
            raise _broker_away() from error

    return router


def _broker_away() -> Problem:
    return Problem(
        503,
        "unavailable",
        "The broker is away for the moment",
        "Whether this request had an effect is not known: repeat it, which is harmless.",
        headers={"Retry-After": "5"},
    )


def _summary(letter: RejectedRecord) -> dict[str, Any]:
    return {
        "id": letter.id,
        "status": letter.status,
        "consumer": CONSUMER,
        "topic": letter.topic,
        "partition": letter.source_partition,
        "offset": letter.source_offset,
        "cause": letter.cause,
        "rejected_at": letter.rejected_at,
        "replayed_at": letter.replayed_at,
    }
