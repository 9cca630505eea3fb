from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.tracing import continue_trace

VALID = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize("incoming", [f"00-{TRACE}-00f067aa0ba902b7-00", f"cc-{TRACE}-00f067aa0ba902b7-00-future"])
def test_a_valid_trace_goes_on_with_its_flags(incoming: str) -> None:
    ours = continue_trace(incoming)
    assert VALID.fullmatch(ours)
    assert ours.split("-")[1] == TRACE
    assert ours.endswith("-00")


@pytest.mark.parametrize(
    "incoming",
    [
        None,
        "",
        "x",
        f"ff-{TRACE}-00f067aa0ba902b7-01",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-00f067aa0ba902b7-01",
        f"00-{TRACE}-00f067aa0ba902b7-01\n",
    ],
)
def test_an_invalid_trace_is_replaced(incoming: str | None) -> None:
    ours = continue_trace(incoming)
    assert VALID.fullmatch(ours)
    assert TRACE not in ours
    assert "0" * 32 not in ours


@given(st.text())
def test_whatever_comes_in_a_valid_traceparent_goes_out(incoming: str) -> None:
    assert VALID.fullmatch(continue_trace(incoming))
