"""How long a consumer or a relay pauses after a small batch."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from services.chassis.messaging.kafka import FLAVOURS
from services.chassis.messaging.pace import BREATH_S, LONGEST_BREATH_S, Pace
from services.chassis.settings import KafkaFlavour

seconds = some.floats(0, 60)


@given(worked=seconds)
def test_a_breath_is_neither_too_short_nor_too_long(worked: float) -> None:
    assert BREATH_S <= FLAVOURS[KafkaFlavour.APACHE].pace.breath_after(worked) <= LONGEST_BREATH_S


@given(first=seconds, more=seconds)
def test_who_worked_for_longer_pauses_for_no_less(first: float, more: float) -> None:
    pace = Pace(500, breaths=10)
    assert pace.breath_after(first) <= pace.breath_after(first + more)


@given(worked=seconds)
def test_on_the_embedded_broker_every_breath_is_the_same(worked: float) -> None:
    pace = FLAVOURS[KafkaFlavour.EMBEDDED].pace
    assert pace.breath_after(worked) == pace.breath_s
