from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.department_events import TicketAssigned
from services.contracts.ticket_events import TicketDispatched
from services.notifier.domain.delivery import DeliveryChannel, RedactedText, delivery_id, recipient_of, with_text
from tests.integration.notifier.events import dispatched

KEYS = st.tuples(st.uuids(), st.sampled_from(["department:fire", "department:housing"]))


@given(KEYS, KEYS)
def test_the_id_is_the_same_for_the_same_delivery_alone(one: tuple[UUID, str], other: tuple[UUID, str]) -> None:
    topic, message = DeliveryChannel.TOPIC, TicketAssigned.type
    ids = [delivery_id(event, recipient, topic, message) for event, recipient in (one, one, other)]
    assert ids[0] == ids[1]
    assert (ids[0] == ids[2]) == (one == other)


def test_the_id_never_changes_between_releases() -> None:
    expected = UUID("30b6e8a2-b56a-5b37-825d-27a3f650cc47")
    assert delivery_id(UUID(int=7), recipient_of("fire"), DeliveryChannel.TOPIC, TicketAssigned.type) == expected


def test_the_text_is_the_one_given_and_all_else_the_dispatch_s() -> None:
    dispatch = dispatched(1).event
    assert isinstance(dispatch, TicketDispatched)
    message = with_text(TicketAssigned, dispatch, RedactedText("漏水", None), dispatch.lead, UUID(int=1))
    assert isinstance(message, TicketAssigned)
    assert (message.text, message.address) == ("漏水", None)
    assert (message.department, message.version, message.delivery_id) == ("housing", 2, UUID(int=1))
