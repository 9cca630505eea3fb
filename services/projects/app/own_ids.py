"""Ids that people's devices make, so that a repeated request does a thing once: each names one thing and no other."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from services.chassis.commands import Unfit
from services.chassis.database.work import Work


class Named(StrEnum):
    """Whatever has its id as the key of its events on `projects`."""

    PROJECT = "project"
    TYPICAL_CASE = "typical_case"
    ITEM = "item"
    INSPECTION = "inspection"
    DEFECT = "defect"
    PAPER = "paper"
    CONTRACT = "contract"
    DISTURBANCE = "disturbance"
    NEED = "need"
    SURVEY = "survey"
    PLAN = "plan"
    FUND_USE = "fund_use"


NamedBy = Callable[[Work, str], Named | None]
"""What has an id by now; nobody else takes it until the transaction ends."""


def must_be_free(named_by: NamedBy, work: Work, id: str, kind: Named) -> None:
    """Raises Unfit for the id of something of another kind, or of the same kind in another project."""
    taken = named_by(work, id)
    if taken is not None:
        whose = f"another {kind}" if taken is kind else f"a {taken}"
        raise Unfit("id", f"is that of {whose.replace('_', ' ')} already; give each {kind} an id of its own")
