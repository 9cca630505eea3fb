"""Refused commands as problems (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from services.chassis.commands import Conflict, Forbidden, Unfit, Unknown
from services.chassis.web.problems import Problem, invalid


@contextmanager
def answered(not_found: Callable[[], Problem], conflict_title: str) -> Iterator[None]:
    """Turns a refusal into its problem. Wrap the unit of work in it, so that it is rolled back first.

    A conflict names the current version and state, which saves the client a request.
    """
    try:
        yield
    except Unknown:
        raise not_found() from None
    except Forbidden as forbidden:
        raise forbidden_problem(forbidden) from None
    except Unfit as unfit:
        raise invalid([{"loc": ("body", unfit.field), "type": "value_error", "msg": str(unfit)}]) from None
    except Conflict as conflict:
        raise conflict_problem(conflict, conflict_title) from None


def conflict_problem(conflict: Conflict, title: str) -> Problem:
    known: dict[str, Any] = {"reason": conflict.reason} if conflict.reason else {}
    return Problem(
        409, "conflict", title, f"{conflict}.", current_version=conflict.version, current_state=conflict.state, **known
    )


def forbidden_problem(forbidden: Forbidden) -> Problem:
    if forbidden.field is None:
        return Problem(403, forbidden.slug, forbidden.title, str(forbidden))
    field = f"body.{forbidden.field}"
    errors = [{"field": field, "message": str(forbidden), "remedy": "name another, or have them do it"}]
    return Problem(403, forbidden.slug, forbidden.title, f"{field}: {forbidden}", errors=errors)
