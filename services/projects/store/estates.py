"""The register of estates in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, select, text
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.rows import by_column, insert_rows
from services.chassis.database.work import Work
from services.projects.domain.estates import Block, EstatePart, Facts, RegisteredEstate
from services.projects.domain.needs import PLANNABLE, NeedState
from services.projects.store.need_tables import needs
from services.projects.store.register_tables import estate_parts, estates

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('register of estates'))")
_FACTS = ("name", "sub_district", "property_kind", "built", "floor_area", "east", "north")
_insert = insert(estates)
_SAVE = _insert.on_conflict_do_update(
    index_elements=["id"], set_={column.name: _insert.excluded[column.name] for column in estates.c}
)
_PARTS = select(estate_parts).where(estate_parts.c.estate_id == bindparam("estate_id")).order_by(estate_parts.c.part_id)
_ADD = insert_rows(estate_parts, "estate_id", *EstatePart._fields)
_ASKS = select(
    exists().where(
        needs.c.estate == bindparam("estate_id"), needs.c.state.in_(sorted(PLANNABLE | {NeedState.IN_PROJECT}))
    )
)
_AREA = select(estates.c.floor_area).where(estates.c.id == bindparam("estate_id"))
_AREAS = select(estates.c.id, estates.c.floor_area).where(estates.c.floor_area.is_not(None))


class SqlEstateBook:
    """Implements the port EstateBook."""

    def lock(self, work: Work, estate_ids: Collection[str]) -> dict[str, RegisteredEstate]:
        work.connection.execute(_ONE_AT_A_TIME)
        known = select(estates).where(estates.c.id.in_(sorted(estate_ids)))
        return {row.id: estate_of(row) for row in work.connection.execute(known)}

    def asks(self, work: Work, estate_id: str) -> bool:
        return bool(work.connection.execute(_ASKS, {"estate_id": estate_id}).scalar())

    def save(self, work: Work, estates: Sequence[RegisteredEstate]) -> None:
        work.connection.execute(_SAVE, [_columns(one) for one in estates])

    def parts(self, work: Work, estate_id: str) -> list[EstatePart]:
        rows = work.connection.execute(_PARTS, {"estate_id": estate_id})
        return sorted(EstatePart(row.part_id, row.block, row.hallway, row.area, row.owner) for row in rows)

    def replace_parts(self, work: Work, estate_id: str, parts: Sequence[EstatePart]) -> None:
        work.connection.execute(delete(estate_parts).where(estate_parts.c.estate_id == estate_id))
        rows = [{"estate_id": estate_id, **part._asdict()} for part in parts]
        if rows:
            work.connection.execute(_ADD, by_column(rows))


class SqlFloorAreas:
    """Implements the port FloorAreas, one estate at a time."""

    def of(self, work: Work, estate_id: str) -> float | None:
        return _metres(work.connection.execute(_AREA, {"estate_id": estate_id}).scalar())


class HeldFloorAreas:
    """Implements the port FloorAreas for one batch: reads them all when the first is asked for."""

    def __init__(self) -> None:
        self._held: dict[str, int] | None = None

    def of(self, work: Work, estate_id: str) -> float | None:
        if self._held is None:
            self._held = {row.id: row.floor_area for row in work.connection.execute(_AREAS)}
        return _metres(self._held.get(estate_id))


def estate_of(row: Row[Any]) -> RegisteredEstate:
    blocks = tuple(Block(**{**one, "hallways": tuple(one["hallways"])}) for one in row.blocks)
    return RegisteredEstate(Facts(row.id, *(row._mapping[name] for name in _FACTS)), blocks, row.version, row.removed)


def _columns(estate: RegisteredEstate) -> dict[str, Any]:
    return {
        "id": estate.facts.id,
        "version": estate.version,
        "removed": estate.removed,
        **{name: getattr(estate.facts, name) for name in _FACTS},
        "blocks": [
            {"block": one.block, "hallways": list(one.hallways), "parts": one.parts, "area": one.area}
            for one in estate.blocks
        ],
    }


def _metres(hundredths: int | None) -> float | None:
    return hundredths / 100 if hundredths else None
