"""What the register's use cases need from the outside. Each call works inside the transaction of `work`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from services.chassis.database.work import Work
from services.projects.domain.estates import EstatePart, RegisteredEstate


class EstateBook(Protocol):
    def lock(self, work: Work, estate_ids: Collection[str]) -> dict[str, RegisteredEstate]:
        """Those of them that are registered, by id. Nobody else registers until the transaction ends."""

    def asks(self, work: Work, estate_id: str) -> bool:
        """Whether a need of the estate is not settled yet: open, planned, or with works that run."""

    def save(self, work: Work, estates: Sequence[RegisteredEstate]) -> None:
        """Stores estates with what their parts add up to."""

    def parts(self, work: Work, estate_id: str) -> list[EstatePart]:
        """The parts of an estate by their ids."""

    def replace_parts(self, work: Work, estate_id: str, parts: Sequence[EstatePart]) -> None:
        """The estate, which is there, has these parts and no others."""


class FloorAreas(Protocol):
    def of(self, work: Work, estate_id: str) -> float | None:
        """In m²; None where it is not registered."""
