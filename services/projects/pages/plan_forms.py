"""What is planned, as forms send it."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import ImmutableMultiDict


def plan_entered(fields: ImmutableMultiDict[str, str]) -> dict[str, Any]:
    """The fields of a plan that were filled in."""
    elements = fields.getlist("elements")
    known = {name: fields.get(name) for name in ("floor_area_m2", "planned_start", "planned_end")}
    return {name: value for name, value in {**known, "elements": elements or None}.items() if value is not None}
