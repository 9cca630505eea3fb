"""All that people do at works, on one desk."""

from __future__ import annotations

from dataclasses import dataclass

from services.projects.app.works.accept_block import AcceptBlock
from services.projects.app.works.contract_items import ContractItems
from services.projects.app.works.desk import WorksDesk
from services.projects.app.works.disturb import Disturb
from services.projects.app.works.file_papers import FilePapers
from services.projects.app.works.inspect_item import InspectItem
from services.projects.app.works.keep_contracts import KeepContracts
from services.projects.app.works.mend_defect import MendDefect
from services.projects.app.works.name_parties import NameParties
from services.projects.app.works.visit_residents import VisitResidents


@dataclass(frozen=True, slots=True)
class WorksActs:
    desk: WorksDesk
    items: ContractItems
    inspect: InspectItem
    defects: MendDefect
    papers: FilePapers
    accept: AcceptBlock
    name_party: NameParties
    contracts: KeepContracts
    disturb: Disturb
    visits: VisitResidents
