"""Defects: closed by somebody else than who cured them; what is above minor holds up an acceptance."""

from __future__ import annotations

import pytest

from services.projects.domain.works.defects import (
    TRANSITIONS,
    CheckedByItself,
    Defect,
    DefectState,
    IllegalDefectStep,
    NotTheirsToClose,
    Severity,
    WorksParty,
)

MAJOR = Defect("d", "item", Severity.MAJOR)


@pytest.mark.parametrize("come_from", DefectState)
@pytest.mark.parametrize("to", DefectState)
def test_only_the_tables_steps_are_taken(come_from: DefectState, to: DefectState) -> None:
    defect = Defect(
        "d", "item", Severity.MAJOR, come_from, WorksParty.CONSTRUCTION if come_from is DefectState.CURED else None
    )
    if to in TRANSITIONS[come_from]:
        assert defect.take(to, WorksParty.RESIDENTS).state is to
    else:
        with pytest.raises(IllegalDefectStep):
            defect.take(to, WorksParty.RESIDENTS)


@pytest.mark.parametrize("to", [DefectState.CLOSED, DefectState.OPEN])
def test_who_cured_it_does_not_say_whether_it_is_cured(to: DefectState) -> None:
    cured = MAJOR.take(DefectState.CURED, WorksParty.CONSTRUCTION)
    with pytest.raises(CheckedByItself):
        cured.take(to, WorksParty.CONSTRUCTION)
    assert cured.take(to, WorksParty.SUPERVISOR).cured_by is None


@pytest.mark.parametrize("party", WorksParty)
def test_who_builds_or_designs_closes_nothing_whoever_cured_it(party: WorksParty) -> None:
    cured = Defect("d", "item", Severity.MAJOR, DefectState.CURED)
    if party in (WorksParty.RESIDENTS, WorksParty.SUPERVISOR, WorksParty.IMPLEMENTING):
        assert cured.take(DefectState.CLOSED, party).is_closed
    else:
        with pytest.raises(NotTheirsToClose):
            cured.take(DefectState.CLOSED, party)


def test_it_holds_up_until_it_is_closed_and_minor_ones_never_do() -> None:
    cured = MAJOR.take(DefectState.CURED, WorksParty.CONSTRUCTION)
    assert [one.holds_up for one in (MAJOR, cured, cured.take(DefectState.CLOSED, WorksParty.SUPERVISOR))] == [
        True,
        True,
        False,
    ]
    assert not Defect("d", "item", Severity.MINOR).holds_up
