"""Sums of contracts: what changes them, and what an audit may find to be due."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.projects.domain.works.contracts import Audit, Contract, ContractFault, SumChange
from services.projects.domain.works.defects import WorksParty
from services.projects.domain.works.parties import NotApart, WorksUnit, apart

DAY = date(2026, 10, 8)


def contract(fen: int = 1000) -> Contract:
    return Contract("contract", WorksParty.CONSTRUCTION, "paper", fen, DAY, DAY)


class Change(NamedTuple):
    order: str
    fen: int


STEPS = st.one_of(
    st.builds(Change, st.sampled_from("abcdef"), st.integers(-1500, 1500)),
    st.integers(0, 3000),
)


@given(st.integers(1, 2000), st.lists(STEPS, max_size=20))
def test_the_sum_is_never_gone_and_the_audit_never_above_it(fen: int, steps: list[Change | int]) -> None:
    """Against a dictionary of change orders and one number."""
    kept, orders, audited = contract(fen), dict[str, int](), None
    for step in steps:
        due = fen + sum(orders.values())
        try:
            if isinstance(step, Change):
                allowed = audited is None and step.order not in orders and due + step.fen > 0
                kept = kept.change(SumChange(*step))
                orders[step.order] = step.fen
            else:
                allowed = audited is None and step <= due
                kept = kept.close(Audit("report", step))
                audited = step
        except ContractFault:
            assert not allowed
        else:
            assert allowed
    assert kept.due == fen + sum(orders.values()) > 0
    assert (kept.audit and kept.audit.fen) == audited
    assert kept.version == 1 + len(orders) + (audited is not None)


def test_a_contract_that_ends_before_it_starts_is_none() -> None:
    with pytest.raises(ContractFault) as refused:
        Contract("contract", WorksParty.DESIGN, "paper", 1, DAY, date(2026, 10, 7))
    assert refused.value.fact == "ends"


def test_who_builds_does_not_supervise() -> None:
    designer = WorksUnit(WorksParty.DESIGN, "unit", "code")
    builder, supervisor = (WorksUnit(role, "unit", "code") for role in (WorksParty.CONSTRUCTION, WorksParty.SUPERVISOR))
    apart([designer, builder])
    apart([designer, supervisor])
    with pytest.raises(NotApart):
        apart([builder, supervisor])
