"""Edits the dispatch catalogue, version by version (docs/domain.md §2.1: it is kept current)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.commands import Conflict, Unfit
from services.chassis.database.work import Work
from services.contracts.departments import departments
from services.contracts.districts import sub_districts
from services.contracts.redaction import redact
from services.intake.app.ports import Catalogues
from services.intake.domain.dispatch import Catalogue, CatalogueEdit


@dataclass(frozen=True, slots=True)
class EditCatalogue:
    """A version applies to tickets dispatched after its commit; the others stay with their units."""

    catalogues: Catalogues

    def edit(self, work: Work, base_version: int, edits: Sequence[CatalogueEdit], actor: str, reason: str) -> Catalogue:
        """Makes and returns the next version, with its reason redacted.

        Raises what `tried` raises; of two concurrent edits one gets Conflict.
        """
        before, after = self.tried(work, base_version, edits)
        if not self.catalogues.add(work, after, edits, actor, redact(reason)):
            raise _stale(base_version, before.version + 1)
        return after

    def tried(self, work: Work, base_version: int, edits: Sequence[CatalogueEdit]) -> tuple[Catalogue, Catalogue]:
        """The catalogue before and after the edits; stores nothing. Raises Conflict for an old version, and Unfit."""
        current = self.catalogues.current(work)
        if base_version != current.version:
            raise _stale(base_version, current.version)
        seen: set[tuple[str, str | None]] = set()
        for number, edit in enumerate(edits):
            _check(current, edit, f"changes.{number}")
            if (edit.type_code, edit.sub_district) in seen:
                raise Unfit(f"changes.{number}", "names a type and place a second time; say it once")
            seen.add((edit.type_code, edit.sub_district))
        return current, current.edited(edits)


def _stale(base_version: int, current: int) -> Conflict:
    return Conflict(f"the catalogue has version {current} by now, not {base_version}; look at it again", current, "")


def _check(catalogue: Catalogue, edit: CatalogueEdit, field: str) -> None:
    if edit.type_code not in catalogue.taxonomy.types:
        raise Unfit(f"{field}.type_code", f"{edit.type_code} is none of the catalogue's types; take one of them")
    if edit.sub_district is not None and edit.sub_district not in sub_districts():
        raise Unfit(f"{field}.sub_district", f"{edit.sub_district} is none of this district's; see GET /catalogue")
    if edit.units.lead not in departments():
        raise Unfit(f"{field}.lead", f"{edit.units.lead} is no department; take a code of the catalogue's")
    for code in edit.units.co_handlers:
        if code not in departments():
            raise Unfit(f"{field}.co_handlers", f"{code} is no department; take codes of the catalogue's")
    if edit.units.lead in edit.units.co_handlers or len(set(edit.units.co_handlers)) < len(edit.units.co_handlers):
        raise Unfit(f"{field}.co_handlers", "name a unit twice; the lead is none of them")
