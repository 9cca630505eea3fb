"""The values of the comparison as data. Values with their reasons: data/effect.yaml, docs/effect.md."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from services.contracts.ticket_events import TypeCode

Share = Annotated[float, Field(gt=0, lt=1)]


class PlaceboRules(BaseModel):
    """The comparison is calibrated where it finds a fall at `alpha` in a share `least` to `most` of the controls.

    With fewer than `controls` of them a share below `least` says nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    alpha: Share
    least: Share
    most: Share
    controls: PositiveInt


class RelapseRules(BaseModel):
    """Watched for `factor` times what is expected, with one false alarm in `false_alarm_months`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    factor: Annotated[float, Field(gt=1)]
    false_alarm_months: PositiveInt


class EffectRules(BaseModel):
    """`looks`: whole months after the acceptance at which is judged, each with its one-sided alpha.

    `most_before`: months compared before the works, at most. `ratio_at_most`: what is left of the complaints, against
    the controls. `planned_fall` and `planned_alpha`: what must be findable, at even odds, for a verdict. `controls`:
    with fewer, a verdict says so; `controls_for_verdict`: with fewer there is none. `age_bands`: the years in which a
    band of the year of construction begins. `adjoining_m`: metres between the middles of adjoining estates. `apart`:
    types that speak of works, not of their cause.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: PositiveInt
    looks: dict[PositiveInt, Share] = Field(min_length=2, max_length=2)
    most_before: PositiveInt
    ratio_at_most: Share
    planned_fall: Share
    planned_alpha: Share
    interval: Share
    controls: PositiveInt
    controls_for_verdict: PositiveInt
    age_bands: tuple[PositiveInt, ...] = Field(min_length=1)
    adjoining_m: PositiveInt
    apart: frozenset[TypeCode]
    migration_alpha: Share
    placebo: PlaceboRules
    relapse: RelapseRules

    @property
    def first(self) -> int:
        return min(self.looks)

    @property
    def second(self) -> int:
        return max(self.looks)
