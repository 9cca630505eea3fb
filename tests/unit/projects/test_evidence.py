from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from services.contracts.registry import TICKET_EVENTS
from services.projects.domain.evidence import Cell, Finding, TicketFact, finding_of
from services.projects.domain.windows import WINDOWS
from tests.integration.projects.events import classified, dispatched, received

UNMOVED = {
    *("signed", "contacted", "interim_reported", "co_handler_called_in", "co_handler_reported", "settled", "archived"),
    *("return_requested", "return_upheld", "return_refused", "redo_ordered", "supervised"),
    *("extension_requested", "extension_granted", "extension_refused"),
    *("clock_warned", "clock_breached", "clock_moved", "clock_breach_taken_back"),
}
"""Facts that change neither what a ticket is, nor where, nor whether it counts, nor what its caller says of it."""


def test_every_fact_that_may_change_what_is_counted_is_read() -> None:
    read = {event.type for event in get_args(TicketFact)}
    assert read == {event.type for event in TICKET_EVENTS} - {f"ticket.{fact}.v1" for fact in UNMOVED}


@pytest.mark.parametrize(
    ("finding", "cell"),
    [
        (Finding("MJ01", "310109010", "quyang-1"), Cell("quyang-1", "MJ01")),
        (Finding("MJ01", None, "quyang-1"), Cell("quyang-1", "MJ01")),
        (Finding("MJ01", "310109010", None), None),
        (Finding(None, "310109010", "quyang-1"), None),
        (Finding("OT", "310109010", "quyang-1"), None),
    ],
)
def test_calls_add_up_only_where_a_problem_and_its_estate_are_known(finding: Finding, cell: Cell | None) -> None:
    assert finding.cell == cell


def test_a_fact_without_a_type_has_decided_nothing_not_even_the_place() -> None:
    undecided = received(1).model_copy(update={"place": dispatched(1, "MJ01", "quyang-1").place})
    assert finding_of(undecided) == Finding()


def test_type_and_place_come_from_the_same_source() -> None:
    assert finding_of(dispatched(1, "MJ01", "quyang-1")) == Finding("MJ01", "310109010", "quyang-1")
    assert finding_of(dispatched(1, "MJ01", None)) == Finding("MJ01")
    assert finding_of(classified(1, "XQ04", "jiaxing-1")) == Finding("XQ04", "310109014", "jiaxing-1")


def test_windows_are_those_of_the_detection_rules() -> None:
    assert list(WINDOWS) == [7, 30, 90, 365]
    end = datetime(2026, 7, 1, tzinfo=UTC)
    assert all(end - window.start(end) == timedelta(days=days) for days, window in WINDOWS.items())
