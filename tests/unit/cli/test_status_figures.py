"""What status reads out of a scrape."""

from __future__ import annotations

from services.cli.commands.status import figures

SCRAPED = """\
# TYPE closedloop_consumer_lag_events gauge
closedloop_consumer_lag_events{consumer="projects",topic="tickets"} 12.0
closedloop_consumer_lag_events{consumer="projects",topic="classifications"} 0.0
# TYPE closedloop_consumer_lag_seconds gauge
closedloop_consumer_lag_seconds{consumer="projects",topic="tickets"} 3.5
# TYPE closedloop_outbox_depth gauge
closedloop_outbox_depth 4.0
# TYPE closedloop_outbox_oldest_seconds gauge
closedloop_outbox_oldest_seconds 1.25
# TYPE closedloop_outbox_set_aside gauge
closedloop_outbox_set_aside 1.0
# TYPE closedloop_dead_letters gauge
closedloop_dead_letters{consumer="projects"} 2.0
# TYPE closedloop_consumer_halted gauge
closedloop_consumer_halted{consumer="projects"} 1.0
closedloop_consumer_halted{consumer="other"} 0.0
"""


def test_lag_outbox_dead_letters_and_halted_consumers_are_read() -> None:
    assert figures(SCRAPED) == {
        "lag": [
            {"consumer": "projects", "topic": "tickets", "events": 12, "seconds": 3.5},
            {"consumer": "projects", "topic": "classifications", "events": 0, "seconds": 0.0},
        ],
        "outbox_depth": 4,
        "outbox_oldest_s": 1.25,
        "outbox_set_aside": 1,
        "dead_letters": 2,
        "halted": ["projects"],
    }


def test_a_service_that_shows_nothing_has_nothing() -> None:
    nothing = {"outbox_depth": 0, "outbox_oldest_s": 0.0, "outbox_set_aside": 0, "dead_letters": 0}
    assert figures("") == {"lag": [], "halted": [], **nothing}
