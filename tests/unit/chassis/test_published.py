"""messaging/published.py: how far a process has published, by topic."""

from __future__ import annotations

from services.chassis.messaging.published import Published
from tests.harness.acknowledged import Acknowledged


def test_the_ends_of_a_topics_partitions_are_added_up() -> None:
    published = Published()
    for offset, partition in ((4, 0), (7, 1), (9, 1)):
        published.record(Acknowledged("tickets", offset, partition))
    published.record(Acknowledged("projects", 0))
    assert published.by_topic() == {"tickets": 15, "projects": 1}


def test_an_acknowledgement_without_an_offset_or_of_an_earlier_record_takes_nothing_back() -> None:
    published = Published()
    for offset in (5, -1, 3):
        published.record(Acknowledged("tickets", offset))
    assert published.by_topic() == {"tickets": 6}
