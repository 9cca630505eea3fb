"""Consultations, their items and results as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from services.projects.domain.consultation.admission import HeldIn
from services.projects.domain.consultation.course import Consultation


def consultation_row(one: Consultation) -> dict[str, Any]:
    announced = one.announced
    return {
        "id": one.id,
        "project_id": one.project_id,
        "version": one.version,
        "state": one.state,
        "ordinal": one.ordinal,
        "round": one.round,
        "previous": one.previous,
        "changed": list(one.changed),
        "announced_at": announced and announced.announced_at,
        "opens_at": announced and announced.opens_at,
        "closes_at": announced and announced.closes_at,
        "evidence": announced and announced.evidence,
        "electorate_hash": one.voters.hash,
        "parts": one.voters.parts,
        "heads": one.voters.heads,
        "area": one.voters.area,
        "seal": one.seal,
        "held_in": announced and held_row(announced.held_in),
        "register_check": one.register and {**asdict(one.register), "within": list(one.register.within)},
    }


def held_row(held: HeldIn | None) -> dict[str, Any] | None:
    return {**asdict(held), "issued_on": held.issued_on.isoformat()} if held else None


def item_rows(one: Consultation) -> list[dict[str, Any]]:
    return [
        {
            "consultation_id": one.id,
            "item": item.item,
            "position": position,
            "menu_item": item.menu_item,
            "menu_version": item.menu_version,
            "block": item.block,
            "hallway": item.hallway,
            "rule": item.rule.name,
            "rule_version": item.rule.version,
            "wording": item.text.text,
            "removed": item.text.removed,
            "material": item.text.material,
            "colour": item.text.colour,
            "shown_version": item.text.menu_version,
            "pictures": list(item.text.pictures),
        }
        for position, item in enumerate(one.items)
    ]


def result_row(consultation_id: str, result: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "consultation_id": consultation_id,
        "item": result["item"],
        "passed": result["passed"],
        "facts": {name: value for name, value in result.items() if name != "set_aside"},
    }
