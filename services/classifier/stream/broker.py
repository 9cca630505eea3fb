"""Asks the broker what faust does not: whether it answers and has the topics."""

from __future__ import annotations

from typing import Final

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from services.chassis.messaging.refusal import find_refusal
from services.chassis.messaging.transport import aiokafka_options
from services.chassis.settings import Settings
from services.classifier.app.answer import CLASSIFICATIONS, DEAD_LETTERS, TEXTS

ANSWER_LIMIT_MS: Final = 3000
TOPICS: Final = (TEXTS, CLASSIFICATIONS, DEAD_LETTERS)


async def why_not_ready(settings: Settings) -> str | None:
    """None when a broker answers and has the topics; otherwise what is wrong and what to do. Takes seconds at most."""
    options = aiokafka_options(settings)
    client = AIOKafkaClient(
        client_id=f"classifier-{settings.instance}-probe", request_timeout_ms=ANSWER_LIMIT_MS, **options
    )
    try:
        await client.bootstrap()
        known = (await client.fetch_all_metadata()).topics()
    except (KafkaError, OSError) as error:
        return await find_refusal(options) or f"no broker answers: {type(error).__name__}"
    finally:
        await client.close()
    missing = [topic for topic in TOPICS if topic not in known]
    return f"topics missing: {', '.join(missing)}; run `closedloop topics apply`" if missing else None
