"""The rules of standards as data. Values: data/standard_rules.yaml."""

from __future__ import annotations

from typing import Self

from pydantic import PositiveInt, model_validator

from services.contracts.data_files import DataRow
from services.projects.domain.standards.opinions import OpinionRole


class ReviewMonths(DataRow):
    """After a version comes into force."""

    earliest: PositiveInt
    latest: PositiveInt

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.latest < self.earliest:
            raise ValueError("latest is before earliest; correct one of them")
        return self


class StandardRules(DataRow):
    """`heard`: whose opinions a draft needs. `pilot_days`: within which a standard comes of a pilot that was accepted.

    `adopt_days`: from the issue of a version until the last day to adopt it.
    """

    version: PositiveInt
    heard: tuple[OpinionRole, ...]
    pilot_days: PositiveInt
    review_months: ReviewMonths
    adopt_days: PositiveInt
