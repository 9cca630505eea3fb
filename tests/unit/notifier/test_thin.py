"""A message too large for a webhook goes thin."""

from __future__ import annotations

import json
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.short_message import LARGEST_BODY, fitting

DELIVERY = UUID(int=7)
MESSAGE = "department.ticket_assigned.v1"


def whole(length: int) -> bytes:
    facts = {"ticket_id": "t" * 36, "number": "1" * 18, "version": 3, "delivery_id": "d" * 36, "text": "漏" * length}
    return json.dumps(facts, ensure_ascii=False).encode()


@given(st.integers(0, 20_000))
def test_every_body_fits_and_one_that_fits_is_sent_as_it_is(length: int) -> None:
    body = whole(length)
    sent = fitting(DELIVERY, MESSAGE, body)
    assert len(sent) <= LARGEST_BODY
    assert (sent == body) == (len(body) <= LARGEST_BODY)


def test_a_thin_message_says_what_it_is_about_and_where_the_whole_is_read() -> None:
    assert json.loads(fitting(DELIVERY, MESSAGE, whole(20_000))) == {
        "type": "webhook.thin",
        "message": MESSAGE,
        "read": f"/webhooks/deliveries/{DELIVERY}/message",
        "ticket_id": "t" * 36,
        "number": "1" * 18,
        "version": 3,
        "delivery_id": "d" * 36,
    }
