"""Works as the API shows them: items with their standing, progress by block, and what holds the next steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from services.projects.app.works.ports import Acceptance
from services.projects.domain.menu import MenuItem
from services.projects.domain.works.contracts import Contract
from services.projects.domain.works.defects import Defect
from services.projects.domain.works.gated_works import Gated, Works
from services.projects.domain.works.gates import GROUNDS, Hold
from services.projects.domain.works.inspections import NEVER_INSPECTED, Check, Inspection, ItemStanding
from services.projects.domain.works.items import WorksItem
from services.projects.domain.works.papers import Paper
from services.projects.domain.works.parties import WorksUnit
from services.projects.domain.works.progress import Progress, progress_by_block
from services.projects.domain.works.rules import WorksRules
from services.projects.domain.works.warranty import Warranty


def works_shown(works: Works, rules: WorksRules, shut: Mapping[Gated, Sequence[Hold]]) -> dict[str, Any]:
    """`holds`: by step, the gates that are shut and what holds them."""
    blocks = progress_by_block(works.items, works.standings, works.accepted)
    total = reduce(Progress.plus, blocks.values(), Progress())
    return {
        "progress": progress_shown(total),
        "blocks": [
            {"block": block, **progress_shown(blocks[block]), "accepted": block in works.accepted}
            for block in sorted(blocks, key=lambda one: one or "")
        ],
        "items": [item_shown(item, works, rules) for item in works.items],
        "defects": [defect_shown(defect) for defect in works.defects],
        "papers": [paper_shown(one) for one in works.papers],
        "disclosed": sorted(works.disclosed),
        "to_disclose": sorted(rules.disclosed - works.disclosed),
        "parties": [party_shown(one) for one in works.parties],
        "contracts": [contract_shown(one) for one in works.contracts],
        "impacts_planned": works.impacts_planned,
        "warranties": [warranty_shown(one) for one in works.warranties],
        "holds": {step: [hold_shown(hold) for hold in holds] for step, holds in shut.items()},
    }


def progress_shown(progress: Progress) -> dict[str, Any]:
    """`share`: 0 to 1, null when nothing was contracted."""
    share = progress.share
    return {
        "accepted_fen": int(progress.accepted),
        "contracted_fen": int(progress.contracted),
        "share": None if share is None else round(float(share), 4),
        "dropped": list(progress.dropped),
    }


def item_shown(item: WorksItem, works: Works, rules: WorksRules) -> dict[str, Any]:
    """`template` with its `checks` is the one to inspect by; `bases` what the next inspection is made on.

    `in_accepted_block`: what was once found good counts as accepted, whatever an inspection found afterwards.
    """
    template, standing = rules.template_of(item.element), works.standings.get(item.id, NEVER_INSPECTED)
    handed = item.block in works.accepted
    return {
        "item_id": item.id,
        "version": item.version,
        "menu_item": item.menu_item,
        "menu_version": item.menu_version,
        "element": item.element,
        "choice": item.choice,
        "block": item.block,
        "contracted": str(item.contracted),
        "unit_cost_fen": item.unit_cost,
        "confirmed_by": None if works.lost(item) else item.confirmed_by,
        "result_annulled": item.confirmed_by in works.consulted.annulled,
        "refused_since": works.refused(item),
        "dropped": item.dropped,
        "capacity_before": item.before,
        "capacity_after": item.after,
        **standing_shown(standing),
        **({"accepted": str(standing.once_accepted)} if handed else {}),
        "in_accepted_block": handed,
        "template": template and {"code": template.code, "version": template.version},
        "checks": [check_shown(check) for check in template.checks] if template else [],
    }


def check_shown(check: Check) -> dict[str, Any]:
    """Without `least` and `most` it is read as yes or no."""
    limits = {name: str(limit) for name in ("least", "most") if (limit := getattr(check, name)) is not None}
    return {"code": check.code, **({"unit": check.unit} if check.unit else {}), **limits}


def standing_shown(standing: ItemStanding) -> dict[str, Any]:
    return {
        "verdict": standing.verdict,
        "accepted": str(standing.accepted),
        "contradicts": standing.contradicts,
        "bases": standing.bases,
        "inspections": [inspection_shown(one) for one in standing.made],
        "waiting": [one.id for one in standing.waiting],
        "missing": sorted(standing.missing),
    }


def inspection_shown(inspection: Inspection) -> dict[str, Any]:
    code, version = inspection.template
    return {
        "inspection_id": inspection.id,
        "item_id": inspection.item,
        "bases": sorted(inspection.bases),
        "template": {"code": code, "version": version},
        "readings": {
            name: reading if isinstance(reading, bool) else str(reading)
            for name, reading in inspection.readings.items()
        },
        "verdict": inspection.verdict,
        "accepted": str(inspection.accepted),
        "photographs": list(inspection.photographs),
        "by": inspection.by,
        "inspected_at": inspection.at,
    }


def paper_shown(paper: Paper) -> dict[str, Any]:
    """`issued_by`: of an approval, the unit that gave it."""
    return {
        "paper_id": paper.id,
        "kind": paper.kind,
        "name": paper.name,
        "sha256": paper.sha256,
        "issued_by": paper.issued_by,
    }


def defect_shown(defect: Defect) -> dict[str, Any]:
    return {
        "defect_id": defect.id,
        "item_id": defect.item,
        "severity": defect.severity,
        "state": defect.state,
        "cured_by": defect.cured_by,
        "ticket_id": defect.ticket,
        "inspection_id": defect.inspection,
        "note": defect.note,
        "cure_by": defect.cure_by,
        "overdue": defect.overdue,
        "version": defect.version,
    }


def warranty_shown(warranty: Warranty) -> dict[str, Any]:
    return {
        "item_id": warranty.item,
        "block": warranty.block,
        "element": warranty.element,
        "starts": warranty.starts,
        "ends": warranty.ends,
        "term": warranty.term,
    }


def party_shown(party: WorksUnit) -> dict[str, Any]:
    return {"role": party.role, "name": party.name, "code": party.code, "version": party.version}


def contract_shown(contract: Contract) -> dict[str, Any]:
    """`due_fen`: the sum with all its changes."""
    return {
        "contract_id": contract.id,
        "version": contract.version,
        "party": contract.party,
        "paper_id": contract.paper,
        "sum_fen": contract.fen,
        "starts": contract.starts,
        "ends": contract.ends,
        "changes": [{"change_order": one.order, "delta_fen": one.fen} for one in contract.changes],
        "due_fen": contract.due,
        "audit": contract.audit and {"report": contract.audit.report, "audited_fen": contract.audit.fen},
    }


def acceptance_shown(acceptance: Acceptance) -> dict[str, Any]:
    return {
        "block": acceptance.block or GROUNDS,
        "accepted_on": acceptance.accepted_on,
        "residents": acceptance.residents,
        "warranties": [warranty_shown(one) for one in acceptance.warranties],
    }


def hold_shown(hold: Hold) -> dict[str, Any]:
    return {"gate": hold.gate, "by": list(hold.by)}


def menu_item_shown(row: MenuItem) -> dict[str, Any]:
    return row.model_dump(mode="json", exclude_none=True)
