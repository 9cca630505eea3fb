"""Refused commands as answers (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from services.chassis.problems import Problem, invalid
from services.intake.adapters.rights import handler_may_not_visit
from services.intake.app.commands import Conflict, Unfit, Unknown
from services.intake.domain.follow_up import IllegalMove
from services.intake.domain.steps import IllegalStep
from services.intake.domain.ticket import NotIndependent


@contextmanager
def answered(not_found: Callable[[], Problem]) -> Iterator[None]:
    """Turns a refusal into its problem; encloses the unit of work, which is rolled back by then.

    A conflict says what stands, so that nobody need ask again.
    """
    try:
        yield
    except Unknown:
        raise not_found() from None
    except NotIndependent:
        raise handler_may_not_visit("You settled this ticket") from None
    except Unfit as unfit:
        raise invalid([{"loc": ("body", unfit.field), "type": "value_error", "msg": str(unfit)}]) from None
    except (Conflict, IllegalStep, IllegalMove) as conflict:
        raise Problem(
            409,
            "conflict",
            "The command does not fit what stands now",
            f"{conflict}.",
            current_version=conflict.version,
            current_state=conflict.state,
        ) from None
