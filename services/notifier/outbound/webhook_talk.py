"""What is said to a webhook's receiver: the challenge, and messages signed by Standard Webhooks."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from standardwebhooks import Webhook

from services.notifier.domain.answers import Outcome, outcome_of
from services.notifier.domain.retry_policy import RetryPolicy
from services.notifier.domain.short_message import fitting
from services.notifier.outbound.http_post import Post, ReceiverUnreachable
from services.notifier.store.claims import Sending, WebhookClaim

CHALLENGE = "webhook.challenge"


def shake_hands(post: Post, claimed: WebhookClaim) -> Outcome:
    """Good if the receiver echoes a challenge, which proves that whoever named the URL controls it."""
    challenge = secrets.token_urlsafe(32)
    body = json.dumps({"type": CHALLENGE, "challenge": challenge}).encode()
    try:
        answer = post(claimed.url, signed(claimed.secrets, str(uuid4()), body), body)
    except ReceiverUnreachable as error:
        return Outcome(str(error))
    if answer.status // 100 == 2 and _echoes(answer.body, challenge):
        return Outcome()
    return Outcome(f'answered {answer.status} without the challenge: answer 200 and {{"challenge": …}} with its value')


def send(post: Post, policy: RetryPolicy, claimed: WebhookClaim, sending: Sending) -> Outcome:
    """One try of a message."""
    if sending.attempts > policy.attempts:
        return Outcome("given up: the last attempts were cut short")
    attributes = {name.replace("ce_", "ce-"): value.decode() for name, value in sending.headers}
    body = fitting(sending.delivery_id, attributes.get("ce-type", ""), sending.body)
    headers = attributes | signed(claimed.secrets, str(sending.delivery_id), body)
    try:
        answer = post(claimed.url, headers, body)
    except ReceiverUnreachable as error:
        return Outcome(str(error))
    return outcome_of(answer.status, answer.retry_after, datetime.now(UTC))


def signed(keys: Sequence[str], message_id: str, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks at this moment of real time, signed with each of the secrets."""
    now, said = datetime.now(UTC), body.decode()
    return {
        "content-type": "application/json",
        "user-agent": "closedloop12345",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(message_id, now, said) for key in keys),
    }


def _echoes(body: bytes, challenge: str) -> bool:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and answer.get("challenge") == challenge
