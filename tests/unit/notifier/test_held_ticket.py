"""Which departments have a ticket, and what is said of the right to read its caller, agrees with intake."""

from __future__ import annotations

from services.contracts.department_state_events import OPEN_STATES
from services.intake.domain.caller_access import CallerReader
from services.intake.domain.steps import OPEN
from services.intake.files.caller_access import caller_access


def test_open_is_what_intake_calls_open() -> None:
    assert {state.value for state in OPEN} == OPEN_STATES


def test_a_lead_may_read_the_caller_of_what_is_open_and_neither_confidential_nor_restricted() -> None:
    rule = caller_access().readers[CallerReader.LEAD]
    assert {state.value for state in rule.states or ()} == OPEN_STATES
    assert (rule.confidential, rule.restricted) == (False, False)
