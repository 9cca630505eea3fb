"""The dispatch catalogue and its versions for display, and what a new version would have changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, tuple_

from services.contracts.districts import sub_districts
from services.intake.domain.dispatch import Catalogue, Dispatch
from services.intake.store.tables import catalogue_versions, tickets

EXAMPLES = 50


def whole(catalogue: Catalogue) -> dict[str, Any]:
    """Every type in every sub-district; `sub_district` null is for an unknown place."""
    return {
        "version": catalogue.version,
        "types": [
            {
                "type_code": code,
                "name_cn": problem.name_cn,
                "name_en": problem.name_en,
                "places": [_line(catalogue, code, place) for place in (None, *sub_districts())],
            }
            for code, problem in catalogue.taxonomy.types.items()
        ],
    }


def _line(catalogue: Catalogue, type_code: str, sub_district: str | None) -> dict[str, Any]:
    units = catalogue.units(type_code, sub_district)
    return {
        "sub_district": sub_district,
        "lead": units.lead if units else None,
        "co_handlers": units.co_handlers if units else (),
        "changed": units != Catalogue(catalogue.taxonomy).units(type_code, sub_district),
    }


def versions_of(connection: Connection) -> list[dict[str, Any]]:
    """The newest first, each with what it changed."""
    shown = (column for column in catalogue_versions.c if column.name != "in_force")
    rows = connection.execute(select(*shown).order_by(catalogue_versions.c.version.desc()))
    return [dict(row) for row in rows.mappings()]


def moved_tickets(
    connection: Connection, before: Catalogue, after: Catalogue, types: Collection[str], since: datetime
) -> dict[str, Any]:
    """The tickets dispatched since that would have other units, by their present type and place.

    `from` is the unit of the catalogue in force, whoever has the ticket: a redispatch by hand does not count as moved.
    """
    matter = (tickets.c.type_code, func.coalesce(tickets.c.sub_district, "").label("sub_district"))
    of_late = (tickets.c.dispatched_at >= since, tickets.c.type_code.in_(types))
    counted = connection.execute(select(*matter, func.count()).where(*of_late).group_by(*matter)).all()
    moves: Counter[tuple[str | None, str]] = Counter()
    helpers, differ = 0, []
    for type_code, place, count in counted:
        old, new = before.units(type_code, place or None), after.units(type_code, place or None)
        if old == new or new is None:
            continue
        differ.append((type_code, place))
        if old and old.lead == new.lead:
            helpers += count
        else:
            moves[old.lead if old else None, new.lead] += count
    examples = connection.execute(
        select(tickets.c.id, tickets.c.number, *matter, tickets.c.lead)
        .where(*of_late, tuple_(*matter).in_(differ))
        .order_by(tickets.c.dispatched_at.desc(), tickets.c.id)
        .limit(EXAMPLES)
    )
    return {
        "since": since,
        "dispatched": sum(count for _, _, count in counted),
        "moved": [{"from": old, "to": new, "tickets": count} for (old, new), count in moves.most_common()],
        "other_co_handlers_only": helpers,
        "examples": [
            {
                "ticket_id": row.id,
                "number": row.number,
                "type_code": row.type_code,
                "sub_district": row.sub_district or None,
                "lead": row.lead,
                "from": _lead(before.units(row.type_code, row.sub_district or None)),
                "to": _lead(after.units(row.type_code, row.sub_district or None)),
            }
            for row in examples
        ],
    }


def _lead(units: Dispatch | None) -> str | None:
    return units.lead if units else None
