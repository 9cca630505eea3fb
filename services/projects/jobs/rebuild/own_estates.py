"""Folds what projects published of the register of estates into rows. Their parts stand in no event: they are imported
anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from services.contracts.estate_events import EstateRegistered, EstateRemoved
from services.projects.store.register_rebuilt import replace_rows
from services.projects.store.register_tables import estates


@dataclass(slots=True)
class OwnEstates:
    """Events of a version that was folded before change nothing."""

    _rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    def fold(self, event: EstateRegistered | EstateRemoved) -> None:
        known = self._rows.get(event.estate_id)
        if known is not None and known["version"] >= event.version:
            return
        if isinstance(event, EstateRemoved):
            if known is not None:
                self._rows[event.estate_id] = {**known, "version": event.version, "blocks": [], "removed": True}
            return
        self._rows[event.estate_id] = {
            "id": event.estate_id,
            "version": event.version,
            "name": event.estate_name,
            "sub_district": event.sub_district,
            "property_kind": event.property_kind,
            "built": event.built,
            "floor_area": event.floor_area,
            "east": event.east,
            "north": event.north,
            "blocks": [one.model_dump(mode="json") for one in event.blocks],
            "removed": False,
        }

    def write(self, connection: Connection) -> None:
        replace_rows(connection, estates, list(self._rows.values()))
