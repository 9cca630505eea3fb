"""Gates (关口): what must be there before a step. One table says which gates a step has; no step knows them by itself.

A gate names what holds it, so that the answer to a refused step is a list of things to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from services.contracts.elements import Choice
from services.projects.domain.works.defects import WorksParty
from services.projects.domain.works.gated_works import Gated, Works
from services.projects.domain.works.inspections import NEVER_INSPECTED, Verdict
from services.projects.domain.works.items import WorksItem
from services.projects.domain.works.papers import PaperKind
from services.projects.domain.works.repair_project import ProjectState, RepairProject


class Gate(StrEnum):
    ITEMS_NAMED = "items_named"
    MUST_ITEMS_CONFIRMED = "must_items_confirmed"
    CHOSEN_ITEMS_CONFIRMED = "chosen_items_confirmed"
    CLEARED_BEFORE_WORKS = "cleared_before_works"
    APPROVED_BY_AUTHORITY = "approved_by_authority"
    PARTIES_NAMED = "parties_named"
    BUILDER_CONTRACTED = "builder_contracted"
    PAPERS_THERE = "papers_there"
    DISCLOSED = "disclosed"
    ITEMS_ACCEPTED = "items_accepted"
    INSPECTIONS_ARRIVED = "inspections_arrived"
    DEFECTS_CLOSED = "defects_closed"
    RESIDENTS_INSPECTED = "residents_inspected"
    BLOCKS_ACCEPTED = "blocks_accepted"
    CONTRACTS_AUDITED = "contracts_audited"
    WARRANTIES_GIVEN = "warranties_given"
    EVERY_DEFECT_CLOSED = "every_defect_closed"
    RESIDENTS_AGREED = "residents_agreed"
    RESULTS_STAND = "results_stand"
    VOTES_ENDED = "votes_ended"
    MEETINGS_HELD = "meetings_held"
    OPINIONS_ANSWERED = "opinions_answered"
    IMPACTS_PLANNED = "impacts_planned"


class GatesShut(Exception):
    """A step was not taken because of its gates; `holds` says what to do first."""

    def __init__(self, step: Gated, holds: list[Hold]) -> None:
        super().__init__(f"{step}: {', '.join(hold.gate for hold in holds)}")
        self.step = step
        self.holds = holds


class Hold(NamedTuple):
    """A gate that is shut, and what holds it: ids of items or defects, blocks, kinds of papers, things to disclose."""

    gate: Gate
    by: tuple[str, ...]


GROUNDS = "grounds"
"""How the grounds of an estate are named where blocks are."""


def holds(step: Gated, works: Works) -> list[Hold]:
    """The gates of a step that are shut, in the order of the table; none: the step may be taken."""
    found = ((gate, tuple(sorted(_HELD_BY[gate](works, step)))) for gate in GATES[step])
    return [Hold(gate, by) for gate, by in found if by]


def _named(blocks: Iterable[str | None]) -> Iterable[str]:
    return (GROUNDS if block is None else block for block in blocks)


def _no_items(works: Works, _: Gated) -> Iterable[str]:
    return () if works.built() else ("items",)


def _unconfirmed(*choices: Choice) -> Callable[[Works, Gated], Iterable[str]]:
    """A result that was annulled, or that a later one contradicts, confirms nothing any more."""
    return lambda works, _: (
        item.id for item in works.built() if item.choice in choices and (not item.confirmed or works.lost(item))
    )


def _not_cleared(works: Works, _: Gated) -> Iterable[str]:
    return (item.id for item in works.built() if item.choice is Choice.BEFORE_WORKS and not _is_done(works, item))


def _is_done(works: Works, item: WorksItem) -> bool:
    standing = works.standings.get(item.id, NEVER_INSPECTED)
    return standing.verdict is Verdict.ACCEPTED and standing.accepted >= item.contracted


def _waiting(works: Works, step: Gated) -> Iterable[str]:
    """Before the start nothing else is inspected than what is cleared for it."""
    items = [item for item in works.built() if item.choice is Choice.BEFORE_WORKS or step is not Gated.START]
    return (item.id for item in items if works.standings.get(item.id, NEVER_INSPECTED).waiting)


def _is_approved(works: Works) -> bool:
    return any(one.kind is PaperKind.APPROVAL and one.issued_by in works.approvers for one in works.papers)


def ahead(project: RepairProject) -> list[Gated]:
    """The gated steps that a project has before it."""
    states = list(ProjectState)
    now = project.resume_to or project.state
    return (
        []
        if now is None or now is ProjectState.CANCELLED
        else [step for state, step in STEPS.items() if states.index(state) > states.index(now)]
    )


GATES: Mapping[Gated, tuple[Gate, ...]] = {
    Gated.CONSULT: (Gate.RESIDENTS_AGREED,),
    Gated.CONFIRM_SCHEME: (
        Gate.RESIDENTS_AGREED,
        Gate.CHOSEN_ITEMS_CONFIRMED,
        Gate.VOTES_ENDED,
        Gate.MEETINGS_HELD,
        Gate.OPINIONS_ANSWERED,
    ),
    Gated.APPROVE: (Gate.APPROVED_BY_AUTHORITY,),
    Gated.TENDER: (Gate.RESIDENTS_AGREED, Gate.RESULTS_STAND),
    Gated.CONTRACT: (
        Gate.RESIDENTS_AGREED,
        Gate.RESULTS_STAND,
        Gate.PARTIES_NAMED,
        Gate.BUILDER_CONTRACTED,
        Gate.PAPERS_THERE,
    ),
    Gated.START: (
        Gate.RESIDENTS_AGREED,
        Gate.RESULTS_STAND,
        Gate.ITEMS_NAMED,
        Gate.APPROVED_BY_AUTHORITY,
        Gate.MUST_ITEMS_CONFIRMED,
        Gate.CHOSEN_ITEMS_CONFIRMED,
        Gate.CLEARED_BEFORE_WORKS,
        Gate.INSPECTIONS_ARRIVED,
        Gate.PARTIES_NAMED,
        Gate.BUILDER_CONTRACTED,
        Gate.PAPERS_THERE,
        Gate.DISCLOSED,
        Gate.IMPACTS_PLANNED,
    ),
    Gated.ACCEPT_BLOCK: (
        Gate.ITEMS_NAMED,
        Gate.ITEMS_ACCEPTED,
        Gate.INSPECTIONS_ARRIVED,
        Gate.DEFECTS_CLOSED,
        Gate.RESIDENTS_INSPECTED,
    ),
    Gated.ACCEPT: (
        Gate.ITEMS_NAMED,
        Gate.BLOCKS_ACCEPTED,
        Gate.ITEMS_ACCEPTED,
        Gate.INSPECTIONS_ARRIVED,
        Gate.DEFECTS_CLOSED,
        Gate.PAPERS_THERE,
    ),
    Gated.AUDIT: (Gate.CONTRACTS_AUDITED, Gate.PAPERS_THERE),
    Gated.HAND_OVER: (Gate.WARRANTIES_GIVEN, Gate.CONTRACTS_AUDITED, Gate.PAPERS_THERE, Gate.DEFECTS_CLOSED),
    Gated.VERIFY: (Gate.WARRANTIES_GIVEN, Gate.EVERY_DEFECT_CLOSED),
}
"""docs/domain.md §4.2. A project ends by what was shown (`verified`), never because everything was built.

The size of works is known when their items are, so that who approved them and who supervises is looked at again before
the start."""

STEPS: Mapping[ProjectState, Gated] = {
    ProjectState.CONSULTED: Gated.CONSULT,
    ProjectState.APPROVED: Gated.APPROVE,
    ProjectState.SCHEME_CONFIRMED: Gated.CONFIRM_SCHEME,
    ProjectState.TENDERED: Gated.TENDER,
    ProjectState.CONTRACTED: Gated.CONTRACT,
    ProjectState.STARTED: Gated.START,
    ProjectState.ACCEPTED: Gated.ACCEPT,
    ProjectState.AUDITED: Gated.AUDIT,
    ProjectState.HANDED_OVER: Gated.HAND_OVER,
    ProjectState.VERIFIED: Gated.VERIFY,
}
"""Which step of a project is gated as what, in the order in which they are taken."""

_HELD_BY: Mapping[Gate, Callable[[Works, Gated], Iterable[str]]] = {
    Gate.ITEMS_NAMED: _no_items,
    Gate.MUST_ITEMS_CONFIRMED: _unconfirmed(Choice.MUST, Choice.BEFORE_WORKS),
    Gate.CHOSEN_ITEMS_CONFIRMED: _unconfirmed(Choice.CHOOSE, Choice.OWN_VOTE),
    Gate.CLEARED_BEFORE_WORKS: _not_cleared,
    Gate.APPROVED_BY_AUTHORITY: lambda works, _: () if _is_approved(works) else works.approvers or ("approval",),
    Gate.PARTIES_NAMED: lambda works, _: works.required_parties - {party.role for party in works.parties},
    Gate.BUILDER_CONTRACTED: lambda works, _: (
        {WorksParty.CONSTRUCTION} - {contract.party for contract in works.contracts}
    ),
    Gate.PAPERS_THERE: lambda works, step: works.required_papers.get(step, frozenset()) - works.paper_kinds(),
    Gate.DISCLOSED: lambda works, _: works.to_disclose - works.disclosed,
    Gate.ITEMS_ACCEPTED: lambda works, _: (item.id for item in works.built() if not _is_done(works, item)),
    Gate.INSPECTIONS_ARRIVED: _waiting,
    Gate.DEFECTS_CLOSED: lambda works, _: (defect.id for defect in works.defects if defect.holds_up),
    Gate.RESIDENTS_INSPECTED: lambda works, _: _named(
        {item.block for item in works.built()} - works.inspected_by_residents
    ),
    Gate.BLOCKS_ACCEPTED: lambda works, _: _named({item.block for item in works.built()} - works.accepted),
    Gate.CONTRACTS_AUDITED: lambda works, _: (one.id for one in works.contracts if one.audit is None),
    Gate.WARRANTIES_GIVEN: lambda works, _: (
        {item.id for item in works.built()} - {warranty.item for warranty in works.warranties}
    ),
    Gate.EVERY_DEFECT_CLOSED: lambda works, _: (defect.id for defect in works.defects if not defect.is_closed),
    Gate.RESIDENTS_AGREED: lambda works, _: () if works.consulted.agreed else ("consultation",),
    Gate.RESULTS_STAND: lambda works, _: (item.id for item in works.built() if works.lost(item)),
    Gate.VOTES_ENDED: lambda works, _: works.consulted.under_way,
    Gate.MEETINGS_HELD: lambda works, step: works.required_meetings.get(step, frozenset()) - works.consulted.meetings,
    Gate.OPINIONS_ANSWERED: lambda works, _: works.consulted.unanswered,
    Gate.IMPACTS_PLANNED: lambda works, _: () if works.impacts_planned else ("impacts",),
}
