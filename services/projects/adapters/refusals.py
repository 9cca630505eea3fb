"""Refused commands as problems."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.chassis.problems import Problem, invalid
from services.projects.adapters.rights import not_found
from services.projects.app.commands import Conflict, Unfit, Unknown
from services.projects.domain.repair_project import FACTS, MissingFacts


@contextmanager
def answered(what: str) -> Iterator[None]:
    """Turns a refusal into its problem; it has to enclose the unit of work, which then has been rolled back."""
    try:
        yield
    except Unknown:
        raise not_found(what) from None
    except Conflict as conflict:
        raise Problem(
            409,
            "conflict",
            f"The {what} does not stand where the command was meant for",
            f"{conflict}.",
            current_version=conflict.version,
            current_state=conflict.state,
        ) from None
    except Unfit as unfit:
        raise invalid([{"loc": ("body", unfit.field), "type": "value_error", "msg": str(unfit)}]) from None
    except MissingFacts as missing:
        faults = [
            {"loc": ("body", fact), "type": "missing", "msg": f"{missing.state} needs it: {FACTS[fact]}"}
            for fact in missing.facts
        ]
        raise invalid(faults) from None
