"""Gates: no way round one, by enumeration of everything that can be amiss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, combinations
from typing import NamedTuple

import pytest

from services.contracts.elements import Choice
from services.projects.domain.consultation.meetings import MeetingKind
from services.projects.domain.works.consulted import Consulted, VotedResult, VotedWorks, held
from services.projects.domain.works.contracts import Audit, Contract
from services.projects.domain.works.defects import Defect, DefectState, Severity, WorksParty
from services.projects.domain.works.gated_works import Gated, Works
from services.projects.domain.works.gates import GATES, GROUNDS, STEPS, Gate, Hold, holds
from services.projects.domain.works.inspections import Inspection, ItemStanding, Verdict
from services.projects.domain.works.items import WorksItem
from services.projects.domain.works.papers import Paper, PaperKind
from services.projects.domain.works.parties import UNITS, WorksUnit
from services.projects.domain.works.repair_project import ProjectState
from services.projects.domain.works.warranty import Warranty

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def item(id: str, choice: Choice, block: str | None) -> WorksItem:
    return WorksItem(id, "M01-A", 1, "E01", choice, block, Decimal(100), 10, confirmed_by="paper")


def inspected(quantity: int = 100, verdict: Verdict = Verdict.ACCEPTED) -> ItemStanding:
    return ItemStanding((Inspection("i", "item", frozenset(), verdict, Decimal(quantity), "inspector", NOW),))


CONTRACT = Contract(
    "contract", WorksParty.CONSTRUCTION, "paper", 100, NOW.date(), NOW.date(), audit=Audit("report", 90)
)
ITEMS = (
    item("must", Choice.MUST, "3"),
    item("clear", Choice.BEFORE_WORKS, None),
    item("chosen", Choice.CHOOSE, "5"),
    replace(item("voted", Choice.OWN_VOTE, "5"), menu_item="M16-A", confirmed_by="vote"),
)
BLOCKS = frozenset({"3", "5", None})
DONE = Works(
    items=ITEMS,
    standings={one.id: inspected() for one in ITEMS},
    defects=(Defect("closed", "must", Severity.CRITICAL, DefectState.CLOSED),),
    papers=tuple(Paper(kind, kind, kind, "0" * 64, "housing") for kind in PaperKind),
    approvers=frozenset({"housing"}),
    required_papers={step: frozenset({PaperKind.CONTRACT}) for step in Gated},
    to_disclose=frozenset({"hours"}),
    disclosed=frozenset({"hours"}),
    accepted=BLOCKS,
    inspected_by_residents=BLOCKS,
    parties=tuple(WorksUnit(role, role, role) for role in UNITS),
    required_parties=UNITS,
    contracts=(CONTRACT,),
    warranties=tuple(
        Warranty(one.id, one.block, "E01", date(2026, 5, 4), date(2031, 5, 4), "waterproofing") for one in ITEMS
    ),
    consulted=Consulted(agreed=frozenset({"result"}), meetings=frozenset({MeetingKind.REVIEW})),
    required_meetings={Gated.CONFIRM_SCHEME: frozenset({MeetingKind.REVIEW})},
    impacts_planned=True,
)


class Fault(NamedTuple):
    """Something amiss, and what it holds at which gates."""

    amiss: Callable[[Works], Works]
    holds: dict[Gate, str]


def with_item(id: str, **change: object) -> Callable[[Works], Works]:
    return lambda works: replace(
        works,
        items=tuple(replace(one, **change) if one.id == id else one for one in works.items),  # type: ignore[arg-type]
    )


def with_standing(id: str, standing: ItemStanding) -> Callable[[Works], Works]:
    return lambda works: replace(works, standings={**works.standings, id: standing})


def with_defect(severity: Severity, state: DefectState) -> Callable[[Works], Works]:
    name = f"{severity}-{state}"
    return lambda works: replace(works, defects=(*works.defects, Defect(name, "must", severity, state)))


def with_consulted(**change: object) -> Callable[[Works], Works]:
    return lambda works: replace(works, consulted=replace(works.consulted, **change))  # type: ignore[arg-type]


FAULTS: dict[str, Fault] = {
    "nothing was agreed to": Fault(with_consulted(agreed=frozenset()), {Gate.RESIDENTS_AGREED: "consultation"}),
    "a result was annulled": Fault(
        with_consulted(annulled=frozenset({"vote"})),
        {Gate.RESULTS_STAND: "voted", Gate.CHOSEN_ITEMS_CONFIRMED: "voted"},
    ),
    "a vote is under way": Fault(with_consulted(under_way=frozenset({"vote"})), {Gate.VOTES_ENDED: "vote"}),
    "no review was held": Fault(with_consulted(meetings=frozenset()), {Gate.MEETINGS_HELD: "review"}),
    "an opinion has no answer": Fault(
        with_consulted(unanswered=frozenset({"opinion"})), {Gate.OPINIONS_ANSWERED: "opinion"}
    ),
    "a must item nobody confirmed": Fault(with_item("must", confirmed_by=None), {Gate.MUST_ITEMS_CONFIRMED: "must"}),
    "a chosen item nobody confirmed": Fault(
        with_item("chosen", confirmed_by=None), {Gate.CHOSEN_ITEMS_CONFIRMED: "chosen"}
    ),
    "not cleared": Fault(
        with_standing("clear", inspected(99)), {Gate.CLEARED_BEFORE_WORKS: "clear", Gate.ITEMS_ACCEPTED: "clear"}
    ),
    "an item refused": Fault(with_standing("must", inspected(100, Verdict.REFUSED)), {Gate.ITEMS_ACCEPTED: "must"}),
    "an inspection that waits for another": Fault(
        lambda works: with_standing("clear", replace(works.standings["clear"], waiting=inspected().heads))(works),
        {Gate.INSPECTIONS_ARRIVED: "clear"},
    ),
    "a paper is missing": Fault(
        lambda works: replace(works, papers=tuple(one for one in works.papers if one.kind is not PaperKind.CONTRACT)),
        {Gate.PAPERS_THERE: "contract"},
    ),
    "who approved may not": Fault(
        lambda works: replace(works, papers=tuple(replace(one, issued_by="office") for one in works.papers)),
        {Gate.APPROVED_BY_AUTHORITY: "housing"},
    ),
    "hours are not made public": Fault(lambda works: replace(works, disclosed=frozenset()), {Gate.DISCLOSED: "hours"}),
    "nobody planned how to disturb least": Fault(
        lambda works: replace(works, impacts_planned=False), {Gate.IMPACTS_PLANNED: "impacts"}
    ),
    "a major defect is open": Fault(
        with_defect(Severity.MAJOR, DefectState.OPEN),
        {Gate.DEFECTS_CLOSED: "major-open", Gate.EVERY_DEFECT_CLOSED: "major-open"},
    ),
    "a minor defect is cured and not checked": Fault(
        with_defect(Severity.MINOR, DefectState.CURED), {Gate.EVERY_DEFECT_CLOSED: "minor-cured"}
    ),
    "residents saw one block less": Fault(
        lambda works: replace(works, inspected_by_residents=works.inspected_by_residents - {"3"}),
        {Gate.RESIDENTS_INSPECTED: "3"},
    ),
    "the grounds are not accepted": Fault(
        lambda works: replace(works, accepted=works.accepted - {None}), {Gate.BLOCKS_ACCEPTED: GROUNDS}
    ),
    "nobody supervises": Fault(
        lambda works: replace(works, parties=tuple(one for one in works.parties if one.role != "supervisor")),
        {Gate.PARTIES_NAMED: "supervisor"},
    ),
    "no contract with who builds": Fault(
        lambda works: replace(works, contracts=tuple(replace(one, party=WorksParty.DESIGN) for one in works.contracts)),
        {Gate.BUILDER_CONTRACTED: "construction"},
    ),
    "a contract is not audited": Fault(
        lambda works: replace(works, contracts=tuple(replace(one, audit=None) for one in works.contracts)),
        {Gate.CONTRACTS_AUDITED: "contract"},
    ),
    "an item has no warranty": Fault(
        lambda works: replace(works, warranties=works.warranties[1:]), {Gate.WARRANTIES_GIVEN: "must"}
    ),
}


@pytest.mark.parametrize("step", Gated)
def test_all_is_open_where_nothing_is_amiss(step: Gated) -> None:
    assert holds(step, DONE) == []


@pytest.mark.parametrize("step", Gated)
def test_whatever_is_amiss_together_shuts_its_gates_and_no_other(step: Gated) -> None:
    """All combinations of what concerns a step, each with and without all that does not."""
    others = [name for name, fault in FAULTS.items() if not fault.holds.keys() & set(GATES[step])]
    concern = [name for name in FAULTS if name not in others]
    for chosen in chain.from_iterable(combinations(concern, size) for size in range(len(concern) + 1)):
        for names in (chosen, (*chosen, *others)):
            works = DONE
            expected: dict[Gate, set[str]] = {}
            for fault in (FAULTS[name] for name in names):
                works = fault.amiss(works)
                for gate, by in fault.holds.items():
                    expected.setdefault(gate, set()).add(by)
            shut = {gate: Hold(gate, tuple(sorted(by))) for gate, by in expected.items()}
            assert holds(step, works) == [shut[gate] for gate in GATES[step] if gate in shut], (step, names)


def test_an_approval_is_needed_even_where_nobody_is_known_who_gives_it() -> None:
    works = replace(DONE, approvers=frozenset())
    assert holds(Gated.APPROVE, works) == [Hold(Gate.APPROVED_BY_AUTHORITY, ("approval",))]


def test_every_gate_is_shut_by_something_and_belongs_to_a_step() -> None:
    assert {gate for fault in FAULTS.values() for gate in fault.holds} | {Gate.ITEMS_NAMED} == set(Gate)
    assert set(chain.from_iterable(GATES.values())) == set(Gate)


@pytest.mark.parametrize("step", [step for step in Gated if Gate.ITEMS_NAMED in GATES[step]])
def test_works_without_an_item_go_nowhere(step: Gated) -> None:
    none_left = replace(DONE, items=tuple(replace(one, dropped="no money") for one in DONE.items))
    for works in (Works(), none_left):
        assert Hold(Gate.ITEMS_NAMED, ("items",)) in holds(step, works)


def test_a_dropped_item_holds_nothing() -> None:
    dropped = with_item("must", confirmed_by=None, dropped="the owners refused it")(DONE)
    assert all(holds(step, dropped) == [] for step in Gated)


def test_an_annulled_result_confirms_nothing_any_more() -> None:
    annulled = with_item("chosen", confirmed_by="vote")(with_consulted(annulled=frozenset({"vote"}))(DONE))
    lost = ("chosen", "voted")
    assert holds(Gated.TENDER, annulled) == holds(Gated.CONTRACT, annulled) == [Hold(Gate.RESULTS_STAND, lost)]
    assert holds(Gated.START, annulled) == [Hold(Gate.RESULTS_STAND, lost), Hold(Gate.CHOSEN_ITEMS_CONFIRMED, lost)]


def test_the_last_result_counts_be_it_of_the_block_or_of_the_whole_estate() -> None:
    block, estate = VotedResult("block", 1, True, 0), VotedResult("estate", 1, False, 1)
    latest = {VotedWorks("M16-A", "5"): block, VotedWorks("M16-A", None): estate}
    assert Consulted(latest).result_of("M16-A", "5") == estate
    assert Consulted({**latest, VotedWorks("M16-A", "5"): block._replace(place=2)}).result_of("M16-A", "5") == (
        block._replace(place=2)
    )


def test_a_review_before_the_scheme_was_public_does_not_count() -> None:
    public = date(2026, 5, 4)
    meetings = [(MeetingKind.HEARING, date(2026, 4, 1)), (MeetingKind.REVIEW, date(2026, 5, 3))]
    assert held(meetings, public) == {MeetingKind.HEARING}
    assert held([*meetings, (MeetingKind.REVIEW, public)], public) == {MeetingKind.HEARING, MeetingKind.REVIEW}
    assert held([(MeetingKind.REVIEW, public)], None) == frozenset()


def test_what_residents_refused_in_a_later_vote_is_confirmed_no_more() -> None:
    refused = with_consulted(latest={VotedWorks("M16-A", None): VotedResult("later", 1, False)})(DONE)
    lost = ("voted",)
    assert holds(Gated.TENDER, refused) == [Hold(Gate.RESULTS_STAND, lost)]
    assert holds(Gated.START, refused) == [Hold(Gate.RESULTS_STAND, lost), Hold(Gate.CHOSEN_ITEMS_CONFIRMED, lost)]


def test_what_an_authority_approved_stands_whatever_residents_say() -> None:
    refused = with_consulted(latest={VotedWorks("M01-A", None): VotedResult("later", 1, False)})(DONE)
    approved = with_item("must", confirmed_by=PaperKind.APPROVAL)(refused)
    assert "must" in holds(Gated.TENDER, refused)[0].by
    assert "must" not in holds(Gated.TENDER, approved)[0].by


def test_before_the_start_nothing_waits_but_what_is_cleared_for_it() -> None:
    works = with_standing("chosen", replace(inspected(), waiting=inspected().heads))(DONE)
    assert holds(Gated.START, works) == []
    assert holds(Gated.ACCEPT, works) == [Hold(Gate.INSPECTIONS_ARRIVED, ("chosen",))]


def test_a_block_is_accepted_whatever_is_amiss_in_another() -> None:
    works = with_standing("chosen", inspected(0))(DONE)
    assert holds(Gated.ACCEPT_BLOCK, works.of_block("3")) == []
    assert holds(Gated.ACCEPT_BLOCK, works.of_block("5")) == [Hold(Gate.ITEMS_ACCEPTED, ("chosen",))]


def test_no_project_ends_because_everything_was_built() -> None:
    assert STEPS.keys() == {
        ProjectState.CONSULTED,
        ProjectState.APPROVED,
        ProjectState.SCHEME_CONFIRMED,
        ProjectState.TENDERED,
        ProjectState.CONTRACTED,
        ProjectState.STARTED,
        ProjectState.ACCEPTED,
        ProjectState.AUDITED,
        ProjectState.HANDED_OVER,
        ProjectState.VERIFIED,
    }
    assert Gate.WARRANTIES_GIVEN in GATES[Gated.VERIFY]
