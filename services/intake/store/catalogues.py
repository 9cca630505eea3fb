"""The versions of the dispatch catalogue in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.contracts.taxonomy import Taxonomy
from services.intake.domain.dispatch import Catalogue, CatalogueEdit, Dispatch
from services.intake.store.tables import catalogue_versions

_NEWEST = select(func.max(catalogue_versions.c.version))
_IN_FORCE = select(catalogue_versions.c.in_force).where(catalogue_versions.c.version == bindparam("version"))
_ADD = insert(catalogue_versions).on_conflict_do_nothing().returning(catalogue_versions.c.version)


class SqlCatalogues:
    """Implements the port Catalogues.

    A committed version never changes, so the newest one read is cached until a newer number is seen; a lookup reads
    the end of an index.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._known = Catalogue(taxonomy)

    def current(self, work: Work) -> Catalogue:
        newest, known = work.connection.execute(_NEWEST).scalar_one() or 0, self._known
        if newest == known.version:
            return known
        in_force = work.connection.execute(_IN_FORCE, {"version": newest}).scalar_one()
        changes = {(edit.type_code, edit.sub_district): edit.units for edit in map(_edit_of, in_force)}
        # One assignment: other threads see either the old or the new catalogue, never a mixture.
        self._known = Catalogue(known.taxonomy, newest, changes)
        return self._known

    def add(self, work: Work, catalogue: Catalogue, edits: Sequence[CatalogueEdit], actor: str, reason: str) -> bool:
        in_force = (CatalogueEdit(*place, units) for place, units in catalogue.changes.items())
        added = work.connection.execute(
            _ADD,
            {
                "version": catalogue.version,
                "at": work.clock.now(),
                "actor": actor,
                "reason": reason,
                "edits": _rows(edits),
                "in_force": _rows(in_force),
            },
        )
        return added.scalar() is not None


def _rows(edits: Iterable[CatalogueEdit]) -> list[dict[str, Any]]:
    return [
        {
            "type_code": edit.type_code,
            "sub_district": edit.sub_district,
            "lead": edit.units.lead,
            "co_handlers": list(edit.units.co_handlers),
        }
        for edit in edits
    ]


def _edit_of(row: dict[str, Any]) -> CatalogueEdit:
    units = Dispatch(row["lead"], tuple(row["co_handlers"]))
    return CatalogueEdit(row["type_code"], row["sub_district"], units)
