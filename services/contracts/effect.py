"""What the comparison of an estate with estates that were not repaired shows (docs/effect.md), as facts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MonthName = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$"), Field(description="As 2027-04.")]


class EffectVerdict(StrEnum):
    VERIFIED = "verified"
    WORSE = "worse"
    NOT_SHOWN_YET = "not_shown_yet"
    NOT_SHOWN = "not_shown"
    TOO_FEW = "too_few"
    COUNTS_ONLY = "counts_only"


class JudgedEffect(BaseModel):
    """A verdict with all its numbers. Callers are distinct ones by month; ratios are against the controls.

    What could not be computed, for want of months or of controls, is absent.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    finding: EffectVerdict
    look: int | None = Field(None, description="Months after the acceptance that it was judged at.")
    before: int = Field(ge=0, description="Callers in the months between the decision and the works.")
    after: int | None = Field(None, ge=0, description="Callers in the same calendar months after them.")
    months_before: tuple[MonthName, ...] = ()
    months_after: tuple[MonthName, ...] = ()
    short_before: bool = Field(False, description="Less than a year lies before the works.")
    left: float | None = Field(None, description="What is left of the complaints: 1 is no change.")
    left_low: float | None = Field(None, description="Lower end of the 90 % interval.")
    left_high: float | None = None
    p: float | None = Field(None, description="One-sided: how likely so low a ratio is by chance.")
    controls: int = Field(ge=0, description="Estates of the same kind and age without works.")
    few_controls: bool = Field(False, description="Fewer than a verdict should have.")
    controls_ratio: float | None = Field(None, description="What happened without works.")
    tau_squared: float | None = Field(None, description="Variance between the controls' own log ratios.")
    placebo_share: float | None = Field(None, description="Of the controls, those that seem to have fallen at 5 %.")
    calibrated: bool | None = Field(None, description="Absent where the controls are too few to tell.")
    rank: float | None = Field(None, description="Share of controls that fell as much.")
    moved: bool = Field(False, description="A rise of neighbouring types or estates withholds `verified`.")
    nuisance: int = Field(0, ge=0, description="Callers about the works while they lasted, who count in nothing.")
    floor_area_m2: float | None = Field(None, gt=0)
    rules_version: int = Field(ge=1, description="Of effect.yaml.")
