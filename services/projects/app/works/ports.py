"""Where works are kept. A call works inside the transaction of `work`, whose project is locked; it commits nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol

from services.chassis.database.work import Work
from services.contracts.works_events import WorksItemInspected
from services.projects.domain.menu import MenuItem
from services.projects.domain.standards.demands_on_works import Demands
from services.projects.domain.works.contracts import Contract
from services.projects.domain.works.defects import Defect
from services.projects.domain.works.gated_works import Works
from services.projects.domain.works.inspections import Inspection
from services.projects.domain.works.items import WorksItem
from services.projects.domain.works.papers import Paper
from services.projects.domain.works.parties import WorksUnit
from services.projects.domain.works.warranty import Warranty


class StandingRules(Protocol):
    """What works start from: the menu, and what the standards ask that were in force when their project was opened."""

    def menu(self, work: Work, began: datetime | None = None) -> Mapping[str, MenuItem]:
        """By code: the menu of today; given when a project was opened, the one that its works pick from."""

    def menu_as_of(self, work: Work, in_force: date, known: date) -> Mapping[str, MenuItem]:
        """The menu in force on a day, as it was known on another."""

    def rows(self, work: Work) -> Mapping[tuple[str, int], MenuItem]:
        """Every row that was ever in the menu, by code and version."""

    def asked(self, work: Work, project_id: str) -> Demands:
        """The papers and meetings that standards ask of a project, and which."""


class Done(NamedTuple):
    """Who did it, and when."""

    actor: str
    at: datetime


class Acceptance(NamedTuple):
    """`block` None: of the grounds. `residents`: how many took part."""

    block: str | None
    accepted_on: date
    residents: int
    warranties: tuple[Warranty, ...]


class KnownSite(NamedTuple):
    """`planned_fen`: what the yearly plan says that the works cost; None where they stand in none. `blocks`: those
    registered in its estates; empty where an estate has none registered."""

    planned_fen: int | None = None
    sub_district: str | None = None
    blocks: frozenset[str] = frozenset()


class WorksBook(Protocol):
    def works_of(self, work: Work, project_id: str) -> Works:
        """Everything about the works of a project; without the rules' lists."""

    def inspection(self, work: Work, inspection_id: str) -> tuple[str, Inspection] | None:
        """The inspection of that id, whatever project it is of, and the id of its project."""

    def save_items(self, work: Work, project_id: str, items: Sequence[WorksItem]) -> None:
        """New ones, and others in place of those with the same id."""

    def add_inspection(self, work: Work, event: WorksItemInspected) -> None:
        """As in its event."""

    def open_defect(self, work: Work, project_id: str, defect: Defect, done: Done) -> None: ...

    def save_defect(self, work: Work, defect: Defect) -> None:
        """One that is there; who found it, when and why stay."""

    def project_of_defect(self, work: Work, defect_id: str) -> str | None: ...

    def add_paper(self, work: Work, project_id: str, paper: Paper, done: Done) -> None: ...

    def disclose(self, work: Work, project_id: str, what: Sequence[str], done: Done) -> list[str]:
        """What of it is newly made public."""

    def save_party(self, work: Work, project_id: str, party: WorksUnit, done: Done) -> None:
        """A new one, or in place of the unit of the same role."""

    def save_contract(self, work: Work, project_id: str, contract: Contract, done: Done) -> None:
        """A new one, or in place of the one with its id."""

    def accept(self, work: Work, project_id: str, acceptance: Acceptance, done: Done) -> None: ...
