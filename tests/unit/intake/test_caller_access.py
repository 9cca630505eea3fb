"""Who may learn who a caller is: the table, and what no row of it may allow."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.data_files import InvalidData
from services.intake.domain.caller_access import Asker, CallerReader, ReadingPurpose
from services.intake.domain.scope import TicketScope
from services.intake.domain.steps import OPEN, TicketState
from services.intake.files.caller_access import FILE, caller_access

ACCESS = caller_access()
FIRST, VISIT, AUDIT = ReadingPurpose.FIRST_CONTACT, ReadingPurpose.VISIT, ReadingPurpose.AUDIT


@dataclass(frozen=True)
class Called:
    state: TicketState = TicketState.DISPATCHED
    lead: str | None = "housing"
    co_handlers: tuple[str, ...] = ("liangcheng",)
    sub_district: str | None = "310109016"
    restricted: bool = False
    confidential: bool = False
    about_unit: str | None = None
    assignee: str | None = None


def asker(*departments: str, hub: bool = False, identity: bool = False, **scope: object) -> Asker:
    return Asker(TicketScope(frozenset(departments), subject="li", **scope), hub, identity)  # type: ignore[arg-type]


HOUSING, HUB, READER, HUB_READER = (
    asker("housing"),
    asker(hub=True),
    asker(identity=True),
    asker(hub=True, identity=True),
)
flags = st.booleans()
called = st.builds(
    Called,
    st.sampled_from(TicketState),
    st.sampled_from([None, "housing", "market"]),
    st.just(("liangcheng",)),
    st.just("310109016"),
    flags,
    flags,
    st.sampled_from([None, "housing", "liangcheng"]),
    st.sampled_from([None, "li", "wang"]),
)
askers = st.builds(
    Asker,
    st.builds(
        TicketScope,
        st.frozensets(st.sampled_from(["housing", "market", "liangcheng"])),
        st.frozensets(st.sampled_from(["310109016", "310109010"])),
        flags,
        st.sampled_from(["li", "wang", "zhao"]),
    ),
    flags,
    flags,
)
purposes = st.sampled_from(ReadingPurpose)


@pytest.mark.parametrize("state", TicketState)
def test_the_lead_may_know_the_caller_while_it_has_the_ticket(state: TicketState) -> None:
    may = ACCESS.reader_for(HOUSING, Called(state), FIRST)
    assert may is (CallerReader.LEAD if state in OPEN else None)


def test_the_hub_may_know_the_caller_in_every_state_but_not_for_the_units_purpose_of_an_audit() -> None:
    assert all(ACCESS.reader_for(HUB, Called(state), VISIT) is CallerReader.HUB for state in TicketState)
    assert ACCESS.reader_for(HUB, Called(), AUDIT) is None
    assert ACCESS.reader_for(HUB_READER, Called(), AUDIT) is CallerReader.HUB_READER


def test_a_confidential_caller_is_the_hubs_alone() -> None:
    ticket = Called(confidential=True, assignee="li")
    assert ACCESS.purposes_for(HOUSING, ticket) == []
    assert ACCESS.purposes_for(READER, ticket) == []
    assert ACCESS.reader_for(HUB, ticket, FIRST) is CallerReader.HUB


def test_a_restricted_caller_is_for_the_assigned_person_and_the_hubs_identity_readers() -> None:
    ticket = Called(restricted=True)
    assert [ACCESS.purposes_for(one, ticket) for one in (HOUSING, HUB, READER)] == [[], [], []]
    assert ACCESS.reader_for(HUB_READER, ticket, FIRST) is CallerReader.HUB_READER
    assert ACCESS.reader_for(HOUSING, Called(restricted=True, assignee="li"), FIRST) is CallerReader.ASSIGNEE
    assert ACCESS.reader_for(HOUSING, Called(restricted=True, assignee="wang"), FIRST) is None


@given(askers, called, purposes)
def test_nobody_learns_who_called_about_their_own_unit(who: Asker, ticket: Called, purpose: ReadingPurpose) -> None:
    if ticket.about_unit in who.scope.units:
        assert not who.sees(ticket)
        assert ACCESS.reader_for(who, ticket, purpose) is None


@given(askers, called, purposes)
def test_whoever_may_know_the_caller_has_a_reason_in_the_table(
    who: Asker, ticket: Called, purpose: ReadingPurpose
) -> None:
    reader = ACCESS.reader_for(who, ticket, purpose)
    if reader is None:
        return
    assert reader in ACCESS.purposes[purpose]
    assert who.hub or not ticket.confidential
    assert (who.hub and who.identity_reader) or not ticket.restricted or reader is CallerReader.ASSIGNEE
    assert who.hub or who.identity_reader or ticket.state in OPEN
    assert (
        who.hub or who.identity_reader or ticket.lead in who.scope.departments or ticket.assignee == who.scope.subject
    )


@given(askers, called)
def test_a_wish_for_confidence_never_lets_anybody_know_more(who: Asker, ticket: Called) -> None:
    plain = Called(**{**vars(ticket), "confidential": False, "restricted": ticket.restricted})
    assert set(ACCESS.purposes_for(who, Called(**{**vars(ticket), "confidential": True}))) <= set(
        ACCESS.purposes_for(who, plain)
    )


@pytest.mark.parametrize(("hub", "identity"), list(product([False, True], repeat=2)))
def test_a_telephone_is_looked_up_by_the_hub_and_identity_readers_alone(hub: bool, identity: bool) -> None:
    who = asker("housing", hub=hub, identity=identity, whole_district=True)
    assert (ACCESS.searcher(who, ReadingPurpose.REQUEST) is not None) is (hub or identity)


@pytest.mark.parametrize("gone", ["reader: hub-reader", "purpose: audit"])
def test_a_table_that_lacks_a_row_is_refused(tmp_path: Path, gone: str) -> None:
    file = tmp_path / "caller_access.yaml"
    file.write_text("\n".join(line for line in FILE.read_text().splitlines() if gone not in line))
    with pytest.raises(InvalidData, match="lack"):
        caller_access(file)
