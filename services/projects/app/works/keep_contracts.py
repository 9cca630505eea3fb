"""Keeps the contracts of works: signed, changed by a change order, closed by the audit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from services.chassis.commands import Unfit, must_be_at
from services.chassis.database.work import Work
from services.contracts.works_events import ContractAudit, ContractSumChange, WorksContractChanged
from services.projects.app.own_ids import Named, must_be_free
from services.projects.app.works.desk import TOPIC, Site, Who, WorksDesk
from services.projects.domain.works.acts import Act
from services.projects.domain.works.contracts import Audit, Contract, ContractFault, SumChange
from services.projects.domain.works.papers import PaperKind


@dataclass(frozen=True, slots=True)
class KeepContracts:
    """Each of its papers must be filed, and of the right kind."""

    desk: WorksDesk

    def sign(self, work: Work, project_id: str, contract: Contract, who: Who) -> Contract:
        """One of the same id and content is answered as it is by now. Raises Unfit for a party that is not named, and a
        paper or an id that is another contract's."""
        site = self.desk.open(work, project_id, who, Act.SIGN_CONTRACT)
        for one in site.works.contracts:
            if one.id == contract.id:
                if replace(one, changes=(), audit=None, version=contract.version) != contract:
                    raise Unfit("id", "is another contract's; give each contract an id of its own")
                return one
            if one.paper == contract.paper:
                raise Unfit("paper_id", "is another contract's paper; file each contract by itself")
        if contract.party not in {party.role for party in site.works.parties}:
            raise Unfit("party", "is not named yet; name the unit first")
        _must_be(site, contract.paper, PaperKind.CONTRACT, "paper_id")
        must_be_free(self.desk.named_by, work, contract.id, Named.CONTRACT)
        self._save(work, site, contract)
        return contract

    def change(
        self, work: Work, project_id: str, contract_id: str, version: int, change: SumChange, who: Who
    ) -> Contract:
        """Raises Conflict for another version, Unfit for a change that cannot be."""
        site = self.desk.open(work, project_id, who, Act.CHANGE_CONTRACT)
        _must_be(site, change.order, PaperKind.CHANGE_ORDER, "change_order")
        return self._take(work, site, contract_id, version, lambda contract: contract.change(change))

    def audit(self, work: Work, project_id: str, contract_id: str, version: int, audit: Audit, who: Who) -> Contract:
        """Raises Conflict for another version, Unfit for a sum above what was contracted."""
        site = self.desk.open(work, project_id, who, Act.AUDIT_CONTRACT)
        _must_be(site, audit.report, PaperKind.AUDIT_REPORT, "report")
        return self._take(work, site, contract_id, version, lambda contract: contract.close(audit))

    def _take(
        self, work: Work, site: Site, contract_id: str, version: int, step: Callable[[Contract], Contract]
    ) -> Contract:
        contract = next((one for one in site.works.contracts if one.id == contract_id), None)
        if contract is None:
            raise Unfit("contract_id", "is no contract of these works; take an id of GET /projects/{id}/works")
        must_be_at(version, contract.version, contract.party)
        try:
            taken = step(contract)
        except ContractFault as fault:
            raise Unfit(fault.fact, str(fault)) from None
        self._save(work, site, taken)
        return taken

    def _save(self, work: Work, site: Site, contract: Contract) -> None:
        self.desk.book.save_contract(work, site.project.id, contract, site.done)
        audit = contract.audit and ContractAudit(report=contract.audit.report, fen=contract.audit.fen)
        work.publish(
            TOPIC,
            WorksContractChanged(
                version=contract.version,
                project_id=site.project.id,
                contract_id=contract.id,
                party=contract.party,
                paper_id=contract.paper,
                sum_fen=contract.fen,
                starts=contract.starts,
                ends=contract.ends,
                changes=tuple(ContractSumChange(order=one.order, fen=one.fen) for one in contract.changes),
                audit=audit,
                **site.done._asdict(),
            ),
        )


def _must_be(site: Site, paper_id: str, kind: PaperKind, field: str) -> None:
    paper = next((one for one in site.works.papers if one.id == paper_id), None)
    if paper is None or paper.kind is not kind:
        raise Unfit(field, f"is no filed paper of the kind {kind}; file it first")
