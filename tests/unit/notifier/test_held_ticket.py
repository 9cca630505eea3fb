"""Which departments have a ticket, and what is said of the right to read its caller, agrees with intake."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.department_state_events import OPEN_STATES, DepartmentTicketState
from services.contracts.ticket_events import Channel, Place, TicketSigned
from services.intake.domain.caller_access import CallerReader
from services.intake.domain.steps import OPEN
from services.intake.files.caller_access import caller_access
from services.notifier.domain.delivery import RedactedText
from services.notifier.domain.held_ticket import HeldTicket


def test_open_is_what_intake_calls_open() -> None:
    assert {state.value for state in OPEN} == OPEN_STATES


def test_a_lead_may_read_the_caller_of_what_is_open_and_neither_confidential_nor_restricted() -> None:
    rule = caller_access().readers[CallerReader.LEAD]
    assert {state.value for state in rule.states or ()} == OPEN_STATES
    assert (rule.confidential, rule.restricted) == (False, False)


UNITS = ("housing", "fire", "market")
HUB = "urban-operation"
AT = datetime(2026, 6, 20, tzinfo=UTC)
TEXT = RedactedText("屋顶漏水", "曲阳一村")

facts = st.builds(
    TicketSigned,
    ticket_id=st.just("00000000-0000-0000-0000-000000000001"),
    version=st.integers(1, 6),
    state=st.sampled_from([*sorted(OPEN_STATES), "in review", "settled", "merged", "archived"]),
    channel=st.just(Channel.PHONE),
    caller_ref=st.sampled_from([None, "0" * 32]),
    occurred_at=st.just(AT),
    received_at=st.just(AT),
    place=st.just(Place(estate="quyang-1")),
    lead=st.sampled_from([None, *UNITS]),
    co_handlers=st.lists(st.sampled_from(UNITS), unique=True, max_size=2).map(tuple),
    restricted=st.sampled_from([None, True]),
    confidential=st.sampled_from([None, True]),
    about_unit=st.sampled_from([None, *UNITS]),
)


@given(log=st.lists(facts, min_size=1, max_size=8))
def test_after_any_facts_the_newest_says_who_has_the_ticket_and_nobody_else_sees_a_word(
    log: list[TicketSigned],
) -> None:
    held = HeldTicket(log[0].ticket_id)
    newest = log[0]
    for fact in log:
        held.follow(fact, AT, HUB)
        newest = max(newest, fact, key=lambda one: one.version) if fact.version != newest.version else newest
    concerned = {newest.lead, *newest.co_handlers} - {None} if newest.state in OPEN_STATES else set()
    may = {unit for unit in concerned if unit != newest.about_unit and (not newest.restricted or unit == newest.lead)}
    records = {unit: held.record(holding, TEXT) for unit, holding in held.holdings.items()}
    assert {unit for unit, record in records.items() if record.standing == "open"} == may
    for unit, record in records.items():
        assert record.ticket_version == newest.version
        if unit not in may:
            assert (record.text, record.address, record.place, record.lead, record.reading_path) == (None,) * 5
            assert record.withdrawn
        elif record.reading_path:
            assert (unit, record.restricted, record.confidential) == (newest.lead, None, None)


@given(log=st.lists(facts, min_size=1, max_size=8))
def test_a_record_is_written_when_it_says_something_new_alone(log: list[TicketSigned]) -> None:
    held, shown = HeldTicket(log[0].ticket_id), dict[str, DepartmentTicketState]()
    for fact in [*log, *log]:
        held.follow(fact, AT, HUB)
        for unit, holding in held.holdings.items():
            said = held.record(holding, TEXT)
            record = holding.next_record(said)
            before = shown.get(unit)
            assert (record is None) == (before is not None and before.model_copy(update={"version": 1}) == said)
            if record:
                assert record.version == (before.version if before else 0) + 1
                shown[unit] = record
